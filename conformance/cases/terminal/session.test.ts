// SPDX-License-Identifier: Apache-2.0
// Somebody works in a container.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf, isAlive } from '../../harness/conformance-case.ts'
import { Tmux, tmuxPresent } from '../../harness/tmux.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('terminal/session', { requires: [tmuxPresent] })

/**
 * A shell in a container, in the foreground of a terminal whose modes were written down before. With `alone`, it is called
 * by a shell without job control: that does not restore any modes itself when a command was killed.
 */
async function enter(c: Case, how = 'run', alone = false): Promise<Tmux> {
  const terminal = await new Tmux(c).begin()
  const bundle = c.bundle({ process: { terminal: true, args: ['sh'], env: env(c) } }, { busybox: true })
  for (const name of ['stty', 'tty', 'sleep', 'ps']) symlinkSync('busybox', bundle.file('bin', name))
  let command = `run --bundle ${bundle.path} ${c.id()}`
  if (how === 'exec') {
    bundle.change({ process: { terminal: false } }).probe('wait')
    await c.createAndStart(bundle)
    command = `exec -t ${c.id()} sh`
  }
  const call = alone
    ? `(tty >tty; runtime ${command}; echo status=$?; read word)`
    : `runtime ${command}; echo status=$?`
  await terminal.line(`stty -g >before; ${call}; stty -g >after; echo over-$((40+2))`)
  await terminal.shows(/^\/ # $/m)
  await terminal.ask('inside')
  return terminal
}

const env = (c: Case) => ['PATH=/bin', 'TERM=xterm', `CONFORMANCE_TOKEN=${c.token}`]

async function assertRestored(c: Case, terminal: Tmux, status: number): Promise<void> {
  await terminal.shows(/^over-42$/m)
  assert.match(terminal.screen(), new RegExp(`status=${status}$`, 'm'))
  const [before, after] = ['before', 'after'].map((name) => readFileSync(join(c.directory, name), 'utf8'))
  assert.equal(after, before)
  await terminal.ask('host')
}

function modesNow(c: Case): string {
  const [terminal] = readFileSync(join(c.directory, 'tty'), 'utf8').split('\n')
  return execFileSync('stty', ['-g', '-F', terminal ?? ''], { encoding: 'utf8' })
}

/** The process that looks after the terminal, a child of the runtime. */
function guardOf(runtime: number): number | undefined {
  const children = readFileSync(`/proc/${runtime}/task/${runtime}/children`, 'utf8').match(/\d+/g) ?? []
  return children.map(Number).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'runts:guard\n')
}

/** The runtime in the foreground of the terminal. */
async function runtimePid(c: Case): Promise<number> {
  const isIt = (pid: string) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words.includes(c.root) && ['run', 'exec'].some((word) => words.includes(word))
    } catch {
      return false
    }
  }
  return until(
    'the runtime',
    () => Number(readdirSync('/proc').find((name) => /^\d+$/.test(name) && isIt(name))) || undefined,
  )
}

for (const how of ['run', 'exec'] as const) {
  it(`has job control, sees changes of size, and restores the terminal: ${how}`, async (c) => {
    const terminal = await enter(c, how)
    await terminal.line('stty size; tty')
    await terminal.shows(/^20 90\n\/dev\/pts\/0$/m)
    await terminal.line('sleep 1000')
    await terminal.shows(/# sleep 1000$/m)
    terminal.keys('C-z')
    await terminal.shows(/Stopped +sleep 1000/)
    await terminal.line('clear; fg')
    await terminal.shows(/^sleep 1000$/m)
    terminal.keys('C-c')
    await terminal.ask('again')
    terminal.resize(111, 33)
    await until('the new size', () => {
      void terminal.line('stty size')
      return /^33 111$/m.test(terminal.screen()) || undefined
    })
    await terminal.line('exit 3')
    await assertRestored(c, terminal, 3)
  })

  it(`restores the terminal when the container is killed: ${how}`, async (c) => {
    const terminal = await enter(c, how)
    await c.succeed(['kill', c.id(), 'KILL'])
    await assertRestored(c, terminal, 137)
  })

  it(`restores the terminal when the runtime is told to end: ${how}`, async (c) => {
    const terminal = await enter(c, how)
    await terminal.line('trap "exit 4" TERM; while :; do sleep 0.1; done')
    await terminal.shows(/done$/m)
    process.kill(await runtimePid(c), 'SIGTERM')
    await assertRestored(c, terminal, 4)
  })

  it(`restores the terminal when the runtime itself is killed: ${how}`, async (c) => {
    const terminal = await enter(c, how, true)
    const before = readFileSync(join(c.directory, 'before'), 'utf8')
    const pid = await runtimePid(c)
    const guard = guardOf(pid)
    assert.notEqual(modesNow(c), before)
    process.kill(pid, 'SIGKILL')
    await until('the modes before', () => modesNow(c) === before)
    assert.ok(guard)
    await until('the end of the guard', () => !isAlive(guard))
    await terminal.shows(/status=137$/m)
    terminal.keys('Enter')
    await assertRestored(c, terminal, 137)
  })

  it(`leaves the modes alone that were changed after the runtime was stopped, and killed: ${how}`, async (c) => {
    const terminal = await enter(c, how, true)
    const pid = await runtimePid(c)
    process.kill(pid, 'SIGSTOP')
    const [tty] = readFileSync(join(c.directory, 'tty'), 'utf8').split('\n')
    execFileSync('stty', ['-F', tty ?? '', 'sane', 'eol', '7'])
    const others = modesNow(c)
    const guard = guardOf(pid)
    process.kill(pid, 'SIGKILL')
    await until('the end of the guard', () => guard === undefined || !isAlive(guard))
    assert.equal(modesNow(c), others)
    terminal.keys('Enter')
    await terminal.shows(/^over-42$/m)
  })

  it(`leaves no process behind that looks after the terminal: ${how}`, async (c) => {
    const terminal = await enter(c, how, true)
    const guard = guardOf(await runtimePid(c))
    // The first thing that happens after the runtime.
    await terminal.line('exit 6')
    await terminal.shows(/status=6$/m)
    assert.ok(guard === undefined || !isAlive(guard))
    terminal.keys('Enter')
    await assertRestored(c, terminal, 6)
  })

  it(`hangs up when the terminal of the caller goes away: ${how}`, async (c) => {
    const terminal = await enter(c, how)
    const pid = await runtimePid(c)
    await terminal.line('busybox cat >/dev/null; exit 5')
    await terminal.shows(/exit 5$/m)
    await terminal.end()
    await until('the end of the runtime', () => !isAlive(pid))
  })

  it(`goes on after it was stopped: ${how}`, async (c) => {
    const terminal = await enter(c, how)
    process.kill(await runtimePid(c), 'SIGSTOP')
    await terminal.shows(/Stopped/)
    await terminal.line('clear; stty sane')
    await terminal.ask('meanwhile')
    await terminal.line('fg')
    await terminal.ask('inside')
    // In cooked mode the terminal would take this for itself, and end the runtime.
    await terminal.line('sleep 1000')
    await terminal.shows(/# sleep 1000$/m)
    terminal.keys('C-c')
    await terminal.ask('still')
    await terminal.line('exit')
    await terminal.shows(/^host\$ $/m)
    await terminal.ask('host')
  })
}

it('shows its output from the background and takes keys in the foreground', async (c) => {
  const terminal = await new Tmux(c).begin()
  const args = ['sh', '-c', 'echo started-$((40+2)); read word; echo got-$word']
  const bundle = c.bundle({ process: { terminal: true, args, env: env(c) } }, { busybox: true })
  await terminal.line(`runtime run --bundle ${bundle.path} ${c.id()} &`)
  await terminal.shows(/started-42/)
  await terminal.ask('meanwhile')
  await terminal.line('fg')
  await terminal.line('something')
  await terminal.shows(/got-something/)
  await terminal.ask('host')
})

it('begins with what spec writes and nothing else', async (c) => {
  const terminal = await new Tmux(c).begin()
  for (const name of ['bin', 'proc', 'dev', 'sys']) mkdirSync(join(c.directory, 'rootfs', name), { recursive: true })
  copyFileSync('/bin/busybox', join(c.directory, 'rootfs/bin/busybox'))
  symlinkSync('busybox', join(c.directory, 'rootfs/bin/sh'))
  await terminal.line(`runtime spec; runtime run ${c.id()}`)
  await terminal.shows(/^\/ # $/m)
  await terminal.line('exit 0')
  await terminal.shows(/^host\$ $/m)
  await terminal.ask('host')
})
