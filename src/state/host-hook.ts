// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRegularFile } from '../sys/regular-file.ts'
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts'

const HOOK_FILE = 'hook'

/** Notes which process is the hook that runs on the host now: it would outlive a command that is killed. */
export function noteHostHook(directory: string, pid: number): void {
  const hook = identifyProcess(pid)
  if (hook !== undefined) writeFileSync(join(directory, HOOK_FILE), JSON.stringify(hook), { mode: 0o600 })
}

/** The hook that was noted last, if that very process still lives. Its pid is that of its process group too. */
export function livingHostHook(directory: string): ProcessIdentity | undefined {
  try {
    const hook = JSON.parse(readRegularFile(join(directory, HOOK_FILE)).toString()) as ProcessIdentity
    return isAlive(hook) ? hook : undefined
  } catch {
    // No hook has run, or this one is being noted at this moment.
    return undefined
  }
}
