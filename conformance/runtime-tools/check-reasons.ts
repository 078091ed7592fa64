// SPDX-License-Identifier: Apache-2.0
// Whether the table of reasons says neither too little nor too much about the reports at hand.
import { isLeftOut, type Report } from './read-report.ts'
import type { Reason } from './reasons.ts'

/** Reports of one runtime by program. */
export interface Run {
  runtime: string
  reports: Map<string, Report>
}

export function reasonsFor(reasons: readonly Reason[], runtime: string, program: string): Reason[] {
  return reasons.filter(
    (reason) => reason.programs.includes(program) && reason.runtimes.some((name) => name === runtime),
  )
}

/** One sentence for each failure without a reason, reason without a failure, and assertion that was never reached. */
export function checkReasons(runs: readonly Run[], reasons: readonly Reason[]): string[] {
  const problems: string[] = []
  for (const { runtime, reports } of runs)
    for (const [program, report] of reports) {
      if (isLeftOut(report)) continue
      const known = reasonsFor(reasons, runtime, program)
      const fails = report.failures.length > 0
      if (fails && known.length === 0)
        problems.push(`${program} fails with ${runtime}, and no reason says why: ${report.failures[0]}`)
      if (!fails && known.some((reason) => !reason.sometimes))
        problems.push(`${program} passes with ${runtime}, though a reason says why it fails`)
      const most = Math.max(...runs.map((other) => passedBy(other, program)))
      if (!fails && report.passed < most && known.length === 0)
        problems.push(`${program} passes with ${runtime} but asserts less than elsewhere: ${report.passed} of ${most}`)
    }
  return problems
}

function passedBy(run: Run, program: string): number {
  const report = run.reports.get(program)
  return report && report.failures.length === 0 ? report.passed : 0
}
