// SPDX-License-Identifier: Apache-2.0
// Why a program of runtime-tools fails, by program. compare.ts refuses a failure without a reason and a reason
// without a failure.

export interface Reason {
  programs: string[]
  runtimes: ('runts' | 'runc' | 'crun')[]
  why: string
  /** It does not fail every time: the program races with the container, or the machine may have what others lack. */
  sometimes?: true
}

const ALL = ['runts', 'runc', 'crun'] as const

export const reasons: Reason[] = [
  {
    programs: ['delete'],
    runtimes: [...ALL],
    why:
      'runtime.md allows delete of a stopped container only; runc and crun also delete a created one, which containerd, ' +
      'conmon and CRI-O count on when they give up a container, so runts sides with them',
  },
  {
    programs: ['start'],
    runtimes: ['runts'],
    why:
      'the program has it the wrong way round: it reports "start MUST generate an error if process was not set" as failed ' +
      'because start did generate one ("process property must not be empty"), then waits for the container to stop by itself',
  },
  {
    programs: ['start'],
    runtimes: ['runc', 'crun'],
    why: 'they refuse to create a container without a process, which runtime.md allows',
  },
  {
    programs: ['hooks'],
    runtimes: [...ALL],
    why:
      'no runtime can pass: the program wants "post-start1" where its own hook writes "post-start1 called", and with the ' +
      'text it wants it would call Error() of no error',
  },
  {
    programs: ['hooks_stdin'],
    runtimes: [...ALL],
    why:
      'the program reads the pid to compare with from state after start, when the container (true) has ended and has none; ' +
      'runts and runc also say "creating" in prestart, because create has not ended then, where the program wants "created"',
  },
  {
    programs: ['poststart'],
    runtimes: ['runts', 'runc', 'crun'],
    why: 'a race: the hook and the program write to one file, and only the program of the container may come first',
    sometimes: true,
  },
  {
    programs: ['poststart_fail'],
    runtimes: ['runts', 'runc'],
    why:
      'the program wants runtime.md 1.0.2, Lifecycle 9: a poststart hook that fails is warned of and the next one runs; ' +
      'since 1.3 (runtime-spec pull request 1262) the same step wants an error and the container stopped, as runts and ' +
      'runc do',
  },
  {
    programs: ['poststop_fail'],
    runtimes: ['runc'],
    why: 'the first poststop hook that fails ends the series and delete; the specification wants a warning',
  },
  {
    programs: ['prestart'],
    runtimes: [...ALL],
    why: 'config.md 1.0.2 had prestart hooks run by start; since then they run in create, before createRuntime hooks',
  },
  {
    programs: ['linux_cgroups_blkio', 'linux_cgroups_relative_blkio'],
    runtimes: [...ALL],
    why: 'wants blkio.weight and blkio.leaf_weight, which belonged to CFQ and left the kernel with it (5.0)',
  },
  {
    programs: ['linux_cgroups_memory', 'linux_cgroups_relative_memory'],
    runtimes: ['runts', 'crun'],
    why: 'wants memory.kmem.limit_in_bytes to keep a value; writing to it has no effect since Linux 5.16',
  },
  {
    programs: ['linux_cgroups_memory', 'linux_cgroups_relative_memory'],
    runtimes: ['runc'],
    why: 'the same, and kernelTCP is not set either',
  },
  {
    programs: ['linux_cgroups_devices', 'linux_cgroups_relative_devices'],
    runtimes: ['runc'],
    why: 'the program compares devices.list entry by entry, and runc 1.1 merges the rules and writes them in an order of its own',
  },
  {
    programs: ['linux_mount_label'],
    runtimes: ['runc'],
    why:
      'mountLabel needs SELinux, which this kernel has not: runc gives it to the kernel all the same, runts leaves it out ' +
      'with a warning and crun without one; the program compares nothing',
    sometimes: true,
  },
  {
    programs: ['linux_process_apparmor_profile'],
    runtimes: [...ALL],
    why: 'needs AppArmor and the profile acme_secure_profile loaded',
    sometimes: true,
  },
  {
    programs: ['process_capabilities', 'linux_rootfs_propagation'],
    runtimes: ['runts'],
    why:
      'wants every capability, and root has no CAP_SYS_RESOURCE here: runts leaves it out with a warning, every other ' +
      'assertion (all of those about propagation) holds',
    sometimes: true,
  },
  {
    programs: ['process_capabilities', 'linux_rootfs_propagation'],
    runtimes: ['runc', 'crun'],
    why: 'wants every capability, and root has no CAP_SYS_RESOURCE here: capset fails',
    sometimes: true,
  },
  {
    programs: ['process_capabilities_fail'],
    runtimes: [...ALL],
    why:
      'wants an unknown capability refused, as 1.0 did; today config.md wants a warning and the others ' +
      'granted, which is what happens',
  },
  {
    programs: ['process_rlimits'],
    runtimes: [...ALL],
    why: 'the Go runtime in runtimetest (1.19 and newer) raises its own soft RLIMIT_NOFILE to the hard one before it looks',
  },
  {
    programs: ['pidfile'],
    runtimes: [...ALL],
    why: 'the container is "true"; the program kills it after it has ended, and kill MUST fail then (runtime.md)',
  },
  {
    programs: ['misc_props'],
    runtimes: [...ALL],
    why: 'the program starts /runtimetest in a root filesystem into which it has not copied it',
  },
  {
    programs: ['linux_seccomp'],
    runtimes: ['runc'],
    why: 'runc 1.1 calls getcwd after it has loaded the filter that forbids it',
  },
  {
    programs: ['linux_ns_path'],
    runtimes: [...ALL],
    why: 'the program gives unshare(1) three seconds to make a namespace, which a busy machine may not keep',
    sometimes: true,
  },
  {
    programs: ['poststart_fail', 'poststop', 'poststop_fail', 'prestart_fail'],
    runtimes: ['crun'],
    why: 'crun 1.8 is ended by SIGPIPE when a hook ends without having read the state from its stdin',
    sometimes: true,
  },
  {
    programs: ['killsig'],
    runtimes: [...ALL],
    why: 'a race: the program sends the signal before the shell may have set its trap, and waits five seconds for the end',
    sometimes: true,
  },
]
