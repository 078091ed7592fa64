// SPDX-License-Identifier: Apache-2.0
// What one program of runtime-tools says: TAP, YAML diagnostics, and its exit status.

export interface Report {
  passed: number
  failed: number
  skipped: number
  /** What went wrong, in the words of the program: failed assertions, errors outside any assertion, exit status. */
  failures: string[]
  /** Why nothing was asserted, where the program was left out. */
  skip?: string
}

/** The diagnostics are JSON between `---` and `...`; some programs break lines inside strings, so only `error` is looked for. */
function errorOf(diagnostic: string): string | undefined {
  return /"error": "((?:[^"\\]|\\.)+)"/.exec(diagnostic)?.[1]?.replaceAll('\\n', ' ').replaceAll('\\"', '"')
}

/**
 * A program without any assertion reports a failure as the `error` of a diagnostic. Where there are assertions, an
 * `error` is what the assertion before it looked at: "create MUST generate an error" passes with one.
 */
export function readReport(output: string, status: number): Report {
  const report: Report = { passed: 0, failed: 0, skipped: 0, failures: [] }
  const errors: string[] = []
  let skip = ''
  for (const block of output.split(/^(?=ok |not ok |TAP version|1\.\.)/m)) {
    const error = errorOf(block)
    const title = /^(?:not )?ok \d*\s*-?\s*(.*)/.exec(block)?.[1] ?? ''
    if (/^ok /.test(block)) {
      const found = /# SKIP\s*(.*)/i.exec(title)
      skip = found?.[1] ?? skip
      if (found) report.skipped += 1
      else report.passed += 1
    } else if (/^not ok /.test(block)) {
      report.failed += 1
      report.failures.push(error ? `${title}: ${error}` : title)
    }
    if (error) errors.push(error)
  }
  if (report.passed + report.failed === 0) report.failures.push(...errors)
  if (status !== 0) report.failures.push(status === 124 ? 'out of time' : `exit status ${status}`)
  return isLeftOut(report) ? { ...report, skip } : report
}

/** one-program.sh says so of a program that cannot run here. */
export function isLeftOut({ passed, failed, skipped, failures }: Report): boolean {
  return passed + failed + failures.length === 0 && skipped > 0
}

/** "passed/failed", with the skipped assertions; "quiet" when the program asserts nothing. */
export function formatReport({ passed, failed, skipped, failures }: Report): string {
  if (isLeftOut({ passed, failed, skipped, failures })) return 'left out'
  const counts = passed + failed === 0 ? 'quiet' : `${passed}/${failed}`
  const left = skipped > 0 ? ` (${skipped} skipped)` : ''
  return failures.length > 0 ? `**${counts}**${left} fails` : `${counts}${left}`
}
