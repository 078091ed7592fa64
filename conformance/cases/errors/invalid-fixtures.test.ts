// SPDX-License-Identifier: Apache-2.0
// Each invalid config of spec-fixtures, through the executable: its pointers are named, and nothing is left.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'
import { repositoryRoot, runtimeName } from '../../harness/places.ts'

// The codes and pointers are those of runts; what every runtime must refuse is in bad-configs.test.ts.
const ownMessages = () =>
  runtimeName.startsWith('run') && runtimeName !== 'runc' ? undefined : 'compares messages of runts'
const it = casesOf('errors', { requires: [ownMessages] })

const directory = join(repositoryRoot, 'spec-fixtures', 'config', 'invalid')
const suffix = '.issues.json'
const names = existsSync(directory)
  ? readdirSync(directory)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
  : []

for (const name of names) {
  it(`names the pointers of invalid/${name}`, async (c) => {
    const issues = JSON.parse(readFileSync(join(directory, name + suffix), 'utf8')) as { pointer: string }[]
    const bundle = c.bundle().writeText(readFileSync(join(directory, `${name}.json`), 'utf8'))
    const call = await c.refuses(bundle)
    for (const { pointer } of issues) assert.ok(call.stderr.includes(pointer), `${pointer}: ${call}`)
  })
}
