// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { signalName } from '../errors/signal-names.ts'
import { pointer } from '../spec/json-pointer.ts'
import { createsUserNamespace } from '../spec/queries.ts'
import type { ValidatedIDMapping, ValidatedSpec } from '../spec/validated-spec.ts'
import { findProgram } from '../sys/find-program.ts'
import { type ProgramResult, runProgram } from '../sys/run-program.ts'
import { gidMapWriter, type MapRights, uidMapWriter } from './id-map-writers.ts'

interface IdMap {
  readonly file: 'uid_map' | 'gid_map'
  readonly program: 'newuidmap' | 'newgidmap'
  readonly subordinate: '/etc/subuid' | '/etc/subgid'
  readonly at: string
  readonly mappings: readonly ValidatedIDMapping[]
}

function uidMap({ linux }: ValidatedSpec): IdMap {
  const [at, mappings] = [pointer('linux', 'uidMappings'), linux.uidMappings]
  return { file: 'uid_map', program: 'newuidmap', subordinate: '/etc/subuid', at, mappings }
}

function gidMap({ linux }: ValidatedSpec): IdMap {
  const [at, mappings] = [pointer('linux', 'gidMappings'), linux.gidMappings]
  return { file: 'gid_map', program: 'newgidmap', subordinate: '/etc/subgid', at, mappings }
}

/**
 * What the runtime does at the sync point `id_maps`, while the container's process waits: maps ids through the setuid
 * programs of the shadow suite, or compares the maps of a joined user namespace. Throws ID_MAPPING_FAILED.
 */
export function settleIdMaps(spec: ValidatedSpec, rights: MapRights, pid: number): void {
  if (!createsUserNamespace(spec)) {
    for (const map of [uidMap(spec), gidMap(spec)]) if (map.mappings.length > 0) compareMap(map, pid)
    return
  }
  if (uidMapWriter(spec, rights) === 'program') mapByProgram(uidMap(spec), rights.euid, pid)
  if (gidMapWriter(spec, rights) === 'program') mapByProgram(gidMap(spec), rights.egid, pid)
}

/** Read from outside, the file shows ids as this process knows them, whatever namespaces lie between. */
function compareMap({ file, at, mappings }: IdMap, pid: number): void {
  const found = parseIdMap(readMap(`/proc/${pid}/${file}`, at))
  if (describeMap(found) === describeMap(mappings)) return
  const message = `the joined user namespace has other mappings: found ${describeMap(found)}, not ${describeMap(mappings)}`
  throw new RuntimeError('ID_MAPPING_FAILED', message, { pointer: at })
}

function readMap(path: string, at: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw failedTo('ID_MAPPING_FAILED', `cannot read ${path}`, error, { pointer: at })
  }
}

/** The lines of /proc/PID/uid_map: id inside, id outside, how many. */
export function parseIdMap(text: string): ValidatedIDMapping[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [containerID = 0, hostID = 0, size = 0] = line.trim().split(/\s+/).map(Number)
      return { containerID, hostID, size }
    })
}

/** Ranges in the order of their ids, neighbours joined: the same text for maps that mean the same. */
export function describeMap(mappings: readonly ValidatedIDMapping[]): string {
  const ranges: { containerID: number; hostID: number; size: number }[] = []
  for (const mapping of [...mappings].sort((a, b) => a.containerID - b.containerID)) {
    const last = ranges.at(-1)
    const continues = last && last.containerID + last.size === mapping.containerID
    if (continues && last.hostID + last.size === mapping.hostID) last.size += mapping.size
    else ranges.push({ ...mapping })
  }
  return ranges.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`).join(', ')
}

function mapByProgram({ program, subordinate, at, mappings }: IdMap, ownId: number, pid: number): void {
  const path = findProgram(program)
  if (path === undefined) {
    throw new RuntimeError('ID_MAPPING_FAILED', `cannot map ${describeMap(mappings)}: ${program} is not in $PATH`, {
      pointer: at,
      hint: `install it (Debian: uidmap), or map one id alone: {"containerID": 0, "hostID": ${ownId}, "size": 1}`,
    })
  }
  const ranges = mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size].map(String))
  const result = runIt(path, [program, String(pid), ...ranges], at)
  if ('exitCode' in result.end && result.end.exitCode === 0) return
  const end = 'signal' in result.end ? `signal: ${signalName(result.end.signal)}` : `exit status ${result.end.exitCode}`
  const said = result.stderr.split('\n').join(' ')
  throw new RuntimeError('ID_MAPPING_FAILED', `cannot map ${describeMap(mappings)}: ${path}: ${end}: ${said}`, {
    pointer: at,
    hint: `the ids must be those of the user in ${subordinate}, or the user's own`,
  })
}

function runIt(path: string, args: readonly string[], at: string): ProgramResult {
  try {
    return runProgram({ path, args, env: [], directory: '/', input: '' })
  } catch (error) {
    throw failedTo('ID_MAPPING_FAILED', `cannot run ${path}`, error, { pointer: at })
  }
}
