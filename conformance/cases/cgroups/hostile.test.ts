// SPDX-License-Identifier: Apache-2.0
// A container that may write to its own cgroups and does what it can against its end.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withCapabilities } from '../../harness/base-config.ts'
import { cgroupMounts } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { cgroupV1, controller, path } from '../../harness/requires.ts'

const it = casesOf('cgroups', { requires: [path('/bin/busybox'), cgroupV1, controller('freezer')] })

/** Starts a container whose script says "ready" once its cgroups are as it wants them. */
async function startHostile(c: Case, script: string): Promise<void> {
  const bundle = c.bundle(
    {
      process: { args: ['sh', '-c', script], ...withCapabilities('CAP_DAC_OVERRIDE') },
      mounts: append({ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'nodev'] }),
    },
    { busybox: true },
  )
  await (await c.createAndStart(bundle)).outputLine('ready')
}

async function endsByForce(c: Case): Promise<void> {
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
}

/** A runtime that cannot end it must not keep the case from doing so. */
function thawAtEnd(c: Case): void {
  const freezer = cgroupMounts().find(({ controllers }) => controllers.includes('freezer'))
  c.atEnd(() => {
    try {
      writeFileSync(join(freezer?.path ?? '', c.id(), 'sub', 'freezer.state'), 'THAWED')
    } catch {
      // It is gone, as it should be.
    }
  })
}

const SUB = 'cd /sys/fs/cgroup/freezer && busybox mkdir sub;'

it('ends a container by force whose child has frozen itself in a cgroup of its own', async (c) => {
  thawAtEnd(c)
  const child = 'sh -c "echo \\$\\$ >sub/cgroup.procs; busybox sleep 1000" &'
  const frozen = 'until busybox grep -q FROZEN sub/freezer.state; do echo FROZEN >sub/freezer.state; done'
  await startHostile(
    c,
    `${SUB} ${child} until busybox grep -q . sub/cgroup.procs; do :; done; ${frozen}; echo ready; wait`,
  )
  await endsByForce(c)
})

it('ends a container by force that has frozen itself in a cgroup of its own', async (c) => {
  thawAtEnd(c)
  await startHostile(c, `${SUB} echo 1 >sub/cgroup.procs; echo ready; echo FROZEN >sub/freezer.state; wait`)
  await endsByForce(c)
})

it('removes cgroups whose names are no text, with what is in them', async (c) => {
  const make = 'for at in freezer pids; do busybox mkdir /sys/fs/cgroup/$at/$name; done'
  const enter = 'busybox sleep 1000 & echo $! >/sys/fs/cgroup/pids/$name/cgroup.procs'
  await startHostile(c, `name=$(busybox printf '\\377\\376'); ${make}; ${enter}; echo ready; wait`)
  await endsByForce(c)
})

it('removes cgroups so deep that no path leads to them, and lists what is in them', async (c) => {
  const name = 'd'.repeat(250)
  const down = `for i in ${'i '.repeat(20)}; do busybox mkdir ${name} && cd ${name}; done`
  await startHostile(c, `cd /sys/fs/cgroup/pids; ${down}; busybox sleep 1000 & echo $! >cgroup.procs; echo ready; wait`)
  const pids = JSON.parse((await c.succeed(['ps', '--format', 'json', c.id()])).stdout)
  assert.equal(pids.length, 2)
  await endsByForce(c)
})
