// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { StatFiles } from '../cgroups/container-stats.ts'
import { parseV1Stats } from '../cgroups/v1/stats.ts'
import { parseV2Stats } from '../cgroups/v2/stats.ts'
import { jsonLine, unlessEmpty } from './json-line.ts'
import { statsLayout } from './stats-layout.ts'

const FIXTURES = 'spec-fixtures/cgroups/stats'
const SUFFIX = '.files.json'

/** The files of a fixture, by `CONTROLLER/FILE`. */
function filesOf(name: string): StatFiles {
  const contents = JSON.parse(readFileSync(`${FIXTURES}/${name}${SUFFIX}`, 'utf8')) as Record<string, string>
  return {
    read: (controller, file) => contents[`${controller}/${file}`]?.trim(),
    names: (controller) =>
      Object.keys(contents)
        .filter((path) => path.startsWith(`${controller}/`))
        .map((path) => path.slice(controller.length + 1)),
  }
}

function lineOf(name: string): string {
  const parse = name.startsWith('v1') ? parseV1Stats : parseV2Stats
  return jsonLine(statsLayout(parse(filesOf(name)), {}))
}

for (const file of readdirSync(FIXTURES).filter((each) => each.endsWith(SUFFIX))) {
  const name = file.slice(0, -SUFFIX.length)
  test(`the statistics of "${name}" are those on file`, () => {
    const path = `${FIXTURES}/${name}.line`
    const actual = `${lineOf(name)}\n`
    if (process.env.UPDATE_FIXTURES) writeFileSync(path, actual)
    assert.equal(actual, readFileSync(path, 'utf8'), `${path} differs; UPDATE_FIXTURES=1 writes it anew`)
  })
}

test('a counter keeps its digits beyond 2^53', () => {
  assert.match(lineOf('v1-everything'), /"total":18446744073709551615,/)
  assert.match(lineOf('v2-everything'), /"total":9007199254740993000,/)
})

test('reserved huge pages are counted where the kernel has them', () => {
  assert.match(
    lineOf('v1-everything'),
    /"hugetlb":\{"1GB":\{"failcnt":0\},"2MB":\{"usage":6291456,"max":8388608,"failcnt":2\}\}/,
  )
  assert.match(
    lineOf('v2-everything'),
    /"hugetlb":\{"1GB":\{"usage":1073741824,"failcnt":0\},"2MB":\{"usage":6291456,"failcnt":3\}\}/,
  )
})

test('JSON is written as Go writes it', () => {
  assert.equal(
    jsonLine({ a: [1n, 0.07, 'x<y>&"\n\u2028'], b: undefined, c: null, d: {} }),
    String.raw`{"a":[1,0.07,"x\u003cy\u003e\u0026\"\n\u2028"],"c":null,"d":{}}`,
  )
  for (const empty of [0n, '', [], {}, undefined]) assert.equal(unlessEmpty(empty), undefined)
  for (const value of [1n, -1n, 'x', [0n], { a: 0n }]) assert.equal(unlessEmpty(value), value)
})
