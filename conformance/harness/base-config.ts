// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from './json.ts'

const defaultCapabilities = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE']

export const procMount: JsonObject = { destination: '/proc', type: 'proc', source: 'proc' }

const mounts: Json[] = [
  procMount,
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
]

/** What `spec` writes, without a terminal and without the cgroup mount, running the probe. */
export const baseConfig: JsonObject = {
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ['/bin/probe', 'report'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
    cwd: '/',
    capabilities: {
      bounding: defaultCapabilities,
      effective: defaultCapabilities,
      permitted: defaultCapabilities,
    },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'conformance',
  mounts,
  linux: {
    resources: { devices: [{ allow: false, access: 'rwm' }] },
    namespaces: [{ type: 'pid' }, { type: 'network' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }],
    maskedPaths: [
      '/proc/acpi',
      '/proc/asound',
      '/proc/kcore',
      '/proc/keys',
      '/proc/latency_stats',
      '/proc/timer_list',
      '/proc/timer_stats',
      '/proc/sched_debug',
      '/sys/firmware',
      '/proc/scsi',
    ],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
}

/** The patch for a set of capabilities in bounding, effective and permitted. */
export function withCapabilities(...names: string[]): JsonObject {
  return { capabilities: { bounding: names, effective: names, permitted: names } }
}

/** `linux` of a container with a user namespace of its own beside others: its ids from 0 on are those from `hostID` on. */
export function userNamespace(
  types: readonly string[] = ['pid', 'network', 'ipc', 'uts', 'mount'],
  hostID = 100000,
  size = 65536,
): { namespaces: Json[]; uidMappings: Json; gidMappings: Json } {
  const range = [{ containerID: 0, hostID, size }]
  return { namespaces: namespaces('user', ...types), uidMappings: range, gidMappings: range }
}

/** Namespaces by type, each new, or joined when written `type=path`. */
export function namespaces(...entries: string[]): Json[] {
  return entries.map((entry) => {
    const [type = '', path] = entry.split('=')
    return path === undefined ? { type } : { type, path }
  })
}
