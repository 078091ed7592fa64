// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device } from '@opencontainers/runtime-spec-types'
import { makeLinuxSpec, makeSpec, stepsOf } from '../tools/make-spec.ts'
import { planDevices } from './plan-devices.ts'

const mount = { type: 'mount' as const }
const plan = (devices: Device[], binds = false) =>
  stepsOf((builder) =>
    planDevices(makeLinuxSpec({ namespaces: [mount], devices }), { bindsDevices: binds, opensSources: binds }, builder),
  ).map(([, op]) => op)

test('the six default devices and the links are always there', () => {
  const names = plan([]).map((op) => ('target' in op ? op.target : ''))
  const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty']
  const links = ['ptmx', 'fd', 'stdin', 'stdout', 'stderr', 'core']
  assert.deepEqual(
    names,
    [...devices, ...links].map((name) => `/dev/${name}`),
  )
  assert.deepEqual(plan([])[5], {
    op: 'make_device',
    target: '/dev/tty',
    type: 0o20000,
    major: 5,
    minor: 0,
    mode: 0o666,
    uid: 0,
    gid: 0,
  })
})

test('a listed device takes the place of the default one with its path', () => {
  const ops = plan([{ path: '/dev/./null', type: 'c', major: 1, minor: 3, fileMode: 0o600, uid: 7, gid: 8 }])
  const nulls = ops.filter((op) => 'target' in op && op.target === '/dev/null')
  assert.deepEqual(nulls, [
    { op: 'make_device', target: '/dev/null', type: 0o20000, major: 1, minor: 3, mode: 0o600, uid: 7, gid: 8 },
  ])
})

test('/dev/ptmx is a link whatever is listed', () => {
  const ops = plan([{ path: '/dev/ptmx', type: 'c', major: 5, minor: 2 }]).filter(
    (op) => 'target' in op && op.target === '/dev/ptmx',
  )
  assert.deepEqual(ops, [{ op: 'make_symlink', target: '/dev/ptmx', content: 'pts/ptmx', replace: false }])
})

test('where mknod is refused the device nodes of the host are bound, but a FIFO is made', () => {
  const ops = plan(
    [
      { path: '/pipe', type: 'p' },
      { path: '/dev/b', type: 'b', major: 7, minor: 9 },
    ],
    true,
  )
  const bound = ops.filter((op) => op.op === 'bind_device')
  assert.equal(bound.length, 7)
  assert.deepEqual(bound[6], {
    op: 'bind_device',
    target: '/dev/b',
    source: '/dev/b',
    slot: '/dev/b',
    type: 0o60000,
    major: 7,
    minor: 9,
  })
  const made = ops.filter((op) => op.op === 'make_device')
  assert.deepEqual(made, [
    { op: 'make_device', target: '/pipe', type: 0o10000, major: 0, minor: 0, mode: 0o666, uid: 0, gid: 0 },
  ])
})

test('nothing is put into a bind of the /dev of the host, but into one that is only remounted', () => {
  const count = (options: string[]) => {
    const spec = makeSpec({ mounts: [{ destination: '/dev/', source: '/dev', options }] })
    return stepsOf((builder) => planDevices(spec, { bindsDevices: false, opensSources: false }, builder)).length
  }
  assert.equal(count(['rbind']), 0)
  assert.equal(count(['remount', 'bind', 'ro']), 12)
})
