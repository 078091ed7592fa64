// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'

const it = casesOf('mounts')

it('makes the root file system read-only', async (c) => {
  const bundle = c.bundle({ root: { readonly: true } })
  const report = await c.report(bundle, ['create:/new', 'create:/tmp/new', 'create:/dev/shm/new', 'mounts'])
  assert.equal(report['create:/new'], 'EROFS')
  assert.equal(report['create:/tmp/new'], 'EROFS')
  assert.equal(report['create:/dev/shm/new'], null)
  assert.ok(mountAt(report, '/')?.options.includes('ro'))
})

it('leaves the root file system writable', async (c) => {
  const bundle = c.bundle(
    { root: { readonly: false }, process: { args: ['sh', '-c', 'echo kept >/etc/new'] } },
    { busybox: true },
  )
  await c.succeed(['run', '--bundle', bundle.path, c.id()])
  assert.ok(existsSync(bundle.file('etc/new')))
})

it('takes an absolute path of the root file system', async (c) => {
  const bundle = c.bundle()
  const moved = join(c.directory, 'elsewhere')
  renameSync(bundle.rootfs, moved)
  await c.report(bundle.change({ root: { path: moved } }), ['ids'])
})

it('takes a relative path of the root file system from the bundle, wherever it is called', async (c) => {
  const bundle = c.bundle({ root: { path: 'deep/er/root' } })
  mkdirSync(join(bundle.path, 'deep/er'), { recursive: true })
  renameSync(bundle.rootfs, join(bundle.path, 'deep/er/root'))
  await c.report(bundle, ['ids'], { cwd: '/' })
})

it('takes the current directory as the bundle', async (c) => {
  const bundle = c.bundle().probe('exit', '4')
  const call = await c.runtime(['run', c.id()], { cwd: bundle.path })
  assert.equal(call.status, 4, String(call))
})

it('climbs nowhere above the root', async (c) => {
  const {
    'chdir-up': up,
    'stat:/..': above,
    'stat:/': root,
  } = await c.report(c.bundle(), ['chdir-up', 'stat:/..', 'stat:/'])
  assert.equal(up.inRoot, true)
  assert.equal(above?.ino, root?.ino)
})

it('runs without pivot_root', async (c) => {
  const bundle = c.bundle({ root: { readonly: false } })
  const items = ['list:/', 'mounts', 'chdir-up', 'stat:/dev/null', 'read:/proc/self/comm']
  const report = await c.report(bundle, items, { flags: ['--no-pivot'] })
  assert.ok(report['list:/']?.includes('bin'))
  assert.ok(!report['list:/']?.includes('usr'))
  assert.equal(report['chdir-up'].inRoot, true)
  assert.equal(report['read:/proc/self/comm']?.text, 'probe\n')
  assert.equal(mountAt(report, '/proc')?.type, 'proc')
})

it('refuses a root file system that does not exist', async (c) => {
  await c.refuses(c.bundle({ root: { path: 'nowhere' } }), 'nowhere', 'no such file or directory')
})

it('refuses a root file system that is a file', async (c) => {
  const bundle = c.bundle({ root: { path: 'plain' } })
  writeFileSync(join(bundle.path, 'plain'), '')
  await c.refuses(bundle)
})

it('refuses a config without a root', async (c) => {
  await c.refuses(c.bundle({ root: undefined }), 'root')
})

it('mounts over a root file system that is shared by two containers without touching the other', async (c) => {
  const bundle = c.bundle({
    mounts: append({ destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['mode=711'] }),
  })
  const first = await c.reportAndWait(bundle, ['stat:/m', 'mounts'], c.id('a'))
  const second = c.bundle({ root: { path: bundle.rootfs } })
  const report = await c.report(second, ['mounts'])
  assert.ok(mountAt(first, '/m'))
  assert.equal(mountAt(report, '/m'), undefined)
})

it(
  'resolves a root path that is a symlink or refuses it, and leaves nothing either way',
  async (c) => {
    const bundle = c.bundle({ root: { path: 'link' } }).probe('exit', '0')
    symlinkSync('rootfs', join(bundle.path, 'link'))
    await c.runtime(['run', '--bundle', bundle.path, c.id()])
    c.assertNothingLeft()
  },
  { control: true },
)
