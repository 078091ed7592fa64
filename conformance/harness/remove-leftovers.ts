// SPDX-License-Identifier: Apache-2.0
// Ends what a case left over, after it was reported, so that it is not in the way of the next case.
import { rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupsOf, processesOf } from './host-snapshot.ts'
import { until } from './until.ts'

/** Does what may have become unnecessary, or may be refused: what is left over was reported before. */
function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // See above.
  }
}

export function removeEmptyCgroups(token: string): void {
  for (const path of cgroupsOf(token).reverse()) attempt(() => rmdirSync(path))
}

/** Kills the processes and removes the cgroups that carry the token. */
export async function removeLeftovers(token: string): Promise<void> {
  for (const path of cgroupsOf(token)) attempt(() => writeFileSync(join(path, 'freezer.state'), 'THAWED'))
  await until('the end of the processes that were left over', () => {
    const pids = processesOf(token)
    for (const pid of pids) attempt(() => process.kill(pid, 'SIGKILL'))
    return pids.length === 0
  })
  removeEmptyCgroups(token)
}
