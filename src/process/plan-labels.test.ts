// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProcess, originsOf, stepsOf } from '../tools/make-spec.ts'
import { planLabelledKeys, planProgramLabels } from './plan-labels.ts'

const label = 'system_u:system_r:container_t:s0:c1,c2'

test('AppArmor and SELinux learn by attributes of their own what the program shall be', () => {
  const process = makeProcess({ apparmorProfile: 'some profile', selinuxLabel: label })
  assert.deepEqual(
    stepsOf((plan) => planProgramLabels(process, 'seal', plan)),
    [
      ['seal', { op: 'write_label', attribute: 'apparmor/exec', label: 'exec some profile' }],
      ['seal', { op: 'write_label', attribute: 'exec', label }],
    ],
  )
  const origins = originsOf((plan) => planProgramLabels(process, 'seal', plan))
  assert.deepEqual(origins, ['/process/apparmorProfile', '/process/selinuxLabel'])
})

test('without labels, or with empty ones, nothing is written', () => {
  for (const process of [makeProcess(), makeProcess({ apparmorProfile: '', selinuxLabel: '' })]) {
    assert.deepEqual(
      stepsOf((plan) => {
        planProgramLabels(process, 'seal', plan)
        planLabelledKeys(process, plan, () => {})
      }),
      [],
    )
  }
})

test('keys get the label of the program, and nothing that is made after them', () => {
  const steps = stepsOf((plan) =>
    planLabelledKeys(makeProcess({ selinuxLabel: label }), plan, () =>
      plan.append('born', { op: 'new_session' }, { reason: 'keys' }),
    ),
  )
  assert.deepEqual(
    steps.map(([, op]) => op),
    [
      { op: 'write_label', attribute: 'keycreate', label },
      { op: 'new_session' },
      { op: 'write_label', attribute: 'keycreate', label: '\n' },
    ],
  )
})
