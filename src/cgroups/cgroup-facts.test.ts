// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveCgroupFacts, parseCgroupMounts, parseProcCgroup } from './cgroup-facts.ts'

const HYBRID_MOUNTS = `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
`
const HYBRID_MEMBERSHIP = `9:name=systemd:/user.slice/a:b
4:memory:/sandbox/one
3:hugetlb:/
1:cpu,cpuacct:/
0::/user.slice
`

test('finds every mounted v1 hierarchy and the unified one of a hybrid host', () => {
  const facts = deriveCgroupFacts(parseCgroupMounts(HYBRID_MOUNTS), parseProcCgroup(HYBRID_MEMBERSHIP))
  assert.deepEqual(facts, {
    mode: 'hybrid',
    hierarchies: [
      { controllers: ['name=systemd'], mountpoint: '/sys/fs/cgroup/systemd', ownPath: '/user.slice/a:b' },
      { controllers: ['memory'], mountpoint: '/sys/fs/cgroup/memory', ownPath: '/sandbox/one' },
      { controllers: ['cpu', 'cpuacct'], mountpoint: '/sys/fs/cgroup/cpu,cpuacct', ownPath: '/' },
    ],
    unified: { mountpoint: '/sys/fs/cgroup/unified', ownPath: '/user.slice' },
  })
})

test('tells v1 without a unified hierarchy and v2 alone from hybrid', () => {
  const mounts = parseCgroupMounts(HYBRID_MOUNTS)
  const v1 = deriveCgroupFacts(mounts, parseProcCgroup('4:memory:/\n'))
  assert.equal(v1.mode, 'v1')
  assert.equal(v1.unified, undefined)
  const v2 = deriveCgroupFacts(mounts, parseProcCgroup('0::/\n'))
  assert.equal(v2.mode, 'v2')
  assert.deepEqual(v2.hierarchies, [])
})

test('leaves nothing where nothing is mounted', () => {
  assert.deepEqual(deriveCgroupFacts([], parseProcCgroup(HYBRID_MEMBERSHIP)), { mode: 'v2', hierarchies: [] })
})

test('takes a mount at the usual place before a copy of it in some rootfs', () => {
  const copy = '30 1 0:32 / /var/lib/rootfs/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n'
  const facts = deriveCgroupFacts(parseCgroupMounts(copy + HYBRID_MOUNTS), parseProcCgroup('4:memory:/\n'))
  assert.equal(facts.hierarchies[0]?.mountpoint, '/sys/fs/cgroup/memory')
  const alone = deriveCgroupFacts(parseCgroupMounts(copy), parseProcCgroup('4:memory:/\n'))
  assert.equal(alone.hierarchies[0]?.mountpoint, '/var/lib/rootfs/sys/fs/cgroup/memory')
})

test('subtracts the part of the path that a container without a cgroup namespace does not see', () => {
  const mounts = parseCgroupMounts('30 1 0:32 /docker/c1 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n')
  const ownPath = (path: string) =>
    deriveCgroupFacts(mounts, parseProcCgroup(`4:memory:${path}\n`)).hierarchies[0]?.ownPath
  assert.equal(ownPath('/docker/c1'), '/')
  assert.equal(ownPath('/docker/c1/sub'), '/sub')
  assert.equal(ownPath('/docker/c11'), '/docker/c11')
})

test('decodes the octal escapes of mount points', () => {
  const mounts = parseCgroupMounts('30 1 0:32 / /mnt/my\\040cgroups rw - cgroup2 none rw')
  assert.equal(mounts[0]?.mountpoint, '/mnt/my cgroups')
})

test('is not misled by a mount point or source that looks like the separator', () => {
  const mounts = parseCgroupMounts('30 1 0:3 / /mnt rw - ext4 /dev/a rw\n31 1 0:4 / /x rw - cgroupfoo none rw\n')
  assert.deepEqual(mounts, [])
})
