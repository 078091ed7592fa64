// SPDX-License-Identifier: Apache-2.0
// This room owns the bundle directory: it finds config.json and the root filesystem, and changes neither.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { decodeConfig } from '../spec/parse-config.ts'

/** Bytes; the largest documents of engines have a few hundred kilobytes. */
const LARGEST_CONFIG = 64 * 1024 * 1024

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
  const fd = openConfig(path)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file')
    if (stat.size > LARGEST_CONFIG) throw unreadable(path, `it has ${stat.size} bytes, more than ${LARGEST_CONFIG}`)
    return readFileSync(fd)
  } catch (error) {
    throw failedTo('BUNDLE_NOT_FOUND', `cannot read ${path}`, error, { path })
  } finally {
    closeSync(fd)
  }
}

/** Without O_NONBLOCK a FIFO in the place of the file would wait for a writer forever. */
function openConfig(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw failedTo('BUNDLE_NOT_FOUND', `cannot read ${path}`, error, { path })
    throw new RuntimeError('BUNDLE_NOT_FOUND', RUNC_PHRASES.configNotFound, { path, errno: 'ENOENT' })
  }
}

function unreadable(path: string, reason: string): RuntimeError {
  return new RuntimeError('BUNDLE_NOT_FOUND', `cannot read ${path}: ${reason}`, { path })
}
