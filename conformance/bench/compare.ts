// SPDX-License-Identifier: Apache-2.0
// compare.ts SAMPLES FACTS [--json FILE] [--budget runc=0.7,crun=1.5]: prints what run.sh measured.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseSamples, ratio, type Summary, summarize, withTotals } from './samples.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, budget: { type: 'string' } },
})
const [samplesFile = '', factsFile = ''] = positionals

const summaries = summarize(withTotals(parseSamples(readFileSync(samplesFile, 'utf8'))))
const facts = readFacts(readFileSync(factsFile, 'utf8'))
const rivals = ['runc', 'crun']

for (const [name, value] of Object.entries(facts)) console.log(`${name.padEnd(9)} ${value}`)
for (const step of new Set(summaries.map((summary) => summary.step))) printStep(step)
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ facts, summaries, ratios: ratios() }, null, 2)}\n`)
process.exitCode = values.budget === undefined || withinBudget(values.budget) ? 0 : 1

function readFacts(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes('\t'))
  return Object.fromEntries(lines.map((line) => line.split('\t', 2)))
}

function printStep(step: string): void {
  console.log(
    `\n${step}`.padEnd(12),
    ...['median', 'p10', 'p90', 'min', 'cpu', 'peak RSS', 'runs'].map((head) => head.padStart(9)),
  )
  for (const summary of summaries.filter((each) => each.step === step)) printSummary(summary)
  for (const rival of rivals) {
    const value = ratio(summaries, step, 'runts', rival)
    if (value !== undefined) console.log(`  runts/${rival} ${value.toFixed(2)}`)
  }
}

function printSummary({ contender, wall, cpu, peakMemory, count }: Summary): void {
  const times = [wall.median, wall.p10, wall.p90, wall.min, cpu.median].map((ms) => `${ms.toFixed(2)} ms`)
  console.log(
    contender.padEnd(11),
    ...[...times, `${peakMemory.toFixed(1)} MiB`, String(count)].map((cell) => cell.padStart(9)),
  )
}

function ratios(): { step: string; ratio: string; value: number }[] {
  return [...new Set(summaries.map((summary) => summary.step))].flatMap((step) =>
    rivals.flatMap((rival) => {
      const value = ratio(summaries, step, 'runts', rival)
      return value === undefined ? [] : [{ step, ratio: `runts/${rival}`, value }]
    }),
  )
}

/** `runc=0.7,crun=1.5`: the largest ratio allowed for `run`; a rival that was not measured is not within budget. */
function withinBudget(budget: string): boolean {
  const verdicts = budget.split(',').map((entry) => {
    const [rival = '', limit = ''] = entry.split('=')
    const value = ratio(summaries, 'run', 'runts', rival)
    const within = value !== undefined && value <= Number(limit)
    console.log(`${within ? 'ok' : 'not ok'} runts/${rival} ${value?.toFixed(2) ?? 'not measured'}, budget ${limit}`)
    return within
  })
  return verdicts.every(Boolean)
}
