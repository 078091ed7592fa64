// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { features } from '../commands/features.ts'
import { resourceFixtures, resourceListings } from './cgroup-fixtures.ts'
import { filterFixtures, filterListing } from './filter-fixtures.ts'
import { FIXTURES, listingOf, planFixtures } from './plan-fixtures.ts'

const directory = join(FIXTURES, 'plans')
const listings = new Map(planFixtures(FIXTURES).map((fixture) => [fixture.name, listingOf(fixture)]))

mkdirSync(directory, { recursive: true })
for (const name of readdirSync(directory)) if (!listings.has(name)) rmSync(join(directory, name))
for (const [name, listing] of listings) writeFileSync(join(directory, name), listing)
process.stdout.write(`wrote ${listings.size} listings: review them as a diff\n`)
writeFileSync(join(FIXTURES, 'features/runts.json'), features())

for (const { profile, listingPath } of filterFixtures()) writeFileSync(listingPath, filterListing(profile))
for (const name of resourceFixtures()) {
  for (const [path, listing] of resourceListings(name)) writeFileSync(path, listing)
}
