// SPDX-License-Identifier: Apache-2.0
// Commands on one id at the same time, and a runtime that dies at any moment. Whatever the order, the outcome is sound.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { casesOf } from '../../harness/conformance-case.ts'
import { killEverywhere } from '../../harness/kill-everywhere.ts'
import { until } from '../../harness/until.ts'
import { isRunts, strace } from '../executable/traced-run.ts'

const it = casesOf('lifecycle', { control: true })

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)))
}

it('lets one of many creates of one id succeed', async (c) => {
  const bundle = c.bundle().probe('wait')
  const calls = await times(8, () => c.runtime(['create', '--bundle', bundle.path, c.id()]))
  const failed = calls.filter((call) => call.status !== 0)
  assert.equal(failed.length, 7, calls.join('\n'))
  for (const call of failed) assert.match(call.stderr, /container with given ID already exists/)
  assert.equal((await c.state()).status, 'created')
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('lets one of many starts of one container succeed', async (c) => {
  const call = await c.create(c.bundle().probe('wait'))
  const calls = await times(6, () => c.runtime(['start', c.id()]))
  assert.equal(calls.filter((each) => each.status === 0).length, 1, calls.join('\n'))
  await call.outputLine('ready')
  assert.equal((await c.state()).status, 'running')
})

it('removes a container once by many deletes', async (c) => {
  await c.createAndStart(c.bundle().probe('exit', '0'))
  await c.stopped()
  const calls = await times(6, () => c.runtime(['delete', c.id()]))
  assert.ok(
    calls.some((call) => call.status === 0),
    calls.join('\n'),
  )
  for (const call of calls.filter((each) => each.status !== 0)) assert.match(call.stderr, /does not exist/)
  c.assertNothingLeft()
})

it('removes a running container by many deletes by force', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const calls = await times(6, () => c.runtime(['delete', '--force', c.id()]))
  for (const call of calls) assert.equal(call.status, 0, String(call))
  c.assertNothingLeft()
})

it('shows a state or none while containers come and go', async (c) => {
  const bundle = c.bundle().probe('wait')
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const call = await c.runtime(['state', c.id()])
      if (call.status === 0)
        assert.ok(['creating', 'created', 'running', 'stopped'].includes(JSON.parse(call.stdout).status))
      else assert.match(call.stderr, /container does not exist/, String(call))
    }
  })()
  try {
    for (let i = 0; i < 6; i++) {
      await c.create(bundle)
      await c.succeed(['start', c.id()])
      await c.succeed(['delete', '--force', c.id()])
    }
  } finally {
    isOver = true
    await watching
  }
})

it('survives start and delete by force at the same time', async (c) => {
  for (let i = 0; i < 6; i++) {
    await c.create(c.bundle().probe('wait'))
    await Promise.all([c.runtime(['start', c.id()]), c.runtime(['delete', '--force', c.id()])])
    await c.succeed(['delete', '--force', c.id()])
    c.assertNothingLeft()
  }
})

for (const command of ['create', 'run']) {
  it(`is cleaned up by delete by force wherever ${command} was killed`, async (c) => {
    await killEverywhere(c, command, c.bundle().probe('wait'), { untilMs: 40, stepMs: 1.25 })
  })
}

it('is started or can be started wherever start was killed', async (c) => {
  const bundle = c.bundle().probe('wait')
  for (let milliseconds = 0; milliseconds < 20; milliseconds += 1.25) {
    const id = c.id(String(milliseconds * 100))
    await c.create(bundle, id)
    const { call, done } = c.start(['start', id])
    await sleep(milliseconds)
    if (call.status === null) process.kill(call.pid, 'SIGKILL')
    await done
    const { status } = await c.state(id)
    if (status === 'created') await c.succeed(['start', id])
    assert.ok(['created', 'running'].includes(status), status)
    await c.succeed(['delete', '--force', id])
  }
  c.assertNothingLeft()
})

it(
  'leaves alone what took its place before it had the lock',
  async (c) => {
    const directory = join(c.root, c.id())
    const log = join(c.directory, 'trace')
    // Stopped as soon as it has made its state directory.
    const traced = ['-e', 'trace=mkdir,mkdirat', '-e', 'inject=mkdir,mkdirat:signal=SIGSTOP']
    const wrapper = ['strace', '-f', '-qq', '-P', directory, ...traced, '-o', log]
    const { call, done } = c.start(['create', '--bundle', c.bundle().path, c.id()], { wrapper })
    const pid = await until(
      'the stop',
      () => (existsSync(log) && /^(\d+) .*stopped by SIGSTOP/m.exec(readFileSync(log, 'utf8'))?.[1]) || undefined,
    )
    rmdirSync(directory)
    mkdirSync(directory)
    writeFileSync(join(directory, 'state.json'), 'of another create')
    process.kill(Number(pid), 'SIGCONT')
    await done
    assert.equal(call.status, 1)
    assert.match(call.stderr, /container with given ID already exists/)
    assert.equal(readFileSync(join(directory, 'state.json'), 'utf8'), 'of another create')
    rmSync(directory, { recursive: true })
  },
  { requires: [isRunts, strace] },
)
