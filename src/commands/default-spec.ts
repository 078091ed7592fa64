// SPDX-License-Identifier: Apache-2.0
import type { Mount, Spec } from '@opencontainers/runtime-spec-types'

const CAPABILITIES = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE']

const MOUNTS: Mount[] = [
  { destination: '/proc', type: 'proc', source: 'proc' },
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
  {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
  },
]

/**
 * What `spec` writes: the same container as runc's default, with two differences for safety. The ambient set is empty
 * (GHSA-2mm7-x5h6-5pvq taught what inherited capabilities do), and the power meters are masked (PLATYPUS).
 */
export const DEFAULT_SPEC: Spec = {
  ociVersion: '1.3.0',
  process: {
    terminal: true,
    user: { uid: 0, gid: 0 },
    args: ['sh'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
    cwd: '/',
    capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'runts',
  mounts: MOUNTS,
  linux: {
    resources: { devices: [{ allow: false, access: 'rwm' }] },
    namespaces: [
      { type: 'pid' },
      { type: 'network' },
      { type: 'ipc' },
      { type: 'uts' },
      { type: 'mount' },
      { type: 'cgroup' },
    ],
    maskedPaths: [
      '/proc/acpi',
      '/proc/asound',
      '/proc/interrupts',
      '/proc/kcore',
      '/proc/keys',
      '/proc/latency_stats',
      '/proc/timer_list',
      '/proc/timer_stats',
      '/proc/sched_debug',
      '/proc/scsi',
      '/sys/firmware',
      '/sys/devices/virtual/powercap',
    ],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
}

/**
 * The same for an ordinary user: a user namespace with one id, the host's network, and no cgroup limits. The cgroup
 * mount stays, because it covers the writable cgroups of the host that come with /sys (CVE-2023-25809).
 */
export function rootlessSpec(uid: number, gid: number): Spec {
  const { resources: _, namespaces = [], ...linux } = DEFAULT_SPEC.linux ?? {}
  return {
    ...DEFAULT_SPEC,
    mounts: MOUNTS.map(rootlessMount),
    linux: {
      uidMappings: [{ containerID: 0, hostID: uid, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: gid, size: 1 }],
      ...linux,
      namespaces: [...namespaces.filter(({ type }) => type !== 'network'), { type: 'user' }],
    },
  }
}

/** sysfs can be mounted only with a network namespace of its own, and ids that are not mapped cannot own files. */
function rootlessMount(mount: Mount): Mount {
  if (mount.type === 'sysfs') {
    return { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'] }
  }
  return { ...mount, ...(mount.options ? { options: mount.options.filter((option) => !/^[ug]id=/.test(option)) } : {}) }
}
