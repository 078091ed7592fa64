// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import type { Json } from '../../harness/json.ts'
import { controller } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('living')

const withoutPidNamespace: Json[] = ['mount', 'uts', 'ipc', 'network'].map((type) => ({ type }))

/** A bundle whose processes are in the pid namespace of the runtime. */
function hostPids(c: Case, ...verb: string[]): Bundle {
  return c.bundle({ linux: { namespaces: withoutPidNamespace, cgroupsPath: `/${c.token}` } }).probe(...verb)
}

async function ready(c: Case, bundle: Bundle, id = c.id()): Promise<number> {
  const call = await c.createAndStart(bundle, id)
  await call.outputLine('ready')
  return c.pid(id)
}

/** Ends the first process of a container alone, as the kernel or another program would. */
async function endFirstProcess(c: Case, id = c.id()): Promise<void> {
  process.kill(await c.pid(id), 'SIGKILL')
  await c.stopped(id)
}

const gone = (c: Case) => until('the end of every process', () => processesOf(c.token).length === 0)

it('kills every process of a container without a pid namespace', async (c) => {
  await ready(c, hostPids(c, 'family', '5'))
  assert.equal(processesOf(c.token).length, 6)
  await c.succeed(['kill', c.id(), 'KILL'])
  await gone(c)
  await c.stopped()
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('kills a hundred processes of a container with a pid namespace', async (c) => {
  await ready(c, c.bundle().probe('family', '100'))
  assert.equal(processesOf(c.token).length, 101)
  await c.succeed(['kill', c.id(), '9'])
  await gone(c)
  await c.stopped()
})

for (const [what, ends] of [
  ['kill', ['kill', 'KILL']],
  ['delete by force', ['delete', '--force']],
] as const) {
  it(
    `ends a fork bomb without a pid namespace by ${what}`,
    async (c) => {
      const bundle = hostPids(c, 'bomb').change({ linux: { resources: { pids: { limit: 200 } } } })
      await ready(c, bundle)
      await until('the bomb', () => processesOf(c.token).length > 100)
      const [command, option] = ends
      await c.succeed(command === 'kill' ? [command, c.id(), option] : [command, option, c.id()])
      await gone(c)
      await c.runtime(['delete', '--force', c.id()])
      c.assertNothingLeft()
    },
    { requires: [controller('pids')] },
  )
}

it('sends other signals to the first process alone', async (c) => {
  await ready(c, hostPids(c, 'family', '3'))
  await c.succeed(['kill', '--all', c.id(), 'TERM'])
  await c.stopped()
  assert.equal(processesOf(c.token).length, 3)
})

it('kills what is left of a container without a pid namespace, and only what is left', async (c) => {
  await ready(c, hostPids(c, 'family', '3'))
  await endFirstProcess(c)
  assert.equal(processesOf(c.token).length, 3)
  await c.fail(['kill', c.id(), 'TERM'], ['container not running'])
  assert.equal(processesOf(c.token).length, 3)
  await c.succeed(['kill', c.id(), 'KILL'])
  await gone(c)
  await c.fail(['kill', c.id(), 'KILL'], ['container not running'])
})

for (const force of [[], ['--force']]) {
  it(`ends what is left of a container without a pid namespace by ${['delete', ...force].join(' ')}`, async (c) => {
    await ready(c, hostPids(c, 'family', '3'))
    await endFirstProcess(c)
    assert.equal(processesOf(c.token).length, 3)
    await c.succeed(['delete', ...force, c.id()])
    await gone(c)
    c.assertNothingLeft()
  })
}

for (const [what, args] of [
  ['kill', ['kill', 'ID', 'KILL']],
  ['delete', ['delete', 'ID']],
  ['delete by force', ['delete', '--force', 'ID']],
] as const) {
  it(`spares the container that lives in the cgroup of one that has ended: ${what}`, async (c) => {
    await ready(c, hostPids(c, 'wait'), c.id('old'))
    await endFirstProcess(c, c.id('old'))
    const pid = await ready(c, hostPids(c, 'wait'), c.id('new'))
    await c.runtime(args.map((arg) => (arg === 'ID' ? c.id('old') : arg)))
    assert.deepEqual(processesOf(c.token), [pid])
    assert.equal((await c.state(c.id('new'))).status, 'running')
  })
}

it('finds out with signal 0 whether a container has a process', async (c) => {
  await ready(c, c.bundle().probe('wait'))
  await c.succeed(['kill', c.id(), '0'])
  assert.equal((await c.state()).status, 'running')
  await c.kill()
  await c.fail(['kill', c.id(), '0'], ['container not running'])
})

it('takes it for done with --all where a container has ended', async (c) => {
  await ready(c, c.bundle().probe('wait'))
  await c.kill()
  await c.fail(['kill', c.id(), 'KILL'], ['container not running'])
  for (const signal of ['9', 'TERM']) await c.succeed(['kill', '--all', c.id(), signal])
  await c.fail(['kill', '--all', c.id('other'), '9'], ['container does not exist'])
})

it('takes an empty signal for the default', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('trap', '15'))
  await call.outputLine('ready')
  await c.succeed(['kill', c.id(), ''])
  await call.outputLine('signal 15')
})

it('sends real-time signals by name', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('trap', '64'))
  await call.outputLine('ready')
  for (const [name, number] of [
    ['RTMIN+1', 35],
    ['SIGRTMIN+20', 54],
    ['rtmax-1', 63],
    ['RTMAX', 64],
  ] as const) {
    await c.succeed(['kill', c.id(), name])
    await call.outputLine(`signal ${number}`)
  }
})

it('has nobody to kill once the process is a zombie', async (c) => {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('wait').path, c.id()])
  await call.outputLine('ready')
  const pid = await c.pid()
  // Its parent is the call: stopped, that does not reap it.
  process.kill(call.pid, 'SIGSTOP')
  c.atEnd(() => {
    if (call.status === null) process.kill(call.pid, 'SIGCONT')
  })
  process.kill(pid, 'SIGKILL')
  await until('a zombie', () => stateOf(pid) === 'Z')
  await c.fail(['kill', c.id(), 'TERM'], ['container not running'])
  assert.deepEqual(await c.state().then(({ status, pid }) => [status, pid]), ['stopped', 0])
  process.kill(call.pid, 'SIGCONT')
  assert.equal((await done).status, 137)
})

it('still has a container whose first thread has ended while another goes on', async (c) => {
  const pid = await ready(c, c.bundle().probe('leave-thread'))
  await until('the end of the first thread', () => stateOf(pid) === 'Z')
  assert.deepEqual(await c.state().then((state) => [state.status, state.pid]), ['running', pid])
  await c.fail(['delete', c.id()], ['that is not stopped: running'])
  await c.kill()
  await c.succeed(['delete', c.id()])
})

/** The letter of proc_pid_stat(5). */
function stateOf(pid: number): string {
  return /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? ''
}
