// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces, namespaceInode } from '../../harness/held-namespaces.ts'
import { path } from '../../harness/requires.ts'

const it = casesOf('namespaces')
const timeNamespace = { requires: [path('/proc/self/ns/time')] }

function mappings(...lines: [number, number, number][]) {
  const entries = lines.map(([containerID, hostID, size]) => ({ containerID, hostID, size }))
  return { uidMappings: entries, gidMappings: entries }
}

it('has nothing but a loopback interface that is up in a new network namespace', async (c) => {
  const { net } = await c.report(c.bundle(), ['net'])
  assert.deepEqual(net.interfaces, { lo: true })
  assert.equal(net.loopback, null)
})

it('sees the interfaces of the host without a network namespace', async (c) => {
  const linux = { namespaces: namespaces('mount', 'pid', 'ipc', 'uts') }
  const { net } = await c.report(c.bundle({ linux }), ['net'])
  const host = [...readFileSync('/proc/net/dev', 'utf8').matchAll(/^\s*([^\s:]+):/gm)].map((match) => match[1])
  assert.deepEqual(Object.keys(net.interfaces).sort(), host.sort())
})

it('leaves the interfaces of a joined network namespace as they are', async (c) => {
  const held = await holdNamespaces(c, ['network'])
  const linux = { namespaces: namespaces('mount', 'pid', `network=${held.path('network')}`) }
  const { net } = await c.report(c.bundle({ hostname: undefined, linux }), ['net'])
  assert.deepEqual(Object.keys(net.interfaces), ['lo'])
})

it('joins a network namespace that is only kept by a bind mount', async (c) => {
  const held = await holdNamespaces(c, ['network'])
  const file = join(c.directory, 'netns')
  const inode = namespaceInode('network', held.pid)
  writeFileSync(file, '')
  execFileSync('mount', ['--bind', held.path('network'), file])
  c.atEnd(() => {
    execFileSync('umount', [file])
  })
  const linux = { namespaces: namespaces('mount', 'pid', `network=${file}`) }
  assert.equal((await c.report(c.bundle({ hostname: undefined, linux }), ['ns'])).ns.net, inode)
})

it('sees itself under its pid of the host without a pid namespace', async (c) => {
  const linux = { namespaces: namespaces('mount', 'ipc', 'uts', 'network') }
  const report = await c.reportAndWait(c.bundle({ linux }), ['process'])
  assert.equal(report.process.pid, await c.pid())
})

it('shows only its own processes in a new pid namespace', async (c) => {
  const report = await c.report(c.bundle(), ['list:/proc'])
  const names = report['list:/proc']
  assert.ok(Array.isArray(names))
  assert.deepEqual(
    names.filter((name) => /^\d+$/.test(name)),
    ['1'],
  )
})

it('sees the root of its cgroup in a new cgroup namespace', async (c) => {
  const bundle = c.bundle({ linux: { namespaces: namespaces('mount', 'pid', 'cgroup') }, hostname: undefined })
  const report = await c.report(bundle, ['read:/proc/self/cgroup'])
  const lines = report['read:/proc/self/cgroup']?.text?.trim().split('\n') ?? []
  const v1 = lines.filter((line) => !line.startsWith('0::'))
  const relevant = v1.length > 0 ? v1 : lines
  assert.ok(relevant.length > 0)
  for (const line of relevant) assert.match(line, /:\/$/)
})

it('sees its path from the host without a cgroup namespace', async (c) => {
  const report = await c.report(c.bundle(), ['read:/proc/self/cgroup'])
  assert.ok(report['read:/proc/self/cgroup']?.text?.includes(c.token))
})

it('has the host name of the host without a UTS namespace', async (c) => {
  const bundle = c.bundle({ hostname: undefined, linux: { namespaces: namespaces('mount', 'pid') } })
  assert.equal((await c.report(bundle, ['hostname'])).hostname.hostname, hostname())
})

it('never changes the host name of the host', async (c) => {
  const before = hostname()
  await c.report(c.bundle({ hostname: 'elsewhere' }), ['hostname'])
  assert.equal(hostname(), before)
})

it('maps ids as the config says', async (c) => {
  const linux = {
    namespaces: namespaces('mount', 'pid', 'user', 'network', 'ipc', 'uts'),
    ...mappings([0, 100000, 1000], [1000, 200000, 64536]),
  }
  const bundle = c.bundle({ linux, process: { user: { uid: 1005, gid: 5, additionalGids: [1001] } } })
  const rootfs = statSync(bundle.rootfs)
  const report = await c.reportAndWait(bundle, ['ns', 'ids', 'stat:/bin/probe'])
  const rows = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
  assert.deepEqual(rows(report.ns.uidMap), [
    [0, 100000, 1000],
    [1000, 200000, 64536],
  ])
  assert.deepEqual(rows(report.ns.gidMap), rows(report.ns.uidMap))
  assert.equal(report.ids.uid, 1005)
  assert.deepEqual(report.ids.groups, [1001])
  const status = readFileSync(`/proc/${await c.pid()}/status`, 'utf8')
  assert.match(status, /^Uid:\t200005\t/m)
  assert.match(status, /^Gid:\t100005\t/m)
  // Not mapped, and not changed either: the runtime must not chown.
  assert.equal(report['stat:/bin/probe']?.uid, 65534)
  assert.equal(statSync(bundle.rootfs).uid, rootfs.uid)
})

it('is root over a root file system that belongs to its mapped root', async (c) => {
  const linux = {
    namespaces: namespaces('mount', 'pid', 'user', 'network', 'ipc', 'uts'),
    ...mappings([0, 100000, 65536]),
  }
  const rootfs = (path: string) => {
    for (const name of ['', 'tmp', 'dev', 'bin', 'etc', 'proc', 'sys']) chownSync(join(path, name), 100000, 100000)
  }
  const names = ['CAP_CHOWN', 'CAP_DAC_OVERRIDE']
  const process = { capabilities: { bounding: names, effective: names, permitted: names } }
  const bundle = c.bundle({ linux, process, root: { readonly: false } }, { rootfs })
  const report = await c.report(bundle, [
    'create:/etc/new',
    'stat:/etc',
    'caps',
    'stat:/dev/null',
    'open-write:/dev/null',
  ])
  assert.equal(report['create:/etc/new'], null)
  assert.equal(report['stat:/etc']?.uid, 0)
  assert.deepEqual(report.caps.effective, [0, 1])
  assert.equal(report['stat:/dev/null']?.type, 'character')
  assert.equal(report['open-write:/dev/null'], null)
})

it(
  'sets the offsets of a new time namespace',
  async (c) => {
    const timeOffsets = { monotonic: { secs: 172800, nanosecs: 500 }, boottime: { secs: 604800, nanosecs: 0 } }
    const linux = { namespaces: namespaces('mount', 'pid', 'time'), timeOffsets }
    const { ns, time } = await c.report(c.bundle({ hostname: undefined, linux }), ['ns', 'time'])
    assert.match(ns.timeOffsets, /monotonic\s+172800\s+500\n/)
    assert.match(ns.timeOffsets, /boottime\s+604800\s+0\n/)
    assert.ok(time.boottime >= 604800)
    assert.ok(time.monotonic >= 172800)
  },
  timeNamespace,
)

it(
  'sets a negative offset of a time namespace',
  async (c) => {
    const linux = {
      namespaces: namespaces('mount', 'pid', 'time'),
      timeOffsets: { boottime: { secs: -1, nanosecs: 0 } },
    }
    const { ns } = await c.report(c.bundle({ hostname: undefined, linux }), ['ns'])
    assert.match(ns.timeOffsets, /boottime\s+-1\s+0\n/)
  },
  timeNamespace,
)
