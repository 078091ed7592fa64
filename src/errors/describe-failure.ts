// SPDX-License-Identifier: Apache-2.0
import type { RuntimeError } from './runtime-error.ts'

const MOST_ISSUES = 20

/** One line for people and logs: what failed, then the place in config.json, the step, and what to do about it. */
export function describeFailure(error: RuntimeError): string {
  const { pointer, document = 'config.json', line, step, hint, issues = [] } = error.details
  const parts = [error.message, ...moreIssues(issues.slice(1))]
  if (pointer !== undefined && pointer !== '')
    parts.push(`[${document}${line ? ` line ${line}` : ''}${error.message.includes(pointer) ? '' : `: ${pointer}`}]`)
  if (step) parts.push(`[step ${step.index} of ${step.of}, ${step.phase}: ${step.op}]`)
  if (hint) parts.push(`hint: ${hint}`)
  return parts.join(' ').replaceAll('\n', ' ')
}

function moreIssues(issues: readonly { readonly pointer: string; readonly message: string }[]): string[] {
  const shown = issues.slice(0, MOST_ISSUES).map(({ pointer, message }) => `; ${pointer}: ${message}`)
  return issues.length > MOST_ISSUES ? [...shown, `; and ${issues.length - MOST_ISSUES} more`] : shown
}
