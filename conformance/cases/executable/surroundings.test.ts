// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { repositoryRoot, runtimeFile } from '../../harness/places.ts'
import { parseReport } from '../../harness/probe.ts'
import { kernel } from '../../harness/requires.ts'
import { fileTrace, isRunts, strace } from './traced-run.ts'

const it = casesOf('executable', { requires: [isRunts, strace] })

/** Runs a shell script in a mount namespace of its own, then the runtime with the arguments that follow. */
function afterScript(script: string): string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh']
}

it('runs a container when copied alone into an empty directory, the tree it was built in being gone', async (c) => {
  const directory = join(c.directory, 'alone')
  mkdirSync(directory)
  copyFileSync(runtimeFile, join(directory, 'runts'))
  const script = `mount -t tmpfs none ${repositoryRoot}; shift; exec ${directory}/runts "$@"`
  const report = await c.report(c.bundle(), ['process'], { cwd: directory, wrapper: afterScript(script) })
  assert.equal(report.process.pid, 1)
  assert.deepEqual(readdirSync(directory), ['runts'])
})

/** What would speak up, or stop everything, if Bun took it from the bundle. */
function plantSettings(directory: string, evidence: string): string[] {
  const evil = `require('node:fs').writeFileSync(${JSON.stringify(evidence)}, ''); throw new Error('planted')`
  const files: Record<string, string> = {
    '.env': 'BUN_OPTIONS=--preload ./evil.js\nNODE_ENV=evil\nPATH=/evil\n',
    '.env.local': 'BUN_OPTIONS=--preload ./evil.js\n',
    '.env.production': 'BUN_OPTIONS=--preload ./evil.js\n',
    '.npmrc': 'registry=http://127.0.0.1:1/\n',
    'bunfig.toml': 'preload = ["./evil.js"]\n[run]\nsmol = "not a boolean"\n',
    'evil.js': evil,
    'package.json': '{"main": "./evil.js", "type": "commonjs", "imports": {"#x": "./evil.js"}}',
    'tsconfig.json': '{ this is no JSON',
    'node_modules/koffi/package.json': '{"main": "../../evil.js"}',
    'node_modules/yargs/package.json': '{"main": "../../evil.js"}',
    'node_modules/@koromix/koffi-linux-x64/index.js': evil,
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return Object.keys(files)
}

it('takes nothing but config.json and the rootfs from a bundle it runs in', async (c) => {
  const bundle = c.bundle()
  const evidence = join(c.directory, 'evidence')
  plantSettings(bundle.path, evidence)
  const { wrapper, paths } = fileTrace(c)
  const report = await c.report(bundle, ['process'], { cwd: bundle.path, wrapper })
  assert.equal(report.process.pid, 1)
  assert.equal(existsSync(evidence), false)

  const allowed = [bundle.path, join(bundle.path, 'config.json'), bundle.rootfs]
  const inBundle = paths().filter(({ path }) => path.startsWith(bundle.path) && !allowed.includes(path))
  assert.deepEqual(inBundle, [])
  const relative = paths().filter(({ path, call }) => !path.startsWith('/') && path !== '' && call !== 'execve')
  assert.deepEqual(relative, [])
})

it('says what is wrong with an argument without reading the current directory', async (c) => {
  const directory = join(c.directory, 'hostile')
  mkdirSync(directory)
  const evidence = join(c.directory, 'evidence')
  const planted = plantSettings(directory, evidence)
  const { wrapper, paths } = fileTrace(c)
  const asked = [['--version'], ['--help'], ['help', 'run'], ['completion'], ['--get-yargs-completions', 'runts', '']]
  for (const args of [...asked, ['no-such-command'], ['create', '--bogus'], ['state', 'missing']]) {
    await c.runtime(args, { cwd: directory, wrapper })
    assert.equal(existsSync(evidence), false)
    const read = paths().filter(({ path }) => planted.some((name) => path === name || path === join(directory, name)))
    assert.deepEqual(read, [], args.join(' '))
  }
})

it('has the words of its help and its completions within itself', async (c) => {
  const { wrapper, paths } = fileTrace(c)
  await c.runtime(['--version'], { wrapper })
  const always = new Set(paths().map(({ path }) => path))
  for (const args of [['--help'], ['list', '--help'], ['completion', 'zsh'], ['no-such-command']]) {
    await c.runtime(args, { wrapper, env: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } })
    const read = paths().filter(({ path }) => !always.has(path) && !path.startsWith('/proc/self/'))
    assert.deepEqual(read, [], args.join(' '))
  }
})

it('neither loads nor leaves anything in temporary directories', async (c) => {
  const temporary = join(c.directory, 'temporary')
  mkdirSync(temporary)
  const planted = ['koffi.node', 'koffi.bin', '.3ff1c5a5-00000000.node', 'shim', 'bun-node-0']
  for (const name of planted) writeFileSync(join(temporary, name), 'planted')
  const env = { TMPDIR: temporary, BUN_TMPDIR: temporary, TMP: temporary, TEMP: temporary, XDG_CACHE_HOME: temporary }
  const { wrapper, paths } = fileTrace(c)
  await c.report(c.bundle(), ['process'], { env, wrapper })
  assert.deepEqual(readdirSync(temporary).sort(), planted.sort())
  assert.deepEqual(
    paths().filter(({ path }) => path.startsWith(temporary)),
    [],
  )
  const made = paths().filter(({ line }) => /open(at)?\(.*(O_TMPFILE|O_CREAT)/.test(line))
  assert.deepEqual(
    made.filter(({ path }) => !path.startsWith(c.directory)),
    [],
  )
  const sharedFiles = /^\/(dev\/shm|run|tmp|var\/tmp)\/./
  const named = paths().filter(
    ({ path }) => sharedFiles.test(path) && !path.startsWith(c.directory) && path !== runtimeFile,
  )
  assert.deepEqual(named, [])
})

it('looks nobody up in the name services of the host', async (c) => {
  const { wrapper, paths } = fileTrace(c)
  await c.report(c.bundle({ process: { user: { uid: 1, gid: 1 } } }), ['process'], { wrapper })
  assert.deepEqual(
    paths().filter(({ path }) => /nsswitch|libnss|\/etc\/(passwd|group|hosts|resolv)/.test(path)),
    [],
  )
})

const noexec = (c: Case, directories: string[]) => {
  const mounts = directories.map((directory) => `mount -t tmpfs -o noexec,mode=1777 none ${directory}`)
  // The case's own directory lies in /tmp and must stay.
  const keep = `mount -t tmpfs none /mnt; mkdir /mnt/case; mount --rbind ${c.directory} /mnt/case`
  const back = `mkdir -p ${c.directory}; mount --rbind /mnt/case ${c.directory}`
  // By descriptor: the executable may lie in a directory that is covered now.
  const run = 'shift; exec /proc/self/fd/9 "$@"'
  return afterScript(['exec 9<"$1"', keep, ...mounts, back, run].join('; '))
}

it('needs no directory that native code can be loaded from', async (c) => {
  const wrapper = noexec(c, ['/dev/shm', '/run', '/var/tmp', '/tmp'])
  assert.equal((await c.report(c.bundle(), ['process'], { wrapper })).process.pid, 1)
})

it(
  'says what it needs where the kernel refuses executable memfds',
  async (c) => {
    const refuse = 'echo 2 >/proc/sys/vm/memfd_noexec; exec "$@"'
    const wrapper = ['unshare', '--pid', '--fork', '--mount', '--mount-proc', 'sh', '-ec', refuse, 'sh']
    const call = await c.runtime(['run', '--bundle', c.bundle().path, c.id()], { wrapper })
    assert.equal(call.status, 1, `should fail: ${call}`)
    assert.match(call.stderr, /cannot load the embedded koffi addon: no memfd for it: EACCES/)
    assert.match(call.stderr, /vm\.memfd_noexec/)
    assert.doesNotMatch(call.stderr, /^ +at /m)
    assert.equal((await c.runtime(['--version'], { wrapper })).status, 0)
  },
  { requires: [kernel(6, 3)] },
)

it('fills descriptors that its caller has closed with the null device, and with nothing of its own', async (c) => {
  const script = 'for fd in 0 2; do readlink /proc/self/fd/$fd; done'
  const bundle = c.bundle({ process: { args: ['sh', '-c', script] } }, { busybox: true })
  const wrapper = ['sh', '-c', 'exec "$0" "$@" <&- 2>&-']
  const call = await c.succeed(['run', '--bundle', bundle.path, c.id()], { wrapper })
  assert.equal(call.stdout, '/dev/null\n/dev/null\n')
})

it('says that it may not make files, rather than die of SIGXFSZ', async (c) => {
  // Its own output goes into a pipe, which has no size.
  const wrapper = ['sh', '-c', '(ulimit -f 0; "$0" "$@" 2>&1; echo "status $?") | cat >&2']
  const call = await c.runtime(['run', '--bundle', c.bundle().path, c.id()], { wrapper })
  assert.match(call.stderr, /embedded koffi addon: no memfd for it: EFBIG .*RLIMIT_FSIZE.*\nstatus 1\n$/)
})

it('says that /proc is missing', async (c) => {
  const wrapper = afterScript('umount --lazy /proc; exec "$@"')
  const call = await c.runtime(['--version'], { wrapper })
  assert.equal(call.status, 1, `should fail: ${call}`)
  assert.equal(call.stderr, 'runts: /proc is not mounted, and nothing works without it\n')
})

it('runs a container for a caller with few descriptors to give', async (c) => {
  const wrapper = ['sh', '-c', 'ulimit -n 32; exec "$0" "$@"']
  const bundle = c.bundle({ process: { rlimits: [] } })
  assert.equal((await c.report(bundle, ['process'], { wrapper })).process.pid, 1)
})

it('is not disturbed by what its caller ignores, and passes none of it on', async (c) => {
  const wrapper = ['sh', '-c', 'trap "" CHLD PWR XFSZ HUP TERM; exec "$0" "$@"']
  const hooks = { createRuntime: [{ path: '/bin/true' }] }
  const call = await c.succeed(['run', '--bundle', c.bundle({ hooks }).probe('report', 'signals').path, c.id()], {
    wrapper,
  })
  assert.equal(call.stderr, '')
  assert.deepEqual(parseReport(call.stdout).signals, { blocked: [], ignored: [] })
})
