// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Process } from '@opencontainers/runtime-spec-types'
import { validateProcess } from '../spec/validate-spec.ts'
import { changedMembers, changedProcess, completedProcess } from './exec-process.ts'
import type { ProcessChanges } from './requests.ts'

const NOTHING: ProcessChanges = { env: [], additionalGids: [], capabilities: [] }
const OWN: Process = {
  user: { uid: 1, gid: 2, additionalGids: [3], umask: 0o77 },
  args: ['own'],
  cwd: '/own',
  env: ['A=1'],
  capabilities: { bounding: ['CAP_KILL'], inheritable: ['CAP_KILL'] },
  rlimits: [{ type: 'RLIMIT_CORE', soft: 1, hard: 2 }],
  oomScoreAdj: 9,
  apparmorProfile: 'own-profile',
}

const changed = (changes: Partial<ProcessChanges>) => changedProcess(OWN, ['program', 'x'], { ...NOTHING, ...changes })

test('the process of the container runs another program', () => {
  assert.deepEqual(changed({}), { ...OWN, args: ['program', 'x'] })
  assert.deepEqual(changedMembers(NOTHING), ['args'])
})

test('each option changes its own field', () => {
  assert.equal(changed({ cwd: '/other' }).cwd, '/other')
  assert.deepEqual(changed({ env: ['A=2', 'B=,='] }).env, ['A=1', 'A=2', 'B=,='])
  assert.equal(changed({ noNewPrivileges: false }).noNewPrivileges, false)
  assert.equal(changed({ selinuxLabel: 'a:b' }).selinuxLabel, 'a:b')
  assert.equal(changed({ apparmorProfile: 'other' }).apparmorProfile, 'other')
  const everything = {
    cwd: '/',
    env: ['A='],
    user: '1',
    noNewPrivileges: true,
    selinuxLabel: 'x',
    apparmorProfile: 'y',
  }
  const members = ['args', 'cwd', 'env', 'user', 'capabilities', 'noNewPrivileges', 'selinuxLabel', 'apparmorProfile']
  assert.deepEqual(changedMembers({ ...NOTHING, ...everything, capabilities: ['CAP_KILL'] }), members)
})

test('a user keeps the group of the container unless one is given', () => {
  assert.deepEqual(changed({ user: '5' }).user, { ...OWN.user, uid: 5 })
  assert.deepEqual(changed({ user: '5:6' }).user, { ...OWN.user, uid: 5, gid: 6 })
  assert.deepEqual(changed({ additionalGids: ['4'] }).user.additionalGids, [3, 4])
})

test('only digits make an id', () => {
  for (const user of ['', ':', '1:', ':1', '1:2:3', 'root', '-1', '1.0', '1e3', '0x1', '+1', ' 1', '4294967295'])
    assert.throws(() => changed({ user }), /an id is a number from 0 to 4294967294/, user)
  assert.throws(() => changed({ additionalGids: ['x'] }), /--additional-gids/)
  assert.equal(changed({ user: '4294967294' }).user.uid, 4294967294)
})

test('a capability is added to three sets and no other (CVE-2022-29162)', () => {
  assert.deepEqual(changed({ capabilities: ['CAP_CHOWN'] }).capabilities, {
    bounding: ['CAP_KILL', 'CAP_CHOWN'],
    effective: ['CAP_CHOWN'],
    permitted: ['CAP_CHOWN'],
    inheritable: ['CAP_KILL'],
  })
})

test('nothing cannot be run, and a container without a process has none to change', () => {
  assert.throws(() => changedProcess(OWN, [], NOTHING), /process args cannot be empty/)
  assert.throws(() => changedProcess(undefined, ['x'], NOTHING), /process property must not be empty/)
})

function completed(file: Process) {
  return completedProcess(validateProcess(file).process, file, OWN)
}

test('a file without a field gets that of the container', () => {
  const process = completed({ user: { uid: 7, gid: 8 }, args: ['x'], cwd: '/' })
  assert.deepEqual(process.user, { uid: 7, gid: 8, additionalGids: [], umask: 0o77 })
  assert.deepEqual(process.capabilities.bounding, ['CAP_KILL'])
  assert.deepEqual(process.rlimits, [{ type: 'RLIMIT_CORE', soft: 1n, hard: 2n }])
  assert.equal(process.oomScoreAdj, 9)
  assert.equal(process.apparmorProfile, 'own-profile')
  assert.deepEqual(process.env, [])
})

test('a file keeps what it says, be it that there is nothing', () => {
  const file = { user: { uid: 0, gid: 0, umask: 0 }, args: ['x'], cwd: '/', capabilities: {}, oomScoreAdj: 0 }
  const process = completed({ ...file, apparmorProfile: 'file' })
  assert.equal(process.user.umask, 0)
  assert.deepEqual(process.capabilities.bounding, [])
  assert.equal(process.oomScoreAdj, 0)
  assert.equal(process.apparmorProfile, 'file')
  assert.equal(process.noNewPrivileges, false)
})
