// SPDX-License-Identifier: Apache-2.0
// Makes dist/runts: `bun src/tools/build.ts`, after the shim and the generated sources are there (see prepare.sh).
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SCRATCH = join(ROOT, 'dist/build')
const EXECUTABLE = join(ROOT, 'dist/runts')
const SHIM = join(ROOT, 'native-shim/build/shim')
const ADDON = join(ROOT, `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`)

/** The little of Bun's build interface that is used here. */
interface BundlerPlugin {
  readonly name: string
  setup(build: { onLoad(match: { filter: RegExp }, load: () => { contents: string; loader: string }): void }): void
}
declare const Bun: {
  readonly version: string
  build(options: Record<string, unknown> & { plugins: BundlerPlugin[] }): Promise<{ success: boolean; logs: unknown[] }>
}

/** Puts the paths of the embedded files in the place of `src/sys/embedded-files.ts`. */
function embed(files: Record<'koffi' | 'shim', string>): BundlerPlugin {
  const imports = Object.entries(files).map(
    ([name, path]) => `import ${name} from ${JSON.stringify(path)} with { type: 'file' }`,
  )
  const contents = [...imports, `export const embeddedFiles = { ${Object.keys(files).join(', ')} }`].join('\n')
  return {
    name: 'embedded-files',
    setup(build) {
      build.onLoad({ filter: /\/src\/sys\/embedded-files\.ts$/ }, () => ({ contents, loader: 'ts' }))
    },
  }
}

/** koffi's addon without what only a linker or debugger reads; the name hides from the bundler that it is an addon. */
function strippedAddon(): string {
  const path = join(SCRATCH, 'koffi.bin')
  execFileSync('strip', ['--strip-all', '--remove-section=.comment', '-o', path, ADDON])
  return path
}

async function compile(outfile: string): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(ROOT, 'src/main.ts')],
    target: 'bun',
    format: 'esm',
    minify: true,
    bytecode: true,
    plugins: [embed({ koffi: strippedAddon(), shim: SHIM })],
    // Nothing of the current directory is read: it is a bundle, and a bundle is not trusted.
    compile: {
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  })
  if (!result.success) throw new Error(result.logs.map(String).join('\n'))
}

process.chdir(ROOT)
mkdirSync(SCRATCH, { recursive: true })
const fresh = resolve(SCRATCH, 'runts')
rmSync(fresh, { force: true })
await compile(fresh)
renameSync(fresh, EXECUTABLE)
