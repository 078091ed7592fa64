// SPDX-License-Identifier: Apache-2.0
// The runtime inside a container that it made itself.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { namespaces, withCapabilities } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { ownCapabilities } from '../../harness/capability-names.ts'
import { isPureV2 } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append, type Json } from '../../harness/json.ts'
import { runtimeFile } from '../../harness/places.ts'
import { cgroupV1, cgroupV2, controller, path } from '../../harness/requires.ts'

const it = casesOf('cgroups', { requires: [path('/bin/busybox')] })

const found = () => spawnSync('which', [runtimeFile], { encoding: 'utf8' }).stdout.trim()
const runtimePath = runtimeFile.includes('/') ? runtimeFile : found()

const PLAIN = ['pid', 'network', 'ipc', 'uts', 'mount']
const RUN = 'exec /runtime --root /run/inner run --bundle /inner inner'
/** The cgroup's processes make way for controllers, as the entry points of images that run engines do. */
const MAKE_WAY = 'busybox mkdir /sys/fs/cgroup/outer && echo 0 >/sys/fs/cgroup/outer/cgroup.procs'

const bound = (destination: string, source: string, ...options: string[]): Json => ({
  destination,
  source,
  type: 'bind',
  options: ['rbind', ...options],
})

/** A privileged container that has the runtime, an inner bundle and its own cgroups to write to. */
function privileged(c: Case, inner: Bundle, types: string[], script: string): Bundle {
  return c.bundle(
    {
      process: { args: ['sh', '-c', script], noNewPrivileges: false, ...withCapabilities(...ownCapabilities()) },
      root: { readonly: false },
      mounts: append(
        { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev'] },
        { destination: '/run', type: 'tmpfs', source: 'tmpfs' },
        bound('/usr', '/usr', 'ro'),
        bound('/runtime', runtimePath, 'ro'),
        bound('/inner', inner.path),
      ),
      linux: {
        namespaces: namespaces(...types),
        resources: { devices: [{ allow: true, access: 'rwm' }] },
        maskedPaths: [],
        readonlyPaths: [],
      },
    },
    {
      busybox: true,
      rootfs: (rootfs) => {
        for (const name of ['lib', 'lib64']) symlinkSync(`usr/${name}`, `${rootfs}/${name}`)
      },
    },
  )
}

for (const types of [PLAIN, [...PLAIN, 'cgroup']]) {
  const where = types.includes('cgroup') ? 'with a cgroup namespace' : 'without a cgroup namespace'
  it(
    `runs inside a container ${where}, with limits of v1`,
    async (c) => {
      const resources = { pids: { limit: 44 }, memory: { limit: 67108864 } }
      const inner = c.bundle({ linux: { resources } }).probe('report', 'read:/proc/self/cgroup')
      const outer = privileged(c, inner, types, RUN)
      const call = await c.succeed(['run', '--bundle', outer.path, c.id()])
      const cgroups = JSON.parse(call.stdout)['read:/proc/self/cgroup'].text as string
      assert.match(cgroups, types.includes('cgroup') ? /:pids:\/inner$/m : new RegExp(`:pids:.*/${c.id()}/inner$`, 'm'))
      c.assertNothingLeft()
    },
    { requires: [cgroupV1, controller('pids'), controller('memory')] },
  )
}

it(
  'runs inside a container of v2, with limits once the cgroup has no processes of its own',
  async (c) => {
    const inner = c.bundle({ linux: { resources: { pids: { limit: 44 } } } }).probe('report', 'read:/proc/self/cgroup')
    const outer = privileged(c, inner, [...PLAIN, 'cgroup'], `${MAKE_WAY} && ${RUN}`)
    const call = await c.succeed(['run', '--bundle', outer.path, c.id()])
    assert.equal(JSON.parse(call.stdout)['read:/proc/self/cgroup'].text, '0::/inner\n')
    c.assertNothingLeft()
  },
  { requires: [cgroupV2, controller('pids')] },
)

it(
  'says inside a container of v2 what stands in the way of a limit',
  async (c) => {
    const inner = c.bundle({ linux: { resources: { memory: { limit: 67108864 } } } }).probe('exit', '0')
    const outer = privileged(c, inner, [...PLAIN, 'cgroup'], RUN)
    const call = await c.runtime(['run', '--bundle', outer.path, c.id()])
    assert.equal(call.status, 1, String(call))
    assert.match(call.stderr, /has processes of its own and so cannot give memory/)
    c.assertNothingLeft()
  },
  { requires: [cgroupV2, controller('memory')] },
)

it('denies to the inner container what the outer may not use', async (c) => {
  const devices = [{ path: '/dev/kmsg', type: 'c', major: 1, minor: 11 }]
  const resources = { devices: [{ allow: true, type: 'c', major: 1, minor: 11, access: 'rwm' }] }
  const process = withCapabilities('CAP_SYSLOG')
  const inner = c.bundle({ process, linux: { resources, devices } }).probe('report', 'open:/dev/kmsg')
  const outer = privileged(c, inner, [...PLAIN, 'cgroup'], RUN)
  const allowed = await c.succeed(['run', '--bundle', outer.path, c.id()])
  assert.equal(JSON.parse(allowed.stdout)['open:/dev/kmsg'], null)
  outer.change({ linux: { resources: { devices: [{ allow: false, access: 'rwm' }] } } })
  const denied = await c.runtime(['run', '--bundle', outer.path, c.id('two')])
  // v1 refuses such a rule at once; on v2 both filters have to agree.
  if (isPureV2()) assert.equal(JSON.parse(denied.stdout)['open:/dev/kmsg'], 'EPERM')
  else assert.match(denied.stderr, /EPERM|operation not permitted/)
})
