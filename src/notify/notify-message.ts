// SPDX-License-Identifier: Apache-2.0
// This room owns NOTIFY_SOCKET: what a program in a container says to the service manager outside (sd_notify(3)).

/** Nothing but readiness passes: a container must not change the main pid, the status or the watchdog of the service. */
export const READY = 'READY=1'

export function saysReady(datagram: Uint8Array): boolean {
  return Buffer.from(datagram).toString('latin1').split('\n').includes(READY)
}
