// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Op } from '../plan/op.ts'
import { makeSpec, stepsOf } from '../tools/make-spec.ts'
import { readMounts } from './mount-request.ts'
import type { CgroupView } from './plan-cgroup-mount.ts'
import { planMounts } from './plan-mounts.ts'

const unified = { controllers: [], mountpoint: '/sys/fs/cgroup', directory: '/sys/fs/cgroup/c' }
const v2: CgroupView = { mode: 'v2', hierarchies: [], unified }
const hybrid: CgroupView = {
  mode: 'hybrid',
  hierarchies: [
    { controllers: ['cpu', 'cpuacct'], mountpoint: '/host/cpu,cpuacct', directory: '/host/cpu,cpuacct/c' },
    { controllers: ['name=systemd'], mountpoint: '/host/systemd', directory: '/host/systemd/c' },
  ],
  unified: { controllers: [], mountpoint: '/host/unified', directory: '/host/unified/c' },
}

function plan(cgroups: CgroupView, changes = {}, type = 'cgroup'): Op[] {
  const mounts = [{ destination: '/sys/fs/cgroup', type, source: 'cgroup', options: ['ro', 'nosuid'] }]
  const context = {
    bundlePath: '/b',
    opensSources: false,
    mountsOwnCgroups: false,
    cgroups,
    ...changes,
  }
  return stepsOf((p) => planMounts(readMounts(makeSpec({ mounts })), context, p)).map(([, op]) => op)
}

const shapes = (ops: Op[]) =>
  ops.map((op) => {
    if (op.op === 'mount_fs') return ['fs', op.target, op.fstype, op.attributesSet, ...op.options]
    if (op.op === 'mount_bind') return ['bind', op.target, op.source, op.attributesSet, op.slot]
    return op.op === 'make_symlink'
      ? ['link', op.target, op.content]
      : op.op === 'set_mount_attributes' && [op.target, op.set]
  })

test('on v2 the unified hierarchy is mounted in a cgroup namespace, and bound without one', () => {
  assert.deepEqual(shapes(plan(v2, { mountsOwnCgroups: true })), [['fs', '/sys/fs/cgroup', 'cgroup2', 3n]])
  assert.deepEqual(shapes(plan(v2)), [['bind', '/sys/fs/cgroup', '/sys/fs/cgroup', 3n, '']])
})

test('on v2 a user namespace without a cgroup namespace of its own gets a read-only bind (CVE-2023-25809)', () => {
  const ops = plan(v2, { opensSources: true })
  assert.equal(ops[0]?.op, 'open_tree')
  assert.deepEqual(shapes(ops.slice(1)), [['bind', '/sys/fs/cgroup', '/sys/fs/cgroup', 3n, '/sys/fs/cgroup']])
})

test('on v1 without a cgroup namespace the container sees only its own cgroups', () => {
  assert.deepEqual(shapes(plan(hybrid)), [
    ['fs', '/sys/fs/cgroup', 'tmpfs', 2n, 'mode=755'],
    ['bind', '/sys/fs/cgroup/cpu,cpuacct', '/host/cpu,cpuacct/c', 3n, ''],
    ['bind', '/sys/fs/cgroup/systemd', '/host/systemd/c', 3n, ''],
    ['bind', '/sys/fs/cgroup/unified', '/host/unified/c', 3n, ''],
    ['link', '/sys/fs/cgroup/cpu', 'cpu,cpuacct'],
    ['link', '/sys/fs/cgroup/cpuacct', 'cpu,cpuacct'],
    ['/sys/fs/cgroup', 1n],
  ])
})

test('on v1 with a cgroup namespace each hierarchy is mounted with its controllers', () => {
  assert.deepEqual(shapes(plan(hybrid, { mountsOwnCgroups: true })).slice(1, 4), [
    ['fs', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 3n, 'cpu', 'cpuacct'],
    ['fs', '/sys/fs/cgroup/systemd', 'cgroup', 3n, 'none', 'name=systemd'],
    ['fs', '/sys/fs/cgroup/unified', 'cgroup2', 3n],
  ])
})

test('cgroup2 means the unified hierarchy on every host', () => {
  assert.deepEqual(shapes(plan(hybrid, { mountsOwnCgroups: true }, 'cgroup2')), [
    ['fs', '/sys/fs/cgroup', 'cgroup2', 3n],
  ])
})
