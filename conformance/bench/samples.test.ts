// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSamples, quantile, ratio, summarize, withTotals } from './samples.ts'

const line = (round: number, contender: string, step: string, milliseconds: number, rss = 1024) =>
  `${round}\t${contender}\t${step}\t${milliseconds * 1e6}\t1000\t500\t${rss}`

test('reads nanoseconds, microseconds and KiB as milliseconds and MiB', () => {
  assert.deepEqual(parseSamples('0\trunts\trun\t12500000\t1000\t500\t2048\n'), [
    { contender: 'runts', step: 'run', wall: 12.5, cpu: 1.5, peakMemory: 2 },
  ])
})

test('refuses a line that is not a sample', () => {
  assert.throws(() => parseSamples('0\trunts\trun\tsoon\t1\t1\t1'), /not a sample/)
  assert.throws(() => parseSamples('0\trunts\trun\t1\t1'), /not a sample/)
})

test('interpolates between the two middle numbers of an even count', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5)
  assert.equal(quantile([7], 0.9), 7)
  assert.equal(quantile([0, 10, 20], 0.9), 18)
})

test('compares medians, so that one slow run changes nothing', () => {
  const samples = parseSamples(
    [line(0, 'runts', 'run', 10), line(1, 'runts', 'run', 11), line(2, 'runts', 'run', 900)]
      .concat([line(0, 'runc', 'run', 22), line(1, 'runc', 'run', 20), line(2, 'runc', 'run', 24)])
      .join('\n'),
  )
  const summaries = summarize(samples)
  assert.equal(ratio(summaries, 'run', 'runts', 'runc'), 0.5)
  assert.equal(ratio(summaries, 'run', 'runts', 'crun'), undefined)
})

test('reports the largest peak memory, not the median', () => {
  const samples = parseSamples([line(0, 'runts', 'run', 1, 1024), line(1, 'runts', 'run', 1, 4096)].join('\n'))
  assert.equal(summarize(samples)[0]?.peakMemory, 4)
})

test('adds the steps of a round up to its total', () => {
  const samples = parseSamples(
    [
      line(0, 'runts', 'create', 5),
      line(0, 'runts', 'start', 2),
      line(1, 'runts', 'create', 7),
      line(1, 'runts', 'start', 4),
    ].join('\n'),
  )
  const totals = withTotals(samples).filter((sample) => sample.step === 'total')
  assert.deepEqual(
    totals.map((sample) => sample.wall),
    [7, 11],
  )
})

test('adds no total to a single step', () => {
  const samples = parseSamples(line(0, 'runts', 'run', 5))
  assert.deepEqual(withTotals(samples), samples)
})
