// SPDX-License-Identifier: Apache-2.0

/** What is in every container (runtime-spec config-linux.md, "Default Devices"); /dev/console and /dev/ptmx are links or binds. */
export const DEFAULT_DEVICES = [
  { path: '/dev/null', type: 'c', major: 1, minor: 3 },
  { path: '/dev/zero', type: 'c', major: 1, minor: 5 },
  { path: '/dev/full', type: 'c', major: 1, minor: 7 },
  { path: '/dev/random', type: 'c', major: 1, minor: 8 },
  { path: '/dev/urandom', type: 'c', major: 1, minor: 9 },
  { path: '/dev/tty', type: 'c', major: 5, minor: 0 },
] as const

/** Links that programs expect below /dev (runtime-spec runtime-linux.md); /dev/core is what runc adds. */
export const DEFAULT_LINKS = [
  { path: '/dev/ptmx', content: 'pts/ptmx' },
  { path: '/dev/fd', content: '/proc/self/fd' },
  { path: '/dev/stdin', content: '/proc/self/fd/0' },
  { path: '/dev/stdout', content: '/proc/self/fd/1' },
  { path: '/dev/stderr', content: '/proc/self/fd/2' },
  { path: '/dev/core', content: '/proc/kcore' },
] as const
