// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMountTable } from './mount-table.ts'

test('takes mounts apart, with and without propagation, and undoes the escapes of the kernel', () => {
  const text = [
    '365 239 0:144 /bus /proc/bus ro,relatime - proc proc rw',
    '40 30 8:1 /a\\040b /data\\011x rw shared:7 master:3 - ext4 /dev/with\\134slash rw,discard',
    '',
  ].join('\n')
  assert.deepEqual(parseMountTable(text), [
    {
      destination: '/proc/bus',
      type: 'proc',
      source: 'proc',
      root: '/bus',
      options: ['ro', 'relatime'],
      superOptions: ['rw'],
      propagation: [],
    },
    {
      destination: '/data\tx',
      type: 'ext4',
      source: '/dev/with\\slash',
      root: '/a b',
      options: ['rw'],
      superOptions: ['rw', 'discard'],
      propagation: ['shared:7', 'master:3'],
    },
  ])
})
