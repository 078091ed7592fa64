// SPDX-License-Identifier: Apache-2.0
// compare.js DIRECTORY RUNTIME…: the reports that run.sh left, side by side, as a Markdown table with the reasons.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkReasons, type Run, reasonsFor } from './check-reasons.ts'
import { formatReport, isLeftOut, readReport } from './read-report.ts'
import { reasons } from './reasons.ts'

function load(directory: string, runtime: string): Run {
  const files = readdirSync(join(directory, runtime)).filter((name) => name.endsWith('.status'))
  const programs = files.map((name) => name.slice(0, -'.status'.length)).sort()
  const read = (name: string) => readFileSync(join(directory, runtime, name), 'utf8')
  return {
    runtime,
    reports: new Map(
      programs.map((program) => [program, readReport(read(program), Number(read(`${program}.status`)))]),
    ),
  }
}

function whyOf(program: string, runs: Run[]): string {
  const sentences = runs.flatMap(({ runtime, reports }) => {
    const report = reports.get(program)
    if (report && isLeftOut(report)) return [report.skip ?? '']
    return report && report.failures.length > 0 ? reasonsFor(reasons, runtime, program).map((reason) => reason.why) : []
  })
  return [...new Set(sentences)].join('; ')
}

function printTable(rows: string[][]): void {
  const [head = [], ...body] = rows
  const widths = head.slice(0, -1).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  console.log(line(head))
  console.log(`|${head.map(() => '---').join('|')}|`)
  for (const row of body) console.log(line(row))
}

const [directory = '', ...names] = process.argv.slice(2)
const runs = names.map((name) => load(directory, name))
const programs = [...new Set(runs.flatMap((run) => [...run.reports.keys()]))].sort()
const rows = programs.map((program) => {
  const reports = runs.map((run) => run.reports.get(program))
  return [program, ...reports.map((report) => (report ? formatReport(report) : '–')), whyOf(program, runs)]
})
printTable([['program', ...names, 'why it fails'], ...rows])

console.log('')
for (const { runtime, reports } of runs) {
  const run = [...reports.values()].filter((report) => !isLeftOut(report))
  const passed = run.filter((report) => report.failures.length === 0).length
  console.log(`${runtime}: ${passed} of ${run.length} programs pass`)
}
const problems = checkReasons(runs, reasons)
for (const problem of problems) console.log(`not ok ${problem}`)
const all = runs.flatMap((run) => [...run.reports.values()])
const skipped = all.filter(isLeftOut).length
console.log(`${all.length - skipped - problems.length} passed, ${problems.length} failed, ${skipped} skipped`)
process.exitCode = problems.length > 0 ? 1 : 0
