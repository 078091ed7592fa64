// SPDX-License-Identifier: Apache-2.0
// What follows when a hook fails (runtime.md, Lifecycle): an error, the end of the container, and the poststop hooks.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import type { JsonObject } from '../../harness/json.ts'
import type { Call } from '../../harness/run-runtime.ts'
import { until } from '../../harness/until.ts'
import {
  COMMAND,
  type Hooks,
  hookedBundle,
  KINDS,
  type Kind,
  note,
  notes,
  readNote,
  shellHook,
  wholeLife,
} from './hooked-bundle.ts'

const it = casesOf('hooks')
const FATAL = KINDS.filter((kind) => kind !== 'poststop')

/** Lives up to the command at which a hook of this kind runs, and returns that call. */
async function callWithHooks(c: Case, kind: Kind, hooks: Hooks): Promise<Call> {
  const bundle = hookedBundle(c, hooks)
  const create = ['create', '--bundle', bundle.path, c.id()]
  if (COMMAND[kind] === 'create') return c.runtime(create)
  await c.succeed(create)
  if (COMMAND[kind] === 'start') return c.runtime(['start', c.id()])
  await c.succeed(['start', c.id()])
  await c.kill()
  return c.runtime(['delete', c.id()])
}

/** The hook is the second of its kind; a hook after it and a poststop hook note whether they ran. */
async function failingCall(c: Case, kind: Kind, hook: JsonObject): Promise<Call> {
  const mark = (name: string) => shellHook(c, `cat >${notes(c, name)}`)
  const hooks: Hooks = { poststop: [mark('poststop')] }
  hooks[kind] = [shellHook(c, 'exit 0'), hook, mark('next'), ...(kind === 'poststop' ? [mark('poststop')] : [])]
  const call = await callWithHooks(c, kind, hooks)
  if (kind === 'poststop') {
    assert.equal(call.status, 0, `only warns: ${call}`)
    await note(c, 'next')
  } else {
    assert.equal(call.status, 1, `should fail: ${call}`)
    assert.ok(!existsSync(notes(c, 'next')), 'the hooks after a failed one do not run')
    await c.fail(['state', c.id()], ['container does not exist'])
    const { status, pid } = JSON.parse(readNote(c, 'poststop'))
    assert.deepEqual([status, pid], ['stopped', undefined])
  }
  assert.ok(call.stderr.includes(`error running ${kind} hook #2: `), `names the hook: ${call}`)
  c.assertNothingLeft()
  return call
}

function says(call: Call, ...texts: string[]): void {
  for (const text of texts) assert.ok(call.stderr.includes(text), `should say ${text}: ${call}`)
}

for (const kind of KINDS) {
  it(`tells the exit status and the output of a ${kind} hook that fails`, async (c) => {
    const call = await failingCall(c, kind, shellHook(c, 'echo on stdout; echo on stderr >&2; exit 7'))
    says(call, 'exit status 7', 'stdout: on stdout', 'stderr: on stderr', '/bin/sh, after 0.')
  })

  it(`tells the signal that ended a ${kind} hook`, async (c) => {
    says(await failingCall(c, kind, shellHook(c, 'kill -SEGV $$')), 'signal: SIGSEGV')
  })

  it(`tells that a ${kind} hook cannot be executed`, async (c) => {
    const call = await failingCall(c, kind, { path: '/nonexistent/hook' })
    says(call, 'fork/exec /nonexistent/hook: no such file or directory')
  })

  it(`ends a ${kind} hook that runs past its timeout with all its children`, async (c) => {
    const script = `sleep 1000 & (sleep 1000 & sleep 1000) & echo hanging; wait`
    const call = await failingCall(c, kind, shellHook(c, script, { timeout: 1 }))
    says(call, 'hook ran past specified timeout of 1.0s', 'stdout: hanging')
  })

  it(`keeps the last lines of a ${kind} hook that writes 1 MiB to stderr`, async (c) => {
    const flood = 'yes "a line of output" | head -c 1048576 >&2; echo >&2; echo the last line >&2; exit 1'
    const call = await failingCall(c, kind, shellHook(c, flood))
    says(call, 'exit status 1', 'the last line')
    assert.ok(call.stderr.length < 16_384, `is short: ${call.stderr.length}`)
  })

  it(`lets a ${kind} hook succeed that writes 1 MiB to both outputs`, async (c) => {
    const flood = 'head -c 1048576 /dev/zero; head -c 1048576 /dev/zero >&2'
    const hooks = { [kind]: [shellHook(c, `${flood}; echo >${notes(c, 'done')}`)] }
    await wholeLife(c, hookedBundle(c, hooks))
    assert.ok(existsSync(notes(c, 'done')))
  })
}

for (const kind of FATAL) {
  it(`ends run in the foreground when a ${kind} hook fails`, async (c) => {
    const bundle = hookedBundle(c, {
      [kind]: [shellHook(c, 'exit 3')],
      poststop: [shellHook(c, `cat >${notes(c, 'end')}`)],
    })
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
    assert.equal(call.status, 1, String(call))
    says(call, `runc run failed: error running ${kind} hook #1: exit status 3`)
    await note(c, 'end')
    c.assertNothingLeft()
  })
}

for (const kind of ['prestart', 'createContainer'] as const) {
  it(`leaves a container that can be deleted when create is killed during a ${kind} hook`, async (c) => {
    const script = `cat >${notes(c, 'state')}; echo $$ >${notes(c, 'hook')}; echo >${notes(c, 'begun')}; exec sleep 1000`
    const hooks: Hooks = { [kind]: [shellHook(c, script)], poststop: [shellHook(c, `echo >${notes(c, 'end')}`)] }
    const { call, done } = c.start(['create', '--bundle', hookedBundle(c, hooks).path, c.id()])
    await note(c, 'begun')
    process.kill(call.pid, 'SIGKILL')
    await done
    // A hook on the host goes on until the container is deleted; one in the container ends with it.
    const hook = Number(readNote(c, 'hook'))
    if (kind === 'prestart') await until('the end of all but the hook', () => processesOf(c.token).join() === `${hook}`)
    else await until('the end of all', () => processesOf(c.token).length === 0)
    assert.equal((await c.state()).status, 'stopped')
    await c.succeed(['delete', '--force', c.id()])
    await note(c, 'end')
    await until('the end of the hook', () => processesOf(c.token).length === 0)
    c.assertNothingLeft()
  })
}

it('runs poststop hooks after a create that fails later than its hooks ran', async (c) => {
  const hooks = {
    createRuntime: [shellHook(c, `echo >${notes(c, 'begin')}`)],
    poststop: [shellHook(c, `echo >${notes(c, 'end')}`)],
  }
  const bundle = hookedBundle(c, hooks, { process: { args: ['/no/such/program'] } })
  await c.fail(['create', '--bundle', bundle.path, c.id()], ['no such file or directory'])
  await note(c, 'begin')
  await note(c, 'end')
  c.assertNothingLeft()
})

it('goes on to the program when start is killed during a startContainer hook', async (c) => {
  const script = `echo >${notes(c, 'begun')}; while [ ! -e ${notes(c, 'go')} ]; do sleep 0.05; done`
  const bundle = hookedBundle(c, { startContainer: [shellHook(c, script)] })
  const created = await c.create(bundle)
  const { call, done } = c.start(['start', c.id()])
  await note(c, 'begun')
  assert.equal((await c.state()).status, 'created')
  process.kill(call.pid, 'SIGKILL')
  await done
  writeFileSync(notes(c, 'go'), '')
  await created.outputLine('ready')
  assert.equal((await c.state()).status, 'running')
})

it('can be killed while a startContainer hook hangs', async (c) => {
  const bundle = hookedBundle(c, { startContainer: [shellHook(c, `echo >${notes(c, 'begun')}; sleep 1000`)] })
  await c.create(bundle)
  const { done } = c.start(['start', c.id()])
  await note(c, 'begun')
  await c.kill()
  await done
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('can be deleted by force while a startContainer hook hangs', async (c) => {
  const bundle = hookedBundle(c, { startContainer: [shellHook(c, `echo >${notes(c, 'begun')}; sleep 1000`)] })
  await c.create(bundle)
  const { done } = c.start(['start', c.id()])
  await note(c, 'begun')
  await c.succeed(['delete', '--force', c.id()])
  await done
  c.assertNothingLeft()
})

it('says that the container process has ended when a hook of create ends it', async (c) => {
  const kill = `kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/')`
  for (const kind of ['prestart', 'createRuntime'] as const) {
    await c.refuses(
      hookedBundle(c, { [kind]: [shellHook(c, kill)] }),
      'the container process ended before it was ready',
    )
  }
})

for (const command of ['start', 'run', 'run --detach'] as const) {
  it(`says that the program was not executed when ${command} loses the container during a startContainer hook`, async (c) => {
    const hooks = { startContainer: [shellHook(c, `echo >${notes(c, 'begun')}; sleep 1000`)] }
    const bundle = hookedBundle(c, hooks)
    if (command === 'start') await c.create(bundle)
    const args = command === 'start' ? ['start'] : [...command.split(' '), '--bundle', bundle.path]
    const { call, done } = c.start([...args, c.id()])
    await note(c, 'begun')
    process.kill((await c.state()).pid, 'SIGKILL')
    await done
    assert.equal(call.status, 1, String(call))
    says(call, 'the container process ended before its program was executed')
    if (command === 'start') {
      await c.stopped()
      await c.succeed(['delete', c.id()])
    }
    c.assertNothingLeft()
  })
}

it('returns from start and run although a startContainer hook keeps a copy of their connection', async (c) => {
  const names = ['CAP_SYS_PTRACE', 'CAP_SYS_ADMIN']
  const hooks = { startContainer: [{ path: '/bin/probe', args: ['probe', 'keep-sockets', '1'] }] }
  const capabilities = { bounding: names, effective: names, permitted: names }
  for (const command of ['create', 'run --detach']) {
    const bundle = hookedBundle(c, hooks, { process: { capabilities } })
    const created = await c.succeed([...command.split(' '), '--bundle', bundle.path, c.id(command[0])])
    if (command === 'create') await c.succeed(['start', c.id('c')])
    await created.outputLine('ready')
    // The positive control: the child of the hook has got a socket of the shim.
    const [keeper = 0] = processesOf(c.token).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('keep-sockets'),
    )
    assert.ok(
      readdirSync(`/proc/${keeper}/fd`).some((fd) => readlinkSync(`/proc/${keeper}/fd/${fd}`).startsWith('socket:')),
    )
    await c.succeed(['delete', '--force', c.id(command[0])])
  }
  c.assertNothingLeft()
})

for (const kind of ['prestart', 'createRuntime', 'poststart'] as const) {
  it(`ends a ${kind} hook that hangs, and what it has started, with delete --force`, async (c) => {
    const hooks = {
      [kind]: [shellHook(c, `sleep 1000 & echo >${notes(c, 'begun')}; wait`)],
      poststop: [shellHook(c, `echo >${notes(c, 'end')}`)],
    }
    const bundle = hookedBundle(c, hooks)
    const isCreate = COMMAND[kind] === 'create'
    if (!isCreate) await c.create(bundle)
    const { call, done } = c.start(isCreate ? ['create', '--bundle', bundle.path, c.id()] : ['start', c.id()])
    await note(c, 'begun')
    await c.succeed(['delete', '--force', c.id()])
    await done
    assert.equal(call.status, 1, String(call))
    says(call, `error running ${kind} hook #1: signal: SIGKILL`)
    await note(c, 'end')
    c.assertNothingLeft()
  })
}

it('leaves a process alone that has the pid of a hook that ended long ago', async (c) => {
  const bundle = hookedBundle(c, { createRuntime: [shellHook(c, 'exit 0')] })
  await c.createAndStart(bundle)
  const file = `${c.root}/${c.id()}/hook`
  const other = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' })
  writeFileSync(file, JSON.stringify({ pid: other.pid, startTime: '1' }))
  await c.succeed(['delete', '--force', c.id()])
  assert.ok(existsSync(`/proc/${other.pid}`) && other.exitCode === null && other.signalCode === null)
  other.kill('SIGKILL')
})
