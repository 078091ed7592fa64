// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'

const it = casesOf('lifecycle')

for (const operation of ['start', 'state', 'kill', 'delete']) {
  it(`refuses to ${operation} a container that does not exist`, async (c) => {
    await c.fail([operation, c.id()], ['container does not exist'])
  })
}

for (const operation of ['create', 'run', 'start', 'state', 'kill', 'delete']) {
  it(`refuses to ${operation} without an id`, async (c) => {
    const call = await c.fail([operation], [/requires .*argument/])
    assert.match(call.stdout, /Incorrect Usage/)
  })
}

for (const [operation, ...rest] of [
  ['create', 'a', 'b'],
  ['start', 'a', 'b'],
  ['state', 'a', 'b'],
  ['kill', 'a', 'TERM', 'b'],
  ['delete', 'a', 'b'],
] as const) {
  it(`refuses to ${operation} with too many arguments`, async (c) => {
    await c.fail([operation, ...rest], [/argument/])
  })
}

it('refuses to start a container twice, without an effect', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const before = await c.state()
  await c.fail(['start', c.id()], ['cannot start an already running container'])
  assert.deepEqual(await c.state(), before)
})

it('refuses to start a container that has ended', async (c) => {
  await c.createAndStart(c.bundle().probe('exit', '0'))
  await c.stopped()
  await c.fail(['start', c.id()], ['cannot start a container that has stopped'])
})

it('refuses to start a created container that was killed', async (c) => {
  await c.create(c.bundle().probe('wait'))
  await c.kill()
  await c.fail(['start', c.id()], ['cannot start a container that has stopped'])
})

it('kills a created container', async (c) => {
  await c.create(c.bundle().probe('wait'))
  await c.kill()
  assert.equal((await c.state()).status, 'stopped')
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('refuses to kill a container that has ended', async (c) => {
  await c.createAndStart(c.bundle().probe('exit', '0'))
  await c.stopped()
  await c.fail(['kill', c.id(), 'KILL'], ['container not running'])
})

it('refuses a signal that does not exist, without an effect', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.fail(['kill', c.id(), 'BOGUS'], ['BOGUS'])
  await c.fail(['kill', c.id(), '99'])
  assert.equal((await c.state()).status, 'running')
})

it('delivers signals by number and by every spelling of the name', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('trap', '15'))
  await call.outputLine('ready')
  for (const [signal, number] of [
    ['HUP', 1],
    ['SIGINT', 2],
    ['usr1', 10],
    ['sigusr2', 12],
    ['14', 14],
    ['37', 37],
  ] as const) {
    await c.succeed(['kill', c.id(), signal])
    await call.outputLine(`signal ${number}`)
  }
  await c.succeed(['kill', c.id()])
  await call.outputLine('signal 15')
  await c.stopped()
})

it('delivers every signal there is', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('trap', '64'))
  await call.outputLine('ready')
  // Not KILL and STOP, which nobody can wait for, nor 32 to 34, which the C library keeps for itself.
  const signals = Array.from({ length: 64 }, (_, index) => index + 1).filter((n) => ![9, 19, 32, 33, 34].includes(n))
  for (const signal of signals) {
    await c.succeed(['kill', c.id(), String(signal)])
    await call.outputLine(`signal ${signal}`)
  }
  await c.stopped()
})

it('accepts --all and kills every process', async (c) => {
  const namespaces = [{ type: 'mount' }, { type: 'uts' }, { type: 'ipc' }, { type: 'network' }]
  const args = ['sh', '-c', 'busybox sleep 1000 & busybox sleep 1001 & echo started; wait']
  const call = await c.createAndStart(c.bundle({ process: { args }, linux: { namespaces } }, { busybox: true }))
  await call.outputLine('started')
  assert.equal(processesOf(c.token).length, 3)
  await c.succeed(['kill', '--all', c.id(), '9'])
  await c.stopped()
  await c.succeed(['delete', c.id()])
  assert.deepEqual(processesOf(c.token), [])
})

it('refuses to delete a running container, without an effect', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.fail(['delete', c.id()], [`cannot delete container ${c.id()} that is not stopped: running`])
  assert.equal((await c.state()).status, 'running')
})

it('deletes a created container as every runtime does', async (c) => {
  await c.create(c.bundle().probe('wait'))
  assert.equal((await c.state()).status, 'created')
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

for (const status of ['created', 'running', 'stopped']) {
  it(`deletes a ${status} container by force`, async (c) => {
    const bundle = c.bundle().probe(...(status === 'stopped' ? ['exit', '0'] : ['wait']))
    await c.create(bundle)
    if (status !== 'created') await c.succeed(['start', c.id()])
    if (status === 'stopped') await c.stopped()
    assert.equal((await c.state()).status, status)
    await c.succeed(['delete', '--force', c.id()])
    await c.fail(['state', c.id()], ['container does not exist'])
    c.assertNothingLeft()
  })
}

it('deletes nobody by force silently and successfully', async (c) => {
  const call = await c.succeed(['delete', '--force', c.id()])
  assert.equal(call.stdout + call.stderr, '')
  await c.fail(['delete', c.id()], ['container does not exist'])
})

it('deletes by force with the short flag', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  assert.equal((await c.state()).status, 'running')
  await c.succeed(['delete', '-f', c.id()])
  c.assertNothingLeft()
})

it('refuses to delete a container twice', async (c) => {
  await c.create(c.bundle().probe('wait'))
  await c.succeed(['delete', '--force', c.id()])
  await c.fail(['delete', c.id()], ['container does not exist'])
})

it('removes a state directory in which nothing was written, by force', async (c) => {
  mkdirSync(join(c.root, c.id()), { recursive: true })
  await c.succeed(['delete', '--force', c.id()])
  assert.ok(!existsSync(join(c.root, c.id())))
})

it('reports a container whose process was killed from outside as stopped', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  process.kill(await c.pid(), 'SIGKILL')
  assert.equal((await c.stopped()).pid, 0)
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('ends the other processes of the container with the first one', async (c) => {
  const args = ['sh', '-c', 'busybox sleep 1000 & echo started; read line']
  const call = await c.createAndStart(c.bundle({ process: { args } }, { busybox: true }))
  await call.outputLine('started').catch(() => undefined)
  await c.stopped()
  assert.deepEqual(processesOf(c.token), [])
})

/** In which directory a call is made, by the words of a shell. */
const nowhere = {
  'that was deleted': 'mkdir gone && cd gone && rmdir ../gone',
  'too deep for a path': 'for i in $(seq 30); do mkdir -p $NAME && cd -P $NAME || exit; done',
}

for (const [which, script] of Object.entries(nowhere)) {
  it(`works in a directory ${which}`, async (c) => {
    // Node.js removes by path.
    c.atEnd(() => void execFileSync('rm', ['-rf', join(c.directory, 'calls')]))
    const wrapper = ['sh', '-c', `NAME=${'x'.repeat(200)}; ${script}; exec "$0" "$@"`]
    await c.succeed(['create', '--bundle', c.bundle().probe('wait').path, c.id()], { wrapper })
    await c.succeed(['start', c.id()], { wrapper })
    const { stdout } = await c.succeed(['state', c.id()], { wrapper })
    assert.equal((JSON.parse(stdout) as { status: string }).status, 'running')
    const exec = await c.runtime(['exec', c.id(), '/bin/probe', 'exit', '7'], { wrapper })
    assert.equal(exec.status, 7, String(exec))
    for (const args of [
      ['create', c.id('other')],
      ['--log', 'no/log', 'list'],
      ['list', '--bogus'],
    ]) {
      const call = await c.runtime(args, { wrapper })
      assert.equal(call.status, 1, String(call))
      assert.match(call.stderr, /^time=\S+ level=error msg=.*\n$/, String(call))
    }
    await c.succeed(['delete', '--force', c.id()], { wrapper })
    c.assertNothingLeft()
  })
}

it('keeps containers of two roots apart', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const other = await c.runtime(['--root', join(c.directory, 'other-root'), 'state', c.id()])
  assert.equal(other.status, 1)
  assert.match(other.stderr, /container does not exist/)
})

it('refuses / as the root', async (c) => {
  const call = await c.runtime(['--root', '/', 'state', c.id()])
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /Option --root argument should not be set to \//)
})
