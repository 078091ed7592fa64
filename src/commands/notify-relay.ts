// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import type { NotifyRelay } from '../notify/host-notify-relay.ts'
import { NOTIFY_NAME } from '../state/state-directory.ts'
import type { GlobalRequest } from './requests.ts'

/**
 * The way from the program to the NOTIFY_SOCKET of this process; undefined where there is none, or where the container
 * was created without one and has no place for it. Only who has one loads the code.
 */
export async function notifyRelay({ log }: GlobalRequest, directory: string): Promise<NotifyRelay | undefined> {
  const address = process.env.NOTIFY_SOCKET
  if (!address || !existsSync(directory)) return undefined
  const { connectNotifyRelay } = await import('../notify/host-notify-relay.ts')
  return connectNotifyRelay({ directory, name: NOTIFY_NAME }, address, log)
}
