// SPDX-License-Identifier: Apache-2.0
// How failures are told: one message, on standard error and in the log that engines read.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { offers } from '../../harness/requires.ts'

const it = casesOf('errors')

interface LogLine {
  level: string
  msg: string
  time: string
}

function logLines(file: string): LogLine[] {
  const text = readFileSync(file, 'utf8')
  assert.ok(text === '' || text.endsWith('\n'))
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine)
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

it('writes one line of text to standard error without a log', async (c) => {
  const call = await c.fail(['state', c.id()])
  assert.match(call.stderr, /^time="[^"]+" level=error msg="container does not exist"\n$/)
  assert.match(/time="([^"]+)"/.exec(call.stderr)?.[1] ?? '', rfc3339)
  assert.equal(call.stdout, '')
})

it('quotes what must be quoted in a line of text', async (c) => {
  const call = await c.fail(['kill', c.id(), 'TERM'])
  assert.match(call.stderr, /msg="/)
  const bundle = c.bundle({ process: { args: ['/a "quoted"\nname'] } })
  const refused = await c.refuses(bundle)
  assert.equal(refused.stderr.trimEnd().split('\n').length, 1, String(refused))
})

it('writes JSON lines to the log, and the plain message to standard error too', async (c) => {
  const log = join(c.directory, 'log.json')
  const call = await c.fail(['--log', log, '--log-format', 'json', 'state', c.id()])
  assert.equal(call.stderr, 'container does not exist\n')
  const lines = logLines(log)
  assert.equal(lines.length, 1)
  assert.deepEqual(Object.keys(lines[0] ?? {}).sort(), ['level', 'msg', 'time'])
  assert.equal(lines[0]?.level, 'error')
  assert.equal(lines[0]?.msg, 'container does not exist')
  assert.match(lines[0]?.time ?? '', rfc3339)
})

it('writes text lines to the log by default', async (c) => {
  const log = join(c.directory, 'log.txt')
  await c.fail(['--log', log, 'state', c.id()])
  assert.match(readFileSync(log, 'utf8'), /^time="[^"]+" level=error msg="container does not exist"\n$/)
})

it('tells the same failure on standard error and as the last error of the log', async (c) => {
  const log = join(c.directory, 'log.json')
  const bundle = c.bundle({ process: { args: ['nowhere'] } })
  const call = await c.fail(['--log', log, '--log-format', 'json', 'create', '--bundle', bundle.path, c.id()])
  const last = logLines(log)
    .filter((line) => line.level === 'error')
    .at(-1)
  assert.match(last?.msg ?? '', /executable file not found in \$PATH/)
  assert.equal(call.stderr.trimEnd().split('\n').at(-1), last?.msg)
})

it('appends to a log that is there', async (c) => {
  const log = join(c.directory, 'log.json')
  writeFileSync(log, '{"level":"info","msg":"before","time":"2026-01-01T00:00:00Z"}\n')
  for (let i = 0; i < 2; i++) await c.fail(['--log', log, '--log-format', 'json', 'state', c.id()])
  assert.deepEqual(
    logLines(log).map((line) => line.msg),
    ['before', 'container does not exist', 'container does not exist'],
  )
})

it('makes the log with a mode that others may read but not write', async (c) => {
  const log = join(c.directory, 'log.json')
  await c.fail(['--log', log, 'state', c.id()])
  assert.equal(statSync(log).mode & 0o777, 0o644)
})

it('logs no error on success', async (c) => {
  const log = join(c.directory, 'log.json')
  const bundle = c.bundle().probe('exit', '5')
  const call = await c.runtime(['--log', log, '--log-format', 'json', 'run', '--bundle', bundle.path, c.id()])
  assert.equal(call.status, 5, String(call))
  if (existsSync(log))
    assert.deepEqual(
      logLines(log).filter((line) => line.level === 'error'),
      [],
    )
})

it('takes the place of the log from the current directory', async (c) => {
  const call = await c.runtime(['--log', 'here.log', 'state', c.id()], { cwd: c.directory })
  assert.equal(call.status, 1)
  assert.ok(existsSync(join(c.directory, 'here.log')))
})

it('refuses a format of the log that does not exist', async (c) => {
  await c.fail(['--log-format', 'xml', 'list'], ['invalid log-format: xml'])
})

it('takes an empty format of the log for none', async (c) => {
  const call = await c.fail(['--log-format', '', 'state', c.id()], ['container does not exist'])
  assert.match(call.stderr, /^time=/)
})

it('refuses a log that cannot be written', async (c) => {
  await c.fail(['--log', '/no/such/directory/log', 'list'], ['no such file or directory'])
})

it('writes debug lines to the log with --debug, as JSON too', async (c) => {
  const log = join(c.directory, 'log.json')
  const bundle = c.bundle().probe('exit', '5')
  const call = await c.runtime([
    '--debug',
    '--log',
    log,
    '--log-format',
    'json',
    'run',
    '--bundle',
    bundle.path,
    c.id(),
  ])
  assert.equal(call.status, 5, String(call))
  assert.equal(call.stderr, '')
  const lines = logLines(log)
  assert.ok(lines.some((line) => line.level === 'debug'))
  for (const line of lines) assert.match(line.time, rfc3339)
})

it('says with --debug what has no effect: unknown fields, properties for a driver that is not in use', async (c) => {
  const annotations = { 'org.systemd.property.TimeoutStopUSec': 'uint64 1', 'org.other': '1' }
  const bundle = c.bundle({ annotations, hostnam: 'x' }).probe('exit', '0')
  const call = await c.succeed(['--debug', 'run', '--bundle', bundle.path, c.id()])
  assert.match(call.stderr, /unknown field \/hostnam is ignored; did you mean ."hostname.?"\?/)
  assert.match(call.stderr, /\/annotations\/org\.systemd\.property\.TimeoutStopUSec has no effect without the systemd/)
  assert.doesNotMatch(call.stderr, /org\.other has no effect/)
})

const listsThePlan = async (c: Case) => {
  const create = ['--debug', 'run', '--detach', '--bundle', c.bundle().probe('wait').path, c.id()]
  const exec = ['--debug', 'exec', c.id(), '/bin/probe', 'exit', '0']
  for (const command of [create, exec]) {
    const { stderr } = await c.succeed(command)
    assert.match(stderr, /level=debug msg="started +\d+ +exec +\/bin\/probe .*← \/process\/args"\n/)
    assert.match(stderr, /level=debug msg="step \d+ find_executable took \d+ µs" phase="seal"\n/)
  }
}
it('lists the plan with --debug, and how long each step took', listsThePlan, { requires: [offers('plan')] })

it('names what failed in the setup, the option and the path', async (c) => {
  const mount = { destination: '/dev/shm/inside', type: 'tmpfs', source: 'tmpfs', options: ['mode=rwx'] }
  await c.refuses(c.bundle({ mounts: append(mount) }), 'mode=rwx', '/dev/shm/inside')
})

it('starts the message of a failed create and run with the words that engines cut off', async (c) => {
  const bundle = c.bundle({ process: { args: ['/nowhere'] } })
  await c.fail(
    ['create', '--bundle', bundle.path, c.id()],
    ['runc create failed: ', 'unable to start container process: '],
  )
  await c.fail(['run', '--bundle', bundle.path, c.id()], ['runc run failed: '])
})
