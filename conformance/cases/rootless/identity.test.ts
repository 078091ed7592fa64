// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { actAsUser, firstSubordinateId, rootlessNeeds } from '../../harness/ordinary-user.ts'

const it = casesOf('rootless', { requires: rootlessNeeds })

function assertMap(found: string, ...expected: string[]): void {
  const lines = found
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
  assert.deepEqual(lines, expected)
}

it('maps the user alone to root, without subordinate ids', async (c) => {
  const user = actAsUser(c, { subordinateIds: false })
  const report = await c.report(user.bundle(), ['ids', 'ns', 'caps', 'process', 'stat:/bin/probe'])
  assert.deepEqual([report.ids.uid, report.ids.euid, report.ids.gid, report.ids.groups], [0, 0, 0, []])
  assertMap(report.ns.uidMap, `0 ${user.uid} 1`)
  assertMap(report.ns.gidMap, `0 ${user.gid} 1`)
  assert.equal(report.ns.setgroups.trim(), 'deny')
  assert.deepEqual([report['stat:/bin/probe']?.uid, report['stat:/bin/probe']?.gid], [0, 0])
})

it('maps subordinate ids through newuidmap and newgidmap', async (c) => {
  const user = actAsUser(c)
  const ids = { uid: 7, gid: 8, additionalGids: [9, 10] }
  const bundle = user.bundle({ linux: user.linux(1000), process: { user: ids } })
  const report = await c.report(bundle, ['ids', 'ns'])
  assert.deepEqual([report.ids.uid, report.ids.gid, report.ids.groups], [7, 8, [9, 10]])
  assertMap(report.ns.uidMap, `0 ${user.uid} 1`, `1 ${firstSubordinateId} 1000`)
  assertMap(report.ns.gidMap, `0 ${user.gid} 1`, `1 ${firstSubordinateId} 1000`)
})

it('maps subordinate users beside the own group alone', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle({ linux: { ...user.linux(10), gidMappings: user.linux().gidMappings } })
  const report = await c.report(bundle, ['ids', 'ns'])
  assertMap(report.ns.uidMap, `0 ${user.uid} 1`, `1 ${firstSubordinateId} 10`)
  assertMap(report.ns.gidMap, `0 ${user.gid} 1`)
  assert.equal(report.ns.setgroups.trim(), 'deny')
})

it('gives what the container creates to the ids outside that its ids are mapped to', async (c) => {
  const user = actAsUser(c)
  const process = { user: { uid: 4, gid: 5 }, args: ['/bin/busybox', 'touch', '/tmp/made'] }
  const bundle = user.bundle({ root: { readonly: false }, linux: user.linux(10), process }, { busybox: true })
  await c.succeed(['run', '--bundle', bundle.path, c.id()])
  const { uid, gid } = statSync(bundle.file('tmp/made'))
  assert.deepEqual([uid, gid], [firstSubordinateId + 3, firstSubordinateId + 4])
})

it('keeps the groups of the caller out where setgroups is allowed', async (c) => {
  const user = actAsUser(c, { groups: [4242] })
  const report = await c.report(user.bundle({ linux: user.linux(10) }), ['ids'])
  assert.deepEqual(report.ids.groups, [])
})

it('lets the groups of the caller open the way to the bundle', async (c) => {
  const user = actAsUser(c, { groups: [4242] })
  const bundle = user.bundle({ linux: user.linux(10) })
  chownSync(bundle.path, 0, 4242)
  chmodSync(bundle.path, 0o750)
  const report = await c.report(bundle, ['ids'])
  assert.equal(report.ids.uid, 0)
})

it('refuses a mapping of ids that are not subordinate', async (c) => {
  const user = actAsUser(c)
  const mappings = [
    { containerID: 0, hostID: user.uid, size: 1 },
    { containerID: 1, hostID: 500000, size: 10 },
  ]
  const call = await c.refuses(user.bundle({ linux: { uidMappings: mappings, gidMappings: mappings } }), 'newuidmap')
  assert.match(call.stderr, /not allowed/)
})

it('refuses the id of another user', async (c) => {
  const user = actAsUser(c)
  for (const hostID of [0, user.uid + 1]) {
    await c.refuses(user.bundle({ linux: { uidMappings: [{ containerID: 0, hostID, size: 1 }] } }))
  }
})

it('never runs a newuidmap of the current directory', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle({ linux: user.linux(10) })
  const trap = join(user.home, 'newuidmap')
  writeFileSync(trap, `#!/bin/sh\ntouch ${user.home}/run/trapped\n`, { mode: 0o755 })
  for (const list of ['', '.', ':/usr/sbin:.', '/usr/bin:.']) {
    const args = ['run', '--bundle', bundle.probe('report', 'ids').path, c.id()]
    const call = await c.runtime(args, { ...user.options(`env PATH=${list || '""'}`), cwd: user.home })
    if (list === '/usr/bin:.') assert.equal(JSON.parse(call.stdout).ids.uid, 0, String(call))
  }
  assert.equal(statSync(join(user.home, 'run/trapped'), { throwIfNoEntry: false }), undefined)
})

it('refuses an ordinary user without a user namespace', async (c) => {
  const user = actAsUser(c)
  const linux = { namespaces: namespaces('pid', 'mount', 'uts'), uidMappings: undefined, gidMappings: undefined }
  const bundle = user.bundle({ linux })
  await c.refuses(bundle, 'rootless container requires user namespaces')
})

it('refuses additional groups where they cannot be set', async (c) => {
  const user = actAsUser(c)
  const bundle = user.bundle({ process: { user: { additionalGids: [0] } } })
  await c.refuses(bundle, 'cannot set any additional groups in a rootless container')
})

it('refuses ids in mount options that are not mapped', async (c) => {
  const user = actAsUser(c)
  for (const kind of ['uid', 'gid']) {
    const mounts = [{ destination: '/mnt', type: 'tmpfs', source: 'tmpfs', options: [`${kind}=5`] }]
    await c.refuses(user.bundle({ mounts }), `cannot specify ${kind}= mount options for unmapped ${kind}`)
  }
})

it('gives no right over files of the host that the user has not himself', async (c) => {
  const user = actAsUser(c)
  const secret = join(c.directory, 'secret')
  mkdirSync(secret)
  writeFileSync(join(secret, 'of-root'), 'secret', { mode: 0o600 })
  writeFileSync(join(secret, 'of-all'), 'open', { mode: 0o644 })
  const capabilities = ['CAP_DAC_OVERRIDE', 'CAP_MKNOD', 'CAP_SYS_ADMIN', 'CAP_FOWNER', 'CAP_CHOWN']
  const bundle = user.bundle({
    root: { readonly: false },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/host', source: secret, options: ['rbind'] },
    ],
    process: { capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities } },
    linux: { maskedPaths: [], readonlyPaths: [] },
  })
  const items = [
    'open:/host/of-root',
    'open:/host/of-all',
    'open-write:/host/of-all',
    'create:/host/made',
    'mknod:c:1:1:/tmp/mem',
    'open-write:/proc/sys/kernel/core_pattern',
    'open:/proc/kcore',
    'caps',
  ] as const
  const report = await c.report(bundle, [...items])
  assert.equal(report['open:/host/of-root'], 'EACCES')
  assert.equal(report['open:/host/of-all'], null)
  assert.equal(report['open-write:/host/of-all'], 'EACCES')
  assert.equal(report['create:/host/made'], 'EACCES')
  assert.equal(report['mknod:c:1:1:/tmp/mem']?.mknod, 'EPERM')
  assert.ok(report['open-write:/proc/sys/kernel/core_pattern'])
  assert.ok(report['open:/proc/kcore'])
  assert.ok(report.caps.effective.includes(21), 'it has the capability in its own user namespace')
})

it('refuses to map the ids of a mount', async (c) => {
  const user = actAsUser(c)
  const mount = { destination: '/tmp', type: 'bind', source: '/tmp', options: ['bind', 'idmap'] }
  await c.refuses(user.bundle({ mounts: append(mount) }), /id-?mapped mounts are not supported for rootless/i)
})
