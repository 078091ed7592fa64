// SPDX-License-Identifier: Apache-2.0
// What `state`, `list`, `spec` and `--version` print, to the byte where callers depend on it.
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf, type State } from '../../harness/conformance-case.ts'

const it = casesOf('lifecycle')

it('prints the state of a created container to the byte', async (c) => {
  const bundle = c.bundle({ annotations: { 'org.example.empty': '', 'org.example.one': '1' } }).probe('wait')
  await c.create(bundle)
  const { stdout } = await c.succeed(['state', c.id()])
  const state = JSON.parse(stdout) as State
  const expected = {
    ociVersion: state.ociVersion,
    id: c.id(),
    pid: state.pid,
    status: 'created',
    bundle: bundle.path,
    rootfs: bundle.rootfs,
    created: state.created,
    annotations: { 'org.example.empty': '', 'org.example.one': '1' },
    owner: '',
  }
  assert.equal(stdout, JSON.stringify(expected, null, 2))
  assert.match(state.ociVersion, /^1\.\d+\.\d+/)
  assert.match(state.created ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/)
})

it('leaves annotations out of the state when there are none', async (c) => {
  await c.create(c.bundle().probe('wait'))
  assert.deepEqual(Object.keys(await c.state()), [
    'ociVersion',
    'id',
    'pid',
    'status',
    'bundle',
    'rootfs',
    'created',
    'owner',
  ])
})

it('keeps the time of creation', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const { created } = await c.state()
  await c.succeed(['start', c.id()])
  assert.equal((await c.state()).created, created)
  await c.kill()
  assert.equal((await c.state()).created, created)
})

/** Go's tabwriter with a minimal width of 12 and a padding of 3. */
function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(12, ...rows.map((row) => (row[column] ?? '').length + 3)))
  const line = (row: string[]) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('')
  return rows.map((row) => `${line(row)}\n`).join('')
}

const header = ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER']

it('lists containers as a table, as JSON and as ids', async (c) => {
  await c.create(c.bundle().probe('wait'), c.id('a'))
  await c.createAndStart(c.bundle().probe('exit', '0'), c.id('b'))
  await c.stopped(c.id('b'))
  const states = [await c.state(c.id('a')), await c.state(c.id('b'))]
  const rows = states.map((s) => [s.id, String(s.pid), s.status, s.bundle, s.created ?? '', 'root'])
  assert.equal((await c.succeed(['list'])).stdout, table([header, ...rows]))
  assert.equal((await c.succeed(['list', '--format', 'table'])).stdout, table([header, ...rows]))
  assert.equal((await c.succeed(['list', '-q'])).stdout, `${c.id('a')}\n${c.id('b')}\n`)
  assert.equal((await c.succeed(['list', '--quiet'])).stdout, `${c.id('a')}\n${c.id('b')}\n`)
  const json = JSON.parse((await c.succeed(['list', '--format', 'json'])).stdout)
  assert.deepEqual(
    json,
    states.map((state) => ({ ...state, owner: 'root' })),
  )
})

it('lists nothing in an empty root', async (c) => {
  mkdirSync(c.root)
  assert.equal((await c.succeed(['list'])).stdout, table([header]))
  assert.equal((await c.succeed(['list', '-f', 'json'])).stdout, 'null\n')
  assert.equal((await c.succeed(['list', '-q'])).stdout, '')
})

it('refuses to list in another format', async (c) => {
  mkdirSync(c.root)
  await c.fail(['list', '--format', 'xml'], ['invalid format option'])
})

it('refuses to list an explicit root that does not exist', async (c) => {
  await c.fail(['list'], ['no such file or directory'])
})

it('lists the others when the state of one cannot be read', async (c) => {
  await c.create(c.bundle().probe('wait'), c.id('good'))
  mkdirSync(join(c.root, c.id('bad')))
  const call = await c.succeed(['list', '-q'])
  assert.ok(call.stdout.includes(c.id('good')))
})

it('writes a config that it can run', async (c) => {
  const bundle = c.bundle()
  const directory = join(c.directory, 'new')
  mkdirSync(directory)
  const call = await c.succeed(['spec', '--bundle', directory])
  assert.equal(call.stdout + call.stderr, '')
  const text = readFileSync(join(directory, 'config.json'), 'utf8')
  assert.match(text, /^{\n\t"ociVersion": "1\.\d+\.\d+[^"]*",\n\t"process": {\n\t\t"/)
  const config = JSON.parse(text)
  config.process.terminal = false
  config.process.args = ['/bin/probe', 'report', 'ids', 'caps', 'mounts']
  config.root.path = bundle.rootfs
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config))
  const run = await c.succeed(['run', '--bundle', directory, c.id()])
  const report = JSON.parse(run.stdout)
  assert.deepEqual(report.caps.inheritable, [])
})

it('writes the config into the current directory with the mode that the umask leaves', async (c) => {
  await c.succeed(['spec'], { cwd: c.directory, wrapper: ['sh', '-c', 'umask 027; exec "$@"', 'sh'] })
  assert.equal(statSync(join(c.directory, 'config.json')).mode & 0o777, 0o640)
})

it('refuses to overwrite a config', async (c) => {
  const bundle = c.bundle()
  const before = readFileSync(join(bundle.path, 'config.json'), 'utf8')
  await c.fail(['spec', '--bundle', bundle.path], ['File config.json exists. Remove it first'])
  assert.equal(readFileSync(join(bundle.path, 'config.json'), 'utf8'), before)
})

it('writes a rootless config', async (c) => {
  await c.succeed(['spec', '--rootless', '--bundle', c.directory])
  const { linux, mounts } = JSON.parse(readFileSync(join(c.directory, 'config.json'), 'utf8'))
  const types = linux.namespaces.map((namespace: { type: string }) => namespace.type)
  assert.ok(types.includes('user'))
  assert.ok(!types.includes('network'))
  assert.equal(linux.uidMappings.length, 1)
  assert.equal(linux.gidMappings.length, 1)
  const sys = mounts.find((mount: { destination: string }) => mount.destination === '/sys')
  assert.ok(sys.options.includes('rbind'))
  assert.ok(!JSON.stringify(mounts).includes('gid=5'))
})

it('prints its version in the shape that engines read', async (c) => {
  for (const flag of ['--version', '-v']) {
    const call = await c.succeed([flag])
    assert.match(call.stdout, /^\S+ version \S+\n/)
    assert.match(call.stdout, /^spec: 1\.\d+\.\d+/m)
    assert.equal(call.stderr, '')
  }
})

it('prints its features as JSON and nothing else', async (c) => {
  const call = await c.succeed(['features'])
  assert.equal(call.stderr, '')
  const features = JSON.parse(call.stdout)
  assert.match(features.ociVersionMin, /^1\.0\./)
  assert.match(features.ociVersionMax, /^1\./)
  for (const type of ['pid', 'network', 'mount', 'ipc', 'uts', 'user', 'cgroup'])
    assert.ok(features.linux.namespaces.includes(type), type)
  for (const option of ['bind', 'rbind', 'ro', 'rro', 'tmpcopyup'])
    assert.ok(features.mountOptions.includes(option), option)
})

const commands = [
  'create',
  'start',
  'run',
  'state',
  'kill',
  'delete',
  'list',
  'spec',
  'features',
  'pause',
  'resume',
  'ps',
]
for (const command of commands) {
  it(`prints help for ${command}`, async (c) => {
    for (const args of [
      [command, '--help'],
      [command, '-h'],
      ['help', command],
    ]) {
      const call = await c.succeed(args)
      const [first, second] = call.stdout.split('\n')
      assert.equal(first, 'NAME:', String(call))
      assert.ok(second?.includes(` ${command} `) || second?.endsWith(` ${command}`), String(call))
    }
  })
}

it('prints help on its own', async (c) => {
  for (const args of [['--help'], ['-h'], ['help'], []]) {
    const call = await c.succeed(args)
    assert.match(call.stdout, /^NAME:\n/)
  }
})

it('refuses a command that does not exist', async (c) => {
  for (const args of [['bogus'], ['help', 'bogus']]) {
    const call = await c.fail(args, ["No help topic for 'bogus'"], 3)
    assert.equal(call.stdout, '')
  }
})

it('refuses a flag that does not exist', async (c) => {
  for (const args of [
    ['--bogus', 'list'],
    ['create', '--bogus', 'x'],
    ['delete', '--bogus', 'x'],
  ]) {
    const call = await c.fail(args)
    assert.match(call.stdout, /Incorrect Usage/, String(call))
    assert.match(call.stdout + call.stderr, /bogus/, String(call))
  }
})

it('refuses a flag without its value', async (c) => {
  const call = await c.fail(['create', '--bundle'])
  assert.match(call.stdout + call.stderr, /flag needs an argument/, String(call))
})

it('names an option whose value is no number, and shows the help of the command', async (c) => {
  const parsing = 'strconv.ParseInt: parsing "x": invalid syntax'
  const wrong: [string[], string][] = [
    [['create', '--preserve-fds', 'x', c.id()], 'invalid value "x" for flag -preserve-fds: parse error'],
    [['run', '--preserve-fds=1.5', c.id()], 'invalid value "1.5" for flag -preserve-fds: parse error'],
    [['exec', '--preserve-fds', 'x', c.id(), 'true'], 'invalid value "x" for flag -preserve-fds: parse error'],
    [['exec', '-g', 'x', c.id(), 'true'], `invalid value "x" for flag -g: ${parsing}`],
    [['exec', '--additional-gids', 'x', c.id(), 'true'], `invalid value "x" for flag -additional-gids: ${parsing}`],
    [['events', '--interval', 'x', c.id()], 'invalid value "x" for flag -interval: parse error'],
    [['create', '-b'], 'flag needs an argument: -b'],
    [['list', '--bogus'], 'flag provided but not defined: -bogus'],
  ]
  for (const [args, problem] of wrong) {
    const call = await c.fail(args, [problem.replaceAll('"', '\\"')])
    assert.ok(call.stdout.startsWith(`Incorrect Usage: ${problem}\n\nNAME:\n   `), String(call))
  }
})

it('counts its arguments and shows the help of the command', async (c) => {
  const wrong: [string, string[], string][] = [
    ['create', [], 'exactly 1'],
    ['state', ['a', 'b'], 'exactly 1'],
    ['kill', [], 'a minimum of 1'],
    ['kill', ['a', 'b', 'c'], 'a maximum of 2'],
    ['list', ['a'], 'exactly 0'],
    ['features', ['a'], 'exactly 0'],
  ]
  for (const [command, args, how] of wrong) {
    const call = await c.fail([command, ...args], [`"${command}" requires ${how} argument(s)`.replaceAll('"', '\\"')])
    assert.match(call.stdout, new RegExp(`^Incorrect Usage\\.\n\nNAME:\n {3}\\S+ ${command} - `))
  }
})

it('takes --rootless in all the ways of writing it', async (c) => {
  await c.create(c.bundle().probe('wait'))
  for (const value of ['true', '1', 'T', 'FALSE', '0', 'auto', 'AUTO', '']) {
    assert.equal((await c.succeed([`--rootless=${value}`, 'list', '-q'])).stdout, `${c.id()}\n`, value)
  }
})

it('tells a value that is not allowed in one line, without help', async (c) => {
  for (const args of [
    ['--log-format', 'xml', 'list'],
    ['--log', '/nonexistent/directory/log', 'list'],
    ['list', '--format', 'xml'],
  ]) {
    const call = await c.fail(args)
    assert.equal(call.stdout, '', String(call))
    assert.equal(call.stderr.trimEnd().split('\n').length, 1, String(call))
  }
})

it('tells that its output cannot be written', async (c) => {
  const wrapper = ['sh', '-c', 'exec "$0" "$@" >/dev/full']
  const call = await c.runtime(['features'], { wrapper })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /write.*no space left on device/, String(call))
  assert.doesNotMatch(call.stderr, /bug/, String(call))
})

it('tells what is wrong with a call whose help cannot be written', async (c) => {
  const wrapper = ['sh', '-c', 'exec "$0" "$@" >/dev/full']
  const call = await c.runtime(['state'], { wrapper })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /^[^\n]*\\"state\\" requires exactly 1 argument\(s\)"\n$/, String(call))
})

it('returns 255 from an exec that failed, whether or not it can say why', async (c) => {
  const wrapper = ['sh', '-c', 'exec "$0" "$@" 2>/dev/full']
  for (const log of [[], ['--log', join(c.directory, 'log')]]) {
    const call = await c.runtime([...log, 'exec', c.id(), 'true'], { wrapper })
    assert.equal(call.status, 255, String(call))
  }
})

it('keeps its state to itself', async (c) => {
  await c.create(c.bundle().probe('wait'))
  assert.equal(statSync(c.root).mode & 0o077, 0)
  assert.equal(statSync(join(c.root, c.id())).mode & 0o066, 0)
  for (const name of readdirSync(join(c.root, c.id()))) {
    const file = statSync(join(c.root, c.id(), name))
    if (file.isFile()) assert.equal(file.mode & 0o022, 0, name)
  }
})
