// SPDX-License-Identifier: Apache-2.0
// A terminal that is relayed to the caller's: every byte both ways, and an end in every way.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { inTerminal, runInTerminal } from '../../harness/terminal.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('terminal/relay')

function shell(c: Case, script: string): Bundle {
  return c.bundle({ process: { terminal: true, args: ['sh', '-c', script] } }, { busybox: true })
}

const wait = 'busybox sleep 1000 & wait'

it('loses no output at the end', async (c) => {
  const call = await runInTerminal(c, shell(c, 'busybox seq 1 100000'))
  assert.equal(call.status, 0, call.stderr)
  assert.equal(call.stdout, Array.from({ length: 100000 }, (_, i) => `${i + 1}\r\n`).join(''))
})

it('loses no output of a process that ended while the runtime was stopped', async (c) => {
  const bundle = shell(c, 'echo ready; until [ -e /go ]; do busybox sleep 0.1; done; busybox seq 1 1400')
  const wrapper = c.wrapper('in-terminal', 'after=ready', 'signal=19', '--')
  const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()], { wrapper })
  await call.outputLine('ready\r')
  const runtime = Number(readFileSync(`/proc/${call.pid}/task/${call.pid}/children`, 'utf8'))
  const stateOf = (pid: number) => /^State:\t(.)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  await until('the stop of the runtime', () => stateOf(runtime) === 'T')
  const { pid } = await c.state()
  writeFileSync(bundle.file('go'), '')
  await until('the end of the process', () => stateOf(pid) === 'Z')
  process.kill(runtime, 'SIGCONT')
  await done
  assert.ok(call.stdout.endsWith('\n1399\r\n1400\r\n'), call.stdout.slice(-100))
})

it('reaps the orphans of a container without a pid namespace', async (c) => {
  const bundle = shell(c, 'for i in 1 2 3 4 5; do (busybox sleep 0.01 &) ; done; exec probe wait')
  bundle.change({ linux: { namespaces: ['network', 'ipc', 'uts', 'mount'].map((type) => ({ type })) } })
  const wrapper = c.wrapper('in-terminal', '--')
  const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()], { wrapper })
  await call.outputLine('ready\r')
  const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  const [runtime] = childrenOf(call.pid)
  const program = String(await c.pid())
  const isGuard = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'runts:guard\n'
    } catch {
      // It was reaped just now: the next look will tell.
      return false
    }
  }
  const isExpected = (pid: string) => pid === program || isGuard(pid)
  await until('no child but the program', () => childrenOf(Number(runtime)).every(isExpected))
  await c.succeed(['kill', c.id(), 'KILL'])
  assert.equal((await done).status, 137)
})

it('takes in a large paste', async (c) => {
  const paste = join(c.directory, 'paste')
  writeFileSync(paste, randomBytes(1 << 20))
  const sum = createHash('md5').update(readFileSync(paste)).digest('hex')
  const bundle = shell(c, `busybox stty raw -echo; echo ready; busybox head -c ${1 << 20} | busybox md5sum`)
  const call = await runInTerminal(c, bundle, ['after=ready', `feed=${paste}`])
  assert.match(call.stdout, new RegExp(sum))
})

it('passes large amounts in both directions at once, byte for byte', async (c) => {
  const paste = join(c.directory, 'paste')
  const bytes = randomBytes(1 << 20)
  writeFileSync(paste, bytes)
  const bundle = shell(c, `busybox stty raw -echo; echo ready; busybox head -c ${bytes.length}`)
  const call = await runInTerminal(c, bundle, ['after=ready', `feed=${paste}`])
  assert.equal(call.status, 0, call.stderr)
  const output = readFileSync(call.stdoutFile)
  assert.ok(output.subarray(-bytes.length).equals(bytes), `${output.length} bytes came back`)
})

it('keeps newlines as they are for output that no terminal shows', async (c) => {
  const bundle = shell(c, 'echo one; echo two')
  const call = await runInTerminal(c, bundle, ['own-output'])
  assert.equal(call.stdout, 'one\ntwo\n')
  assert.match(call.stderr, /^modes restored$/m)
})

it('leaves the modes of the terminal inside alone where a terminal shows the output', async (c) => {
  const bundle = c.bundle({ process: { terminal: true } }).probe('report', 'terminal')
  assert.equal(JSON.parse((await runInTerminal(c, bundle)).stdout).terminal.onlcr, true)
})

it('goes on after the end of its input', async (c) => {
  const bundle = shell(c, 'read one; read two; echo "got $one $two"; exit 3')
  const call = await runInTerminal(c, bundle, ['own-input'], { stdin: 'a\nb\n' })
  assert.equal(call.status, 3, String(call))
  assert.match(call.stdout, /got a b\r?\n/)
})

it('does not wait for others who keep the terminal open', async (c) => {
  const linux = { namespaces: namespaces('mount', 'network', 'ipc', 'uts') }
  const bundle = shell(c, 'trap "" HUP; busybox sleep 1000 & echo done').change({ linux })
  const call = await runInTerminal(c, bundle)
  assert.equal(call.status, 0, String(call))
  assert.match(call.stdout, /done/)
})

it('hangs up when nobody takes its output', async (c) => {
  const bundle = shell(c, 'trap "exit 9" HUP; while :; do echo y; done')
  const probe = c.wrapper('in-terminal', 'own-output', '--')
  const script = '{ "$@"; echo "status $?" >&2; } | head -n 1'
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], {
    wrapper: ['sh', '-c', script, 'sh', ...probe],
  })
  assert.equal(call.stdout, 'y\n')
  assert.match(call.stderr, /^modes restored$/m)
  assert.match(call.stderr, /^status [1-9]/m)
  c.assertNothingLeft()
})

it('passes on changes of the size', async (c) => {
  const bundle = shell(c, `trap "busybox stty size; exit 6" WINCH; echo ready; ${wait}`)
  const call = await runInTerminal(c, bundle, ['after=ready', 'resize=44x132'])
  assert.equal(call.status, 6, String(call))
  assert.match(call.stdout, /^44 132/m)
})

for (const [name, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGQUIT', 3],
  ['SIGTERM', 15],
] as const) {
  it(`restores the terminal when the runtime gets ${name}, which it passes on`, async (c) => {
    const bundle = shell(c, `trap "exit 4" ${name.slice(3)}; echo ready; ${wait}`)
    const call = await runInTerminal(c, bundle, ['after=ready', `signal=${number}`])
    assert.equal(call.status, 4, String(call))
    assert.match(call.stderr, /^modes restored$/m)
    c.assertNothingLeft()
  })
}

for (const how of [
  ['kill', 'KILL'],
  ['delete', '--force'],
]) {
  it(`restores the terminal after ${how.join(' ')} by somebody else`, async (c) => {
    const bundle = shell(c, `echo ready; ${wait}`)
    const wrapper = c.wrapper('in-terminal', '--')
    const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()], { wrapper })
    await call.outputLine('ready\r')
    await c.succeed(how[0] === 'kill' ? ['kill', c.id(), 'KILL'] : ['delete', '--force', c.id()])
    await done
    assert.equal(call.status, 137, String(call))
    assert.match(call.stderr, /^modes restored$/m)
  })
}

it('restores the terminal when the container cannot be started', async (c) => {
  const bundle = c.bundle({ process: { terminal: true, args: ['/bin/no-such-program'] } })
  const call = await runInTerminal(c, bundle)
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /no-such-program/)
  assert.match(call.stderr, /^modes restored$/m)
  c.assertNothingLeft()
})

it('needs a terminal', async (c) => {
  const bundle = c.bundle({ process: { terminal: true } }).probe('exit', '0')
  const call = await inTerminal(c, ['without'], ['run', '--bundle', bundle.path, c.id()])
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /open \/dev\/tty: no such device or address/)
  c.assertNothingLeft()
})

it('uses no processor while nothing happens, even after the end of its input', async (c) => {
  const bundle = shell(c, 'echo ready; busybox sleep 2; echo later; busybox sleep 1000')
  const { call, done } = c.start(['run', '--bundle', bundle.path, c.id()], {
    wrapper: c.wrapper('in-terminal', 'own-input', '--'),
  })
  const ticks = () => {
    const children = readFileSync(`/proc/${call.pid}/task/${call.pid}/children`, 'utf8').trim()
    const fields = readFileSync(`/proc/${children}/stat`, 'utf8').replace(/.*\) /, '').split(' ')
    return Number(fields[11]) + Number(fields[12])
  }
  await call.outputLine('ready\r')
  const before = ticks()
  await call.outputLine('later\r')
  const used = ticks() - before
  await c.succeed(['kill', c.id(), 'KILL'])
  await done
  assert.ok(used <= 20, `${used} hundredths of a second in two seconds`)
})
