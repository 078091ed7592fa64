// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { loadRecord } from '../state/container-record.ts'
import { findProgram } from '../sys/find-program.ts'
import { containerPids } from './container-processes.ts'
import type { GlobalRequest, PsRequest } from './requests.ts'

const MOST_OUTPUT = 256 * 1024 * 1024

/**
 * The processes of a container, as runc prints them: pids on the host as JSON, or the lines about them of what the
 * host's own ps prints with these options. Throws CONTAINER_NOT_FOUND, PS_FAILED.
 */
export function ps(global: GlobalRequest, { id, format, options }: PsRequest): string {
  const pids = containerPids(loadRecord(global.root, id))
  // Go prints a list that was never filled as null.
  if (format === 'json') return `${JSON.stringify(pids.length > 0 ? pids : null)}\n`
  return selectProcesses(outputOfPs(options.length > 0 ? options : ['-ef']), pids)
}

/** The title and the lines whose PID is one of these. Throws PS_FAILED when no column is called PID. */
export function selectProcesses(output: string, pids: readonly number[]): string {
  const [title = '', ...lines] = output.split('\n')
  const column = title.trim().split(/\s+/).indexOf('PID')
  if (column < 0) {
    throw new RuntimeError('PS_FAILED', RUNC_PHRASES.noPidColumn, { hint: 'add pid to the columns that -o names' })
  }
  const wanted = new Set(pids.map(String))
  const found = lines.filter((line) => wanted.has(line.trim().split(/\s+/)[column] ?? ''))
  return [title, ...found].map((line) => `${line}\n`).join('')
}

function outputOfPs(options: readonly string[]): string {
  const path = findProgram('ps')
  if (path === undefined) {
    throw new RuntimeError('PS_FAILED', `exec: "ps": ${RUNC_PHRASES.executableNotFound}`, {
      hint: 'install procps, or take --format json or --map, which need no ps',
    })
  }
  const result = spawnSync(path, options, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: MOST_OUTPUT,
  })
  if (result.error) throw failedTo('PS_FAILED', `cannot run ${path}`, result.error)
  if (result.status === 0) return result.stdout
  const end = result.signal ? `signal: ${result.signal}` : `exit status ${result.status}`
  const said = (result.stderr + result.stdout).trim().split('\n')[0]
  throw new RuntimeError('PS_FAILED', `cannot list processes with ${['ps', ...options].join(' ')}: ${end}: ${said}`)
}
