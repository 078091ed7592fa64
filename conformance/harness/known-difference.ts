// SPDX-License-Identifier: Apache-2.0
import { type KnownDifference, knownDifferences } from '../parity/known-differences.ts'
import { runtimeName } from './places.ts'

/** The entry of a case that the runtime under test is expected to fail, or undefined. */
export function knownDifference(fullName: string): KnownDifference | undefined {
  return knownDifferences.find(
    (difference) => difference.runtime === runtimeName && difference.cases.includes(fullName),
  )
}
