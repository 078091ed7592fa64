// SPDX-License-Identifier: Apache-2.0
import { FCNTL } from './constants.ts'
import { callOrErrno } from './syscall.ts'

/**
 * How many descriptors from 3 on this process was given by its caller, without a gap. Node does not tell its own from
 * those; in the executable, whose build puts another module in the place of this one, its first code has counted them.
 */
export function inheritedDescriptors(): number {
  let count = 0
  while (callOrErrno('fcntl', 3 + count, FCNTL.F_GETFD, 0) >= 0) count++
  return count
}
