// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import { cgroupMounts, isPureV2 } from '../../harness/cgroup-files.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'
import { cgroupV1, cgroupV2 } from '../../harness/requires.ts'

const it = casesOf('mounts')

it('mounts the file systems of the default config', async (c) => {
  const report = await c.report(c.bundle(), [
    'mounts',
    'list:/dev/pts',
    'list:/dev/mqueue',
    'stat:/dev/shm',
    'list:/sys',
  ])
  const types = ['/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue', '/sys'].map(
    (target) => mountAt(report, target)?.type,
  )
  assert.deepEqual(types, ['proc', 'tmpfs', 'devpts', 'tmpfs', 'mqueue', 'sysfs'])
  assert.ok(mountAt(report, '/sys')?.options.includes('ro'))
  assert.ok(mountAt(report, '/dev')?.options.includes('nosuid'))
  assert.ok(mountAt(report, '/dev/pts')?.superOptions.includes('ptmxmode=666'))
  assert.ok(mountAt(report, '/dev/pts')?.superOptions.includes('gid=5'))
  assert.deepEqual(report['list:/dev/pts'], ['ptmx'])
  assert.deepEqual(report['list:/dev/mqueue'], [])
  assert.equal(report['stat:/dev/shm']?.mode, 0o1777)
  assert.ok(report['list:/sys']?.includes('kernel'))
})

it('shows no mount of the host', async (c) => {
  const { mounts } = await c.report(c.bundle(), ['mounts'])
  const known = ['/', '/proc', '/dev', '/sys']
  for (const { target } of mounts)
    assert.ok(
      known.some((top) => target === top || target.startsWith(`${top}/`)),
      target,
    )
})

it('mounts file systems of any other type', async (c) => {
  const lower = join(c.directory, 'lower')
  const upper = join(c.directory, 'upper')
  for (const path of [lower, upper]) {
    mkdirSync(path)
    writeFileSync(join(path, path === lower ? 'low' : 'high'), '')
  }
  const mounts = append(
    { destination: '/ram', type: 'ramfs', source: 'anything' },
    { destination: '/over', type: 'overlay', source: 'overlay', options: ['ro', `lowerdir=${upper}:${lower}`] },
  )
  const report = await c.report(c.bundle({ mounts }), ['mounts', 'list:/over'])
  assert.equal(mountAt(report, '/ram')?.type, 'ramfs')
  assert.equal(mountAt(report, '/ram')?.source, 'anything')
  assert.deepEqual(report['list:/over'], ['high', 'low'])
})

it('mounts a tmpfs that is read-only in the end on /dev', async (c) => {
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'ro', 'mode=755'] },
  ]
  const report = await c.report(c.bundle({ mounts }), ['create:/dev/new', 'stat:/dev/null', 'open-write:/dev/null'])
  assert.equal(report['create:/dev/new'], 'EROFS')
  assert.equal(report['stat:/dev/null']?.type, 'character')
  assert.equal(report['open-write:/dev/null'], null)
})

it('binds /dev of the host as it is', async (c) => {
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'bind', source: '/dev', options: ['rbind', 'rslave'] },
  ]
  const report = await c.report(c.bundle({ mounts }), ['mounts', 'stat:/dev/null', 'stat:/dev'])
  assert.equal(report['stat:/dev/null']?.minor, 3)
  assert.equal(mountAt(report, '/dev')?.root, '/')
})

const cgroupMount = {
  destination: '/sys/fs/cgroup',
  type: 'cgroup',
  source: 'cgroup',
  options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
}

for (const withNamespace of [false, true]) {
  const types = ['pid', 'network', 'ipc', 'uts', 'mount', ...(withNamespace ? ['cgroup'] : [])]
  const where = withNamespace ? 'with a cgroup namespace' : 'without a cgroup namespace'

  it(
    `shows the container's own cgroups of v1, read-only, ${where}`,
    async (c) => {
      const controllers = cgroupMounts().filter((mount) => mount.version === 1 && mount.controllers[0] !== 'systemd')
      const names = controllers.map((mount) => mount.path.split('/').at(-1) ?? '')
      const bundle = c.bundle({ mounts: append(cgroupMount), linux: { namespaces: namespaces(...types) } })
      const items = names.map((name) => `read:/sys/fs/cgroup/${name}/cgroup.procs`)
      const report = await c.report(bundle, ['mounts', ...items])
      for (const name of names) {
        assert.equal(report[`read:/sys/fs/cgroup/${name}/cgroup.procs`]?.text, '1\n', name)
        assert.ok(mountAt(report, `/sys/fs/cgroup/${name}`)?.options.includes('ro'), name)
      }
    },
    { requires: [cgroupV1] },
  )

  it(
    `shows the container's own cgroup of v2, read-only, ${where}`,
    async (c) => {
      assert.ok(isPureV2())
      const bundle = c.bundle({ mounts: append(cgroupMount), linux: { namespaces: namespaces(...types) } })
      const report = await c.report(bundle, ['mounts', 'create:/sys/fs/cgroup/new', 'read:/sys/fs/cgroup/cgroup.procs'])
      assert.equal(mountAt(report, '/sys/fs/cgroup')?.type, 'cgroup2')
      assert.equal(report['create:/sys/fs/cgroup/new'], 'EROFS')
      if (withNamespace) assert.equal(report['read:/sys/fs/cgroup/cgroup.procs']?.text, '1\n')
    },
    { requires: [cgroupV2] },
  )
}

it(
  'lets the container make cgroups of its own below a writable v1 mount',
  async (c) => {
    const mount = { ...cgroupMount, options: ['nosuid', 'noexec', 'nodev', 'relatime'] }
    const args = [
      'sh',
      '-c',
      'busybox mkdir /sys/fs/cgroup/memory/own && busybox rmdir /sys/fs/cgroup/memory/own && echo made',
    ]
    const bundle = c.bundle({ mounts: append(mount), process: { args } }, { busybox: true })
    assert.equal((await c.succeed(['run', '--bundle', bundle.path, c.id()])).stdout, 'made\n')
  },
  { requires: [cgroupV1] },
)
