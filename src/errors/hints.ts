// SPDX-License-Identifier: Apache-2.0

/** What to do about a failed step, by verb and errno, and by filesystem type; `*` stands for any verb. */
const HINTS: Readonly<Record<string, string>> = {
  'clone_init ENOSPC': 'a limit below /proc/sys/user (max_user_namespaces, max_pid_namespaces, …) is reached',
  'clone_init EPERM': 'creating namespaces needs root, or a user namespace among them',
  'clone_init EAGAIN': 'the process limit of the caller or of its cgroup is reached (ulimit -u, pids.max)',
  'clone_init EBUSY': 'the cgroup has children with controllers: choose another linux.cgroupsPath',
  'open_id_map ENOSPC': 'the limit /proc/sys/user/max_user_namespaces is reached',
  'open_id_map EPERM': 'the runtime may not map these ids: see uidMappings and gidMappings of the mount',
  'map_tree EPERM': 'mapping ids needs CAP_SYS_ADMIN over the filesystem, and a user namespace other than its own',
  'map_tree EINVAL': 'mount the filesystem without idmap, or bind only the part of the tree that can be mapped',
  'write_id_map EPERM': 'without CAP_SETUID and CAP_SETGID the kernel maps one id alone, the own one of the user',
  'set_time_offsets ERANGE': 'with its offset no clock may be negative or beyond 146 years',
  'join_namespaces EPERM': 'the namespace belongs to a user namespace in which this user has no CAP_SYS_ADMIN',
  'join_namespaces EINVAL':
    'the user namespace of the runtime itself cannot be joined: leave it out of linux.namespaces',
  'open_tree ENOENT':
    'create it on the host, or correct the path in config.json; a user namespace has its devices from the host too',
  'bind_rootfs EACCES': "the user that the container's root is mapped to may not pass a directory above it",
  'mount_bind EPERM':
    'a user namespace may not clear what the source has: leave out options such as rw, exec, suid, dev or noatime',
  'mount_bind ENOENT': 'create the source on the host, or correct the path in config.json',
  'mount_bind ENOTDIR': 'are you trying to mount a directory onto a file (or vice-versa)?',
  'mount_fs ENODEV': 'this kernel has no such filesystem, or its module is not loaded',
  'mount_fs EPERM sysfs':
    'a user namespace needs a network namespace of its own for it; or bind that of the host: "type": "none", "source": "/sys", "options": ["rbind", "ro"]',
  'mount_fs EPERM proc':
    'a user namespace needs a pid namespace of its own for it, and to see a /proc of which nothing is covered',
  'mount_fs EPERM mqueue': 'a user namespace needs an ipc namespace of its own for it',
  'mount_fs EPERM': 'a filesystem of this type cannot be mounted by the owner of this mount namespace',
  'join_session_keyring EDQUOT':
    'the key quota of this user is used up (kernel.keys.root_maxkeys, kernel.keys.maxkeys); --no-new-keyring asks for no keyring',
  'set_scheduler EPERM':
    "the policy needs CAP_SYS_NICE; a realtime one needs linux.resources.cpu.realtimeRuntime (cpu.rt_runtime_us) in a cgroup v1 cpu group; SCHED_DEADLINE can't be used together with linux.resources.cpu.cpus",
  'set_scheduler EINVAL':
    'this kernel has no such policy (none has SCHED_ISO), or SCHED_DEADLINE lacks 1024 <= runtime <= deadline <= period',
  'set_scheduler EBUSY': 'the CPUs have no time left for this SCHED_DEADLINE',
  'set_scheduler EOPNOTSUPP': 'this kernel is built without utilization clamping (CONFIG_UCLAMP_TASK)',
  'set_io_priority EPERM': 'IOPRIO_CLASS_RT needs CAP_SYS_NICE or CAP_SYS_ADMIN',
  'set_memory_policy EINVAL':
    'the nodes must be online and within linux.resources.cpu.mems, and mode and flags must go together (set_mempolicy(2))',
  'set_memory_policy ENOSYS': 'this kernel is built without NUMA',
  'set_rlimit EPERM': 'raising a hard limit needs CAP_SYS_RESOURCE, and RLIMIT_NOFILE cannot exceed fs.nr_open',
  'set_oom_score_adj EACCES': 'lowering oom_score_adj needs CAP_SYS_RESOURCE',
  'set_capabilities EPERM': 'the runtime itself lacks one of these capabilities',
  'set_user EINVAL': 'the id is not mapped in the user namespace: see linux.uidMappings and linux.gidMappings',
  'make_device EPERM': 'mknod(2) needs CAP_MKNOD and a filesystem that is not mounted by a user namespace',
  'write_label ENOENT': 'no AppArmor profile of this name is loaded: see aa-status and apparmor_parser',
  'write_label EACCES': 'the profile or label of the runtime itself does not allow this change: see the audit log',
  'write_label EINVAL': 'the policy of this host does not know the label',
  'write_sysctl ENOENT': 'this kernel has no such sysctl, or its module is not loaded',
  'write_sysctl EINVAL': 'the kernel does not accept this value',
  'pivot_root EINVAL': 'the root filesystem of the host may be an initramfs: try --no-pivot',
  'load_seccomp EACCES': 'without process.noNewPrivileges loading a filter needs CAP_SYS_ADMIN',
  'load_seccomp EBUSY': 'the runtime itself runs under a filter that has a listener, and there can be only one',
  'load_seccomp EINVAL': 'this kernel does not know a flag of linux.seccomp.flags, or the filter is too long for it',
  'open_terminal ENOENT': 'process.terminal needs a devpts mounted on /dev/pts: see mounts of what `runts spec` writes',
  'open_terminal ENXIO': 'process.terminal needs a devpts mounted on /dev/pts: see mounts of what `runts spec` writes',
  'open_terminal EPERM': 'linux.resources.devices has to allow c 5:2 and c 136:*',
  'open_terminal ENOSPC': 'all terminals are in use: kernel.pty.max, or max= of the devpts',
  'bind_console ELOOP': 'the image has a symbolic link where the terminal is to be: mount a tmpfs on /dev',
  'exec EPERM':
    'linux.seccomp does not allow execve(2), or the file has capabilities that are not in process.capabilities.bounding',
  'exec ENOSYS': 'linux.seccomp does not allow execve(2)',
  'exec ENOEXEC': 'the file is neither a binary for this machine nor a script with a #! line',
  '* EMFILE': 'the limit of open files is reached (ulimit -n)',
  '* ENFILE': 'the limit of open files of the whole system is reached (fs.file-max)',
  '* ENOMEM': 'the host or the cgroup has no memory left',
}

export function hintFor(op: string, errno: string, filesystem = ''): string | undefined {
  return HINTS[`${op} ${errno} ${filesystem}`] ?? HINTS[`${op} ${errno}`] ?? HINTS[`* ${errno}`]
}
