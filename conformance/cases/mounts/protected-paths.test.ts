// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { userNamespace } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'

const it = casesOf('mounts')

function secrets(rootfs: string): void {
  mkdirSync(`${rootfs}/secrets`)
  writeFileSync(`${rootfs}/secrets/key`, 'secret')
  writeFileSync(`${rootfs}/etc/key`, 'secret')
}

it('masks files by the null device and directories by an empty file system', async (c) => {
  const linux = { maskedPaths: ['/etc/key', '/secrets', '/proc/keys', '/not/there'] }
  const bundle = c.bundle({ root: { readonly: false }, linux }, { rootfs: secrets })
  const items = [
    'stat:/etc/key',
    'read:/etc/key',
    'list:/secrets',
    'create:/secrets/new',
    'read:/proc/keys',
    'stat:/not',
  ]
  const report = await c.report(bundle, items)
  const { type, major, minor } = report['stat:/etc/key'] ?? {}
  assert.deepEqual({ type, major, minor }, { type: 'character', major: 1, minor: 3 })
  assert.equal(report['read:/etc/key']?.text, '')
  assert.equal(report['read:/proc/keys']?.text, '')
  assert.deepEqual(report['list:/secrets'], [])
  assert.equal(report['create:/secrets/new'], 'EROFS')
  assert.equal(report['stat:/not']?.error, 'ENOENT')
})

it('masks every default path that this kernel has', async (c) => {
  const paths = ['/proc/acpi', '/proc/asound', '/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'].filter(
    existsSync,
  )
  const report = await c.report(c.bundle(), ['mounts', ...paths.map((path) => `follow:${path}` as const)])
  for (const path of paths) {
    assert.ok(mountAt(report, path), path)
    const { type, minor } = report[`follow:${path}`] ?? {}
    assert.ok(type === 'directory' || (type === 'character' && minor === 3), path)
  }
})

it('makes paths read-only', async (c) => {
  const linux = { readonlyPaths: ['/proc/sys', '/etc/key', '/secrets', '/not/there'] }
  const bundle = c.bundle({ root: { readonly: false }, linux }, { rootfs: secrets })
  const items = [
    'open-write:/etc/key',
    'open-write:/secrets/key',
    'create:/secrets/new',
    'open-write:/proc/sys/net/ipv4/ip_forward',
    'read:/secrets/key',
    'create:/etc/new',
    'mounts',
  ]
  const report = await c.report(bundle, items)
  for (const item of items.slice(0, 4)) assert.equal(report[item as `create:${string}`], 'EROFS', item)
  assert.equal(report['read:/secrets/key']?.text, 'secret')
  assert.equal(report['create:/etc/new'], null)
})

it('keeps the flags of a mount when it makes a path below it read-only', async (c) => {
  const mounts = append({ destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'noexec'] })
  const bundle = c.bundle({ mounts, linux: { readonlyPaths: ['/m'] } })
  const options = mountAt(await c.report(bundle, ['mounts']), '/m')?.options
  for (const flag of ['ro', 'nosuid', 'nodev', 'noexec']) assert.ok(options?.includes(flag), `${flag} in ${options}`)
})

it('masks and protects inside a user namespace too', async (c) => {
  const linux = {
    ...userNamespace(),
    maskedPaths: ['/etc/key', '/secrets'],
    readonlyPaths: ['/proc/sys'],
  }
  const items = ['stat:/etc/key', 'list:/secrets', 'mounts']
  const report = await c.report(c.bundle({ linux }, { rootfs: secrets }), items)
  assert.equal(report['stat:/etc/key']?.minor, 3)
  assert.deepEqual(report['list:/secrets'], [])
  assert.ok(mountAt(report, '/proc/sys')?.options.includes('ro'))
})

it('leaves paths alone for empty lists', async (c) => {
  const linux = { maskedPaths: [], readonlyPaths: [] }
  const { mounts } = await c.report(c.bundle({ linux }), ['mounts'])
  assert.deepEqual(
    mounts.map((mount) => mount.target).filter((target) => target.startsWith('/proc/') || target.startsWith('/sys/')),
    [],
  )
})
