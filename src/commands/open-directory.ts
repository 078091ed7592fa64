// SPDX-License-Identifier: Apache-2.0
import { constants, openSync } from 'node:fs'
import { Fd } from '../sys/fd.ts'

/** A directory by descriptor, for sockets in it whose full path would be longer than 108 bytes. */
export function openDirectory(path: string): Fd {
  return new Fd(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW))
}
