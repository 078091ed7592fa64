// SPDX-License-Identifier: Apache-2.0
// Each option that config.md names, by its visible effect; the recursive ones are in recursive-options.test.ts.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'
import { kernel } from '../../harness/requires.ts'

const it = casesOf('mounts')

interface Row {
  options: string[]
  has?: string[]
  lacks?: string[]
}

// Where an option clears a flag, another one sets it first: the later one counts.
const perMount: Record<string, Row> = {
  atime: { options: ['noatime', 'atime'], lacks: ['noatime'] },
  defaults: { options: ['defaults'], has: ['rw', 'relatime'], lacks: ['nosuid', 'nodev', 'noexec'] },
  dev: { options: ['nodev', 'dev'], lacks: ['nodev'] },
  nodev: { options: ['nodev'], has: ['nodev'] },
  diratime: { options: ['nodiratime', 'diratime'], lacks: ['nodiratime'] },
  nodiratime: { options: ['nodiratime'], has: ['nodiratime'] },
  exec: { options: ['noexec', 'exec'], lacks: ['noexec'] },
  noexec: { options: ['noexec'], has: ['noexec'] },
  noatime: { options: ['noatime'], has: ['noatime'], lacks: ['relatime'] },
  relatime: { options: ['relatime'], has: ['relatime'] },
  norelatime: { options: ['norelatime'], lacks: ['noatime'] },
  strictatime: { options: ['strictatime'], lacks: ['relatime', 'noatime'] },
  nostrictatime: { options: ['strictatime', 'nostrictatime'], has: ['relatime'] },
  suid: { options: ['nosuid', 'suid'], lacks: ['nosuid'] },
  nosuid: { options: ['nosuid'], has: ['nosuid'] },
  ro: { options: ['ro'], has: ['ro'], lacks: ['rw'] },
  rw: { options: ['ro', 'rw'], has: ['rw'], lacks: ['ro'] },
}

const perFilesystem: Record<string, Row> = {
  async: { options: ['sync', 'async'], lacks: ['sync'] },
  sync: { options: ['sync'], has: ['sync'] },
  dirsync: { options: ['dirsync'], has: ['dirsync'] },
  lazytime: { options: ['lazytime'], has: ['lazytime'] },
  nolazytime: { options: ['lazytime', 'nolazytime'], lacks: ['lazytime'] },
}

for (const [option, row] of Object.entries({ ...perMount, ...perFilesystem })) {
  it(`honours ${option} on a new file system`, async (c) => {
    const mount = { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: row.options }
    const found = mountAt(await c.report(c.bundle({ mounts: append(mount) }, withTarget), ['mounts']), '/m')
    const shown = option in perFilesystem ? found?.superOptions : found?.options
    for (const flag of row.has ?? []) assert.ok(shown?.includes(flag), `${flag} in ${shown}`)
    for (const flag of row.lacks ?? []) assert.ok(!shown?.includes(flag), `no ${flag} in ${shown}`)
  })
}

for (const [option, row] of Object.entries(perMount)) {
  it(`honours ${option} on a bind mount`, async (c) => {
    const source = `${c.directory}/source`
    mkdirSync(source)
    const mount = { destination: '/m', type: 'bind', source, options: ['bind', ...row.options] }
    const found = mountAt(await c.report(c.bundle({ mounts: append(mount) }, withTarget), ['mounts']), '/m')
    for (const flag of row.has ?? []) assert.ok(found?.options.includes(flag), `${flag} in ${found?.options}`)
    for (const flag of row.lacks ?? []) assert.ok(!found?.options.includes(flag), `no ${flag} in ${found?.options}`)
  })
}

// Nothing in mountinfo tells these apart: they must be understood as options of the kernel, not of the file system.
for (const option of ['iversion', 'noiversion', 'loud', 'silent', 'mand', 'nomand']) {
  it(`understands ${option}`, async (c) => {
    const mount = { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: [option, 'size=64k'] }
    const report = await c.report(c.bundle({ mounts: append(mount) }, withTarget), ['mounts'])
    assert.equal(mountAt(report, '/m')?.type, 'tmpfs')
  })
}

for (const [option, expected] of [
  ['nosymfollow', 'ELOOP'],
  ['symfollow', null],
] as const) {
  it(
    `honours ${option}`,
    async (c) => {
      const source = `${c.directory}/source`
      mkdirSync(source)
      writeFileSync(`${source}/file`, '')
      symlinkSync('file', `${source}/link`)
      const options = ['bind', 'nosymfollow', option]
      const mount = { destination: '/m', type: 'bind', source, options }
      const report = await c.report(c.bundle({ mounts: append(mount) }, withTarget), ['open:/m/link'])
      assert.equal(report['open:/m/link'], expected)
    },
    { requires: [kernel(5, 10)] },
  )
}

it('feels ro, noexec and nodev', async (c) => {
  const source = `${c.directory}/source`
  mkdirSync(source)
  const bundle = c.bundle(
    { mounts: append({ destination: '/m', type: 'bind', source: 'rootfs/bin', options: ['bind', 'ro', 'noexec'] }) },
    withTarget,
  )
  const report = await c.report(bundle, ['create:/m/new', 'exec:/m/probe', 'exec:/bin/probe'])
  assert.equal(report['create:/m/new'], 'EROFS')
  assert.equal(report['exec:/m/probe'], 'EACCES')
  assert.equal(report['exec:/bin/probe'], null)
})

it('remounts a mount of the list', async (c) => {
  const mounts = append(
    { destination: '/m', type: 'bind', source: 'rootfs/etc', options: ['bind'] },
    { destination: '/m', type: 'bind', source: 'rootfs/etc', options: ['bind', 'remount', 'ro', 'nosuid'] },
  )
  const report = await c.report(c.bundle({ mounts }, withTarget), ['mounts'])
  const found = mountAt(report, '/m')
  assert.ok(found?.options.includes('ro'), String(found?.options))
  assert.ok(found?.options.includes('nosuid'), String(found?.options))
})

it('remounts a file system with other options', async (c) => {
  const mounts = append(
    { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['size=64k'] },
    { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['remount', 'size=128k'] },
  )
  const report = await c.report(c.bundle({ mounts }, withTarget), ['statfs:/m', 'mounts'])
  assert.equal(report['statfs:/m']?.bytes, 131072)
  assert.equal(report.mounts.filter((mount) => mount.target === '/m').length, 1)
})

it('copies what was there into a new tmpfs with tmpcopyup', async (c) => {
  const rootfs = (path: string) => {
    mkdirSync(`${path}/m/directory`, { recursive: true, mode: 0o750 })
    writeFileSync(`${path}/m/directory/file`, 'contents', { mode: 0o640 })
    symlinkSync('directory/file', `${path}/m/link`)
  }
  const mount = { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['tmpcopyup', 'mode=711'] }
  const items = ['read:/m/link', 'stat:/m/directory', 'stat:/m/directory/file', 'readlink:/m/link', 'create:/m/new']
  const report = await c.report(c.bundle({ mounts: append(mount) }, { rootfs }), items)
  assert.equal(report['read:/m/link']?.text, 'contents')
  assert.equal(report['stat:/m/directory']?.mode, 0o750)
  assert.equal(report['stat:/m/directory/file']?.mode, 0o640)
  assert.equal(report['readlink:/m/link'], 'directory/file')
  assert.equal(report['create:/m/new'], null)
})

it('passes other options to the file system', async (c) => {
  const options = ['nosuid', 'size=64k', 'mode=1750', 'uid=5', 'gid=6', 'nr_inodes=77']
  const mount = { destination: '/m', type: 'tmpfs', source: 'tmpfs', options }
  const report = await c.report(c.bundle({ mounts: append(mount) }), ['stat:/m', 'statfs:/m'])
  assert.equal(report['stat:/m']?.mode, 0o1750)
  assert.equal(report['stat:/m']?.uid, 5)
  assert.equal(report['stat:/m']?.gid, 6)
  assert.deepEqual(report['statfs:/m'], { magic: 0x01021994, bytes: 65536, inodes: 77 })
})

it('gives a tmpfs without a mode that of the directory it covers', async (c) => {
  const rootfs = (path: string) => {
    mkdirSync(`${path}/m`)
    chmodSync(`${path}/m`, 0o2775)
  }
  const mount = { destination: '/m', type: 'tmpfs', source: 'tmpfs' }
  const report = await c.report(c.bundle({ mounts: append(mount) }, { rootfs }), ['stat:/m'])
  assert.equal((report['stat:/m']?.mode ?? 0) & 0o777, 0o775)
})

it('names a file system option that the kernel does not know', async (c) => {
  const mount = { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'sizee=64k'] }
  await c.refuses(c.bundle({ mounts: append(mount) }, withTarget), 'sizee=64k', '/m')
})

it('names a file system type that the kernel does not know', async (c) => {
  await c.refuses(
    c.bundle({ mounts: append({ destination: '/m', type: 'nofs', source: 'x' }) }, withTarget),
    'nofs',
    '/m',
  )
})

it('refuses a word on a bind mount that is no option, as a misspelt one', async (c) => {
  const mount = { destination: '/m', type: 'bind', source: 'rootfs/etc', options: ['bind', 'nosuidd'] }
  await c.refuses(c.bundle({ mounts: append(mount) }, withTarget), 'nosuidd')
})

it('binds although an option tells a file system something, as the kernel does', async (c) => {
  const mount = { destination: '/m', type: 'bind', source: 'rootfs/etc', options: ['bind', 'nosuid', 'size=64k'] }
  const report = await c.report(c.bundle({ mounts: append(mount) }, withTarget), ['mounts'])
  assert.ok(mountAt(report, '/m')?.options.includes('nosuid'))
})

function makeTarget(rootfs: string): void {
  mkdirSync(`${rootfs}/m`)
}
const withTarget = { rootfs: makeTarget }
