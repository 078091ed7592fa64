// SPDX-License-Identifier: Apache-2.0
import { nameOf, RLIMITS } from './kernel-flags.ts'
import type { Op } from './op.ts'

/** What a step was about to do, as the start of an error message: "cannot …". */
export function actionOf(op: Op): string {
  switch (op.op) {
    case 'open_namespace':
      return `cannot open the namespace ${op.path}`
    case 'open_tree':
      return `cannot open the mount source ${op.source}`
    case 'open_id_map':
      return 'cannot make a user namespace for the id mapping'
    case 'map_tree':
      return `cannot map the ids of the mount source ${op.source}`
    case 'open_mapped_filesystem':
      return `cannot make a filesystem "${op.fstype}" with mapped ids`
    case 'open_cgroup':
      return `cannot open the cgroup ${op.path}`
    case 'join_namespaces':
      return 'cannot join the namespaces'
    case 'open_process_root':
      return "cannot open the container's root directory"
    case 'hold_proc':
      return "cannot hold the host's procfs"
    case 'leave_overseer':
      return 'cannot leave a process on the host'
    case 'join_process':
      return 'cannot join the namespaces of the container'
    case 'enter_root':
      return "cannot enter the container's root directory"
    case 'set_cpu_affinity':
      return 'cannot set the CPU affinity'
    case 'clone_init':
      return 'cannot clone the container process into its namespaces'
    case 'write_id_map':
      return `cannot write ${op.file} "${op.content.trim().replaceAll('\n', ', ')}"`
    case 'enter_cgroup':
      return 'cannot enter the cgroup'
    case 'unshare_namespaces':
      return 'cannot unshare namespaces'
    case 'set_time_offsets':
      return 'cannot create the time namespace'
    case 'become_root':
      return 'cannot become root in the user namespace'
    case 'set_dumpable':
      return 'cannot change who may write the files of the process'
    case 'new_session':
      return 'cannot start a new session'
    case 'raise_loopback':
      return 'cannot bring up the loopback interface'
    case 'set_mount_propagation':
      return `cannot set the mount propagation of ${op.target}`
    case 'bind_rootfs':
      return `cannot bind the root filesystem ${op.source}`
    case 'mount_fs':
      return `cannot mount "${op.fstype}" on ${op.target}`
    case 'attach_filesystem':
      return `cannot mount "${op.fstype}" on ${op.target}`
    case 'mount_bind':
      return `cannot mount "${op.source}" on ${op.target}`
    case 'set_mount_attributes':
      return `cannot change the mount attributes of ${op.target}`
    case 'make_device':
    case 'bind_device':
      return `cannot create the device ${op.target}`
    case 'make_symlink':
      return `cannot create the symbolic link ${op.target}`
    case 'pivot_root':
    case 'move_root':
    case 'change_root':
      return 'cannot change to the root filesystem'
    case 'mask_path':
      return `cannot mask ${op.target}`
    case 'readonly_path':
      return `cannot make ${op.target} read-only`
    case 'write_sysctl':
      return `cannot set the sysctl ${op.key}=${op.value}`
    case 'set_hostname':
      return `cannot set the hostname ${op.name}`
    case 'set_domainname':
      return `cannot set the domainname ${op.name}`
    case 'sync':
      return 'cannot wait for the runtime'
    case 'set_rlimit':
      return `cannot set ${nameOf(RLIMITS, op.resource)} to ${op.soft}:${op.hard}`
    case 'set_oom_score_adj':
      return `cannot set oom_score_adj to ${op.value}`
    case 'make_working_directory':
      return `cannot create the working directory ${op.target}`
    case 'set_umask':
      return 'cannot set the umask'
    case 'change_directory':
      return `cannot change to the working directory ${op.path}`
    case 'own_stdio':
      return 'cannot change the owner of stdio'
    case 'limit_bounding_set':
      return 'unable to apply bounding set'
    case 'set_user':
      return `cannot become user ${op.uid}:${op.gid}`
    case 'set_capabilities':
      return 'unable to apply caps'
    case 'set_no_new_privileges':
      return 'cannot set no_new_privs'
    case 'find_executable':
      return `cannot find the executable ${op.file}`
    case 'load_seccomp':
      return 'cannot load the seccomp filter'
    case 'join_session_keyring':
      return `cannot join the session keyring ${op.name}`
    case 'find_home':
      return 'cannot find the home directory'
    case 'set_scheduler':
      return 'cannot set the scheduler'
    case 'set_io_priority':
      return 'cannot set the I/O priority'
    case 'set_personality':
      return 'cannot set the personality'
    case 'set_memory_policy':
      return 'cannot set the memory policy'
    case 'reset_cpu_affinity':
      return 'cannot reset the CPU affinity'
    case 'write_label':
      return op.attribute === 'apparmor/exec'
        ? 'unable to apply apparmor profile'
        : `cannot set the SELinux label ${op.label.trim()}`
    case 'label_file':
      return `cannot set the SELinux label of ${op.target}`
    case 'label_masks':
      return 'cannot label masks'
    case 'open_terminal':
      return 'cannot open a terminal'
    case 'set_window_size':
      return `cannot set the size of the terminal to ${op.height} rows and ${op.width} columns`
    case 'bind_console':
      return `cannot bind the terminal on ${op.target}`
    case 'enter_terminal':
      return 'cannot make the terminal the controlling one'
    case 'guard_terminal':
      return 'cannot guard the terminal'
    case 'await_start':
      return 'cannot wait for start'
    case 'run_hook':
      return `cannot run the hook ${op.path}`
    case 'announce_exec':
      return 'cannot announce the program'
    case 'exec':
      return 'cannot execute the program'
    default:
      return op satisfies never
  }
}
