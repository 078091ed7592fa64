// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'

const deadlineSeconds = Number(process.env.WAIT_SECONDS ?? 30)

/** Polls until `probe` gives something other than undefined and false; the deadline only bounds a hang. */
export async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + deadlineSeconds * 1000
  for (;;) {
    const found = probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`waited ${deadlineSeconds} s for ${what}`)
    await sleep(5)
  }
}
