// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Capabilities } from '@opencontainers/runtime-spec-types'
import { makeProcess, stepsOf } from '../tools/make-spec.ts'
import { capabilitySets, capabilityWarnings } from './capability-sets.ts'
import { containerEnvironment, searchPathOf } from './container-environment.ts'
import * as exec from './plan-exec.ts'
import * as identity from './plan-identity.ts'
import { planLimits } from './plan-limits.ts'
import { planLateFilter, planNotifyingFilter, planPrivilegedFilter } from './plan-seccomp-filter.ts'

const [CHOWN, KILL, SYS_ADMIN] = [1n << 0n, 1n << 5n, 1n << 21n]
const sets = (capabilities: Capabilities, grantable = CHOWN | KILL | SYS_ADMIN) =>
  capabilitySets(makeProcess({ capabilities }).capabilities, grantable)

test('capabilities that nobody lists are in no set', () => {
  const empty = { bounding: 0n, effective: 0n, permitted: 0n, inheritable: 0n, ambient: 0n }
  assert.deepEqual(capabilitySets(makeProcess().capabilities, -1n), empty)
})

test('each set is exactly what is listed, and inheritable is never filled from another', () => {
  const listed = sets({ bounding: ['CAP_CHOWN', 'CAP_KILL'], permitted: ['CAP_KILL'], effective: ['CAP_KILL'] })
  assert.deepEqual(listed, { bounding: CHOWN | KILL, effective: KILL, permitted: KILL, inheritable: 0n, ambient: 0n })
})

test('what the runtime does not have itself is left out with a warning', () => {
  const capabilities = { bounding: ['CAP_CHOWN', 'CAP_SYS_ADMIN'], permitted: ['CAP_SYS_ADMIN'] }
  assert.equal(sets(capabilities, CHOWN).bounding, CHOWN)
  assert.deepEqual(capabilityWarnings(makeProcess({ capabilities }).capabilities, CHOWN), [
    { pointer: '/process/capabilities/bounding', message: 'cannot grant CAP_SYS_ADMIN in the bounding set: left out' },
    {
      pointer: '/process/capabilities/permitted',
      message: 'cannot grant CAP_SYS_ADMIN in the permitted set: left out',
    },
  ])
})

test('what validation warns of is not told again', () => {
  const capabilities = { bounding: ['CAP_BOGUS'], ambient: ['CAP_CHOWN'] }
  assert.deepEqual(capabilityWarnings(makeProcess({ capabilities }).capabilities, CHOWN), [])
  assert.equal(capabilityWarnings(makeProcess({ capabilities }).capabilities, 0n).length, 1)
})

test('ambient capabilities must be permitted and inheritable, effective ones permitted', () => {
  const capabilities = {
    ambient: ['CAP_CHOWN', 'CAP_KILL'],
    permitted: ['CAP_CHOWN', 'CAP_KILL'],
    inheritable: ['CAP_KILL'],
  }
  assert.equal(sets(capabilities).ambient, KILL)
  assert.equal(sets({ effective: ['CAP_KILL'] }).effective, 0n)
})

test('the user gets exactly the groups that are listed', () => {
  const process = makeProcess({ user: { uid: 5, gid: 6, additionalGids: [9, 7] } })

  test('a group that is listed twice is given once', () => {
    const process = makeProcess({ user: { uid: 5, gid: 6, additionalGids: [9, 7, 9] } })
    const [step] = stepsOf((plan) => identity.planUser(process, true, plan))
    assert.deepEqual(step, ['seal', { op: 'set_user', uid: 5, gid: 6, groups: [9, 7], setgroups: true }])
  })
  assert.deepEqual(
    stepsOf((plan) => identity.planUser(process, true, plan)),
    [['seal', { op: 'set_user', uid: 5, gid: 6, groups: [9, 7], setgroups: true }]],
  )
})

test('the umask is 0022 unless one is given, and 0 is one', () => {
  const mask = (umask?: number) => {
    const user = umask === undefined ? { uid: 0, gid: 0 } : { uid: 0, gid: 0, umask }
    const [[, op] = []] = stepsOf((plan) => identity.planUmask(makeProcess({ user }), plan))
    return op?.op === 'set_umask' && op.mask
  }
  assert.equal(mask(), 0o022)
  assert.equal(mask(0), 0)
})

test('limits keep 64-bit values, and an oom score of 0 is written', () => {
  const rlimits = [{ type: 'RLIMIT_NOFILE' as const, soft: 1024, hard: 18446744073709551615n }]
  assert.deepEqual(
    stepsOf((plan) => planLimits(makeProcess({ rlimits, oomScoreAdj: 0 }), false, plan)),
    [
      ['oversee', { op: 'set_rlimit', resource: 7, soft: 1024n, hard: 18446744073709551615n }],
      ['oversee', { op: 'set_oom_score_adj', value: 0 }],
    ],
  )
  assert.deepEqual(
    stepsOf((plan) => planLimits(makeProcess(), false, plan)),
    [],
  )
})

/** `moment verb` of every step that a filter leads to. */
function filterSteps(noNewPrivileges: boolean, listener: boolean): string[] {
  const process = makeProcess({ noNewPrivileges })
  const filter = { filter: new Uint8Array(8), flags: 0, listener }
  const planners = { early: planPrivilegedFilter, ready: planNotifyingFilter, late: planLateFilter }
  return Object.entries(planners).flatMap(([moment, planner]) =>
    stepsOf((plan) => planner(process, filter, plan)).map(([, { op }]) => `${moment} ${op}`),
  )
}

test('a filter is loaded before rights are lost, or late with no_new_privs', () => {
  assert.deepEqual(filterSteps(false, false), ['early load_seccomp'])
  assert.deepEqual(filterSteps(true, false), ['late load_seccomp'])
})

test('a listener is handed over at once, and before readiness', () => {
  assert.deepEqual(filterSteps(false, true), ['early load_seccomp', 'early sync'])
  assert.deepEqual(filterSteps(true, true), ['ready load_seccomp', 'ready sync'])
})

test('of two values for a name the last wins in its own place', () => {
  const process = makeProcess({ env: ['A=1', 'HOME=/x', 'B=2', 'A=3=4'] })
  assert.deepEqual(containerEnvironment(process), ['HOME=/x', 'B=2', 'A=3=4'])
})

test('HOME is looked up exactly where the environment has none or an empty one, and stays empty for it', () => {
  const home = (env: string[]) => {
    const process = makeProcess({ env, user: { uid: 7, gid: 0 } })
    return [stepsOf((plan) => exec.planFindHome(process, plan)).map(([, op]) => op), containerEnvironment(process)]
  }
  const step = { op: 'find_home', uid: 7 }
  assert.deepEqual(home([]), [[step], ['HOME=']])
  assert.deepEqual(home(['HOME=', 'A=1']), [[step], ['HOME=', 'A=1']])
  assert.deepEqual(home(['HOME=/x', 'HOME=']), [[step], ['HOME=']])
  assert.deepEqual(home(['HOME=', 'HOME=/x']), [[], ['HOME=/x']])
})

test('the program is looked for in the last PATH of the container', () => {
  assert.equal(searchPathOf(['PATH=/a', 'X=1', 'PATH=/b:/c']), '/b:/c')
  assert.equal(searchPathOf(['XPATH=/a']), '')
})

test('root enters the working directory once, another user tries again with its own rights', () => {
  const enter = (uid: number) => {
    const process = makeProcess({ cwd: '/srv/./data', user: { uid, gid: 0 } })
    return stepsOf((plan) => {
      exec.planEnterDirectory(process, plan)
      exec.planEnterDirectoryAsUser(process, plan)
    }).map(([, op]) => op)
  }
  const step = { op: 'change_directory', path: '/srv/data' }
  assert.deepEqual(enter(0), [step])
  assert.deepEqual(enter(9), [{ ...step, tolerate: true }, step])
})

test('a missing working directory is made, but never the root', () => {
  const made = (cwd: string) => stepsOf((plan) => exec.planWorkingDirectory(makeProcess({ cwd }), plan)).length
  assert.equal(made('/srv'), 1)
  assert.equal(made('/'), 0)
})
