// SPDX-License-Identifier: Apache-2.0
import { embedded } from './embedded.ts'

/** What sys/inherited-descriptors.ts is in the executable, whose first code has counted them. */
export function inheritedDescriptors(): number {
  return embedded().descriptors
}
