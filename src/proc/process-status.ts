// SPDX-License-Identifier: Apache-2.0
// This room owns what /proc tells of the processes of others, as data. It changes nothing.

/** What proc_pid_status(5) says of a process, ids and pids as the reader sees them. */
export interface ProcessStatus {
  /** At most 15 bytes, chosen by the process. */
  readonly name: string
  /** The letter, such as `S` or `Z`. */
  readonly state: string
  readonly ppid: number
  /** The effective user and group. */
  readonly uid: number
  readonly gid: number
  readonly threads: number
  /** The pid in each pid namespace, from that of /proc to the innermost. */
  readonly nsPids: readonly number[]
  readonly capabilities: Readonly<Record<CapabilitySetName, bigint>>
  readonly noNewPrivileges: boolean
  /** 0 none, 1 strict, 2 filters (seccomp(2)). */
  readonly seccomp: number
  /** How many filters there are (Linux 5.9). */
  readonly seccompFilters?: number
}

export type CapabilitySetName = keyof typeof CAPABILITY_LINES

const CAPABILITY_LINES = {
  bounding: 'CapBnd',
  effective: 'CapEff',
  permitted: 'CapPrm',
  inheritable: 'CapInh',
  ambient: 'CapAmb',
} as const

export function parseStatus(text: string): ProcessStatus {
  const lines = new Map<string, string>()
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) lines.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const numbers = (name: string) => (lines.get(name) ?? '').split(/\s+/).map(Number)
  const [, uid = 0] = numbers('Uid')
  const [, gid = 0] = numbers('Gid')
  const filters = lines.get('Seccomp_filters')
  return {
    name: lines.get('Name') ?? '',
    state: (lines.get('State') ?? '').slice(0, 1),
    ppid: numbers('PPid')[0] ?? 0,
    uid,
    gid,
    threads: numbers('Threads')[0] ?? 0,
    nsPids: numbers('NSpid'),
    capabilities: capabilitiesOf(lines),
    noNewPrivileges: lines.get('NoNewPrivs') === '1',
    seccomp: numbers('Seccomp')[0] ?? 0,
    ...(filters === undefined ? {} : { seccompFilters: Number(filters) }),
  }
}

function capabilitiesOf(lines: ReadonlyMap<string, string>): Record<CapabilitySetName, bigint> {
  const set = (name: CapabilitySetName) => BigInt(`0x${lines.get(CAPABILITY_LINES[name]) ?? '0'}`)
  return {
    bounding: set('bounding'),
    effective: set('effective'),
    permitted: set('permitted'),
    inheritable: set('inheritable'),
    ambient: set('ambient'),
  }
}
