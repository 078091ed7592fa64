// SPDX-License-Identifier: Apache-2.0
import type { SpecIssue } from './runtime-error.ts'

/** The first of these problems, and how many there are besides: `describeFailure` tells the others. */
export function firstProblem([first, ...others]: readonly [SpecIssue, ...SpecIssue[]]): string {
  const more = others.length === 0 ? '' : ` (and ${others.length} more problem${others.length === 1 ? '' : 's'})`
  return `${first.pointer || 'the document'}: ${first.message}${more}`
}
