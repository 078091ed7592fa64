// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RootfsPropagation } from '@opencontainers/runtime-spec-types'
import { makeLinuxSpec, makeSpec, stepsOf } from '../tools/make-spec.ts'
import { planMaskedPaths, planReadonlyPaths } from './plan-masked-paths.ts'
import * as rootfs from './plan-rootfs.ts'

const mount = [{ type: 'mount' as const }]
const REC = 0x4000n
const [UNBINDABLE, PRIVATE, SLAVE, SHARED] = [1n << 17n, 1n << 18n, 1n << 19n, 1n << 20n]

function propagation(rootfsPropagation?: RootfsPropagation): (string | bigint)[] {
  const spec = makeLinuxSpec({ namespaces: mount, ...(rootfsPropagation ? { rootfsPropagation } : {}) })
  const steps = stepsOf((plan) => {
    rootfs.planHostPropagation(spec, plan)
    rootfs.planRootPropagation(spec, plan)
  })
  return steps.flatMap(([phase, op]) => (op.op === 'set_mount_propagation' ? [phase, op.propagation] : []))
}

test('mounts are cut off from the host by default', () => {
  assert.deepEqual(propagation(), ['setup', SLAVE | REC])
})

test('a shared root stays connected to the host, and is shared again after the pivot', () => {
  assert.deepEqual(propagation('rshared'), ['setup', SHARED | REC, 'inside', SHARED | REC])
  assert.deepEqual(propagation('shared'), ['setup', SHARED, 'inside', SHARED])
})

test('private, slave and unbindable roots never leave a submount connected to the host', () => {
  assert.deepEqual(propagation('slave'), ['setup', SLAVE | REC])
  assert.deepEqual(propagation('rprivate'), ['setup', PRIVATE | REC])
  assert.deepEqual(propagation('private'), ['setup', SLAVE | REC, 'inside', PRIVATE])
  assert.deepEqual(propagation('unbindable'), ['setup', SLAVE | REC, 'inside', UNBINDABLE])
})

test('without a mount namespace nothing of the host is changed and the root is only held', () => {
  const spec = makeLinuxSpec({ namespaces: [] })
  const steps = stepsOf((plan) => {
    rootfs.planHostPropagation(spec, plan)
    rootfs.planBindRootfs(spec, { rootfsPath: '/r', opensSources: false }, plan)
    rootfs.planEnterRootfs(spec, false, plan)
  })
  assert.deepEqual(steps, [
    ['setup', { op: 'bind_rootfs', source: '/r', slot: '', recursive: true, holdOnly: true }],
    ['setup', { op: 'change_root' }],
  ])
})

test('the root is entered by pivot_root unless the caller forbids it', () => {
  const spec = makeLinuxSpec({ namespaces: mount })
  assert.deepEqual(
    stepsOf((plan) => rootfs.planEnterRootfs(spec, false, plan)),
    [['setup', { op: 'pivot_root' }]],
  )
  assert.deepEqual(
    stepsOf((plan) => rootfs.planEnterRootfs(spec, true, plan)),
    [['setup', { op: 'move_root' }]],
  )
})

test('with a user namespace the keeper opens the root', () => {
  const spec = makeLinuxSpec({ namespaces: mount })
  const steps = stepsOf((plan) => rootfs.planBindRootfs(spec, { rootfsPath: '/r', opensSources: true }, plan))
  assert.deepEqual(steps[0], ['keeper', { op: 'open_tree', slot: '/r', source: '/r', recursive: true }])
  assert.equal(steps[1]?.[1].op === 'bind_rootfs' && steps[1][1].slot, '/r')
})

test('a read-only root is an attribute of its mount alone', () => {
  const writable = stepsOf((plan) => rootfs.planReadonlyRoot(makeSpec(), plan))
  assert.deepEqual(writable, [])
  const spec = makeSpec({ root: { path: 'rootfs', readonly: true } })
  const [[phase, op] = []] = stepsOf((plan) => rootfs.planReadonlyRoot(spec, plan))
  assert.equal(phase, 'inside')
  assert.deepEqual(op?.op === 'set_mount_attributes' && [op.target, op.recursive, op.set], ['/', false, 1n])
})

test('masks have the mount label', () => {
  const spec = (linux: object) => makeLinuxSpec({ namespaces: mount, mountLabel: 'a:b:c:s0', ...linux })
  assert.deepEqual(
    stepsOf((plan) => planMaskedPaths(spec({ maskedPaths: ['/proc/kcore'] }), plan)).map(([, op]) => op),
    [
      { op: 'label_masks', option: 'context="a:b:c:s0"' },
      { op: 'mask_path', target: '/proc/kcore', tolerate: true },
    ],
  )
  assert.deepEqual(
    stepsOf((plan) => planMaskedPaths(spec({}), plan)),
    [],
  )
})

test('masked and read-only paths forgive only their own absence', () => {
  const linux = { namespaces: mount, maskedPaths: ['/proc/kcore'], readonlyPaths: ['/proc/sys/'] }
  const spec = makeLinuxSpec(linux)
  const steps = stepsOf((plan) => {
    planReadonlyPaths(spec, plan)
    planMaskedPaths(spec, plan)
  })
  assert.deepEqual(steps, [
    ['inside', { op: 'readonly_path', target: '/proc/sys', tolerate: true }],
    ['inside', { op: 'mask_path', target: '/proc/kcore', tolerate: true }],
  ])
})
