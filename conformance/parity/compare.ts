// SPDX-License-Identifier: Apache-2.0
// compare.js NAME=RESULTS…: the cases whose outcome is not the same for every runtime, as a table with reasons.
import { readFileSync } from 'node:fs'
import type { Outcome, Result } from './results-reporter.ts'

interface Run {
  runtime: string
  results: Map<string, Result>
}

function load(argument: string): Run {
  const [runtime = '', file = ''] = argument.split('=')
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const results = lines.map((line) => JSON.parse(line) as Result)
  return { runtime, results: new Map(results.map((result) => [result.name, result])) }
}

const words: Record<Outcome, string> = {
  passed: 'pass',
  'listed but passed': 'pass',
  failed: 'FAIL',
  differs: 'differs',
  skipped: '-',
}

function rowsOf(runs: Run[]): string[][] {
  const names = [...new Set(runs.flatMap((run) => [...run.results.keys()]))].sort()
  return names.flatMap((name) => {
    const results = runs.map((run) => run.results.get(name))
    const outcomes = results.map((result) => (result ? words[result.outcome] : 'absent'))
    if (new Set(outcomes).size === 1 && outcomes[0] === 'pass') return []
    const reasons = results.filter((result) => result?.outcome === 'differs' || result?.outcome === 'skipped')
    const reason = [...new Set(reasons.map((result) => result?.reason ?? ''))].join('; ')
    return [[name, ...outcomes, reason]]
  })
}

function print(rows: string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

const runs = process.argv.slice(2).map(load)
const rows = rowsOf(runs)
print([['case', ...runs.map((run) => run.runtime), 'reason'], ...rows])
const cases = new Set(runs.flatMap((run) => [...run.results.keys()])).size
console.log(`${cases} cases, ${cases - rows.length} the same for ${runs.map((run) => run.runtime).join(' and ')}`)
