// SPDX-License-Identifier: Apache-2.0
// This room owns the language between TypeScript and the shim. It never reads a file and never runs a plan.
import type { Phase } from './phases.ts'

/**
 * How a field travels. Scalars take 8 bytes; text is length-prefixed and NUL-terminated. `slot` names a descriptor
 * that an earlier keeper step opened or that the runtime donated; the encoder numbers it, `noSlot` means none.
 * `hostPath` is resolved on the host, `rootfsPath` only below the container's root.
 */
export type FieldKind =
  | 'u32'
  | 'i32'
  | 'u64'
  | 'i64'
  | 'bool'
  | 'str'
  | 'strs'
  | 'bytes'
  | 'u32s'
  | 'hostPath'
  | 'rootfsPath'
  | 'slot'

export interface OpRow {
  readonly code: number
  readonly phases: readonly Phase[]
  readonly fields: Readonly<Record<string, FieldKind>>
  /** Errnos the verb may forgive when the step says `tolerate`. */
  readonly tolerates?: readonly string[]
  /** What the verb does, for `docs` and for the contract above the C function. */
  readonly does: string
}

/** One row per verb. The TypeScript types, the C structs, the decoder and the encoder all come from here. */
export const OPS = {
  // namespaces
  open_namespace: {
    code: 0x01,
    phases: ['keeper'],
    fields: { slot: 'slot', path: 'hostPath', type: 'u32' },
    does: 'open a namespace file and check that it is of the given CLONE_NEW* type',
  },
  open_tree: {
    code: 0x02,
    phases: ['keeper'],
    fields: { slot: 'slot', source: 'hostPath', recursive: 'bool' },
    does: 'clone the mounts at a host path into a detached tree, cut off from the host by making it slave',
  },
  open_cgroup: {
    code: 0x03,
    phases: ['keeper'],
    fields: { slot: 'slot', path: 'hostPath' },
    does: 'open a cgroup directory (to clone into) or its tasks or cgroup.procs file (to enter)',
  },
  open_id_map: {
    code: 0x90,
    phases: ['keeper'],
    fields: { slot: 'slot', uidMap: 'str', gidMap: 'str' },
    does: 'make a user namespace with these id maps for mounts and hold it; no process stays in it',
  },
  map_tree: {
    code: 0x91,
    phases: ['keeper'],
    fields: { slot: 'slot', idMap: 'slot', source: 'hostPath', recursive: 'bool' },
    does: 'map the ids of an opened tree, at its top or in all of it, by a user namespace (MOUNT_ATTR_IDMAP)',
  },
  open_mapped_filesystem: {
    code: 0x92,
    phases: ['keeper'],
    fields: {
      slot: 'slot',
      idMap: 'slot',
      fstype: 'str',
      source: 'str',
      superblockFlags: 'u64',
      attributesSet: 'u64',
      options: 'strs',
    },
    does: 'create a filesystem on the host, attached nowhere, and map its ids by a user namespace',
  },
  join_namespaces: {
    code: 0x04,
    phases: ['keeper', 'born'],
    fields: {
      user: 'slot',
      mount: 'slot',
      pid: 'slot',
      network: 'slot',
      ipc: 'slot',
      uts: 'slot',
      cgroup: 'slot',
      time: 'slot',
    },
    does: 'enter the opened namespaces, those the host owns before the user namespace and the rest after it',
  },
  clone_init: {
    code: 0x05,
    phases: ['keeper'],
    fields: { flags: 'u64', cgroup: 'slot' },
    does: 'clone the container process with the given CLONE_NEW* flags, into a cgroup v2 directory where one is given',
  },
  write_id_map: {
    code: 0x06,
    phases: ['attend'],
    fields: { file: 'str', content: 'str' },
    does: 'write uid_map, gid_map or setgroups of the container process',
  },
  enter_cgroup: {
    code: 0x07,
    phases: ['born'],
    fields: { slot: 'slot' },
    does: 'move the container process into an opened cgroup',
  },
  unshare_namespaces: {
    code: 0x08,
    phases: ['born'],
    fields: { flags: 'u64' },
    does: 'unshare further namespaces from inside, such as the cgroup namespace',
  },
  set_time_offsets: {
    code: 0x09,
    phases: ['born'],
    fields: { monotonicSecs: 'i64', monotonicNanosecs: 'u32', boottimeSecs: 'i64', boottimeNanosecs: 'u32' },
    does: 'unshare a time namespace, write its clock offsets and enter it',
  },
  become_root: {
    code: 0x0a,
    phases: ['born'],
    fields: { setgroups: 'bool' },
    does: 'become uid 0 and gid 0 of the new user namespace',
  },
  set_dumpable: {
    code: 0x98,
    phases: ['keeper', 'born'],
    fields: { dumpable: 'bool' },
    does: 'let the user of the shim, or nobody but root, write the files of this process below /proc (PR_SET_DUMPABLE)',
  },
  new_session: { code: 0x0b, phases: ['born'], fields: {}, does: 'start a new session' },
  raise_loopback: { code: 0x0c, phases: ['born'], fields: {}, does: 'bring up lo of a new network namespace' },

  // into a container that runs
  open_process_root: {
    code: 0xa1,
    phases: ['keeper'],
    fields: { slot: 'slot', pid: 'u32' },
    does: 'hold the root directory of a process; join_process proves afterwards that it was the right process',
  },
  hold_proc: {
    code: 0xa3,
    phases: ['keeper'],
    fields: {},
    does: "hold the host's procfs for files of the new process: that of the container may be anything",
  },
  leave_overseer: {
    code: 0xa4,
    phases: ['keeper'],
    fields: {},
    does: 'leave a child on the host for the oversee phase, which a keeper in a user namespace has no right to',
  },
  join_process: {
    code: 0xa0,
    phases: ['keeper'],
    fields: { pidfd: 'slot', flags: 'u64' },
    does: 'enter the given namespaces of a process all at once (setns(2) on a pidfd); with none, check that it lives',
  },
  enter_root: {
    code: 0xa2,
    phases: ['setup'],
    fields: { slot: 'slot' },
    does: "take the root of the joined mount namespace, or the opened one, as the container's root",
  },

  // root filesystem and mounts
  set_mount_propagation: {
    code: 0x20,
    phases: ['setup', 'inside'],
    fields: { target: 'rootfsPath', propagation: 'u64' },
    does: 'change the propagation of a mount (MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, with MS_REC); in setup, before bind_rootfs, / is the host tree',
  },
  bind_rootfs: {
    code: 0x21,
    phases: ['setup'],
    fields: { source: 'hostPath', slot: 'slot', recursive: 'bool', holdOnly: 'bool' },
    does: 'bind the root filesystem on itself, privately, and hold it by descriptor: every later rootfs path starts there; holdOnly where there is no mount namespace of our own',
  },
  mount_fs: {
    code: 0x22,
    phases: ['setup'],
    fields: {
      target: 'rootfsPath',
      fstype: 'str',
      source: 'str',
      superblockFlags: 'u64',
      attributesSet: 'u64',
      options: 'strs',
      realDirectory: 'bool',
      copyUp: 'bool',
      keepMode: 'bool',
    },
    does: 'create a filesystem and attach it; options go to the filesystem, attributes to the mount',
  },
  mount_bind: {
    code: 0x23,
    phases: ['setup'],
    fields: {
      target: 'rootfsPath',
      source: 'hostPath',
      slot: 'slot',
      recursive: 'bool',
      attributesSet: 'u64',
      attributesClear: 'u64',
      recursiveSet: 'u64',
      recursiveClear: 'u64',
      requireFsMagic: 'u64',
    },
    tolerates: ['ENOENT'],
    does: 'bind a host path; the target is made a file or a directory like the source',
  },
  attach_filesystem: {
    code: 0x93,
    phases: ['setup'],
    fields: { target: 'rootfsPath', slot: 'slot', fstype: 'str' },
    does: 'attach a filesystem that the keeper has created',
  },
  set_mount_attributes: {
    code: 0x24,
    phases: ['setup', 'inside'],
    fields: {
      target: 'rootfsPath',
      recursive: 'bool',
      set: 'u64',
      clear: 'u64',
      superblockFlags: 'u64',
      options: 'strs',
    },
    does: 'change the attributes of an existing mount (mount_setattr(2)), and its superblock where options are given',
  },
  make_device: {
    code: 0x25,
    phases: ['setup'],
    fields: { target: 'rootfsPath', type: 'u32', major: 'u32', minor: 'u32', mode: 'u32', uid: 'u32', gid: 'u32' },
    does: 'create a device node or FIFO; an existing one must match',
  },
  bind_device: {
    code: 0x26,
    phases: ['setup'],
    fields: { target: 'rootfsPath', source: 'hostPath', slot: 'slot', type: 'u32', major: 'u32', minor: 'u32' },
    does: 'bind a device of the host where mknod is not allowed, after checking that it is that device',
  },
  make_symlink: {
    code: 0x27,
    phases: ['setup'],
    fields: { target: 'rootfsPath', content: 'str', replace: 'bool' },
    does: 'create a symbolic link below the root; an existing name stays unless it is to be replaced by an equal link',
  },
  pivot_root: { code: 0x28, phases: ['setup'], fields: {}, does: 'make the root filesystem / and detach the old root' },
  move_root: {
    code: 0x29,
    phases: ['setup'],
    fields: {},
    does: 'move the root filesystem over / and chroot (for a root that pivot_root refuses, such as an initramfs)',
  },
  change_root: {
    code: 0x2a,
    phases: ['setup'],
    fields: {},
    does: 'chroot into the root filesystem (no mount namespace of its own)',
  },
  mask_path: {
    code: 0x30,
    phases: ['inside'],
    fields: { target: 'rootfsPath' },
    tolerates: ['ENOENT'],
    does: 'hide a file behind a verified /dev/null, a directory behind an empty read-only tmpfs',
  },
  readonly_path: {
    code: 0x31,
    phases: ['inside'],
    fields: { target: 'rootfsPath' },
    tolerates: ['ENOENT'],
    does: 'bind a path on itself, read-only, keeping its other attributes',
  },
  write_sysctl: {
    code: 0x32,
    phases: ['inside'],
    fields: { key: 'str', value: 'str' },
    does: 'write below /proc/sys through a private procfs',
  },
  set_hostname: { code: 0x33, phases: ['inside'], fields: { name: 'str' }, does: 'sethostname(2)' },
  set_domainname: { code: 0x34, phases: ['inside'], fields: { name: 'str' }, does: 'setdomainname(2)' },

  // conversation
  sync: {
    code: 0x40,
    phases: ['attend', 'setup', 'inside', 'seal'],
    fields: { point: 'u32' },
    does: 'tell the runtime that a point is reached and wait for its word to go on',
  },

  // process
  set_rlimit: {
    code: 0x50,
    phases: ['oversee'],
    fields: { resource: 'u32', soft: 'u64', hard: 'u64' },
    does: 'prlimit(2) on the container process',
  },
  set_oom_score_adj: {
    code: 0x51,
    phases: ['keeper', 'oversee'],
    fields: { value: 'i32' },
    does: 'write oom_score_adj of the container process, or of the keeper, from which that process inherits it',
  },
  make_working_directory: {
    code: 0x52,
    phases: ['inside'],
    fields: { target: 'rootfsPath' },
    does: 'create the working directory where it is missing',
  },
  set_umask: { code: 0x53, phases: ['seal'], fields: { mask: 'u32' }, does: 'umask(2)' },
  change_directory: {
    code: 0x54,
    phases: ['seal'],
    fields: { path: 'rootfsPath' },
    tolerates: ['EACCES', 'EPERM'],
    does: 'chdir(2), and check that the new directory lies inside the root',
  },
  own_stdio: {
    code: 0x55,
    phases: ['seal'],
    fields: { uid: 'u32' },
    does: 'give the inherited pipes of descriptors 0, 1, 2 to the user; never a device of the host',
  },
  limit_bounding_set: {
    code: 0x56,
    phases: ['seal'],
    fields: { keep: 'u64' },
    does: 'drop every capability outside the set from the bounding set',
  },
  set_user: {
    code: 0x57,
    phases: ['seal'],
    fields: { uid: 'u32', gid: 'u32', groups: 'u32s', setgroups: 'bool' },
    does: 'set supplementary groups, gid and uid, keeping permitted capabilities for the next step',
  },
  set_capabilities: {
    code: 0x58,
    phases: ['seal'],
    fields: { effective: 'u64', permitted: 'u64', inheritable: 'u64', ambient: 'u64' },
    does: 'capset(2) and the ambient set',
  },
  set_no_new_privileges: { code: 0x59, phases: ['seal'], fields: {}, does: 'prctl(PR_SET_NO_NEW_PRIVS)' },
  find_executable: {
    code: 0x5a,
    phases: ['seal'],
    fields: { file: 'str', searchPath: 'str' },
    does: 'find the program in the search path of the container environment and remember it',
  },
  load_seccomp: {
    code: 0x5b,
    phases: ['seal', 'started'],
    fields: { filter: 'bytes', flags: 'u32', listener: 'bool' },
    does: 'load a compiled BPF filter; with a listener, the next sync hands it over',
  },
  join_session_keyring: {
    code: 0x80,
    phases: ['born'],
    fields: { name: 'str', permissions: 'u32' },
    tolerates: ['EDQUOT', 'ENOSYS'],
    does: 'create or join the session keyring of that name and add permissions to it (keyctl(2))',
  },
  find_home: {
    code: 0x81,
    phases: ['inside'],
    fields: { uid: 'u32' },
    does: 'remember the home directory of the user in /etc/passwd of the root, or /, for an empty HOME of exec',
  },
  set_scheduler: {
    code: 0x82,
    phases: ['oversee'],
    fields: {
      policy: 'u32',
      nice: 'i32',
      priority: 'u32',
      flags: 'u64',
      runtime: 'u64',
      deadline: 'u64',
      period: 'u64',
    },
    does: 'sched_setattr(2) on the container process',
  },
  set_io_priority: {
    code: 0x83,
    phases: ['oversee'],
    fields: { class: 'u32', priority: 'u32' },
    does: 'ioprio_set(2) on the container process',
  },
  set_personality: { code: 0x84, phases: ['seal'], fields: { domain: 'u32' }, does: 'personality(2)' },
  set_memory_policy: {
    code: 0x85,
    phases: ['seal'],
    fields: { mode: 'u32', nodes: 'u32s' },
    does: 'set_mempolicy(2) with mode and flags in one number',
  },
  reset_cpu_affinity: {
    code: 0x86,
    phases: ['born'],
    fields: {},
    tolerates: ['EINVAL'],
    does: 'allow the process every CPU of its cgroup, whatever its parent was confined to',
  },

  set_cpu_affinity: {
    code: 0xa5,
    phases: ['keeper', 'born'],
    fields: { cpus: 'u32s' },
    does: 'run on these CPUs alone: the keeper until it has cloned, or the process for good',
  },

  // labels
  write_label: {
    code: 0x94,
    phases: ['born', 'seal'],
    fields: { attribute: 'str', label: 'str' },
    does: 'write a label to /proc/thread-self/attr through a private procfs: for the program, or for keys made next',
  },
  label_file: {
    code: 0x95,
    phases: ['setup'],
    fields: { target: 'rootfsPath', label: 'str' },
    does: 'set the SELinux label of a file (security.selinux)',
  },
  label_masks: {
    code: 0x96,
    phases: ['inside'],
    fields: { option: 'str' },
    does: 'give masks over directories one more mount option, their SELinux context',
  },

  // terminal
  open_terminal: {
    code: 0xb0,
    phases: ['inside', 'seal'],
    fields: { uid: 'u32' },
    does: 'open a pty of the devpts on /dev/pts of the root and give its slave to the user; the next sync terminal hands it over',
  },
  set_window_size: {
    code: 0xb1,
    phases: ['inside', 'seal'],
    fields: { height: 'u32', width: 'u32' },
    does: 'set the size of the opened terminal, in characters',
  },
  bind_console: {
    code: 0xb2,
    phases: ['inside'],
    fields: { target: 'rootfsPath' },
    does: 'attach the slave of the opened terminal over a file that is no link and is made where it is missing',
  },
  enter_terminal: {
    code: 0xb3,
    phases: ['inside', 'seal'],
    fields: {},
    does: 'make the opened terminal the controlling one of the session, and descriptors 0, 1 and 2',
  },
  guard_terminal: {
    code: 0xb8,
    phases: ['keeper'],
    fields: { terminal: 'slot', changed: 'bytes', saved: 'bytes' },
    does: 'wait until the runtime is gone; then give a terminal of the host that still has the changed modes the saved ones',
  },

  await_start: {
    code: 0x60,
    phases: ['started'],
    fields: { listener: 'slot' },
    does: 'wait on the start socket; from here failures are told to whoever called start',
  },
  announce_exec: {
    code: 0xc0,
    phases: ['started'],
    fields: {},
    does: 'tell whoever waits that all hooks have run: an end without this word is no good execve(2)',
  },
  exec: {
    code: 0x61,
    phases: ['started'],
    fields: { args: 'strs', env: 'strs' },
    does: 'execve(2) the program found before, with descriptors 0, 1 and 2 alone; an empty HOME is the one found before',
  },

  // hooks
  run_hook: {
    code: 0x70,
    phases: ['setup', 'started'],
    fields: {
      path: 'str',
      args: 'strs',
      env: 'strs',
      stateHead: 'str',
      stateTail: 'str',
      timeout: 'u64',
      inRootfs: 'bool',
      label: 'str',
    },
    does: 'run a hook as a child, the state on its stdin, and wait for it; after timeout seconds (0: none) its group is killed',
  },
} as const satisfies Record<string, OpRow>

export type OpName = keyof typeof OPS
