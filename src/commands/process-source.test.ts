// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { describeFailure } from '../errors/describe-failure.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { createLogger, silentLogger } from '../log/logger.ts'
import type { KeptContainer } from './kept-container.ts'
import { processSource } from './process-source.ts'
import type { ExecRequest, ProcessChanges } from './requests.ts'

const OWN = { user: { uid: 0, gid: 0 }, args: ['own'], cwd: '/own', env: ['A=1'] }
const CONTAINER: KeptContainer = {
  configText: JSON.stringify({ ociVersion: '1.0.0', process: OWN }, null, 1),
  process: OWN,
  linux: {},
  joinedCgroupNamespace: false,
}
const NOTHING: ProcessChanges = { env: [], additionalGids: [], capabilities: [] }
const REQUEST: ExecRequest = {
  id: 'box',
  args: ['program'],
  detach: false,
  ignorePaused: false,
  cgroups: [],
  changes: NOTHING,
  tty: false,
  preserveFds: 0,
}
const directory = mkdtempSync(join(tmpdir(), 'runts-process-'))
after(() => rmSync(directory, { recursive: true }))

/** A process file, and what a request with it comes to. */
function fromFile(text: string, more: Partial<ExecRequest> = {}, log = silentLogger) {
  const file = join(directory, 'process.json')
  writeFileSync(file, text)
  return processSource({ ...REQUEST, args: [], processFile: file, ...more }, CONTAINER, log)
}

function told(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (isRuntimeError(error)) return describeFailure(error)
    throw error
  }
  throw new Error('nothing was thrown')
}

const kernelRefused = (pointer: string) => new RuntimeError('LAUNCH_STEP_FAILED', 'refused', { pointer })

test('a file is validated as a document of its own, with its lines', () => {
  const text = '{\n "cwd": "rel",\n "args": [],\n "user": {"uid": -1, "gid": 0}\n}'
  const message = told(() => fromFile(text))
  for (const part of [
    '/user/uid',
    '/cwd: Cwd must be an absolute path',
    'args must not be empty',
    'process.json line 4',
  ])
    assert.ok(message.includes(part), `${part} in ${message}`)
})

test('64-bit numbers of a file keep every digit, and nulls are absent', () => {
  const rlimits = '[{"type":"RLIMIT_CORE","soft":9007199254740993,"hard":18446744073709551615}]'
  const { process } = fromFile(`{"cwd":"/","args":["x"],"user":null,"oomScoreAdj":null,"rlimits":${rlimits}}`)
  assert.deepEqual(process.rlimits, [{ type: 'RLIMIT_CORE', soft: 9007199254740993n, hard: 18446744073709551615n }])
  assert.equal(process.oomScoreAdj, undefined)
  assert.equal(process.user.uid, 0)
})

test('what the kernel refuses is blamed on the document that says it', () => {
  const source = fromFile('{\n "cwd": "/x",\n "args": ["x"]\n}')
  const blamed = (pointer: string) => describeFailure(source.blame(kernelRefused(pointer)) as RuntimeError)
  assert.match(blamed('/process/cwd'), /\[.*process\.json line 2: \/cwd\]$/)
  assert.match(blamed('/process/env'), /\[config\.json line \d+: \/process\/env\]$/)
  assert.match(blamed('/linux/seccomp'), /\[config\.json .*: \/linux\/seccomp\]$/)
})

test('what the command line says is blamed on no document', () => {
  const source = processSource({ ...REQUEST, changes: { ...NOTHING, cwd: '/x' } }, CONTAINER, silentLogger)
  const blamed = (pointer: string) => describeFailure(source.blame(kernelRefused(pointer)) as RuntimeError)
  assert.equal(blamed('/process/cwd'), 'refused')
  assert.equal(blamed('/process/args'), 'refused')
  assert.match(blamed('/process/env'), /\[config\.json line \d+: \/process\/env\]$/)
  const wrong = told(() => processSource({ ...REQUEST, changes: { ...NOTHING, env: ['x'] } }, CONTAINER, silentLogger))
  assert.equal(wrong, 'invalid process: --env: must have the form NAME=value, found "x"')
})

test('an option that is wrong is named, and a warning about it given once', () => {
  const lines: string[] = []
  const log = createLogger((_level, message) => lines.push(message), false)
  processSource({ ...REQUEST, changes: { ...NOTHING, capabilities: ['CAP_X'] } }, CONTAINER, log)
  assert.deepEqual(lines, ['unknown capability "CAP_X" is ignored'])
  const changes = { ...NOTHING, cwd: 'rel', env: ['A=1', 'x'] }
  const wrong = told(() => processSource({ ...REQUEST, changes }, CONTAINER, silentLogger))
  assert.match(wrong, /^invalid process: --(cwd|env): .* \(and 1 more problem\) ; --(cwd|env): /)
})

test('options beside a file are told to have no effect', () => {
  const lines: string[] = []
  const log = createLogger((_level, message) => lines.push(message), false)
  fromFile('{"cwd":"/","args":["x"]}', {}, log)
  assert.deepEqual(lines, [])
  fromFile('{"cwd":"/","args":["x"]}', { args: ['y'], changes: { ...NOTHING, user: '5' }, tty: true }, log)
  assert.deepEqual(lines, ['--process says everything: no effect of options about args, user, terminal'])
})
