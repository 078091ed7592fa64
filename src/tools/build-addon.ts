// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FEW_CALLBACKS = 16

/** What is left out of koffi's sources, by file below src/koffi/src: the text and what takes its place. */
const LEFT_OUT: readonly (readonly [file: string, from: string, to: string])[] = [
  ['ffi.hh', 'static const Size MaxTrampolines = 8192;', `static const Size MaxTrampolines = ${FEW_CALLBACKS};`],
  // An object of JavaScript for each type of C, for `koffi.types`: half of the time that loading takes.
  [
    'ffi.cc',
    'napi_value wrapper = WrapType(instance, type);\n\n    for (const char *name: names) {',
    'for (const char *name: names) {',
  ],
  ['ffi.cc', 'if (!EndsWith(name, "*")) {\n            map.Set(name, wrapper);\n        }', ''],
  // And one for each function and its parameters, for its property `info`.
  ['call.cc', 'napi_value meta = DescribeFunction(instance, func);\n    wrapper.Set("info", meta);', ''],
]

/** As in koffi's CMakeLists.txt, except for the size. */
const FLAGS = [
  '-std=c++20 -Os -DNDEBUG -D_FILE_OFFSET_BITS=64 -fPIC -w',
  '-fno-exceptions -fno-rtti -fno-strict-aliasing -fno-delete-null-pointer-checks -fwrapv -fno-finite-loops',
  '-fno-semantic-interposition -fvisibility=hidden -fvisibility-inlines-hidden -fdata-sections -ffunction-sections',
  '-fno-asynchronous-unwind-tables -DFELIX_TARGET=koffi -DNAPI_VERSION=NAPI_VERSION_EXPERIMENTAL',
  '-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS -DNODE_ADDON_API_REQUIRE_BASIC_FINALIZERS -DBUILDING_NODE_EXTENSION',
  '-I. -I../.. -I../../vendor/node-addon-api -I../../vendor/node-api-headers/include -Itrampolines',
  '-shared -s -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,-z,noexecstack',
].flatMap((line) => line.split(' '))

const SOURCES = ['ffi', 'call', 'interp', 'parser', 'type', 'util', 'uv', '../../../lib/native/base/base']

/**
 * Compiles koffi from the sources in its npm package into `<scratch>/koffi.bin` unless that is newer, and returns the
 * path. The addon that koffi ships needs libstdc++ and libgcc_s, has room for 8192 callbacks and describes every type and
 * function, of which runts uses none: this one needs libc alone, is a third of the size, and loads in a third of the time.
 */
export function buildAddon(koffi: string, scratch: string): string {
  const addon = join(scratch, 'koffi.bin')
  const manifest = join(koffi, 'package.json')
  if (isNewer(addon, manifest) && isNewer(addon, fileURLToPath(import.meta.url))) return addon

  const copy = join(scratch, 'koffi')
  rmSync(copy, { recursive: true, force: true })
  cpSync(koffi, copy, { recursive: true })
  const directory = join(copy, 'src/koffi')
  for (const [file, from, to] of LEFT_OUT) replaceIn(join(directory, 'src', file), from, to)
  execFileSync(process.execPath, ['src/trampolines.cjs', 'trampolines', String(FEW_CALLBACKS)], { cwd: directory })

  const abi = process.arch === 'x64' ? 'x64sysv' : 'arm64'
  const sources = [...SOURCES, `abi/${abi}`].map((name) => `#include "src/${name}.cc"`)
  writeFileSync(join(directory, 'all.cc'), `${sources.join('\n')}\n`)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const files = ['all.cc', `src/abi/${abi}_asm.S`, `-DVERSION=${version}`, '-o', addon]
  execFileSync('g++', [...FLAGS, ...files], { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] })
  rmSync(copy, { recursive: true })
  return addon
}

/** By the time the source was put in its place: npm gives files old modification times. */
function isNewer(target: string, source: string): boolean {
  return existsSync(target) && statSync(target).mtimeMs > statSync(source).ctimeMs
}

function replaceIn(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) throw new Error(`cannot find this once in ${path}: ${from}`)
  writeFileSync(path, text.replace(from, to))
}
