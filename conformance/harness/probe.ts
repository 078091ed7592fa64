// SPDX-License-Identifier: Apache-2.0
// The shapes of what the probe prints, by item.

export interface Ids {
  uid: number
  euid: number
  suid: number
  gid: number
  egid: number
  sgid: number
  groups: number[]
}
export interface Caps {
  effective: number[]
  permitted: number[]
  inheritable: number[]
  bounding: number[]
  ambient: number[]
}
export interface Stat {
  error?: string
  type: 'file' | 'directory' | 'symlink' | 'character' | 'block' | 'fifo' | 'socket'
  mode: number
  uid: number
  gid: number
  major: number
  minor: number
  dev: number
  ino: number
  size: number
}
export interface Mount {
  id: number
  parent: number
  device: string
  root: string
  target: string
  options: string[]
  propagation: string[]
  type: string
  source: string
  superOptions: string[]
}
export interface Namespaces {
  cgroup: number
  ipc: number
  mnt: number
  net: number
  pid: number
  time: number
  user: number
  uts: number
  timeOffsets: string
  uidMap: string
  gidMap: string
  setgroups: string
}
export interface Process {
  pid: number
  ppid: number
  pgid: number
  sid: number
  dumpable: number
  parentDeathSignal: number
  keepCaps: number
  seccomp: number
}

/** Numbers as in sched_attr of sched_getattr(2), and both parts of ioprio_get(2). */
export interface Scheduler {
  error: Attempt
  policy: number
  flags: number
  nice: number
  priority: number
  runtime: number
  deadline: number
  period: number
  ioClass: number
  ioPriority: number
}

/** Name of an errno, or null when the attempt succeeded. */
export type Attempt = string | null

export interface Report {
  ids: Ids
  caps: Caps
  env: string[]
  cwd: { path: string; error: Attempt; dev: number; ino: number }
  'chdir-up': { inRoot: boolean }
  process: Process
  signals: { blocked: number[]; ignored: number[] }
  limits: Record<string, { soft: string; hard: string }>
  fds: number[]
  nnp: boolean
  oom: number | null
  umask: number
  tty: boolean[]
  mounts: Mount[]
  ns: Namespaces
  hostname: { hostname: string; domainname: string }
  time: { monotonic: number; boottime: number }
  net: { interfaces: Record<string, boolean>; loopback: Attempt }
  personality: number
  keyring: { error: Attempt; description: string; label: string }
  scheduler: Scheduler
  affinity: number[]
  'memory-policy': { error: Attempt; mode: number; nodes: number[] }
  [stat: `stat:${string}`]: Stat
  [follow: `follow:${string}`]: Stat
  [readlink: `readlink:${string}`]: string
  [list: `list:${string}`]: string[] | string
  [read: `read:${string}`]: { error: Attempt; text?: string }
  [statfs: `statfs:${string}`]: { magic: number; bytes: number; inodes: number }
  [open: `open:${string}`]: Attempt
  [openWrite: `open-write:${string}`]: Attempt
  [create: `create:${string}`]: Attempt
  [leave: `leave:${string}`]: Attempt
  [label: `label:${string}`]: string
  [put: `put:${string}`]: Attempt
  [exec: `exec:${string}`]: Attempt
  [mknod: `mknod:${string}`]: { mknod: Attempt; open: Attempt }
}

/** Reads a report; asking it for an item that was not in the request is an error, never undefined. */
export function parseReport(text: string): Report {
  const items = JSON.parse(text) as Report
  return new Proxy(items, {
    get(target, item) {
      // `await` looks for a then on everything it is given.
      if (typeof item === 'string' && item !== 'then' && !(item in target))
        throw new Error(`the probe was not asked for "${item}"`)
      return Reflect.get(target, item)
    },
  })
}

/** The topmost mount at a path. */
export function mountAt(report: Report, target: string): Mount | undefined {
  return report.mounts.findLast((mount) => mount.target === target)
}
