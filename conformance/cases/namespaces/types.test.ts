// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces, namespaceFiles, namespaceInode, namespaceTypes } from '../../harness/held-namespaces.ts'
import { runtimeFile } from '../../harness/places.ts'
import { path } from '../../harness/requires.ts'

const it = casesOf('namespaces')

/** Mounts that work in any combination of namespaces. */
const plain = {
  hostname: undefined,
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['mode=755'] },
  ],
  linux: { maskedPaths: [], readonlyPaths: [], resources: undefined },
}
const idMappings = {
  uidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
  gidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
}

for (const type of namespaceTypes) {
  const needed = type === 'mount' ? [type] : ['mount', type]
  const requires = [path(`/proc/self/ns/${namespaceFiles[type]}`)]

  it(
    `makes a new ${type} namespace`,
    async (c) => {
      // A procfs instance may only be mounted in a user namespace together with a pid namespace.
      const types = type === 'user' ? [...needed, 'pid'] : needed
      const linux = { namespaces: namespaces(...types), ...(type === 'user' && idMappings) }
      const report = await c.report(c.bundle(plain).change({ linux }), ['ns'])
      const others = namespaceTypes.filter((each) => !types.includes(each))
      assert.notEqual(report.ns[namespaceFiles[type]], namespaceInode(type))
      for (const other of others) assert.equal(report.ns[namespaceFiles[other]], namespaceInode(other), other)
    },
    { requires },
  )

  it(
    `joins the ${type} namespace at a path`,
    async (c) => {
      const held = await holdNamespaces(c, type === 'user' ? ['user', 'pid'] : [type])
      const joined = type === 'user' ? [`user=${held.path('user')}`, 'pid'] : [`${type}=${held.path(type)}`]
      const entries = namespaces(...(type === 'mount' ? joined : ['mount', ...joined]))
      const linux = { namespaces: entries, ...(type === 'user' && idMappings) }
      const report = await c.report(c.bundle(plain).change({ linux }), ['ns', 'process'])
      assert.equal(report.ns[namespaceFiles[type]], namespaceInode(type, held.pid))
    },
    { requires },
  )

  if (type === 'mount') continue
  it(
    `stays in the ${type} namespace of the caller without an entry`,
    async (c) => {
      const types = namespaceTypes.filter((each) => each !== type && each !== 'user' && each !== 'time')
      const report = await c.report(c.bundle(plain).change({ linux: { namespaces: namespaces(...types) } }), ['ns'])
      assert.equal(report.ns[namespaceFiles[type]], namespaceInode(type))
      for (const each of types) assert.notEqual(report.ns[namespaceFiles[each]], namespaceInode(each), each)
    },
    { requires },
  )
}

// In a mount namespace of its own: whatever the runtime mounts is then not the host's concern.
it('stays in the mount namespace of the caller without an entry', async (c) => {
  const bundle = c.bundle({ ...plain, mounts: [], root: { readonly: false } }).probe('wait')
  bundle.change({ linux: { namespaces: namespaces('pid') } })
  const script = 'stat -L -c %i /proc/self/ns/mnt; mount -t proc proc "$0"; exec "$@"'
  const wrapper = ['unshare', '--mount', 'sh', '-c', script, bundle.file('proc')]
  const created = await c.succeed(['create', '--bundle', bundle.path, c.id()], { wrapper })
  const pid = await c.pid()
  assert.equal(namespaceInode('mount', pid), Number(created.stdout))
  assert.ok(existsSync(`/proc/${pid}/root/bin/probe`))
  assert.ok(!existsSync(`/proc/${pid}/root/usr`))
})

for (const [how, program, script] of [
  ['create fails', '/no/such/program', '"$@" || true'],
  ['the container is deleted', '/bin/probe', '"$@"; "$RUNTIME" --root "$ROOT" delete --force "$ID"'],
] as const) {
  it(`takes back its mounts, and no others, in the mount namespace of the caller when ${how}`, async (c) => {
    const bundle = c.bundle({ ...plain, root: { readonly: false } }).probe('wait')
    bundle.change({ linux: { namespaces: namespaces('pid') }, process: { args: [program, 'wait'] } })
    mkdirSync(bundle.file('other'))
    const before = `mount -t tmpfs mine "$0/other"; awk '{print $5}' /proc/self/mountinfo >"$BEFORE"`
    const after = `awk '{print $5}' /proc/self/mountinfo | diff "$BEFORE" - && echo same`
    const env = { RUNTIME: runtimeFile, ROOT: c.root, ID: c.id(), BEFORE: join(c.directory, 'before') }
    const wrapper = ['unshare', '--mount', 'sh', '-c', `${before}; ${script}; ${after}`, bundle.file()]
    const call = await c.succeed(['create', '--bundle', bundle.path, c.id()], { wrapper, env })
    assert.match(call.stdout, /^same$/m)
  })
}

for (const types of [
  ['mount'],
  ['mount', 'uts'],
  ['mount', 'pid', 'network'],
  ['mount', 'ipc', 'cgroup'],
  ['mount', 'pid', 'network', 'ipc', 'uts', 'cgroup'],
  ['uts', 'ipc', 'network', 'pid', 'mount'],
  ['mount', 'pid', 'user'],
  ['mount', 'pid', 'network', 'ipc', 'uts', 'cgroup', 'user'],
  ['mount', 'pid', 'time', 'uts'],
  ['user', 'time', 'cgroup', 'uts', 'ipc', 'network', 'pid', 'mount'],
]) {
  it(`makes the combination ${types.join(', ')}`, async (c) => {
    const linux = { namespaces: namespaces(...types), ...(types.includes('user') && idMappings) }
    const report = await c.report(c.bundle(plain).change({ linux }), ['ns'])
    const made = namespaceTypes.filter((type) => report.ns[namespaceFiles[type]] !== namespaceInode(type))
    assert.deepEqual(made.sort(), [...types].sort())
  })
}

it('joins several namespaces of one process at once', async (c) => {
  const types = ['network', 'ipc', 'uts', 'pid'] as const
  const held = await holdNamespaces(c, [...types])
  const entries = types.map((type) => `${type}=${held.path(type)}`)
  const linux = { namespaces: namespaces('mount', ...entries) }
  const report = await c.report(c.bundle(plain).change({ linux }), ['ns', 'process'])
  for (const type of types) assert.equal(report.ns[namespaceFiles[type]], namespaceInode(type, held.pid), type)
  assert.notEqual(report.process.pid, 1)
})

it('joins a user namespace together with the namespaces it owns', async (c) => {
  const types = ['user', 'network', 'ipc', 'uts'] as const
  const held = await holdNamespaces(c, [...types])
  const entries = types.map((type) => `${type}=${held.path(type)}`)
  const linux = { namespaces: namespaces('mount', 'pid', ...entries), ...idMappings }
  const report = await c.report(c.bundle(plain).change({ linux }), ['ns', 'ids'])
  for (const type of types) assert.equal(report.ns[namespaceFiles[type]], namespaceInode(type, held.pid), type)
  assert.equal(report.ids.uid, 0)
})

it('joins a user namespace without mappings in the config', async (c) => {
  const held = await holdNamespaces(c, ['user', 'pid'])
  const linux = { namespaces: namespaces('mount', 'pid', `user=${held.path('user')}`) }
  const report = await c.report(c.bundle(plain).change({ linux }), ['ns'])
  assert.equal(report.ns.user, namespaceInode('user', held.pid))
})

it('joins a user namespace that denies setgroups', async (c) => {
  const held = await holdNamespaces(c, ['user'], '0 100000 65536', 'deny')
  const linux = { namespaces: namespaces('mount', `user=${held.path('user')}`), ...idMappings }
  // In the pid namespace of the host no procfs can be mounted.
  const mounts = [{ destination: '/proc', type: 'bind', source: '/proc', options: ['rbind'] }, ...plain.mounts.slice(1)]
  const bundle = c.bundle(plain).change({ linux, mounts })
  const report = await c.report(bundle, ['ns', 'ids'])
  assert.equal(report.ns.setgroups.trim(), 'deny')
  assert.equal(report.ids.uid, 0)
  bundle.change({ process: { user: { additionalGids: [5] } } })
  await c.fail(['run', '--bundle', bundle.path, c.id()], [/operation not permitted|setgroups/])
})

it('refuses mappings that are not those of the joined user namespace', async (c) => {
  const held = await holdNamespaces(c, ['user', 'pid'], '0 300000 65536')
  const linux = { namespaces: namespaces('mount', 'pid', `user=${held.path('user')}`), ...idMappings }
  await c.refuses(c.bundle(plain).change({ linux }), /mapping/i)
})
