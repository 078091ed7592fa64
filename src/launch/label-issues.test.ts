// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Spec } from '@opencontainers/runtime-spec-types'
import { makeSpec } from '../tools/make-spec.ts'
import { findLabels, selinuxLabels, withoutLabels } from './label-issues.ts'

const process = (changes: object) => ({ process: { user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/', ...changes } })
const off = { apparmor: false, selinux: false, unknownLabels: new Set<string>() }
const issues = (spec: Partial<Spec>, modules: object) =>
  findLabels(makeSpec(spec), { ...off, ...modules }).issues.map(({ code, pointer }) => [code, pointer])

test('a profile needs AppArmor', () => {
  const spec = process({ apparmorProfile: 'x' })
  assert.deepEqual(issues(spec, {}), [['APPARMOR_DISABLED', '/process/apparmorProfile']])
  assert.deepEqual(issues(spec, { apparmor: true }), [])
})

test('a profile must be among the loaded ones where those are known', () => {
  const modules = { apparmor: true, apparmorProfiles: new Set(['known', 'known//child']) }
  for (const name of ['known', 'known//child', 'unconfined', ':ns:some', ':ns://some', '&some', 'known//&other'])
    assert.deepEqual(issues(process({ apparmorProfile: name }), modules), [], name)
  for (const name of ['unknown', 'know', 'known//other', 'unconfined2', 'known '])
    assert.deepEqual(issues(process({ apparmorProfile: name }), modules), [
      ['APPARMOR_PROFILE_MISSING', '/process/apparmorProfile'],
    ])
})

test('labels need SELinux and a policy that knows them', () => {
  const spec = { ...process({ selinuxLabel: 'a:b:c:s0' }), linux: { mountLabel: 'd:e:f:s0' } }
  assert.deepEqual(issues(spec, {}), [['SELINUX_DISABLED', '/process/selinuxLabel']])
  assert.deepEqual(issues(spec, { selinux: true }), [])
  assert.deepEqual(issues(spec, { selinux: true, unknownLabels: new Set(['d:e:f:s0']) }), [
    ['SELINUX_LABEL_UNKNOWN', '/linux/mountLabel'],
  ])
})

test('without SELinux the label of the mounts is left out with one warning', () => {
  const spec = makeSpec({ linux: { mountLabel: 'd:e:f:s0', cgroupsPath: '/kept' } })
  const findings = findLabels(spec, off)
  assert.deepEqual(
    findings.warnings.map(({ pointer }) => pointer),
    ['/linux/mountLabel'],
  )
  assert.deepEqual(withoutLabels(spec, findings).linux, makeSpec({ linux: { cgroupsPath: '/kept' } }).linux)
  assert.deepEqual(findLabels(makeSpec(process({})), off).warnings, [])
})

test('with SELinux nothing is left out', () => {
  const spec = makeSpec({ linux: { mountLabel: 'd:e:f:s0' } })
  const findings = findLabels(spec, { ...off, selinux: true })
  assert.deepEqual(findings, { issues: [], warnings: [] })
  assert.equal(withoutLabels(spec, findings).linux.mountLabel, 'd:e:f:s0')
})

test('a container without a process may have a mount label', () => {
  const spec = makeSpec({ linux: { mountLabel: 'd:e:f:s0' } })
  assert.deepEqual(selinuxLabels(spec), [{ at: '/linux/mountLabel', label: 'd:e:f:s0' }])
})
