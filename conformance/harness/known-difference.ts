// SPDX-License-Identifier: Apache-2.0
import { knownDifferences } from '../parity/known-differences.ts'
import { runtimeName } from './places.ts'

/** Why the runtime under test is expected to fail this case, or undefined. */
export function knownDifference(fullName: string): string | undefined {
  return knownDifferences.find(
    (difference) => difference.runtime === runtimeName && difference.cases.some((name) => fullName === name),
  )?.reason
}
