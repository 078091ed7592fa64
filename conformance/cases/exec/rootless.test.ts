// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { casesOf } from '../../harness/conformance-case.ts'
import { execFails, execReport } from '../../harness/exec.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'

const it = casesOf('exec', { requires: rootlessNeeds })
const items = ['ns', 'ids', 'caps', 'limits', 'oom', 'nnp', 'hostname', 'cwd']

it("joins a container of an ordinary user's own", async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle({ process: { oomScoreAdj: 300 } })
  const first = await c.reportAndWait(bundle, items)
  assert.deepEqual(await execReport(c, items), first)
  assert.equal((await c.runtime(['exec', c.id(), '/bin/probe', 'exit', '6'])).status, 6)
  await execFails(c, [c.id(), '/bin/no-such-program'], 'no such file or directory')
})

it("adds no groups to a container of an ordinary user's own with one id", async (c) => {
  const user = actAsUser(c)
  await c.reportAndWait(user.bundle(), ['ids'])
  await execFails(c, ['-g', '5', c.id(), '/bin/probe', 'exit', '0'], 'cannot set any additional groups')
})

it("says that a container of an ordinary user's own has to be started first", async (c) => {
  const user = actAsUser(c)
  await c.create(user.bundle().probe('wait'))
  await execFails(c, [c.id(), '/bin/probe', 'exit', '0'], 'permission denied')
})
