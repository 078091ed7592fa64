// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { casesOf } from '../../harness/conformance-case.ts'

const it = casesOf('process')

it('runs the program as pid 1 of a session of its own', async (c) => {
  const report = await c.report(c.bundle(), ['process', 'cwd', 'tty'])
  assert.equal(report.process.pid, 1)
  assert.equal(report.process.ppid, 0)
  assert.equal(report.process.sid, 1)
  assert.equal(report.cwd.path, '/')
})
