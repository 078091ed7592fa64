// SPDX-License-Identifier: Apache-2.0
// Makes dist/runts: `bun src/tools/build.ts`, after the shim and the generated sources are there (see prepare.sh).
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addEntryCode, type EntryAddresses } from './add-entry-code.ts'
import { buildAddon } from './build-addon.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SCRATCH = join(ROOT, 'dist/build')
const SHIM = join(ROOT, 'native-shim/build/shim')
const ENTRY_CODE = join(ROOT, 'native-shim/executable_entry.c')

/** The little of Bun's build interface that is used here. */
interface BundlerPlugin {
  readonly name: string
  setup(build: { onLoad(match: { filter: RegExp }, load: () => { contents: string; loader: string }): void }): void
}
declare const Bun: {
  build(options: Record<string, unknown> & { plugins: BundlerPlugin[] }): Promise<{ success: boolean; logs: unknown[] }>
}

/** Modules that Node reads from the package and the executable from itself. */
function embedded(addon: string): BundlerPlugin {
  const replacements = {
    'src/sys/load-koffi.ts': `
      import { readFileSync } from 'node:fs'
      import addon from ${JSON.stringify(addon)} with { type: 'file' }
      import { openAddon } from './open-addon.ts'
      let loaded
      export function loadKoffi() { return (loaded ??= openAddon(readFileSync(addon))) }`,
    'src/sys/inherited-descriptors.ts': `
      export const inheritedDescriptors = () => Number(process.env.RUNTS_DESCRIPTORS)`,
    'src/launch/shim-bytes.ts': `
      import { readFileSync } from 'node:fs'
      import shim from ${JSON.stringify(SHIM)} with { type: 'file' }
      export function shimBytes() { return readFileSync(shim) }`,
    // yargs would look for a translation beside its package, which is no place in an executable, and for a
    // package.json in the current directory and above.
    'node_modules/escalade/sync/index.mjs': 'export default () => undefined',
    'node_modules/y18n/build/lib/platform-shims/node.js': `
      import { format } from 'node:util'
      export default { fs: {}, format, resolve: () => '', exists: () => false }`,
  }
  return {
    name: 'embedded',
    setup(build) {
      for (const [path, contents] of Object.entries(replacements)) {
        build.onLoad({ filter: new RegExp(`/${path}$`) }, () => ({ contents, loader: 'ts' }))
      }
    },
  }
}

async function compile(outfile: string, bytecodeOrder: readonly string[]): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(ROOT, 'src/main.ts')],
    target: 'bun',
    format: 'esm',
    minify: true,
    // A command decodes only the chunks it imports.
    splitting: true,
    bytecode: true,
    // What executable_entry.c has put there is for the engine alone.
    banner: 'delete process.env.BUN_JSC_useJIT;',
    plugins: [embedded(buildAddon(join(ROOT, 'node_modules/koffi'), SCRATCH))],
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
  const env = { BUN_BYTECODE_ORDER_OUT: order, BUN_JSC_useJIT: '0' }
  spawnSync(executable, ['plan', '--bundle', bundle], { env, stdio: 'ignore' })
  return existsSync(order) ? [order] : []
}

/** executable_entry.c as bare bytes for the given addresses. */
function entryCode({ code, originalEntry, environ }: EntryAddresses): Uint8Array {
  const script = join(SCRATCH, 'entry.ld')
  const binary = join(SCRATCH, 'entry.bin')
  writeFileSync(
    script,
    `ENTRY(entry) SECTIONS { . = ${code}; .text : { *(.text.entry) *(.text*) *(.rodata*) } /DISCARD/ : { *(*) } }`,
  )
  const flags = '-std=gnu11 -Os -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie'
  const plain = '-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -Wl,--build-id=none'
  const addresses = [`-DENVIRON=${environ}ul`, `-DBUN_ENTRY="${originalEntry}"`]
  const link = [`-Wl,-T,${script}`, '-Wl,--oformat=binary', '-o', binary]
  execFileSync('gcc', [...`${flags} ${plain}`.split(' '), ...addresses, ENTRY_CODE, ...link], { stdio: 'inherit' })
  return readFileSync(binary)
}

process.chdir(ROOT)
mkdirSync(SCRATCH, { recursive: true })
const compiled = join(SCRATCH, 'compiled')
const finished = join(SCRATCH, 'runts')
await compile(compiled, [])
await compile(compiled, recordOrder(compiled))
writeFileSync(finished, addEntryCode(readFileSync(compiled), entryCode))
chmodSync(finished, 0o755)
renameSync(finished, join(ROOT, 'dist/runts'))
rmSync(compiled)
