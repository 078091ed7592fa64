// SPDX-License-Identifier: Apache-2.0
// What stands between a program and the caller of `run`: signals, orphans, pipes, and nothing while nothing happens.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'
import { runtimeFile } from '../../harness/places.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('foreground')

/** Everything shares the pid namespace of the host. */
const sharedPids = { linux: { namespaces: ['network', 'ipc', 'uts', 'mount'].map((type) => ({ type })) } }

async function trapping(c: Case) {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('trap', '15').path, c.id()])
  await call.outputLine('ready')
  return { call, done }
}

async function ends(c: Case, { call, done }: Awaited<ReturnType<typeof trapping>>): Promise<void> {
  process.kill(call.pid, 'SIGTERM')
  assert.equal((await done).status, 0, String(call))
  c.assertNothingLeft()
}

it('passes every signal on that can be passed on', async (c) => {
  const running = await trapping(c)
  const left = [9, 15, 17, 19, 23, 28]
  for (let number = 1; number <= 31; number++) {
    if (left.includes(number)) continue
    process.kill(running.call.pid, number)
    await running.call.outputLine(`signal ${number}`)
  }
  await ends(c, running)
})

it('passes real-time signals on, each as often as it comes', async (c) => {
  const running = await trapping(c)
  const kill = (number: number) => execFileSync('kill', [`-${number}`, String(running.call.pid)])
  for (const number of [35, 50, 64]) {
    kill(number)
    await running.call.outputLine(`signal ${number}`)
  }
  process.kill(running.call.pid, 'SIGSTOP')
  for (let i = 0; i < 3; i++) kill(40)
  process.kill(running.call.pid, 'SIGCONT')
  const count = () => running.call.stdout.split('\n').filter((line) => line === 'signal 40').length
  await until('three signals', () => count() === 3)
  await ends(c, running)
})

it('keeps SIGCHLD, SIGURG and SIGWINCH to itself', async (c) => {
  const running = await trapping(c)
  for (const name of ['SIGCHLD', 'SIGURG', 'SIGWINCH'] as const) process.kill(running.call.pid, name)
  process.kill(running.call.pid, 'SIGUSR1')
  await running.call.outputLine('signal 10')
  assert.equal(running.call.stdout, 'ready\nsignal 10\n')
  await ends(c, running)
})

it('ends a program that has not begun to catch signals by one that came during a hook', async (c) => {
  const [begun, go] = ['begun', 'go'].map((name) => join(c.directory, name)) as [string, string]
  const script = `echo >${begun}; while [ ! -e ${go} ]; do sleep 0.02; done`
  const hook = {
    path: '/bin/sh',
    args: ['sh', '-c', script],
    env: ['PATH=/usr/bin:/bin', `CONFORMANCE_TOKEN=${c.token}`],
  }
  const bundle = c.bundle({ ...sharedPids, hooks: { createRuntime: [hook] } }).probe('wait')
  const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()])
  await until('the hook', () => existsSync(begun))
  process.kill(call.pid, 'SIGTERM')
  writeFileSync(go, '')
  await done
  assert.equal(call.status, 128 + 15, String(call))
  c.assertNothingLeft()
})

it('reaps the orphans of a container without a pid namespace', async (c) => {
  const script = 'for i in 1 2 3 4 5; do (busybox sleep 0.01 &) ; done; echo begun; exec probe wait'
  const bundle = c.bundle({ ...sharedPids, process: { args: ['sh', '-c', script] } }, { busybox: true })
  const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()])
  await call.outputLine('ready')
  const children = () => readFileSync(`/proc/${call.pid}/task/${call.pid}/children`, 'utf8').trim().split(' ')
  await until('no child but the program', () => children().length === 1)
  assert.deepEqual(children(), [String(await c.pid())])
  await c.succeed(['kill', c.id(), 'KILL'])
  assert.equal((await done).status, 137)
})

it('is no parent of orphans with --no-subreaper', async (c) => {
  const script = '(probe wait & ) ; exec probe wait'
  for (const flags of [[], ['--no-subreaper']]) {
    const bundle = c.bundle({ ...sharedPids, process: { args: ['sh', '-c', script] } }, { busybox: true })
    const { call, done } = c.start(['run', ...flags, '--bundle', bundle.path, c.id()])
    await until('two lines', () => call.stdout === 'ready\nready\n')
    const pid = await c.pid()
    const orphan = processesOf(c.token).find((each) => each !== call.pid && each !== pid) ?? 0
    const parent = () => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${orphan}/status`, 'utf8'))?.[1])
    await until('a new parent', () => parent() !== pid)
    assert.equal(parent() === call.pid, flags.length === 0)
    await c.succeed(['kill', c.id(), 'KILL'])
    await done
    c.assertNothingLeft()
  }
})

it('ends everything of a container without a pid namespace when its first process ends', async (c) => {
  const script = 'probe wait & probe wait & while ! [ -e /proc/self/nothing ]; do exit 4; done'
  const bundle = c.bundle({ ...sharedPids, process: { args: ['sh', '-c', script] } }, { busybox: true })
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
  assert.equal(call.status, 4, String(call))
  c.assertNothingLeft()
})

it('deletes the container after SIGTERM, and keeps it with --keep', async (c) => {
  for (const flags of [[], ['--keep']]) {
    const { call, done } = c.start(['run', ...flags, '--bundle', c.bundle(sharedPids).probe('wait').path, c.id()])
    await call.outputLine('ready')
    process.kill(call.pid, 'SIGTERM')
    assert.equal((await done).status, 143, String(call))
    if (flags.length > 0) await c.succeed(['delete', c.id()])
    c.assertNothingLeft()
  }
})

it('shows the program the end of its input', async (c) => {
  const call = await c.runtime(['run', '--bundle', c.bundle().probe('copy').path, c.id()], { stdin: 'some input' })
  assert.equal(call.status, 0, String(call))
  assert.equal(call.stdout, 'some input')
})

/** Runs a shell command line in which "$@" is the runtime with its --root. */
async function inShell(c: Case, line: string, ...args: string[]): Promise<{ status: number | null; output: string }> {
  const env = { PATH: process.env.PATH, CONFORMANCE_TOKEN: c.token }
  const child = spawn('sh', ['-c', line, 'sh', runtimeFile, '--root', c.root, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, output }
}

it('lets a program notice that nobody reads its output any more', async (c) => {
  const bundle = c.bundle({ process: { args: ['sh', '-c', 'busybox yes; exit 3'] } }, { busybox: true })
  const { output } = await inShell(c, '"$@" | head -1', 'run', '--bundle', bundle.path, c.id())
  assert.equal(output, 'y\n')
  c.assertNothingLeft()
})

it('sees the end of its input through a pipe that closes early', async (c) => {
  const { output } = await inShell(c, 'echo one | "$@"', 'run', '--bundle', c.bundle().probe('copy').path, c.id())
  assert.equal(output, 'one\n')
})

it('uses no processor while nothing happens', async (c) => {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('wait').path, c.id()])
  await call.outputLine('ready')
  const ticks = () => {
    const fields = readFileSync(`/proc/${call.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return Number(fields[11]) + Number(fields[12])
  }
  const asleep = () => /^State:\s+S/m.test(readFileSync(`/proc/${call.pid}/status`, 'utf8'))
  await until('a sleeping runtime', asleep)
  const before = ticks()
  const begun = performance.now()
  await until('a second', () => performance.now() - begun > 1000)
  assert.ok(ticks() - before < 20, `${ticks() - before} of 100 ticks`)
  await c.succeed(['kill', c.id(), 'KILL'])
  await done
})

it('leaves a running container that can be deleted when it is killed itself', async (c) => {
  const { call, done } = c.start(['run', '--bundle', c.bundle().probe('wait').path, c.id()])
  await call.outputLine('ready')
  process.kill(call.pid, 'SIGKILL')
  await done
  assert.equal((await c.state()).status, 'running')
  await c.succeed(['delete', '--force', c.id()])
  c.assertNothingLeft()
})

it('passes signals on to a process of exec, and returns how it ended', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const { call, done } = c.start(['exec', c.id(), '/bin/probe', 'trap', '15'])
  await call.outputLine('ready')
  for (const number of [1, 2, 10, 11, 35]) {
    execFileSync('kill', [`-${number}`, String(call.pid)])
    await call.outputLine(`signal ${number}`)
  }
  process.kill(call.pid, 'SIGTERM')
  assert.equal((await done).status, 0, String(call))
  assert.ok(readdirSync(c.root).includes(c.id()))
})
