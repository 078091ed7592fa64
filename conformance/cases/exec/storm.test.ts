// SPDX-License-Identifier: Apache-2.0
// EXEC_IN_A_ROW=1000 EXEC_AT_ONCE=64 sh conformance/run.sh exec/storm: many processes on one container.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, cgroupMounts, isPureV2 } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { startWaiting } from '../../harness/exec.ts'

const it = casesOf('exec')
const inARow = Number(process.env.EXEC_IN_A_ROW ?? 50)
const atOnce = Number(process.env.EXEC_AT_ONCE ?? 24)

/** What a container has that a process added to it could leave behind. */
async function belongings(c: Case) {
  const pid = await c.pid()
  const controllers = isPureV2() ? [''] : cgroupMounts().flatMap((mount) => mount.controllers)
  const directories = controllers.map((controller) => cgroupDirectoryOf(pid, controller))
  return {
    state: readdirSync(join(c.root, c.id())).sort(),
    descriptors: readdirSync(`/proc/${pid}/fd`).sort(),
    processes: directories.map((directory) => readFileSync(join(directory, 'cgroup.procs'), 'utf8')),
    children: directories.map(
      (directory) => readdirSync(directory, { withFileTypes: true }).filter((each) => each.isDirectory()).length,
    ),
    mounts: readFileSync(`/proc/${pid}/mountinfo`, 'utf8'),
    hostMounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(c.token)),
  }
}

it(
  `loses no status and no output of ${inARow} processes in a row, and keeps nothing of them`,
  async (c) => {
    await startWaiting(c, c.bundle({}, { busybox: true }))
    const before = await belongings(c)
    for (let i = 0; i < inARow; i++) {
      const script = `echo ${i}; exit ${i % 200}`
      const call = await c.runtime(['exec', c.id(), '/bin/sh', '-c', script])
      assert.deepEqual([call.status, call.stdout, call.stderr], [i % 200, `${i}\n`, ''])
    }
    assert.deepEqual(await belongings(c), before)
  },
  { limit: 240 + 2 * inARow },
)

it(`loses no status and no output of ${atOnce} processes at once, and keeps nothing of them`, async (c) => {
  await startWaiting(c, c.bundle({}, { busybox: true }))
  const before = await belongings(c)
  const calls = Array.from({ length: atOnce }, (_, i) =>
    c.runtime(['exec', c.id(), '/bin/sh', '-c', `read line; echo ${i} $line; exit ${i}`], { stdin: `in${i}\n` }),
  )
  for (const [i, call] of (await Promise.all(calls)).entries()) {
    assert.deepEqual([call.status, call.stdout, call.stderr], [i, `${i} in${i}\n`, ''])
  }
  assert.deepEqual(await belongings(c), before)
})

it('detaches many processes at once and ends them all with the container', async (c) => {
  await startWaiting(c)
  const calls = Array.from({ length: Math.ceil(atOnce / 2) }, (_, i) =>
    c.succeed(['exec', '--detach', '--pid-file', join(c.directory, `pid${i}`), c.id(), '/bin/probe', 'wait']),
  )
  await Promise.all(calls)
  const pids = calls.map((_, i) => Number(readFileSync(join(c.directory, `pid${i}`), 'utf8')))
  assert.equal(new Set(pids).size, calls.length)
  await c.kill()
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})
