// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { userNamespace, withCapabilities } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import type { Stat } from '../../harness/probe.ts'

const it = casesOf('devices')

function node(stat: Stat | undefined): string {
  return stat === undefined || stat.error
    ? `missing`
    : `${stat.type} ${stat.major}:${stat.minor} 0${stat.mode.toString(8)}`
}

const defaults = {
  '/dev/null': 'character 1:3 0666',
  '/dev/zero': 'character 1:5 0666',
  '/dev/full': 'character 1:7 0666',
  '/dev/random': 'character 1:8 0666',
  '/dev/urandom': 'character 1:9 0666',
  '/dev/tty': 'character 5:0 0666',
}

const links = {
  '/dev/fd': '/proc/self/fd',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/stderr': '/proc/self/fd/2',
  '/dev/ptmx': 'pts/ptmx',
}

it('provides the default devices, which work', async (c) => {
  const paths = Object.keys(defaults)
  const items = [
    ...paths.map((path) => `stat:${path}`),
    'read:/dev/null',
    'open-write:/dev/zero',
    'put:/dev/full=x',
    'open:/dev/urandom',
  ]
  const report = await c.report(c.bundle(), items)
  for (const [path, expected] of Object.entries(defaults)) {
    const stat = report[`stat:${path}`]
    assert.equal(node(stat), expected, path)
    assert.deepEqual([stat?.uid, stat?.gid], [0, 0], path)
  }
  assert.equal(report['read:/dev/null']?.text, '')
  assert.equal(report['open-write:/dev/zero'], null)
  assert.equal(report['put:/dev/full=x'], 'ENOSPC')
  assert.equal(report['open:/dev/urandom'], null)
})

it('provides the default symlinks', async (c) => {
  const report = await c.report(
    c.bundle(),
    Object.keys(links).map((path) => `readlink:${path}`),
  )
  for (const [path, target] of Object.entries(links)) assert.equal(report[`readlink:${path}`], target, path)
})

it('provides devices and links in /dev of the image when nothing is mounted there', async (c) => {
  const mounts = [{ destination: '/proc', type: 'proc', source: 'proc' }]
  const report = await c.report(c.bundle({ mounts }), ['stat:/dev/null', 'readlink:/dev/fd', 'stat:/dev/full'])
  assert.equal(node(report['stat:/dev/null']), defaults['/dev/null'])
  assert.equal(node(report['stat:/dev/full']), defaults['/dev/full'])
  assert.equal(report['readlink:/dev/fd'], '/proc/self/fd')
})

it('provides the default devices in a user namespace', async (c) => {
  const linux = userNamespace()
  const items = [...Object.keys(defaults).map((path) => `stat:${path}`), 'open-write:/dev/null', 'open:/dev/urandom']
  const report = await c.report(c.bundle({ linux }), items)
  for (const [path, expected] of Object.entries(defaults)) assert.equal(node(report[`stat:${path}`]), expected, path)
  assert.equal(report['open-write:/dev/null'], null)
  assert.equal(report['open:/dev/urandom'], null)
})

it('makes the devices of the config with their mode and owner', async (c) => {
  const devices = [
    { path: '/dev/a-char', type: 'c', major: 10, minor: 229, fileMode: 0o640, uid: 7, gid: 8 },
    { path: '/dev/a-block', type: 'b', major: 7, minor: 0, fileMode: 0o600 },
    { path: '/dev/a-fifo', type: 'p', fileMode: 0o622 },
    { path: '/dev/unbuffered', type: 'u', major: 10, minor: 229 },
    { path: '/dev/sub/directory/null', type: 'c', major: 1, minor: 3, fileMode: 0o666 },
    { path: '/outside/null', type: 'c', major: 1, minor: 3, fileMode: 0o666 },
  ]
  const bundle = c.bundle({ linux: { devices } })
  const report = await c.report(
    bundle,
    devices.map(({ path }) => `stat:${path}`),
  )
  assert.equal(node(report['stat:/dev/a-char']), 'character 10:229 0640')
  assert.deepEqual([report['stat:/dev/a-char']?.uid, report['stat:/dev/a-char']?.gid], [7, 8])
  assert.equal(node(report['stat:/dev/a-block']), 'block 7:0 0600')
  assert.equal(node(report['stat:/dev/a-fifo']), 'fifo 0:0 0622')
  assert.equal(node(report['stat:/dev/unbuffered']), 'character 10:229 0666')
  assert.equal(node(report['stat:/dev/sub/directory/null']), 'character 1:3 0666')
  assert.equal(node(report['stat:/outside/null']), 'character 1:3 0666')
})

it('takes a file mode that carries the bits of the file type', async (c) => {
  const devices = [{ path: '/dev/a-char', type: 'c', major: 1, minor: 7, fileMode: 0o020644 }]
  const report = await c.report(c.bundle({ linux: { devices } }), ['stat:/dev/a-char'])
  assert.equal(node(report['stat:/dev/a-char']), 'character 1:7 0644')
})

it('applies the mode whatever the umask', async (c) => {
  const devices = [{ path: '/dev/a-char', type: 'c', major: 1, minor: 7, fileMode: 0o666 }]
  const wrapper = ['sh', '-c', 'umask 077; exec "$@"', 'sh']
  const report = await c.report(c.bundle({ linux: { devices } }), ['stat:/dev/a-char', 'stat:/dev/null'], { wrapper })
  assert.equal(node(report['stat:/dev/a-char']), 'character 1:7 0666')
  assert.equal(node(report['stat:/dev/null']), defaults['/dev/null'])
})

it('accepts a node that is there and matches', async (c) => {
  const rootfs = (path: string) => {
    execFileSync('mknod', ['-m', '666', `${path}/node`, 'c', '1', '7'])
  }
  const devices = [{ path: '/node', type: 'c', major: 1, minor: 7, fileMode: 0o666 }]
  const report = await c.report(c.bundle({ linux: { devices } }, { rootfs }), ['stat:/node'])
  assert.equal(node(report['stat:/node']), 'character 1:7 0666')
})

for (const [sentence, make] of [
  ['a file', (path: string) => writeFileSync(path, '')],
  ['a directory', (path: string) => mkdirSync(path)],
  ['a device of another number', (path: string) => execFileSync('mknod', [path, 'c', '1', '5'])],
  ['a fifo', (path: string) => execFileSync('mknod', [path, 'p'])],
  ['a symlink', (path: string) => symlinkSync('/dev/zero', path)],
] as const) {
  it(`refuses a device at a path where there is ${sentence}`, async (c) => {
    const devices = [{ path: '/node', type: 'c', major: 1, minor: 7, fileMode: 0o666 }]
    const bundle = c.bundle({ linux: { devices } }, { rootfs: (path) => void make(`${path}/node`) })
    await c.refuses(bundle, '/node')
  })
}

it('refuses a device of a type that does not exist', async (c) => {
  await c.refuses(c.bundle({ linux: { devices: [{ path: '/dev/x', type: 'x', major: 1, minor: 3 }] } }))
})

const mknod = { process: withCapabilities('CAP_MKNOD') }

it('denies every device that is not allowed, however it is asked for', async (c) => {
  for (const [index, resources] of [
    { devices: [{ allow: false, access: 'rwm' }] },
    {},
    { devices: [] },
    null,
  ].entries()) {
    const bundle = c.bundle(mknod).change({ linux: { resources } })
    const items = ['mknod:b:8:0:/dev/sda', 'mknod:b:7:0:/dev/loop', 'mknod:c:1:1:/dev/mem', 'mknod:c:10:229:/dev/fuse']
    const report = await c.report(bundle, [
      ...items,
      'open:/dev/null',
      'open:/dev/urandom',
      'mknod:c:1:3:/dev/other-null',
    ])
    for (const item of items)
      assert.equal(report[`mknod:${item.slice(6)}`]?.open, 'EPERM', `${item} with resources ${index}`)
    assert.equal(report['open:/dev/null'], null)
    assert.deepEqual(report['mknod:c:1:3:/dev/other-null'], { mknod: null, open: null })
  }
})

it('allows making but not opening nodes of any number', async (c) => {
  const report = await c.report(c.bundle(mknod), ['mknod:c:10:229:/dev/fuse', 'mknod:b:7:0:/dev/loop'])
  assert.deepEqual(report['mknod:c:10:229:/dev/fuse'], { mknod: null, open: 'EPERM' })
  assert.deepEqual(report['mknod:b:7:0:/dev/loop'], { mknod: null, open: 'EPERM' })
})

// No driver has this number: an open that the cgroup lets through ends with ENXIO or ENODEV, one that it denies with EPERM.
const spare = { path: '/dev/spare', type: 'c', major: 10, minor: 250 }

it('allows what the rules allow, and no more than that', async (c) => {
  const devices = [
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', major: 10, minor: 250, access: 'r' },
    { allow: true, type: 'c', major: 11, access: 'rw' },
  ]
  const bundle = c.bundle(mknod).change({ linux: { resources: { devices }, devices: [spare] } })
  const items = ['open:/dev/spare', 'open-write:/dev/spare', 'mknod:c:11:9:/dev/eleven', 'mknod:c:10:251:/dev/next']
  const report = await c.report(bundle, items)
  assert.notEqual(report['open:/dev/spare'], 'EPERM')
  assert.equal(report['open-write:/dev/spare'], 'EPERM')
  assert.notEqual(report['mknod:c:11:9:/dev/eleven']?.open, 'EPERM')
  assert.equal(report['mknod:c:10:251:/dev/next']?.open, 'EPERM')
})

it('allows everything by a rule that allows everything', async (c) => {
  const bundle = c.bundle(mknod).change({ linux: { resources: { devices: [{ allow: true, access: 'rwm' }] } } })
  const report = await c.report(bundle, ['mknod:c:10:250:/dev/spare', 'mknod:b:7:0:/dev/loop'])
  assert.notEqual(report['mknod:c:10:250:/dev/spare']?.open, 'EPERM')
  assert.notEqual(report['mknod:b:7:0:/dev/loop']?.open, 'EPERM')
})

it('takes the last rule that fits', async (c) => {
  const devices = [
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', major: 10, minor: 250, access: 'rwm' },
    { allow: false, type: 'c', major: 10, minor: 250, access: 'w' },
  ]
  const bundle = c.bundle(mknod).change({ linux: { resources: { devices }, devices: [spare] } })
  const report = await c.report(bundle, ['open:/dev/spare', 'open-write:/dev/spare'])
  assert.notEqual(report['open:/dev/spare'], 'EPERM')
  assert.equal(report['open-write:/dev/spare'], 'EPERM')
})

it('refuses a rule whose access holds another letter', async (c) => {
  await c.refuses(c.bundle({ linux: { resources: { devices: [{ allow: true, access: 'rwx' }] } } }))
})
