// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf, isAlive } from '../../harness/conformance-case.ts'
import { execFails, execReport, pidIn, processFile, startWaiting, untilGone } from '../../harness/exec.ts'

const it = casesOf('exec')

it('passes output, input and the exit status of the program on', async (c) => {
  await startWaiting(c)
  const call = await c.runtime(['exec', c.id(), '/bin/probe', 'copy'], { stdin: 'one\ntwo\n' })
  assert.deepEqual([call.status, call.stdout, call.stderr], [0, 'one\ntwo\n', ''])
  for (const status of [1, 7, 255]) {
    assert.equal((await c.runtime(['exec', c.id(), '/bin/probe', 'exit', `${status}`])).status, status)
  }
})

it('returns 128 + N for a program that signal N ended', async (c) => {
  await startWaiting(c)
  for (const signal of [9, 15, 11]) {
    const call = await c.runtime(['exec', c.id(), '/bin/probe', 'kill-self', `${signal}`])
    assert.equal(call.status, 128 + signal, String(call))
  }
})

it('leaves options after the id to the program', async (c) => {
  await startWaiting(c, c.bundle({}, { busybox: true }))
  const call = await c.succeed(['exec', c.id(), '/bin/busybox', 'echo', '--detach', '-e', '--', '--env', 'x'])
  assert.equal(call.stdout, '--detach -e -- --env x\n')
})

it('looks for the program in the PATH of the container', async (c) => {
  await startWaiting(c)
  assert.equal((await c.succeed(['exec', c.id(), 'probe', 'exit', '0'])).stdout, '')
  await execFails(c, [c.id(), 'no-such-program'], 'executable file not found in $PATH')
  await execFails(c, [c.id(), '/no/such/program'], 'no such file or directory')
  await execFails(c, [c.id(), '/etc'], /permission denied|is a directory/)
})

it('refuses to run nothing', async (c) => {
  await startWaiting(c)
  await execFails(c, [c.id()], 'process args cannot be empty')
  assert.equal((await c.runtime(['exec'])).status, 1)
})

it('says that there is no such container, or that it has stopped', async (c) => {
  await execFails(c, [c.id(), '/bin/probe', 'exit', '0'], 'container does not exist')
  await startWaiting(c)
  await c.kill()
  await execFails(c, [c.id(), '/bin/probe', 'exit', '0'], 'cannot exec in a stopped container')
})

it('runs a process in a container that waits for its start', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const { ns, process } = await execReport(c, ['ns', 'process'])
  assert.ok(process.pid > 1)
  assert.equal(readdirSync(`/proc/${await c.pid()}/ns`).length > 0, true)
  assert.ok(ns.mnt > 0)
  assert.equal((await c.state()).status, 'created')
})

it('detaches once the program runs, and writes its pid on the host', async (c) => {
  await startWaiting(c)
  const pidFile = join(c.directory, 'pid')
  const call = await c.succeed(['exec', '--detach', '--pid-file', pidFile, c.id(), '/bin/probe', 'wait'])
  const text = readFileSync(pidFile, 'utf8')
  assert.match(text, /^\d+$/)
  assert.deepEqual(readFileSync(`/proc/${text}/cmdline`, 'utf8').split('\0').slice(0, 2), ['/bin/probe', 'wait'])
  await call.outputLine('ready')
  await c.kill()
  await untilGone(Number(text))
})

it('writes the pid file in the foreground too, before the program is waited for', async (c) => {
  await startWaiting(c)
  const pidFile = join(c.directory, 'pid')
  const { call, done } = c.start(['exec', '--pid-file', pidFile, c.id(), '/bin/probe', 'trap', '15'])
  await call.outputLine('ready')
  process.kill(await pidIn(pidFile), 'SIGTERM')
  assert.equal((await done).status, 0)
})

it('reports a program that cannot be executed when detached, and leaves no pid file', async (c) => {
  const rootfs = (path: string) => writeFileSync(`${path}/bin/bad`, '#!/no/such/interpreter\n', { mode: 0o755 })
  await startWaiting(c, c.bundle({}, { rootfs }))
  const pidFile = join(c.directory, 'pid')
  for (const flags of [['--detach'], []]) {
    await execFails(c, [...flags, '--pid-file', pidFile, c.id(), '/bin/bad'], 'no such file or directory')
    assert.equal(existsSync(pidFile), false)
  }
})

it('passes signals on to the program', async (c) => {
  await startWaiting(c)
  const { call, done } = c.start(['exec', c.id(), '/bin/probe', 'trap', '15'])
  await call.outputLine('ready')
  for (const [name, number] of [
    ['SIGHUP', 1],
    ['SIGUSR1', 10],
    ['SIGTERM', 15],
  ] as const) {
    process.kill(call.pid, name)
    await call.outputLine(`signal ${number}`)
  }
  assert.equal((await done).status, 0)
})

it('leaves the program running when the one who waits for it is killed', async (c) => {
  await startWaiting(c)
  const pidFile = join(c.directory, 'pid')
  const { call, done } = c.start(['exec', '--pid-file', pidFile, c.id(), '/bin/probe', 'wait'])
  await call.outputLine('ready')
  const pid = await pidIn(pidFile)
  process.kill(call.pid, 'SIGKILL')
  await done
  assert.ok(isAlive(pid))
})

it('needs nothing of the bundle any more', async (c) => {
  const bundle = await startWaiting(c, c.bundle({ process: { env: ['PATH=/bin', 'OF=the bundle'] } }))
  bundle.change({ process: { env: ['OF=somebody else'], cwd: '/gone' } })
  assert.ok((await execReport(c, ['env'])).env.includes('OF=the bundle'))
  renameSync(join(bundle.path, 'config.json'), join(bundle.path, 'config.gone'))
  assert.ok((await execReport(c, ['env'])).env.includes('OF=the bundle'))
})

it('says that a paused container takes no process, and adds one that waits when asked to', async (c) => {
  await startWaiting(c)
  const { pauseByHand } = await import('../../harness/pause.ts')
  const resume = pauseByHand(await c.pid())
  try {
    await execFails(
      c,
      [c.id(), '/bin/probe', 'exit', '0'],
      'cannot exec in a paused container (use --ignore-paused to override)',
    )
    const { done } = c.start(['exec', '--ignore-paused', c.id(), '/bin/probe', 'exit', '3'])
    resume()
    assert.equal((await done).status, 3)
  } finally {
    resume()
  }
})

it('uses a process file for everything, as engines call it', async (c) => {
  await startWaiting(c)
  const pidFile = join(c.directory, 'pid')
  const file = processFile(c, ['exit', '5'])
  assert.equal((await c.runtime(['exec', '--pid-file', pidFile, '--process', file, c.id()])).status, 5)
  assert.equal((await c.runtime(['exec', '-p', file, c.id()])).status, 5)
  await c.succeed(['exec', `--process=${file}`, '--detach', '--pid-file', pidFile, c.id()])
  await untilGone(await pidIn(pidFile))
})
