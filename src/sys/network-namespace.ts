// SPDX-License-Identifier: Apache-2.0
import { fstatSync, openSync } from 'node:fs'
import { failedTo } from '../errors/runtime-error.ts'
import { NETLINK } from './constants.ts'
import { Fd } from './fd.ts'
import { call } from './syscall.ts'

/** Holds a network namespace by a path such as /proc/PID/ns/net: it lives as long as the descriptor. */
export function openNetworkNamespace(path: string): Fd {
  try {
    return new Fd(openSync(path, 'r'))
  } catch (error) {
    throw failedTo('SYSTEM_CALL_FAILED', `cannot open the network namespace ${path}`, error)
  }
}

/** The network namespace of this thread. */
export function openOwnNetworkNamespace(): Fd {
  return openNetworkNamespace('/proc/thread-self/ns/net')
}

export function isSameNamespace(a: Fd, b: Fd): boolean {
  const [one, other] = [a, b].map((fd) => fstatSync(fd.number, { bigint: true }))
  return one?.ino === other?.ino && one?.dev === other?.dev
}

/**
 * Runs `act` with this thread in another network namespace (setns(2)). Only for opening a socket, which stays there:
 * no other part of the program may run meanwhile, so `act` must not wait.
 */
export function inNetworkNamespace<T>(namespace: Fd, act: () => T): T {
  const own = openOwnNetworkNamespace()
  try {
    enter(namespace)
    try {
      return act()
    } finally {
      enter(own)
    }
  } finally {
    own.close()
  }
}

function enter(namespace: Fd): void {
  call('cannot enter a network namespace', 'setns', namespace.number, NETLINK.CLONE_NEWNET)
}
