// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLinuxSpec, originsOf, stepsOf } from '../tools/make-spec.ts'
import { planSysctl } from './plan-sysctl.ts'

const sysctl = { 'net.ipv4.ip_forward': '1', 'net/ipv4/conf/eth0.100/forwarding': '0' }
const spec = makeLinuxSpec({ namespaces: [{ type: 'mount' }, { type: 'network' }], sysctl })

test('a sysctl becomes a path below /proc/sys, with dots or with slashes', () => {
  assert.deepEqual(
    stepsOf((plan) => planSysctl(spec, plan)),
    [
      ['inside', { op: 'write_sysctl', key: 'net/ipv4/ip_forward', value: '1' }],
      ['inside', { op: 'write_sysctl', key: 'net/ipv4/conf/eth0.100/forwarding', value: '0' }],
    ],
  )
})

test('a sysctl is blamed on its own key', () => {
  assert.deepEqual(
    originsOf((plan) => planSysctl(spec, plan)),
    ['/linux/sysctl/net.ipv4.ip_forward', '/linux/sysctl/net~1ipv4~1conf~1eth0.100~1forwarding'],
  )
})
