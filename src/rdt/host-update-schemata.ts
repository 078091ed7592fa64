// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import { type ResctrlRecord, readResctrl, writeResctrl } from './host-resctrl-group.ts'

/** One line for one resource of a group: `L3:0=f;1=f` or `MB:0=50`. */
export interface SchemataChange {
  readonly l3CacheSchema?: string
  readonly memBwSchema?: string
}

const origin = pointer('linux', 'intelRdt')

/**
 * Writes the lines into the group of a container, in one write. Returns what writes the former ones back. Throws
 * RDT_FAILED: in runc's words on a host without the resource, and for a container that has no group.
 */
export function updateSchemata(
  record: ResctrlRecord | undefined,
  { l3CacheSchema, memBwSchema }: SchemataChange,
  mountPoint: string | undefined,
): () => void {
  const controls = (...names: string[]) => names.some((name) => existsSync(join(mountPoint ?? '', 'info', name)))
  if (l3CacheSchema !== undefined && !(mountPoint && controls('L3', 'L3CODE'))) {
    throw refused(RUNC_PHRASES.cacheSchemaDisabled)
  }
  if (memBwSchema !== undefined && !(mountPoint && controls('MB'))) throw refused(RUNC_PHRASES.bandwidthSchemaDisabled)
  checkLine(l3CacheSchema, 'L3:')
  checkLine(memBwSchema, 'MB:')
  if (record === undefined) throw refused('cannot update Intel RDT: the container was created without linux.intelRdt')
  return replaceLines(join(record.group, 'schemata'), [l3CacheSchema, memBwSchema], mountPoint)
}

function replaceLines(file: string, wanted: readonly (string | undefined)[], mountPoint: string | undefined) {
  const lines = wanted.filter((line) => line !== undefined)
  const names = lines.map((line) => line.slice(0, line.indexOf(':')))
  const isReplaced = (line: string) => names.includes(line.slice(0, line.indexOf(':')).trim())
  const before = readResctrl(file, origin).split('\n').filter(isReplaced)
  writeResctrl(file, text(lines), origin, mountPoint)
  return () => writeResctrl(file, text(before), origin, mountPoint)
}

function checkLine(line: string | undefined, start: string): void {
  if (line === undefined || (line.startsWith(start) && !line.includes('\n'))) return
  throw refused(`cannot update Intel RDT: ${JSON.stringify(line)} is not one line that starts with "${start}"`)
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function refused(message: string): RuntimeError {
  return new RuntimeError('RDT_FAILED', message)
}
