// SPDX-License-Identifier: Apache-2.0
// `features` is what engines decide by: it must hold for the same executable's `create`, and need nothing of the host.
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import type { Features } from '@opencontainers/runtime-spec-types'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { JsonObject } from '../../harness/json.ts'
import { runtimeName } from '../../harness/places.ts'
import type { Requirement } from '../../harness/requires.ts'

const it = casesOf('lifecycle')

const hasPlan: Requirement = () => (runtimeName === 'runts' ? undefined : 'needs the command plan')
const itPlans = casesOf('lifecycle', { requires: [hasPlan] })

async function featuresOf(c: Case): Promise<Features> {
  return JSON.parse((await c.succeed(['features'])).stdout)
}

it('prints the same features for an ordinary user without an environment, in silence', async (c) => {
  chmodSync(c.directory, 0o755)
  const copy = `cp "$(command -v "$1")" ${c.directory}/runtime; shift`
  const drop = `exec env -i setpriv --reuid 65534 --regid 65534 --clear-groups ${c.directory}/runtime "$@"`
  const call = await c.succeed(['features'], { wrapper: ['sh', '-ec', `${copy}; ${drop}`, 'sh'] })
  assert.equal(call.stderr, '')
  assert.deepEqual(JSON.parse(call.stdout), await featuresOf(c))
})

it('lists the hooks, namespaces and mount options of the specification in its own words', async (c) => {
  const { hooks = [], linux, mountOptions = [] } = await featuresOf(c)
  for (const list of [hooks, mountOptions, linux?.namespaces ?? [], linux?.capabilities ?? []]) {
    assert.ok(list.length > 0)
    assert.equal(new Set<string>(list).size, list.length)
  }
  assert.ok(linux?.capabilities?.every((name) => /^CAP_[A-Z_]+$/.test(name)))
  for (const hook of ['prestart', 'createRuntime', 'poststart', 'poststop'] as const) assert.ok(hooks.includes(hook))
})

/** Whether this profile can be had: the plan is made without a word. */
async function compiles(c: Case, seccomp: JsonObject): Promise<boolean> {
  const bundle = c.bundle({ linux: { seccomp } })
  const call = await c.runtime(['plan', '--bundle', bundle.path])
  assert.doesNotMatch(call.stderr, /invalid config\.json/)
  return call.status === 0 && call.stderr === ''
}

const ALL_ACTIONS = ['ALLOW', 'ERRNO', 'KILL', 'KILL_PROCESS', 'KILL_THREAD', 'LOG', 'NOTIFY', 'TRACE', 'TRAP']
const ALL_FLAGS = ['LOG', 'SPEC_ALLOW', 'TSYNC', 'WAIT_KILLABLE_RECV']

itPlans('lists exactly the seccomp actions that a profile can have', async (c) => {
  const { actions } = (await featuresOf(c)).linux?.seccomp ?? {}
  const listener = { listenerPath: '/run/none' }
  for (const action of ALL_ACTIONS.map((name) => `SCMP_ACT_${name}`)) {
    const rule = { names: ['getcwd'], action, args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }] }
    const profile = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }
    const can = await compiles(c, action === 'SCMP_ACT_NOTIFY' ? { ...profile, ...listener } : profile)
    assert.equal((actions as string[]).includes(action), can, action)
  }
})

itPlans('lists exactly the seccomp flags that a profile can have', async (c) => {
  const { supportedFlags, knownFlags } = (await featuresOf(c)).linux?.seccomp ?? {}
  const flags = ALL_FLAGS.map((name) => `SECCOMP_FILTER_FLAG_${name}`)
  assert.deepEqual(knownFlags, flags)
  for (const flag of flags)
    assert.equal(
      (supportedFlags as string[]).includes(flag),
      await compiles(c, { defaultAction: 'SCMP_ACT_ALLOW', flags: [flag] }),
      flag,
    )
})

itPlans('lists only seccomp operators and architectures that a profile can have', async (c) => {
  const { operators = [], archs = [] } = (await featuresOf(c)).linux?.seccomp ?? {}
  assert.equal(operators.length, 7)
  for (const op of operators) {
    const rule = { names: ['getcwd'], action: 'SCMP_ACT_ERRNO', args: [{ index: 0, value: 1, valueTwo: 1, op }] }
    assert.ok(await compiles(c, { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }), op)
  }
  // Of the byte order of this machine, and known to every libseccomp of the last years.
  const old = archs.filter((arch) => /_(X86|X86_64|X32|ARM|AARCH64|MIPSEL|MIPSEL64|MIPSEL64N32|PPC64LE)$/.test(arch))
  assert.equal(old.length, 9)
  for (const arch of old) assert.ok(await compiles(c, { defaultAction: 'SCMP_ACT_ALLOW', architectures: [arch] }), arch)
})
