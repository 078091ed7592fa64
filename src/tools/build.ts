// SPDX-License-Identifier: Apache-2.0
// Makes dist/runts: `bun src/tools/build.ts`, after the shim and the generated sources are there (see prepare.sh).
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addEntryCode, alignCode, type EntryAddresses } from './add-entry-code.ts'
import { buildAddon } from './build-addon.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SCRATCH = join(ROOT, 'dist/build')
const SHIM = join(ROOT, 'native-shim/build/shim')
const ENTRY_CODE = join(ROOT, 'native-shim/executable_entry.c')

/** The little of Bun's build interface that is used here. */
interface BundlerPlugin {
  readonly name: string
  setup(build: {
    onLoad(match: { filter: RegExp }, load: (file: { path: string }) => { contents: string; loader: string }): void
  }): void
}
declare const Bun: {
  build(options: Record<string, unknown> & { plugins: BundlerPlugin[] }): Promise<{ success: boolean; logs: unknown[] }>
}

/** What stands in for a module in the executable: files of src/executable. */
const STAND_INS: Readonly<Record<string, string>> = {
  'src/sys/load-koffi.ts': 'load-koffi.ts',
  'src/sys/inherited-descriptors.ts': 'inherited-descriptors.ts',
  'src/launch/shim-bytes.ts': 'shim-bytes.ts',
}
const BUILTIN_STAND_INS: Readonly<Record<string, string>> = { 'node:fs': 'fs.ts', 'node:path': 'path.ts' }

/** yargs would look for a translation beside its package, which is no place in an executable, and for a package.json. */
const WITHOUT_FILES: Readonly<Record<string, string>> = {
  'node_modules/escalade/sync/index.mjs': 'export default () => undefined',
  'node_modules/y18n/build/lib/platform-shims/node.js': `
    import { format } from 'node:util'
    export default { fs: {}, format, resolve: () => '', exists: () => false }`,
}

const standIns: BundlerPlugin = {
  name: 'stand-ins',
  setup(build) {
    const replace = (module: string, contents: string) =>
      build.onLoad({ filter: new RegExp(`/${module}$`) }, () => ({ contents, loader: 'ts' }))
    for (const [module, file] of Object.entries(STAND_INS)) replace(module, `export * from '${standIn(file)}'`)
    for (const [module, contents] of Object.entries(WITHOUT_FILES)) replace(module, contents)
    // The bundler asks no plugin about modules of its own runtime.
    build.onLoad({ filter: /\/src\/sys\/constants\.ts$/ }, ({ path }) => ({
      contents: withEnums(readFileSync(path, 'utf8')),
      loader: 'ts',
    }))
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: withoutBuiltins(readFileSync(path, 'utf8')),
      loader: 'ts',
    }))
  },
}

/** Flat tables of numbers as enums: the bundler puts their members in the places where they are used. */
function withEnums(source: string): string {
  return source.replace(/^export const (\w+) = (\{[^{}]*\}) as const$/gm, (_, name: string, body: string) => {
    return `export enum ${name} ${body.replace(/(\w+): /g, '$1 = ')}`
  })
}

function withoutBuiltins(source: string): string {
  return source.replace(/^(import .*|} )from '(node:\w+)'$/gm, (line, what: string, module: string) => {
    const file = BUILTIN_STAND_INS[module]
    return file === undefined ? line : `${what}from '${standIn(file)}'`
  })
}

function standIn(file: string): string {
  return join(ROOT, 'src/executable', file)
}

async function compile(outfile: string, bytecodeOrder: readonly string[]): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(ROOT, 'src/executable/main.ts')],
    target: 'bun',
    format: 'esm',
    minify: true,
    // A command decodes only the chunks it imports.
    splitting: true,
    bytecode: true,
    plugins: [standIns],
    // Nothing of the current directory is read: it is a bundle, and a bundle is not trusted.
    compile: {
      outfile,
      bytecodeOrder,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  })
  if (!result.success) throw new Error(result.logs.map(String).join('\n'))
}

/** What `plan` uses, in the order of use: laid out like that, the bytecode takes fewer pages to read. */
function recordOrder(executable: string): string[] {
  const bundle = join(SCRATCH, 'bundle')
  const order = join(SCRATCH, 'bytecode.order')
  for (const path of [bundle, order]) rmSync(path, { recursive: true, force: true })
  mkdirSync(join(bundle, 'rootfs'), { recursive: true })
  execFileSync(executable, ['spec', '--bundle', bundle])
  const config = join(bundle, 'config.json')
  writeFileSync(config, readFileSync(config, 'utf8').replace('"terminal": true', '"terminal": false'))
  // A host on which this plan cannot be made still builds: what was used until then counts.
  const env = { BUN_BYTECODE_ORDER_OUT: order }
  spawnSync(executable, ['plan', '--bundle', bundle], { env, stdio: 'ignore' })
  return existsSync(order) ? [order] : []
}

/** executable_entry.c as bare bytes for the given addresses. */
function entryCode({ code, originalEntry, environ }: EntryAddresses, options: readonly string[]): Uint8Array {
  const script = join(SCRATCH, 'entry.ld')
  const linked = join(SCRATCH, 'entry.elf')
  const binary = join(SCRATCH, 'entry.bin')
  writeFileSync(
    script,
    `ENTRY(entry) SECTIONS { . = ${code}; .text : { *(.text.entry) *(.text*) *(.rodata*) } /DISCARD/ : { *(*) } }`,
  )
  const files = [`-DADDON="${addon}"`, `-DSHIM="${SHIM}"`]
  const flags = '-std=gnu11 -Os -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie'
  const plain = '-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -Wl,--build-id=none'
  const addresses = [`-DENVIRON=${environ}ul`, `-DBUN_ENTRY="${originalEntry}"`]
  const link = [`-Wl,-T,${script}`, '-o', linked]
  execFileSync('gcc', [...`${flags} ${plain}`.split(' '), ...addresses, ...files, ...options, ENTRY_CODE, ...link], {
    stdio: 'inherit',
  })
  // Not by the linker itself: for arm64 it can write nothing but ELF.
  execFileSync('objcopy', ['-O', 'binary', linked, binary])
  return readFileSync(binary)
}

/** What Bun has compiled, with the first code of runts. */
function finish(...options: readonly string[]): void {
  writeFileSync(
    finished,
    addEntryCode(alignCode(readFileSync(compiled)), (addresses) => entryCode(addresses, options)),
  )
  chmodSync(finished, 0o755)
}

process.chdir(ROOT)
mkdirSync(SCRATCH, { recursive: true })
const compiled = join(SCRATCH, 'compiled')
const finished = join(SCRATCH, 'runts')
const addon = buildAddon(join(ROOT, 'node_modules/koffi'), SCRATCH)
await compile(compiled, [])
finish('-DWHILE_BUILDING')
await compile(compiled, recordOrder(finished))
finish()
renameSync(finished, join(ROOT, 'dist/runts'))
rmSync(compiled)
