// SPDX-License-Identifier: Apache-2.0
// In a mount namespace whose mounts are all shared, as systemd makes the host's; only there does propagation show.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { casesOf } from '../../harness/conformance-case.ts'
import { mountTree } from '../../harness/host-mounts.ts'
import { append } from '../../harness/json.ts'
import { type Mount, mountAt } from '../../harness/probe.ts'

const it = casesOf('mounts')
const wrapper = ['unshare', '--mount', '--propagation', 'shared']

function kinds(mount: Mount | undefined): string[] {
  return (mount?.propagation ?? ['no such mount']).map((field) => field.replace(/:\d+$/, '')).sort()
}

for (const [option, top, sub] of [
  ['private', [], undefined],
  ['rprivate', [], []],
  ['shared', ['shared'], undefined],
  ['rshared', ['shared'], ['shared']],
  ['slave', ['master'], undefined],
  ['rslave', ['master'], ['master']],
  ['unbindable', ['unbindable'], undefined],
  ['runbindable', ['unbindable'], ['unbindable']],
] as const) {
  it(`honours ${option} on a tree`, async (c) => {
    const mount = { destination: '/m', type: 'bind', source: mountTree(c), options: ['rbind', option] }
    const bundle = c.bundle({ mounts: append(mount) }, { rootfs: (path) => mkdirSync(`${path}/m`) })
    const report = await c.report(bundle, ['mounts'], { wrapper })
    // A shared mount may keep its master, the one of the caller.
    const without = (list: string[]) => list.filter((kind) => !(option.endsWith('shared') && kind === 'master'))
    assert.deepEqual(without(kinds(mountAt(report, '/m'))), top)
    if (sub !== undefined) assert.deepEqual(without(kinds(mountAt(report, '/m/sub'))), sub)
  })
}

for (const [value, expected] of [
  ['private', []],
  ['rprivate', []],
  ['slave', ['master']],
  ['rslave', ['master']],
  ['shared', ['shared']],
  ['rshared', ['shared']],
  ['unbindable', ['unbindable']],
  ['runbindable', ['unbindable']],
] as const) {
  it(`honours the rootfsPropagation ${value}`, async (c) => {
    // Nothing below an unbindable root can be bound onto itself any more.
    const bundle = c.bundle({ linux: { rootfsPropagation: value, readonlyPaths: [], maskedPaths: [] } })
    const found = kinds(mountAt(await c.report(bundle, ['mounts'], { wrapper }), '/'))
    const relevant = value.endsWith('shared') ? found.filter((kind) => kind !== 'master') : found
    assert.deepEqual(relevant, expected)
  })
}

it('shares no mount with the caller by default', async (c) => {
  const report = await c.report(c.bundle(), ['mounts'], { wrapper })
  for (const mount of report.mounts) assert.ok(!kinds(mount).includes('shared'), mount.target)
})

it('refuses a rootfsPropagation that does not exist', async (c) => {
  await c.refuses(c.bundle({ linux: { rootfsPropagation: 'sideways' } }), 'sideways')
})

it('lets a mount made later on the host appear under a slave mount, and none the other way', async (c) => {
  const source = mountTree(c)
  const mount = { destination: '/m', type: 'bind', source, options: ['rbind', 'rslave'] }
  const bundle = c.bundle({ mounts: append(mount) }, { rootfs: (path) => mkdirSync(`${path}/m`), busybox: true })
  bundle.change({ process: { args: ['sh', '-c', 'echo ready; read line; busybox ls /m/sub/late'] } })
  // One shell holds the shared mount namespace: it starts the runtime, mounts, and then lets the payload look.
  const script = [
    'mkfifo "$0/go"',
    '{ exec 3>"$0/go"; mkdir "$1/sub/late"; mount -t tmpfs none "$1/sub/late"; : >"$1/sub/late/seen"; echo >&3; } &',
    'shift; "$@" <"$0/go"; status=$?; exit $status',
  ].join('\n')
  const shell = [...wrapper, 'sh', '-c', script, c.directory, source]
  const call = await c.succeed(['run', '--bundle', bundle.path, c.id()], { wrapper: shell })
  assert.deepEqual(call.stdout.trim().split('\n'), ['ready', 'seen'])
})
