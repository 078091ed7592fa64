// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { isRunts } from './traced-run.ts'

const it = casesOf('executable', { requires: [isRunts] })

interface Plant {
  /** A script that leaves a file in `evidence` when anything runs it. */
  readonly script: string
  /** A directory that stays empty unless something is written there. */
  readonly evidence: string
}

/** Each pair is one environment in which Bun, its engine or its Node emulation would do something else. */
const HOSTILE: Record<string, (plant: Plant) => Record<string, string>> = {
  'to be a plain Bun': () => ({ BUN_BE_BUN: '1' }),
  'to load a script by BUN_OPTIONS': ({ script }) => ({ BUN_OPTIONS: `--preload ${script}` }),
  'to print the version of Bun': () => ({ BUN_OPTIONS: '--version' }),
  'to run another program': ({ script }) => ({ BUN_BE_BUN: '1', BUN_OPTIONS: `run ${script}` }),
  'to load a script by NODE_OPTIONS': ({ script }) => ({ NODE_OPTIONS: `--require ${script} --import ${script}` }),
  'to load a script for the inspector': ({ script }) => ({
    BUN_INSPECT: 'ws://127.0.0.1:0',
    BUN_INSPECT_PRELOAD: script,
  }),
  'to connect to a debugger': () => ({
    BUN_INSPECT_CONNECT_TO: 'ws://127.0.0.1:1',
    BUN_INSPECT_NOTIFY: 'ws://127.0.0.1:1',
  }),
  'to wait for a debugger': () => ({ BUN_OPTIONS: '--inspect-wait=127.0.0.1:0' }),
  'to show its engine options': () => ({ BUN_JSC_dumpOptions: '1' }),
  'to report on its engine': () => ({
    BUN_JSC_logGC: '2',
    BUN_JSC_dumpGeneratedBytecodes: '1',
    BUN_JSC_verboseOSR: '1',
  }),
  'to use an invalid engine option': () => ({ BUN_JSC_useNothing: 'x', JSC_useJIT: 'x', JavaScriptCoreUseJIT: 'x' }),
  'to talk over a descriptor': () => ({ NODE_CHANNEL_FD: '2', NODE_CHANNEL_SERIALIZATION_MODE: 'json' }),
  'to write down its bytecode': ({ evidence }) => ({
    BUN_BYTECODE_ORDER_OUT: join(evidence, 'order'),
    BUN_BYTECODE_ORDER_NAMES_OUT: join(evidence, 'names'),
    BUN_BYTECODE_DIGEST_OUT: join(evidence, 'digest'),
  }),
  'to write profiles and coverage': ({ evidence }) => ({
    BUN_OPTIONS: `--cpu-prof --cpu-prof-dir=${evidence}`,
    NODE_V8_COVERAGE: evidence,
    NODE_COMPILE_CACHE: evidence,
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: evidence,
    BUN_WATCHER_TRACE: join(evidence, 'watcher'),
    MallocLogFile: join(evidence, 'malloc'),
  }),
  'to check its memory': () => ({
    Malloc: '1',
    MallocScribble: '1',
    MallocHelp: '1',
    MIMALLOC_VERBOSE: '1',
    MIMALLOC_SHOW_STATS: '1',
  }),
  'to read a .env file': ({ script }) => ({
    BUN_OPTIONS: `--env-file=${script}.env`,
    BUN_ENV: 'evil',
    NODE_ENV: 'evil',
  }),
  'to debug modules': () => ({
    NODE_DEBUG: 'fs,module',
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
    BUN_DEBUG_QUIET_LOGS: '0',
  }),
}

function plant(c: Case): Plant {
  const evidence = join(c.directory, 'evidence')
  mkdirSync(evidence)
  const script = join(c.directory, 'planted.cjs')
  const mark = JSON.stringify(join(evidence, 'loaded'))
  writeFileSync(script, `require('node:fs').writeFileSync(${mark}, ''); console.log('planted')`)
  writeFileSync(`${script}.env`, 'BUN_BE_BUN=1\n')
  return { script, evidence }
}

for (const [order, environment] of Object.entries(HOSTILE)) {
  it(`does not let the environment tell it ${order}`, async (c) => {
    const planted = plant(c)
    const normal = await c.runtime(['--version'])
    assert.match(normal.stdout, /^runts version /)
    const call = await c.runtime(['--version'], { env: environment(planted) })
    assert.equal(call.status, 0, `${call}`)
    assert.equal(call.stdout, normal.stdout)
    assert.equal(call.stderr, normal.stderr)
    assert.deepEqual(readdirSync(planted.evidence), [])
  })
}

it('runs a container under every hostile environment at once', async (c) => {
  const planted = plant(c)
  const env = Object.assign({}, ...Object.values(HOSTILE).map((environment) => environment(planted)))
  const report = await c.report(c.bundle(), ['process'], { env })
  assert.equal(report.process.pid, 1)
  assert.deepEqual(readdirSync(planted.evidence), [])
})

it('starts with an empty environment, and with a large one', async (c) => {
  const nothing = await c.runtime(['--version'], { wrapper: ['env', '-i'] })
  assert.match(nothing.stdout, /^runts version /)
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`BUN_${index}`, 'x'.repeat(100)]))
  const call = await c.runtime(['--version'], { env: { ...many, BUN_BE_BUN: '1' } })
  assert.equal(call.stdout, nothing.stdout)
})
