// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'
import type { Inspection, LivingContainer } from './inspection.ts'
import { inspectionText } from './inspection-text.ts'

const NOW = Date.parse('2026-01-02T03:10:00Z')

const living: LivingContainer = {
  process: {
    pid: 4711,
    pidInContainer: 1,
    pids: [4711, 1],
    pidsFurtherIn: [],
    ppid: 1,
    user: { inside: 7, outside: 100007 },
    threads: 2,
    state: 'S',
    name: 'sleep',
    command: ['/bin/sleep', '\u001b[31mlong'],
  },
  namespaces: [
    { type: 'network', inode: 1, relation: 'host' },
    { type: 'ipc', inode: 22, relation: 'shared', containers: ['a', 'b'], path: '/proc/9/ns/ipc' },
    { type: 'uts', inode: 3, relation: 'joined', path: '/run/uts' },
    { type: 'pid', inode: 4, relation: 'private' },
  ],
  idMappings: {
    uid: [{ inside: 0, outside: 100000, size: 1000 }],
    gid: [
      { inside: 0, outside: 5, size: 1 },
      { inside: 1, outside: 7, size: 2 },
    ],
  },
  mounts: [
    mount('/', 'ext4', '/dev/sda', '/srv/root', 'ro'),
    mount('/proc', 'proc', 'proc', '/', 'rw'),
    mount('/sys/fs/cgroup/cpu', 'cgroup', 'cgroup', '/x', 'ro'),
    mount('/sys/fs/cgroup/pids', 'cgroup', 'cgroup', '/x', 'ro'),
    mount('/proc/kcore', 'devtmpfs', 'dev', '/null', 'ro'),
    mount('/dev/null', 'devtmpfs', 'dev', '/null', 'rw'),
    mount('/dev/tty', 'devtmpfs', 'dev', '/tty', 'rw'),
    mount('/proc/bus', 'proc', 'proc', '/bus', 'ro'),
  ],
  security: {
    capabilities: {
      bounding: CAPABILITY_NAMES,
      effective: ['CAP_KILL'],
      permitted: ['CAP_KILL'],
      inheritable: [],
      ambient: [],
    },
    noNewPrivileges: true,
    seccomp: { mode: 'filter', filters: 2 },
    label: 'docker-default (enforce)',
  },
}

const inspection: Inspection = {
  id: 'web',
  status: 'running',
  created: '2026-01-02T03:04:05.678901234Z',
  owner: { uid: 0, name: 'root' },
  bundle: '/b',
  rootfs: '/b/rootfs',
  annotations: { 'org.example.a': '1' },
  cgroups: { cpu: '/sys/fs/cgroup/cpu/web', pids: '/sys/fs/cgroup/pids/web', memory: '/sys/fs/cgroup/memory/m/web' },
  unit: { instance: 'system', name: 'runts-web.scope', slice: 'system.slice' },
  usage: {
    memory: { usage: 1024 * 1536, peak: 2 ** 21, limit: 2 ** 26 },
    pids: { current: 3, limit: null },
    cpu: { usedSeconds: 1.239, limit: 0.5, cpus: '0-1' },
  },
  sockets: ['start.sock'],
  hooks: { poststart: ['/usr/bin/hook'], poststop: [] },
  pids: [4711, 4712, 4713],
  living,
  notes: ['cannot read this'],
}

function mount(destination: string, type: string, source: string, root: string, options: string) {
  return { destination, type, source, root, options: [options], superOptions: ['rw'], propagation: [] }
}

test('tells all of a living container on a screen', () => {
  assert.equal(
    inspectionText(inspection, NOW),
    `web           running, pid 4711, created 5 min ago by root (2026-01-02T03:04:05Z)
process       /bin/sleep \\x1b[31mlong
              pid 1 inside, user 7, here 100007; 3 processes, 2 threads in the first
bundle        /b
rootfs        /b/rootfs
annotations   org.example.a = 1
namespaces    network   1    the host's
              ipc       22   shared with a, b, joined by /proc/9/ns/ipc
              uts       3    joined by /run/uts
              pid       4    private
uids          0-999 are 100000-100999 here
gids          0 is 5 here, 1-2 are 7-8 here
mounts        /                  ext4     /dev/sda[/srv/root]   ro
              /proc              proc     proc                  rw
              /sys/fs/cgroup/*   cgroup   2 hierarchies         ro
host devices  /dev/null /dev/tty
masked        /proc/kcore
read-only     /proc/bus
cgroup        /web (cpu pids)
              /m/web (memory)
  unit        runts-web.scope in system.slice (systemd, system)
  memory      1.5 MiB of 64 MiB, at most 2 MiB so far
  pids        3, no limit
  cpu         1.24 s used, quota of 0.5 CPUs, on CPU 0-1
capabilities  bounding: all
              effective, permitted: CAP_KILL
              inheritable, ambient: none
seccomp       filter (2 filters); no_new_privs on
label         docker-default (enforce)
sockets       start.sock
hooks         poststart /usr/bin/hook
note          cannot read this
`,
  )
})

test('tells what is left of one that has ended', () => {
  const { living: _, unit: __, ...rest } = inspection
  const ended = {
    ...rest,
    status: 'stopped',
    pids: [4713],
    usage: {},
    sockets: [],
    notes: [],
    annotations: {},
  } as const
  assert.equal(
    inspectionText({ ...ended, cgroups: { unified: '/sys/fs/cgroup/web' }, owner: { uid: 77 } }, NOW),
    `web           stopped, created 5 min ago by #77 (2026-01-02T03:04:05Z)
process       ended, but these are left of the container: 4713
bundle        /b
rootfs        /b/rootfs
cgroup        /sys/fs/cgroup/web
hooks         poststart /usr/bin/hook
`,
  )
})

test('names the few capabilities that are missing rather than the many that are there', () => {
  const most = CAPABILITY_NAMES.filter((name) => name !== 'CAP_SYS_ADMIN')
  const capabilities = { ...living.security.capabilities, bounding: most }
  const text = inspectionText(
    { ...inspection, living: { ...living, security: { ...living.security, capabilities } } },
    NOW,
  )
  assert.match(text, /bounding: all but CAP_SYS_ADMIN\n/)
})
