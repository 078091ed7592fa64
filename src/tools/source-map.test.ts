// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatMap } from './format-map.ts'
import { FIXTURES, planFixtures } from './plan-fixtures.ts'
import { HOST_FIELDS, sourceMap } from './source-map.ts'

const fields = sourceMap(planFixtures(FIXTURES))

test('the map of the sources is up to date', () => {
  assert.equal(readFileSync('src/README.md', 'utf8'), formatMap(fields), 'npm run fixtures:update writes it')
})

test('every file that the map names is there', () => {
  const named = fields.flatMap(({ rules, planners }) => [...rules, ...planners])
  const missing = [...named, ...HOST_FIELDS.map(([, file]) => file)].filter((file) => !existsSync(`src/${file}`))
  assert.deepEqual(missing, [])
})

test('every verb of the map has a C function', () => {
  assert.deepEqual(
    fields.filter(({ functions }) => functions.includes('?')).map(({ field, ops }) => [field, ops]),
    [],
  )
})
