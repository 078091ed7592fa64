// SPDX-License-Identifier: Apache-2.0
// This room owns the bundle directory: it finds config.json and the root filesystem, and changes neither.
import { realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { decodeConfig } from '../spec/parse-config.ts'
import { readRegularFile } from '../sys/regular-file.ts'

export interface Bundle {
  /** Absolute and without symbolic links. */
  readonly bundlePath: string
  readonly configText: string
}

/** The bundle in a directory (bundle.md); throws BUNDLE_NOT_FOUND, or CONFIG_NOT_JSON for a text that is not UTF-8. */
export function loadBundle(directory: string): Bundle {
  const bundlePath = realDirectory(resolve(directory))
  return { bundlePath, configText: decodeConfig(readConfig(join(bundlePath, 'config.json'))) }
}

function realDirectory(path: string): string {
  try {
    const real = realpathSync.native(path)
    if (statSync(real).isDirectory()) return real
  } catch (error) {
    throw failedTo('BUNDLE_NOT_FOUND', `cannot open the bundle ${path}`, error, { path })
  }
  throw new RuntimeError('BUNDLE_NOT_FOUND', `cannot open the bundle ${path}: it is not a directory`, { path })
}

function readConfig(path: string): Uint8Array {
  try {
    return readRegularFile(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw failedTo('BUNDLE_NOT_FOUND', `cannot read ${path}`, error, { path })
    throw new RuntimeError('BUNDLE_NOT_FOUND', RUNC_PHRASES.configNotFound, { path, errno: 'ENOENT' })
  }
}
