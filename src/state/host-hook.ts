// SPDX-License-Identifier: Apache-2.0
import { existsSync, writeFileSync } from 'node:fs'
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
  const file = join(directory, HOOK_FILE)
  if (!existsSync(file)) return undefined
  try {
    const hook = JSON.parse(readRegularFile(file).toString()) as ProcessIdentity
    return isAlive(hook) ? hook : undefined
  } catch {
    // It is being noted, or removed, at this moment.
    return undefined
  }
}
