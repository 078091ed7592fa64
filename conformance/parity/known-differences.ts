// SPDX-License-Identifier: Apache-2.0
// Cases a reference runtime is known to fail, each group with its reason. The names are those the cases print.

export interface KnownDifference {
  runtime: 'runc' | 'crun' | 'runts'
  reason: string
  cases: string[]
}

export const knownDifferences: KnownDifference[] = []
