// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'

/** The value of --preserve-fds; throws OPTION_INVALID. */
export function descriptorCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new RuntimeError(
    'OPTION_INVALID',
    `invalid value ${JSON.stringify(text)} for --preserve-fds: it is a number of descriptors`,
  )
}
