// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { filterFixtures, filterListing, libseccompVersion } from '../tools/filter-fixtures.ts'

for (const { listingPath, profile } of filterFixtures()) {
  const recorded = readFileSync(listingPath, 'utf8')
  const version = /^libseccomp ([\d.]+)/.exec(recorded)?.[1]
  const skip = version === libseccompVersion() ? false : `${listingPath} was recorded with libseccomp ${version}`
  test(`${listingPath} is what its profile compiles to`, { skip }, () => {
    assert.equal(filterListing(profile), recorded)
  })
}
