// SPDX-License-Identifier: Apache-2.0

/** The state of the container as a hook reads it from its standard input (runtime.md, State). */
export interface HookState {
  readonly ociVersion: string
  readonly id: string
  readonly status: 'creating' | 'created' | 'running' | 'stopped'
  /** As whoever reads it sees the process; absent when there is none. */
  readonly pid?: number
  readonly bundle: string
  readonly annotations?: Readonly<Record<string, string>>
}
