// SPDX-License-Identifier: Apache-2.0

/**
 * Sentences that container engines match on, byte for byte as runc says them. A test pins each one; everything that
 * is not here follows the grammar of `RuntimeError`.
 */
export const RUNC_PHRASES = {
  createFailed: 'runc create failed: ',
  runFailed: 'runc run failed: ',
  execFailed: 'exec failed: ',
  containerExists: 'container with given ID already exists',
  containerNotFound: 'container does not exist',
  invalidContainerId: 'invalid container ID format',
  emptyContainerId: 'container id cannot be empty',
  containerNotRunning: 'container not running',
  containerPaused: 'container paused',
  containerStillRunning: 'container still running',
  containerNotPaused: 'container not paused',
  cannotStartStopped: 'cannot start a container that has stopped',
  cannotStartRunning: 'cannot start an already running container',
  cannotStartPaused: 'cannot start a container in the paused state',
  noFreezer: 'cannot toggle freezer: cgroups not configured for container',
  noPidColumn: "couldn't find PID field in ps output",
  cannotExecStopped: 'cannot exec in a stopped container',
  execArgsEmpty: 'process args cannot be empty',
  cannotExecPaused: 'cannot exec in a paused container (use --ignore-paused to override)',
  configNotFound: 'JSON specification file config.json not found',
  processMissing: 'process property must not be empty',
  cwdNotAbsolute: 'Cwd must be an absolute path',
  argsEmpty: 'args must not be empty',
  detachedTerminal: 'cannot allocate tty if runc will detach without setting console socket',
  uselessConsoleSocket: 'cannot use console socket if runc will not detach or allocate tty',
  noSuchProcess: 'no such process',
  processFinished: 'os: process already finished',
  executableNotFound: 'executable file not found in $PATH',
  initOutOfMemory: 'container init was OOM-killed (memory limit too low?)',
  cgroupNotApplied: 'unable to apply cgroup configuration',
  systemdNotRunning: 'systemd not running on this host, cannot use systemd cgroups manager',
  rootlessSystemdV1: 'cannot use rootless systemd cgroups manager on cgroup v1',
  cgroupNotEmpty: "container's cgroup is not empty",
  cgroupFrozen: "container's cgroup unexpectedly frozen",
  rootlessLimits: 'rootless needs no limits + no cgrouppath when no permission is granted for cgroups',
  rootlessUserNamespace: 'rootless container requires user namespaces',
  rootlessNetDevices: 'network devices are not supported for rootless containers',
  rootlessGroups: 'cannot set any additional groups in a rootless container',
  rootlessIdmap: 'id-mapped mounts are not supported for rootless containers',
  apparmorDisabled: 'apparmor: config provided but apparmor not supported',
  selinuxDisabled: 'selinux label is specified in config, but selinux is disabled or not supported',
  cacheSchemaDisabled: 'Intel RDT/CAT: l3 cache schema is not enabled',
  bandwidthSchemaDisabled: 'Intel RDT/MBA: memory bandwidth schema is not enabled',
  intervalNotPositive: 'duration interval must be greater than 0',
  notOrdinaryDirectory: 'must be mounted on ordinary directory',
  noSeccompAgent: 'failed to connect with seccomp agent specified in the seccomp profile: ',
  addingToCgroups: 'adding pid of the new process to cgroups: ',
  startingProcess: 'unable to start container process: ',
  duringInit: 'error during container init: ',
} as const

/** `delete` without `--force` on a container that is alive. */
export function cannotDelete(id: string, status: string): string {
  return `cannot delete container ${id} that is not stopped: ${status}`
}

/** `events` of a container that has stopped. */
export function withIdNotRunning(id: string): string {
  return `container with id ${id} is not running`
}

/** A hook that failed; `index` counts from 1, as in runc 1.2 and newer. */
export function hookFailed(kind: string, index: number, reason: string): string {
  return `error running ${kind} hook #${index}: ${reason}`
}

/** `--preserve-fds`: the descriptor with this index, from 0, is not open. */
export function preservedFdMissing(index: number, count: number, fd: number): string {
  return `unable to stat preserved-fd ${index} (of ${count}): stat /proc/self/fd/${fd}: no such file or directory`
}

/** `spec` where the file is there already. */
export function fileExists(name: string): string {
  return `File ${name} exists. Remove it first`
}

/** A mount option of an ordinary user's container that names an id outside of its mappings. */
export function unmappedMountOption(kind: 'uid' | 'gid'): string {
  return `cannot specify ${kind}= mount options for unmapped ${kind} in rootless containers`
}
