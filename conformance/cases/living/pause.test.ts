// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withCapabilities } from '../../harness/base-config.ts'
import { cgroupMounts, readCgroup } from '../../harness/cgroup-files.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { cgroupsOf, processesOf } from '../../harness/host-snapshot.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { cgroupV1, controller, path } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('living', { requires: [controller('freezer')] })

/** What the kernel says of all processes of a container: true only when none of them runs any more. */
const isFrozen = (pid: number) =>
  /^FROZEN$|^frozen 1$/m.test(readCgroup(pid, 'freezer', 'freezer.state', 'cgroup.events'))

it('pauses and resumes a running container', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const before = await c.state()
  const paused = await c.succeed(['pause', c.id()])
  assert.equal(paused.stdout + paused.stderr, '')
  assert.deepEqual(await c.state(), { ...before, status: 'paused' })
  assert.ok(isFrozen(before.pid))
  assert.match((await c.succeed(['list'])).stdout, new RegExp(`${c.id()} .* paused `))
  const resumed = await c.succeed(['resume', c.id()])
  assert.equal(resumed.stdout + resumed.stderr, '')
  assert.deepEqual(await c.state(), before)
  assert.ok(!isFrozen(before.pid))
})

it('pauses a created container, which cannot be started before it is resumed', async (c) => {
  const call = await c.create(c.bundle().probe('wait'))
  await c.succeed(['pause', c.id()])
  assert.equal((await c.state()).status, 'paused')
  await c.fail(['start', c.id()], ['cannot start a container in the paused state'])
  await c.succeed(['resume', c.id()])
  assert.equal((await c.state()).status, 'created')
  await c.succeed(['start', c.id()])
  await call.outputLine('ready')
})

it('keeps signals back while a container is paused, and delivers them when it is resumed', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('trap', '15'))
  await call.outputLine('ready')
  await c.succeed(['pause', c.id()])
  await c.succeed(['kill', c.id(), 'USR1'])
  assert.equal((await c.state()).status, 'paused')
  assert.equal(call.stdout, 'ready\n')
  await c.succeed(['resume', c.id()])
  await call.outputLine('signal 10')
})

it('refuses to pause a paused container, without an effect', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.succeed(['pause', c.id()])
  await c.fail(['pause', c.id()], ['container not running'])
  assert.equal((await c.state()).status, 'paused')
})

it(
  'gives up after a while where a process cannot be stopped, and lets the others go on',
  async (c) => {
    // To wait for a page in the middle of a system call takes a right on the host.
    const process = withCapabilities('CAP_SYS_PTRACE')
    await c.createAndStart(c.bundle({ process }).probe('hang'))
    const pid = await c.pid()
    await until('the system call', () => /userfault/.test(readFileSync(`/proc/${pid}/wchan`, 'utf8')) || undefined)
    await c.fail(['pause', c.id()], [/freeze/])
    assert.equal((await c.state()).status, 'running')
    assert.match(readCgroup(pid, 'freezer', 'freezer.state', 'cgroup.freeze'), /^(THAWED|0)$/)
    await c.succeed(['exec', c.id(), '/bin/probe', 'exit', '0'])
    await c.kill()
  },
  { requires: [path('/proc/sys/vm/unprivileged_userfaultfd')] },
)

it('refuses to resume a container that is not paused', async (c) => {
  await c.create(c.bundle().probe('wait'))
  await c.fail(['resume', c.id()], ['container not paused'])
  await c.succeed(['start', c.id()])
  await c.fail(['resume', c.id()], ['container not paused'])
  assert.equal((await c.state()).status, 'running')
})

it('neither pauses nor resumes a container that has ended', async (c) => {
  await c.createAndStart(c.bundle().probe('exit', '0'))
  await c.stopped()
  await c.fail(['pause', c.id()], ['container not running'])
  await c.fail(['resume', c.id()], ['container not paused'])
})

for (const operation of ['pause', 'resume']) {
  it(`refuses to ${operation} nobody, a container that does not exist, and two`, async (c) => {
    assert.match((await c.fail([operation], [/requires exactly 1 argument/])).stdout, /Incorrect Usage/)
    await c.fail([operation, c.id()], ['container does not exist'])
    await c.fail([operation, 'a', 'b'], [/requires exactly 1 argument/])
  })
}

it('refuses to delete a paused container, but by force', async (c) => {
  await c.createAndStart(c.bundle().probe('family', '3'))
  await c.succeed(['pause', c.id()])
  await c.fail(['delete', c.id()], [`cannot delete container ${c.id()} that is not stopped: paused`])
  assert.equal((await c.state()).status, 'paused')
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('deletes a created container that is paused by force', async (c) => {
  await c.create(c.bundle().probe('wait'))
  await c.succeed(['pause', c.id()])
  await c.succeed(['delete', '--force', c.id()], { cwd: '/' })
  c.assertNothingLeft()
})

for (const namespaces of [['pid', 'mount'], ['mount']]) {
  it(`kills a paused container with the namespaces ${namespaces.join(', ')}`, async (c) => {
    const linux = { namespaces: namespaces.map((type) => ({ type })) }
    const call = await c.createAndStart(c.bundle({ hostname: undefined, linux }).probe('family', '3'))
    await call.outputLine('ready')
    await c.succeed(['pause', c.id()])
    await c.succeed(['kill', c.id(), 'KILL'])
    await c.stopped()
    await c.succeed(['delete', c.id()])
    assert.deepEqual(processesOf(c.token), [])
    c.assertNothingLeft()
  })
}

it('pauses a container that forks all the time, again and again', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('churn', '8'))
  await call.outputLine('ready')
  const pid = await c.pid()
  for (let round = 0; round < 10; round++) {
    await c.succeed(['pause', c.id()])
    assert.ok(isFrozen(pid), `round ${round}`)
    await c.succeed(['resume', c.id()])
  }
  assert.equal((await c.state()).status, 'running')
})

it('leaves a container that can be resumed or deleted when pause is killed', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('churn', '4'))
  await call.outputLine('ready')
  for (let age = 0; age < 40; age += 8) {
    const { call, done } = c.start(['pause', c.id()])
    const timer = setTimeout(() => process.kill(call.pid, 'SIGKILL'), age)
    await done
    clearTimeout(timer)
    const { status } = await c.state()
    if (status === 'paused') await c.succeed(['resume', c.id()])
    else assert.equal(status, 'running')
  }
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('does not pause itself', async (c) => {
  await c.createAndStart(c.bundle({ linux: { cgroupsPath: `/${c.token}` } }).probe('wait'))
  const enter = cgroupsOf(c.token).map((path) => `echo $$ > ${path}/cgroup.procs`)
  const wrapper = ['sh', '-c', `${enter.join('; ')}; "$@"; status=$?; echo done; exit $status`, 'sh']
  const call = await c.runtime(['pause', c.id()], { wrapper })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /cannot pause container .*: this process is in its cgroup itself/)
  assert.equal((await c.state()).status, 'running')
})

it(
  'says that a parent holds a container that cannot be resumed',
  async (c) => {
    c.keepsEmptyCgroups = true
    const parent = join(cgroupMounts().find(({ controllers }) => controllers.includes('freezer'))?.path ?? '', c.token)
    mkdirSync(parent)
    await c.createAndStart(c.bundle({ linux: { cgroupsPath: `/${c.token}/child` } }).probe('wait'))
    writeFileSync(join(parent, 'freezer.state'), 'FROZEN')
    c.atEnd(() => {
      if (existsSync(parent)) writeFileSync(join(parent, 'freezer.state'), 'THAWED')
    })
    await c.fail(['resume', c.id()], ['a parent of its cgroup is frozen'])
    writeFileSync(join(parent, 'freezer.state'), 'THAWED')
    assert.equal((await c.state()).status, 'running')
    assert.equal(readFileSync(join(parent, 'child', 'freezer.state'), 'utf8').trim(), 'THAWED')
  },
  { requires: [cgroupV1] },
)

it(
  'says that a container without a cgroup cannot be paused',
  async (c) => {
    const user = actAsUser(c)
    await c.createAndStart(user.bundle().probe('wait'))
    await c.fail(['pause', c.id()], ['cannot toggle freezer: cgroups not configured for container'])
    assert.equal((await c.state()).status, 'running')
  },
  { requires: rootlessNeeds },
)
