// SPDX-License-Identifier: Apache-2.0
// What of the caller's descriptors reaches the program: --preserve-fds, and LISTEN_FDS (sd_listen_fds(3)).
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { parseReport } from '../../harness/probe.ts'
import { until } from '../../harness/until.ts'
import { hookedBundle, note, notes, readNote, shellHook } from '../hooks/hooked-bundle.ts'

const it = casesOf('descriptors')

/** Runs the runtime with these files as descriptors from 3 on, and what a shell script sets up before. */
function withFiles(c: Case, names: string[], script = ''): string[] {
  const redirections = names.map((name, index) => {
    const path = join(c.directory, name)
    writeFileSync(path, `this is ${name}\n`)
    return `${index + 3}<${path}`
  })
  return ['sh', '-c', `${script} exec ${redirections.join(' ')} "$0" "$@"`]
}

const activated = (count: number | string) => `export LISTEN_PID=$$ LISTEN_FDS=${count};`
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

const commands: [name: string, flags: string[]][] = [
  ['run', ['run']],
  ['run --detach', ['run', '--detach']],
  ['create', ['create']],
]

for (const [name, command] of commands) {
  it(`gives ${name} --preserve-fds the same files under the same numbers`, async (c) => {
    const script = 'read a <&3; read b <&4; echo "$a, $b"; echo -n left; ls /proc/self/fd | wc -l'
    const bundle = c.bundle({ process: { args: ['sh', '-c', script] } }, { busybox: true })
    const wrapper = withFiles(c, ['first', 'second', 'third'])
    const call = await c.succeed([...command, '--preserve-fds', '2', '--bundle', bundle.path, c.id()], { wrapper })
    if (name === 'create') await c.succeed(['start', c.id()])
    await call.outputLine('this is first, this is second')
  })

  it(`opens to the program of ${name} what --preserve-fds counts and nothing else`, async (c) => {
    const bundle = c.bundle().probe('report', 'fds')
    for (const count of [1, 7, 130]) {
      const id = c.id(String(count))
      const wrapper = c.wrapper('leak', '140')
      const args = [...command, '--preserve-fds', String(count), '--bundle', bundle.path, id]
      const call = await c.succeed(args, { wrapper })
      if (name === 'create') await c.succeed(['start', id], { wrapper: c.wrapper('leak', '9') })
      await until('a report', () => call.stdout.endsWith('\n'))
      assert.deepEqual(parseReport(call.stdout).fds, range(3 + count))
    }
  })
}

it('holds what it passes on, and nothing of the host beside it, between create and start', async (c) => {
  await c.succeed(['create', '--preserve-fds', '1', '--bundle', c.bundle().probe('wait').path, c.id()], {
    wrapper: withFiles(c, ['first', 'second']),
  })
  const folder = `/proc/${await c.pid()}/fd`
  const links = readdirSync(folder).map((fd) => readlinkSync(join(folder, fd)))
  assert.ok(links.includes(join(c.directory, 'first')))
  assert.ok(!links.includes(join(c.directory, 'second')))
})

it('refuses --preserve-fds where a descriptor is missing', async (c) => {
  const bundle = c.bundle().probe('exit', '0')
  for (const [open, count, index] of [
    [0, 1, 0],
    [2, 3, 2],
    [2, 900000, 2],
  ] as const) {
    const wrapper = withFiles(c, range(open).map(String))
    const call = await c.runtime(['run', `--preserve-fds=${count}`, '--bundle', bundle.path, c.id()], { wrapper })
    assert.equal(call.status, 1, String(call))
    assert.ok(call.stderr.includes(`unable to stat preserved-fd ${index} (of ${count})`), String(call))
    c.assertNothingLeft()
  }
})

it('never passes on a descriptor that is its own', async (c) => {
  const bundle = c.bundle().probe('report', 'fds')
  const log = join(c.directory, 'log')
  for (const env of [{}, { RUNTS_EMBEDDED: '9 9 9 9' }]) {
    const args = ['--log', log, 'run', '--preserve-fds', '3', '--bundle', bundle.path, c.id()]
    const call = await c.runtime(args, { env })
    assert.equal(call.status, 1, String(call))
    assert.match(call.stderr, /unable to stat preserved-fd 0 \(of 3\)/)
  }
  c.assertNothingLeft()
})

it('passes on the sockets that a service manager has given, and says so in the environment', async (c) => {
  const bundle = c.bundle({ process: { env: ['LISTEN_FDS=77', 'A=b'] } })
  const wrapper = withFiles(c, ['first', 'second', 'third'], activated(2))
  const { fds, env } = await c.report(bundle, ['fds', 'env'], { wrapper })
  assert.deepEqual(fds, range(5))
  assert.deepEqual(
    env.filter((entry) => entry.startsWith('LISTEN_')),
    ['LISTEN_FDS=2', 'LISTEN_PID=1'],
  )
})

it('counts --preserve-fds behind the sockets of a service manager', async (c) => {
  const script =
    'read a <&3; read b <&4; read c <&5; echo "$a, $b, $c, $LISTEN_FDS"; [ ! -e /proc/self/fd/6 ] && echo closed'
  const bundle = c.bundle({ process: { args: ['sh', '-c', script] } }, { busybox: true })
  const wrapper = withFiles(c, ['1', '2', '3', '4'], activated(2))
  const call = await c.succeed(['run', '--preserve-fds', '1', '--bundle', bundle.path, c.id()], { wrapper })
  assert.equal(call.stdout, 'this is 1, this is 2, this is 3, 2\nclosed\n')
})

it('passes the names of the sockets on', async (c) => {
  const wrapper = withFiles(c, ['first', 'second'], `${activated(2)} export LISTEN_FDNAMES=web:admin;`)
  const { env } = await c.report(c.bundle(), ['env'], { wrapper })
  assert.ok(env.includes('LISTEN_FDNAMES=web:admin'), env.join())
})

it('leaves alone what a service manager has given to another process', async (c) => {
  for (const script of [
    'export LISTEN_FDS=2;',
    'export LISTEN_FDS=2 LISTEN_PID=1;',
    'export LISTEN_PID=$$;',
    activated(0),
    activated('two'),
  ]) {
    const { fds, env } = await c.report(c.bundle(), ['fds', 'env'], { wrapper: withFiles(c, ['1', '2'], script) })
    assert.deepEqual(fds, range(3), script)
    assert.ok(!env.some((entry) => entry.startsWith('LISTEN_')), script)
  }
})

it('refuses sockets of a service manager that are not there', async (c) => {
  const bundle = c.bundle().probe('exit', '0')
  const wrapper = withFiles(c, ['first'], activated(2))
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { wrapper })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /descriptor/)
  c.assertNothingLeft()
})

it('passes nothing on to hooks', async (c) => {
  const list = (name: string) =>
    shellHook(
      c,
      `busybox ls -l /proc/self/fd >${notes(c, name)}.new; busybox mv ${notes(c, name)}.new ${notes(c, name)}`,
    )
  const own = (name: string) =>
    shellHook(c, `ls -l /proc/self/fd >${notes(c, name)}.new; mv ${notes(c, name)}.new ${notes(c, name)}`)
  const hooks = {
    prestart: [own('a')],
    createRuntime: [own('b')],
    createContainer: [own('c')],
    startContainer: [list('d')],
    poststart: [own('e')],
  }
  const bundle = hookedBundle(c, hooks)
  const wrapper = withFiles(c, ['first', 'second'])
  await c.succeed(['run', '--detach', '--preserve-fds', '2', '--bundle', bundle.path, c.id()], { wrapper })
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await note(c, name)
    assert.match(readNote(c, name), / 1 -> /)
    assert.doesNotMatch(readNote(c, name), /first|second/, name)
  }
})

it('starts in no directory that it passes on, and looks for no program there by a relative path', async (c) => {
  const wrapper = ['sh', '-c', 'exec 3</etc "$0" "$@"']
  const bundle = c.bundle().probe('report', 'cwd', 'chdir-up')
  for (const cwd of ['/proc/self/fd/3', '/proc/self/fd/3/..', '/proc/1/fd/3']) {
    bundle.change({ process: { cwd } })
    const call = await c.runtime(['run', '--preserve-fds', '1', '--bundle', bundle.path, c.id()], { wrapper })
    if (call.status !== 0) continue
    const report = parseReport(call.stdout)
    assert.ok(report['chdir-up'].inRoot && report.cwd.path.startsWith('/'), String(call))
  }
  // The positive control: the directory is there.
  const list = c.bundle({ process: { args: ['sh', '-c', 'ls -d /proc/self/fd/3/passwd'] } }, { busybox: true })
  await c.succeed(['run', '--preserve-fds', '1', '--bundle', list.path, c.id()], { wrapper })
})

it('passes descriptors on under a seccomp filter that knows nothing of it', async (c) => {
  const profile = JSON.parse(readFileSync('spec-fixtures/engines/docker/config-run_true.json', 'utf8')).linux.seccomp
  for (const noNewPrivileges of [true, false]) {
    const bundle = c.bundle({ process: { noNewPrivileges }, linux: { seccomp: profile } })
    const { fds } = await c.report(bundle, ['fds'], { wrapper: c.wrapper('leak', '5'), flags: ['--preserve-fds', '2'] })
    assert.deepEqual(fds, range(5))
  }
})

it('passes descriptors on to a process of exec, and no sockets of a service manager', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const script = activated(2)
  const wrapper = withFiles(c, ['first', 'second', 'third'], script)
  const call = await c.succeed(['exec', '--preserve-fds', '2', c.id(), '/bin/probe', 'report', 'fds', 'env'], {
    wrapper,
  })
  const { fds, env } = parseReport(call.stdout)
  assert.deepEqual(fds, range(5))
  assert.ok(!env.some((entry) => entry.startsWith('LISTEN_')), env.join())
})

it('refuses exec --preserve-fds where a descriptor is missing', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const wrapper = withFiles(c, ['first'])
  const call = await c.runtime(['exec', '--preserve-fds', '2', c.id(), '/bin/probe', 'exit', '0'], { wrapper })
  assert.equal(call.status, 255, String(call))
  assert.ok(call.stderr.includes('unable to stat preserved-fd 1 (of 2)'), String(call))
})
