// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { casesOf } from '../../harness/conformance-case.ts'
import { mountTree } from '../../harness/host-mounts.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'
import { kernel } from '../../harness/requires.ts'

const it = casesOf('mounts', { requires: [kernel(5, 12)] })

// option → the flag it is about, whether it sets it, and what the source has before
const flags: [string, string, boolean, string][] = [
  ['rro', 'ro', true, 'rw'],
  ['rrw', 'ro', false, 'ro'],
  ['rnosuid', 'nosuid', true, 'suid'],
  ['rsuid', 'nosuid', false, 'nosuid'],
  ['rnodev', 'nodev', true, 'dev'],
  ['rdev', 'nodev', false, 'nodev'],
  ['rnoexec', 'noexec', true, 'exec'],
  ['rexec', 'noexec', false, 'noexec'],
  ['rnodiratime', 'nodiratime', true, 'diratime'],
  ['rdiratime', 'nodiratime', false, 'nodiratime'],
  ['rnoatime', 'noatime', true, 'relatime'],
  ['ratime', 'noatime', false, 'noatime'],
  ['rrelatime', 'relatime', true, 'noatime'],
  ['rnorelatime', 'noatime', false, 'relatime'],
  ['rstrictatime', 'relatime', false, 'relatime'],
  ['rnostrictatime', 'relatime', true, 'strictatime'],
  ['rnosymfollow', 'nosymfollow', true, 'symfollow'],
  ['rsymfollow', 'nosymfollow', false, 'nosymfollow'],
]

for (const [option, flag, isSet, before] of flags) {
  it(`honours ${option} on the whole tree`, async (c) => {
    const source = mountTree(c, before)
    const mount = { destination: '/m', type: 'bind', source, options: ['rbind', option] }
    const report = await c.report(c.bundle({ mounts: append(mount) }, { rootfs: makeTarget }), ['mounts'])
    for (const target of ['/m', '/m/sub']) {
      const shown = mountAt(report, target)?.options
      assert.equal(shown?.includes(flag), isSet, `${flag} of ${target}: ${shown}`)
    }
  })
}

it('makes only the top of a tree read-only with ro', async (c) => {
  const mount = { destination: '/m', type: 'bind', source: mountTree(c), options: ['rbind', 'ro'] }
  const bundle = c.bundle({ mounts: append(mount) }, { rootfs: makeTarget })
  const report = await c.report(bundle, ['create:/m/new', 'create:/m/sub/new'])
  assert.equal(report['create:/m/new'], 'EROFS')
  assert.equal(report['create:/m/sub/new'], null)
})

it('makes the whole tree read-only with rro', async (c) => {
  const mount = { destination: '/m', type: 'bind', source: mountTree(c), options: ['rbind', 'rro'] }
  const bundle = c.bundle({ mounts: append(mount) }, { rootfs: makeTarget })
  const report = await c.report(bundle, ['create:/m/new', 'create:/m/sub/new'])
  assert.equal(report['create:/m/new'], 'EROFS')
  assert.equal(report['create:/m/sub/new'], 'EROFS')
})

it('shows only the top of a tree with bind, the whole tree with rbind', async (c) => {
  const source = mountTree(c)
  const mounts = append(
    { destination: '/m', type: 'bind', source, options: ['bind'] },
    { destination: '/r', type: 'bind', source, options: ['rbind'] },
  )
  const rootfs = (path: string) => {
    makeTarget(path)
    mkdirSync(`${path}/r`)
  }
  const report = await c.report(c.bundle({ mounts }, { rootfs }), ['list:/m/sub', 'list:/r/sub', 'read:/m/file'])
  assert.equal(report['read:/m/file']?.text, 'top')
  assert.deepEqual(report['list:/m/sub'], [])
  assert.deepEqual(report['list:/r/sub'], ['file'])
})

function makeTarget(rootfs: string): void {
  mkdirSync(`${rootfs}/m`)
}
