// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { cgroupDirectoryOf, isPureV2, readCgroup } from '../../harness/cgroup-files.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { cgroupV1, controller } from '../../harness/requires.ts'

const it = casesOf('update', { requires: ['memory', 'cpu', 'pids'].map(controller) })

it('does updates of one container one after the other', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const pid = await c.pid()
  const updates = [1, 2, 3, 4, 5, 6].map((n) =>
    c.succeed(['update', '--cpu-period', `${n}0000`, '--cpu-quota', `${n}5000`, '--pids-limit', `${n}00`, c.id()]),
  )
  await Promise.all(updates)
  const [quota, period] = isPureV2()
    ? readCgroup(pid, 'cpu', 'cpu.max').split(' ')
    : [readCgroup(pid, 'cpu', 'cpu.cfs_quota_us'), readCgroup(pid, 'cpu', 'cpu.cfs_period_us')]
  assert.equal(Number(quota), Number(period) + 5000)
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), String(Number(period) / 100))
})

it('changes a paused container, which stays paused', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const pid = await c.pid()
  await c.succeed(['pause', c.id()])
  await c.succeed(['update', '--pids-limit', '17', c.id()])
  assert.equal(readCgroup(pid, 'pids', 'pids.max'), '17')
  assert.equal((await c.state()).status, 'paused')
  await c.succeed(['resume', c.id()])
})

it('changes each of several containers alone', async (c) => {
  const ids = [c.id('a'), c.id('b')]
  for (const id of ids)
    await c.createAndStart(c.bundle({ linux: { resources: { pids: { limit: 9 } } } }).probe('wait'), id)
  await c.succeed(['update', '--pids-limit', '21', c.id('a')])
  const limits = await Promise.all(ids.map(async (id) => readCgroup(await c.pid(id), 'pids', 'pids.max')))
  assert.deepEqual(limits, ['21', '9'])
})

it(
  'leaves the cgroups of a container that is deleted afterwards nowhere',
  async (c) => {
    await c.createAndStart(c.bundle().probe('wait'))
    const directory = cgroupDirectoryOf(await c.pid(), 'memory')
    await c.succeed(['update', '--memory', '64M', '--cpu-share', '700', c.id()])
    assert.ok(directory.endsWith(c.id()))
    await c.succeed(['delete', '--force', c.id()])
    c.assertNothingLeft()
  },
  { requires: [cgroupV1] },
)

it(
  'says that a container without cgroups takes no limits',
  async (c) => {
    const user = actAsUser(c)
    await c.createAndStart(user.bundle().probe('wait'))
    await c.fail(
      ['update', '--pids-limit', '5', c.id()],
      [/cannot set pids limit: container could not join or create cgroup|no permission/],
    )
  },
  { requires: rootlessNeeds },
)
