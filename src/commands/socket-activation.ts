// SPDX-License-Identifier: Apache-2.0

/** Sockets that a service manager has passed to this process (sd_listen_fds(3)): descriptors from 3 on. */
export interface Activation {
  readonly count: number
  /** The same for the program, whose pid is 1 in most containers. */
  readonly environment: readonly string[]
}

const NONE: Activation = { count: 0, environment: [] }

/** They are ours only where LISTEN_PID is `pid`: the variables may have been meant for a process further up. */
export function readActivation(environment: Readonly<Record<string, string | undefined>>, pid: number): Activation {
  const { LISTEN_FDS = '', LISTEN_PID = '', LISTEN_FDNAMES } = environment
  if (LISTEN_FDS === '' || LISTEN_PID !== String(pid) || !/^[1-9]\d{0,5}$/.test(LISTEN_FDS)) return NONE
  const names = LISTEN_FDNAMES === undefined ? [] : [`LISTEN_FDNAMES=${LISTEN_FDNAMES}`]
  return { count: Number(LISTEN_FDS), environment: [`LISTEN_FDS=${LISTEN_FDS}`, 'LISTEN_PID=1', ...names] }
}
