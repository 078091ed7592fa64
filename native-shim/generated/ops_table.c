// SPDX-License-Identifier: Apache-2.0
// Generated from src/plan/op-table.ts by src/tools/generate-c-table.ts: change the table, not this file.
#include <errno.h>
#include "ops.h"

static const struct field fields_open_namespace[] = {
  {FIELD_SLOT, offsetof(struct op_open_namespace, slot)},
  {FIELD_STR, offsetof(struct op_open_namespace, path)},
  {FIELD_U32, offsetof(struct op_open_namespace, type)},
  {FIELD_END, 0},
};
static const int tolerates_open_namespace[] = {0};
static int run_open_namespace(struct context *ctx, const void *op) { return op_open_namespace(ctx, op); }

static const struct field fields_open_tree[] = {
  {FIELD_SLOT, offsetof(struct op_open_tree, slot)},
  {FIELD_STR, offsetof(struct op_open_tree, source)},
  {FIELD_BOOL, offsetof(struct op_open_tree, recursive)},
  {FIELD_END, 0},
};
static const int tolerates_open_tree[] = {0};
static int run_open_tree(struct context *ctx, const void *op) { return op_open_tree(ctx, op); }

static const struct field fields_open_cgroup[] = {
  {FIELD_SLOT, offsetof(struct op_open_cgroup, slot)},
  {FIELD_STR, offsetof(struct op_open_cgroup, path)},
  {FIELD_END, 0},
};
static const int tolerates_open_cgroup[] = {0};
static int run_open_cgroup(struct context *ctx, const void *op) { return op_open_cgroup(ctx, op); }

static const struct field fields_open_id_map[] = {
  {FIELD_SLOT, offsetof(struct op_open_id_map, slot)},
  {FIELD_STR, offsetof(struct op_open_id_map, uid_map)},
  {FIELD_STR, offsetof(struct op_open_id_map, gid_map)},
  {FIELD_END, 0},
};
static const int tolerates_open_id_map[] = {0};
static int run_open_id_map(struct context *ctx, const void *op) { return op_open_id_map(ctx, op); }

static const struct field fields_map_tree[] = {
  {FIELD_SLOT, offsetof(struct op_map_tree, slot)},
  {FIELD_SLOT, offsetof(struct op_map_tree, id_map)},
  {FIELD_STR, offsetof(struct op_map_tree, source)},
  {FIELD_BOOL, offsetof(struct op_map_tree, recursive)},
  {FIELD_END, 0},
};
static const int tolerates_map_tree[] = {0};
static int run_map_tree(struct context *ctx, const void *op) { return op_map_tree(ctx, op); }

static const struct field fields_open_mapped_filesystem[] = {
  {FIELD_SLOT, offsetof(struct op_open_mapped_filesystem, slot)},
  {FIELD_SLOT, offsetof(struct op_open_mapped_filesystem, id_map)},
  {FIELD_STR, offsetof(struct op_open_mapped_filesystem, fstype)},
  {FIELD_STR, offsetof(struct op_open_mapped_filesystem, source)},
  {FIELD_U64, offsetof(struct op_open_mapped_filesystem, superblock_flags)},
  {FIELD_U64, offsetof(struct op_open_mapped_filesystem, attributes_set)},
  {FIELD_STRS, offsetof(struct op_open_mapped_filesystem, options)},
  {FIELD_END, 0},
};
static const int tolerates_open_mapped_filesystem[] = {0};
static int run_open_mapped_filesystem(struct context *ctx, const void *op) { return op_open_mapped_filesystem(ctx, op); }

static const struct field fields_join_namespaces[] = {
  {FIELD_SLOT, offsetof(struct op_join_namespaces, user)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, mount)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, pid)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, network)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, ipc)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, uts)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, cgroup)},
  {FIELD_SLOT, offsetof(struct op_join_namespaces, time)},
  {FIELD_END, 0},
};
static const int tolerates_join_namespaces[] = {0};
static int run_join_namespaces(struct context *ctx, const void *op) { return op_join_namespaces(ctx, op); }

static const struct field fields_clone_init[] = {
  {FIELD_U64, offsetof(struct op_clone_init, flags)},
  {FIELD_SLOT, offsetof(struct op_clone_init, cgroup)},
  {FIELD_END, 0},
};
static const int tolerates_clone_init[] = {0};
static int run_clone_init(struct context *ctx, const void *op) { return op_clone_init(ctx, op); }

static const struct field fields_write_id_map[] = {
  {FIELD_STR, offsetof(struct op_write_id_map, file)},
  {FIELD_STR, offsetof(struct op_write_id_map, content)},
  {FIELD_END, 0},
};
static const int tolerates_write_id_map[] = {0};
static int run_write_id_map(struct context *ctx, const void *op) { return op_write_id_map(ctx, op); }

static const struct field fields_enter_cgroup[] = {
  {FIELD_SLOT, offsetof(struct op_enter_cgroup, slot)},
  {FIELD_END, 0},
};
static const int tolerates_enter_cgroup[] = {0};
static int run_enter_cgroup(struct context *ctx, const void *op) { return op_enter_cgroup(ctx, op); }

static const struct field fields_unshare_namespaces[] = {
  {FIELD_U64, offsetof(struct op_unshare_namespaces, flags)},
  {FIELD_END, 0},
};
static const int tolerates_unshare_namespaces[] = {0};
static int run_unshare_namespaces(struct context *ctx, const void *op) { return op_unshare_namespaces(ctx, op); }

static const struct field fields_set_time_offsets[] = {
  {FIELD_I64, offsetof(struct op_set_time_offsets, monotonic_secs)},
  {FIELD_U32, offsetof(struct op_set_time_offsets, monotonic_nanosecs)},
  {FIELD_I64, offsetof(struct op_set_time_offsets, boottime_secs)},
  {FIELD_U32, offsetof(struct op_set_time_offsets, boottime_nanosecs)},
  {FIELD_END, 0},
};
static const int tolerates_set_time_offsets[] = {0};
static int run_set_time_offsets(struct context *ctx, const void *op) { return op_set_time_offsets(ctx, op); }

static const struct field fields_become_root[] = {
  {FIELD_BOOL, offsetof(struct op_become_root, setgroups)},
  {FIELD_END, 0},
};
static const int tolerates_become_root[] = {0};
static int run_become_root(struct context *ctx, const void *op) { return op_become_root(ctx, op); }

static const struct field fields_set_dumpable[] = {
  {FIELD_BOOL, offsetof(struct op_set_dumpable, dumpable)},
  {FIELD_END, 0},
};
static const int tolerates_set_dumpable[] = {0};
static int run_set_dumpable(struct context *ctx, const void *op) { return op_set_dumpable(ctx, op); }

static const struct field fields_new_session[] = {
  {FIELD_END, 0},
};
static const int tolerates_new_session[] = {0};
static int run_new_session(struct context *ctx, const void *op) { return op_new_session(ctx, op); }

static const struct field fields_raise_loopback[] = {
  {FIELD_END, 0},
};
static const int tolerates_raise_loopback[] = {0};
static int run_raise_loopback(struct context *ctx, const void *op) { return op_raise_loopback(ctx, op); }

static const struct field fields_open_process_root[] = {
  {FIELD_SLOT, offsetof(struct op_open_process_root, slot)},
  {FIELD_U32, offsetof(struct op_open_process_root, pid)},
  {FIELD_END, 0},
};
static const int tolerates_open_process_root[] = {0};
static int run_open_process_root(struct context *ctx, const void *op) { return op_open_process_root(ctx, op); }

static const struct field fields_hold_proc[] = {
  {FIELD_END, 0},
};
static const int tolerates_hold_proc[] = {0};
static int run_hold_proc(struct context *ctx, const void *op) { return op_hold_proc(ctx, op); }

static const struct field fields_leave_overseer[] = {
  {FIELD_END, 0},
};
static const int tolerates_leave_overseer[] = {0};
static int run_leave_overseer(struct context *ctx, const void *op) { return op_leave_overseer(ctx, op); }

static const struct field fields_join_process[] = {
  {FIELD_SLOT, offsetof(struct op_join_process, pidfd)},
  {FIELD_U64, offsetof(struct op_join_process, flags)},
  {FIELD_END, 0},
};
static const int tolerates_join_process[] = {0};
static int run_join_process(struct context *ctx, const void *op) { return op_join_process(ctx, op); }

static const struct field fields_enter_root[] = {
  {FIELD_SLOT, offsetof(struct op_enter_root, slot)},
  {FIELD_END, 0},
};
static const int tolerates_enter_root[] = {0};
static int run_enter_root(struct context *ctx, const void *op) { return op_enter_root(ctx, op); }

static const struct field fields_set_mount_propagation[] = {
  {FIELD_STR, offsetof(struct op_set_mount_propagation, target)},
  {FIELD_U64, offsetof(struct op_set_mount_propagation, propagation)},
  {FIELD_END, 0},
};
static const int tolerates_set_mount_propagation[] = {0};
static int run_set_mount_propagation(struct context *ctx, const void *op) { return op_set_mount_propagation(ctx, op); }

static const struct field fields_bind_rootfs[] = {
  {FIELD_STR, offsetof(struct op_bind_rootfs, source)},
  {FIELD_SLOT, offsetof(struct op_bind_rootfs, slot)},
  {FIELD_BOOL, offsetof(struct op_bind_rootfs, recursive)},
  {FIELD_BOOL, offsetof(struct op_bind_rootfs, hold_only)},
  {FIELD_END, 0},
};
static const int tolerates_bind_rootfs[] = {0};
static int run_bind_rootfs(struct context *ctx, const void *op) { return op_bind_rootfs(ctx, op); }

static const struct field fields_mount_fs[] = {
  {FIELD_STR, offsetof(struct op_mount_fs, target)},
  {FIELD_STR, offsetof(struct op_mount_fs, fstype)},
  {FIELD_STR, offsetof(struct op_mount_fs, source)},
  {FIELD_U64, offsetof(struct op_mount_fs, superblock_flags)},
  {FIELD_U64, offsetof(struct op_mount_fs, attributes_set)},
  {FIELD_STRS, offsetof(struct op_mount_fs, options)},
  {FIELD_BOOL, offsetof(struct op_mount_fs, real_directory)},
  {FIELD_BOOL, offsetof(struct op_mount_fs, copy_up)},
  {FIELD_BOOL, offsetof(struct op_mount_fs, keep_mode)},
  {FIELD_END, 0},
};
static const int tolerates_mount_fs[] = {0};
static int run_mount_fs(struct context *ctx, const void *op) { return op_mount_fs(ctx, op); }

static const struct field fields_mount_bind[] = {
  {FIELD_STR, offsetof(struct op_mount_bind, target)},
  {FIELD_STR, offsetof(struct op_mount_bind, source)},
  {FIELD_SLOT, offsetof(struct op_mount_bind, slot)},
  {FIELD_BOOL, offsetof(struct op_mount_bind, recursive)},
  {FIELD_U64, offsetof(struct op_mount_bind, attributes_set)},
  {FIELD_U64, offsetof(struct op_mount_bind, attributes_clear)},
  {FIELD_U64, offsetof(struct op_mount_bind, recursive_set)},
  {FIELD_U64, offsetof(struct op_mount_bind, recursive_clear)},
  {FIELD_U64, offsetof(struct op_mount_bind, require_fs_magic)},
  {FIELD_END, 0},
};
static const int tolerates_mount_bind[] = {ENOENT, 0};
static int run_mount_bind(struct context *ctx, const void *op) { return op_mount_bind(ctx, op); }

static const struct field fields_attach_filesystem[] = {
  {FIELD_STR, offsetof(struct op_attach_filesystem, target)},
  {FIELD_SLOT, offsetof(struct op_attach_filesystem, slot)},
  {FIELD_STR, offsetof(struct op_attach_filesystem, fstype)},
  {FIELD_END, 0},
};
static const int tolerates_attach_filesystem[] = {0};
static int run_attach_filesystem(struct context *ctx, const void *op) { return op_attach_filesystem(ctx, op); }

static const struct field fields_set_mount_attributes[] = {
  {FIELD_STR, offsetof(struct op_set_mount_attributes, target)},
  {FIELD_BOOL, offsetof(struct op_set_mount_attributes, recursive)},
  {FIELD_U64, offsetof(struct op_set_mount_attributes, set)},
  {FIELD_U64, offsetof(struct op_set_mount_attributes, clear)},
  {FIELD_U64, offsetof(struct op_set_mount_attributes, superblock_flags)},
  {FIELD_STRS, offsetof(struct op_set_mount_attributes, options)},
  {FIELD_END, 0},
};
static const int tolerates_set_mount_attributes[] = {0};
static int run_set_mount_attributes(struct context *ctx, const void *op) { return op_set_mount_attributes(ctx, op); }

static const struct field fields_make_device[] = {
  {FIELD_STR, offsetof(struct op_make_device, target)},
  {FIELD_U32, offsetof(struct op_make_device, type)},
  {FIELD_U32, offsetof(struct op_make_device, major)},
  {FIELD_U32, offsetof(struct op_make_device, minor)},
  {FIELD_U32, offsetof(struct op_make_device, mode)},
  {FIELD_U32, offsetof(struct op_make_device, uid)},
  {FIELD_U32, offsetof(struct op_make_device, gid)},
  {FIELD_END, 0},
};
static const int tolerates_make_device[] = {0};
static int run_make_device(struct context *ctx, const void *op) { return op_make_device(ctx, op); }

static const struct field fields_bind_device[] = {
  {FIELD_STR, offsetof(struct op_bind_device, target)},
  {FIELD_STR, offsetof(struct op_bind_device, source)},
  {FIELD_SLOT, offsetof(struct op_bind_device, slot)},
  {FIELD_U32, offsetof(struct op_bind_device, type)},
  {FIELD_U32, offsetof(struct op_bind_device, major)},
  {FIELD_U32, offsetof(struct op_bind_device, minor)},
  {FIELD_END, 0},
};
static const int tolerates_bind_device[] = {0};
static int run_bind_device(struct context *ctx, const void *op) { return op_bind_device(ctx, op); }

static const struct field fields_make_symlink[] = {
  {FIELD_STR, offsetof(struct op_make_symlink, target)},
  {FIELD_STR, offsetof(struct op_make_symlink, content)},
  {FIELD_BOOL, offsetof(struct op_make_symlink, replace)},
  {FIELD_END, 0},
};
static const int tolerates_make_symlink[] = {0};
static int run_make_symlink(struct context *ctx, const void *op) { return op_make_symlink(ctx, op); }

static const struct field fields_pivot_root[] = {
  {FIELD_END, 0},
};
static const int tolerates_pivot_root[] = {0};
static int run_pivot_root(struct context *ctx, const void *op) { return op_pivot_root(ctx, op); }

static const struct field fields_move_root[] = {
  {FIELD_END, 0},
};
static const int tolerates_move_root[] = {0};
static int run_move_root(struct context *ctx, const void *op) { return op_move_root(ctx, op); }

static const struct field fields_change_root[] = {
  {FIELD_END, 0},
};
static const int tolerates_change_root[] = {0};
static int run_change_root(struct context *ctx, const void *op) { return op_change_root(ctx, op); }

static const struct field fields_mask_path[] = {
  {FIELD_STR, offsetof(struct op_mask_path, target)},
  {FIELD_END, 0},
};
static const int tolerates_mask_path[] = {ENOENT, 0};
static int run_mask_path(struct context *ctx, const void *op) { return op_mask_path(ctx, op); }

static const struct field fields_readonly_path[] = {
  {FIELD_STR, offsetof(struct op_readonly_path, target)},
  {FIELD_END, 0},
};
static const int tolerates_readonly_path[] = {ENOENT, 0};
static int run_readonly_path(struct context *ctx, const void *op) { return op_readonly_path(ctx, op); }

static const struct field fields_write_sysctl[] = {
  {FIELD_STR, offsetof(struct op_write_sysctl, key)},
  {FIELD_STR, offsetof(struct op_write_sysctl, value)},
  {FIELD_END, 0},
};
static const int tolerates_write_sysctl[] = {0};
static int run_write_sysctl(struct context *ctx, const void *op) { return op_write_sysctl(ctx, op); }

static const struct field fields_set_hostname[] = {
  {FIELD_STR, offsetof(struct op_set_hostname, name)},
  {FIELD_END, 0},
};
static const int tolerates_set_hostname[] = {0};
static int run_set_hostname(struct context *ctx, const void *op) { return op_set_hostname(ctx, op); }

static const struct field fields_set_domainname[] = {
  {FIELD_STR, offsetof(struct op_set_domainname, name)},
  {FIELD_END, 0},
};
static const int tolerates_set_domainname[] = {0};
static int run_set_domainname(struct context *ctx, const void *op) { return op_set_domainname(ctx, op); }

static const struct field fields_sync[] = {
  {FIELD_U32, offsetof(struct op_sync, point)},
  {FIELD_END, 0},
};
static const int tolerates_sync[] = {0};
static int run_sync(struct context *ctx, const void *op) { return op_sync(ctx, op); }

static const struct field fields_set_rlimit[] = {
  {FIELD_U32, offsetof(struct op_set_rlimit, resource)},
  {FIELD_U64, offsetof(struct op_set_rlimit, soft)},
  {FIELD_U64, offsetof(struct op_set_rlimit, hard)},
  {FIELD_END, 0},
};
static const int tolerates_set_rlimit[] = {0};
static int run_set_rlimit(struct context *ctx, const void *op) { return op_set_rlimit(ctx, op); }

static const struct field fields_set_oom_score_adj[] = {
  {FIELD_I32, offsetof(struct op_set_oom_score_adj, value)},
  {FIELD_END, 0},
};
static const int tolerates_set_oom_score_adj[] = {0};
static int run_set_oom_score_adj(struct context *ctx, const void *op) { return op_set_oom_score_adj(ctx, op); }

static const struct field fields_make_working_directory[] = {
  {FIELD_STR, offsetof(struct op_make_working_directory, target)},
  {FIELD_END, 0},
};
static const int tolerates_make_working_directory[] = {0};
static int run_make_working_directory(struct context *ctx, const void *op) { return op_make_working_directory(ctx, op); }

static const struct field fields_set_umask[] = {
  {FIELD_U32, offsetof(struct op_set_umask, mask)},
  {FIELD_END, 0},
};
static const int tolerates_set_umask[] = {0};
static int run_set_umask(struct context *ctx, const void *op) { return op_set_umask(ctx, op); }

static const struct field fields_change_directory[] = {
  {FIELD_STR, offsetof(struct op_change_directory, path)},
  {FIELD_END, 0},
};
static const int tolerates_change_directory[] = {EACCES, EPERM, 0};
static int run_change_directory(struct context *ctx, const void *op) { return op_change_directory(ctx, op); }

static const struct field fields_own_stdio[] = {
  {FIELD_U32, offsetof(struct op_own_stdio, uid)},
  {FIELD_END, 0},
};
static const int tolerates_own_stdio[] = {0};
static int run_own_stdio(struct context *ctx, const void *op) { return op_own_stdio(ctx, op); }

static const struct field fields_limit_bounding_set[] = {
  {FIELD_U64, offsetof(struct op_limit_bounding_set, keep)},
  {FIELD_END, 0},
};
static const int tolerates_limit_bounding_set[] = {0};
static int run_limit_bounding_set(struct context *ctx, const void *op) { return op_limit_bounding_set(ctx, op); }

static const struct field fields_set_user[] = {
  {FIELD_U32, offsetof(struct op_set_user, uid)},
  {FIELD_U32, offsetof(struct op_set_user, gid)},
  {FIELD_U32S, offsetof(struct op_set_user, groups)},
  {FIELD_BOOL, offsetof(struct op_set_user, setgroups)},
  {FIELD_END, 0},
};
static const int tolerates_set_user[] = {0};
static int run_set_user(struct context *ctx, const void *op) { return op_set_user(ctx, op); }

static const struct field fields_set_capabilities[] = {
  {FIELD_U64, offsetof(struct op_set_capabilities, effective)},
  {FIELD_U64, offsetof(struct op_set_capabilities, permitted)},
  {FIELD_U64, offsetof(struct op_set_capabilities, inheritable)},
  {FIELD_U64, offsetof(struct op_set_capabilities, ambient)},
  {FIELD_END, 0},
};
static const int tolerates_set_capabilities[] = {0};
static int run_set_capabilities(struct context *ctx, const void *op) { return op_set_capabilities(ctx, op); }

static const struct field fields_set_no_new_privileges[] = {
  {FIELD_END, 0},
};
static const int tolerates_set_no_new_privileges[] = {0};
static int run_set_no_new_privileges(struct context *ctx, const void *op) { return op_set_no_new_privileges(ctx, op); }

static const struct field fields_find_executable[] = {
  {FIELD_STR, offsetof(struct op_find_executable, file)},
  {FIELD_STR, offsetof(struct op_find_executable, search_path)},
  {FIELD_END, 0},
};
static const int tolerates_find_executable[] = {0};
static int run_find_executable(struct context *ctx, const void *op) { return op_find_executable(ctx, op); }

static const struct field fields_load_seccomp[] = {
  {FIELD_BYTES, offsetof(struct op_load_seccomp, filter)},
  {FIELD_U32, offsetof(struct op_load_seccomp, flags)},
  {FIELD_BOOL, offsetof(struct op_load_seccomp, listener)},
  {FIELD_END, 0},
};
static const int tolerates_load_seccomp[] = {0};
static int run_load_seccomp(struct context *ctx, const void *op) { return op_load_seccomp(ctx, op); }

static const struct field fields_join_session_keyring[] = {
  {FIELD_STR, offsetof(struct op_join_session_keyring, name)},
  {FIELD_U32, offsetof(struct op_join_session_keyring, permissions)},
  {FIELD_END, 0},
};
static const int tolerates_join_session_keyring[] = {EDQUOT, ENOSYS, 0};
static int run_join_session_keyring(struct context *ctx, const void *op) { return op_join_session_keyring(ctx, op); }

static const struct field fields_find_home[] = {
  {FIELD_U32, offsetof(struct op_find_home, uid)},
  {FIELD_END, 0},
};
static const int tolerates_find_home[] = {0};
static int run_find_home(struct context *ctx, const void *op) { return op_find_home(ctx, op); }

static const struct field fields_set_scheduler[] = {
  {FIELD_U32, offsetof(struct op_set_scheduler, policy)},
  {FIELD_I32, offsetof(struct op_set_scheduler, nice)},
  {FIELD_U32, offsetof(struct op_set_scheduler, priority)},
  {FIELD_U64, offsetof(struct op_set_scheduler, flags)},
  {FIELD_U64, offsetof(struct op_set_scheduler, runtime)},
  {FIELD_U64, offsetof(struct op_set_scheduler, deadline)},
  {FIELD_U64, offsetof(struct op_set_scheduler, period)},
  {FIELD_END, 0},
};
static const int tolerates_set_scheduler[] = {0};
static int run_set_scheduler(struct context *ctx, const void *op) { return op_set_scheduler(ctx, op); }

static const struct field fields_set_io_priority[] = {
  {FIELD_U32, offsetof(struct op_set_io_priority, class)},
  {FIELD_U32, offsetof(struct op_set_io_priority, priority)},
  {FIELD_END, 0},
};
static const int tolerates_set_io_priority[] = {0};
static int run_set_io_priority(struct context *ctx, const void *op) { return op_set_io_priority(ctx, op); }

static const struct field fields_set_personality[] = {
  {FIELD_U32, offsetof(struct op_set_personality, domain)},
  {FIELD_END, 0},
};
static const int tolerates_set_personality[] = {0};
static int run_set_personality(struct context *ctx, const void *op) { return op_set_personality(ctx, op); }

static const struct field fields_set_memory_policy[] = {
  {FIELD_U32, offsetof(struct op_set_memory_policy, mode)},
  {FIELD_U32S, offsetof(struct op_set_memory_policy, nodes)},
  {FIELD_END, 0},
};
static const int tolerates_set_memory_policy[] = {0};
static int run_set_memory_policy(struct context *ctx, const void *op) { return op_set_memory_policy(ctx, op); }

static const struct field fields_reset_cpu_affinity[] = {
  {FIELD_END, 0},
};
static const int tolerates_reset_cpu_affinity[] = {EINVAL, 0};
static int run_reset_cpu_affinity(struct context *ctx, const void *op) { return op_reset_cpu_affinity(ctx, op); }

static const struct field fields_set_cpu_affinity[] = {
  {FIELD_U32S, offsetof(struct op_set_cpu_affinity, cpus)},
  {FIELD_END, 0},
};
static const int tolerates_set_cpu_affinity[] = {0};
static int run_set_cpu_affinity(struct context *ctx, const void *op) { return op_set_cpu_affinity(ctx, op); }

static const struct field fields_write_label[] = {
  {FIELD_STR, offsetof(struct op_write_label, attribute)},
  {FIELD_STR, offsetof(struct op_write_label, label)},
  {FIELD_END, 0},
};
static const int tolerates_write_label[] = {0};
static int run_write_label(struct context *ctx, const void *op) { return op_write_label(ctx, op); }

static const struct field fields_label_file[] = {
  {FIELD_STR, offsetof(struct op_label_file, target)},
  {FIELD_STR, offsetof(struct op_label_file, label)},
  {FIELD_END, 0},
};
static const int tolerates_label_file[] = {0};
static int run_label_file(struct context *ctx, const void *op) { return op_label_file(ctx, op); }

static const struct field fields_label_masks[] = {
  {FIELD_STR, offsetof(struct op_label_masks, option)},
  {FIELD_END, 0},
};
static const int tolerates_label_masks[] = {0};
static int run_label_masks(struct context *ctx, const void *op) { return op_label_masks(ctx, op); }

static const struct field fields_open_terminal[] = {
  {FIELD_U32, offsetof(struct op_open_terminal, uid)},
  {FIELD_END, 0},
};
static const int tolerates_open_terminal[] = {0};
static int run_open_terminal(struct context *ctx, const void *op) { return op_open_terminal(ctx, op); }

static const struct field fields_set_window_size[] = {
  {FIELD_U32, offsetof(struct op_set_window_size, height)},
  {FIELD_U32, offsetof(struct op_set_window_size, width)},
  {FIELD_END, 0},
};
static const int tolerates_set_window_size[] = {0};
static int run_set_window_size(struct context *ctx, const void *op) { return op_set_window_size(ctx, op); }

static const struct field fields_bind_console[] = {
  {FIELD_STR, offsetof(struct op_bind_console, target)},
  {FIELD_END, 0},
};
static const int tolerates_bind_console[] = {0};
static int run_bind_console(struct context *ctx, const void *op) { return op_bind_console(ctx, op); }

static const struct field fields_enter_terminal[] = {
  {FIELD_END, 0},
};
static const int tolerates_enter_terminal[] = {0};
static int run_enter_terminal(struct context *ctx, const void *op) { return op_enter_terminal(ctx, op); }

static const struct field fields_guard_terminal[] = {
  {FIELD_SLOT, offsetof(struct op_guard_terminal, terminal)},
  {FIELD_BYTES, offsetof(struct op_guard_terminal, changed)},
  {FIELD_BYTES, offsetof(struct op_guard_terminal, saved)},
  {FIELD_END, 0},
};
static const int tolerates_guard_terminal[] = {0};
static int run_guard_terminal(struct context *ctx, const void *op) { return op_guard_terminal(ctx, op); }

static const struct field fields_await_start[] = {
  {FIELD_SLOT, offsetof(struct op_await_start, listener)},
  {FIELD_END, 0},
};
static const int tolerates_await_start[] = {0};
static int run_await_start(struct context *ctx, const void *op) { return op_await_start(ctx, op); }

static const struct field fields_announce_exec[] = {
  {FIELD_END, 0},
};
static const int tolerates_announce_exec[] = {0};
static int run_announce_exec(struct context *ctx, const void *op) { return op_announce_exec(ctx, op); }

static const struct field fields_exec[] = {
  {FIELD_STRS, offsetof(struct op_exec, args)},
  {FIELD_STRS, offsetof(struct op_exec, env)},
  {FIELD_END, 0},
};
static const int tolerates_exec[] = {0};
static int run_exec(struct context *ctx, const void *op) { return op_exec(ctx, op); }

static const struct field fields_run_hook[] = {
  {FIELD_STR, offsetof(struct op_run_hook, path)},
  {FIELD_STRS, offsetof(struct op_run_hook, args)},
  {FIELD_STRS, offsetof(struct op_run_hook, env)},
  {FIELD_STR, offsetof(struct op_run_hook, state_head)},
  {FIELD_STR, offsetof(struct op_run_hook, state_tail)},
  {FIELD_U64, offsetof(struct op_run_hook, timeout)},
  {FIELD_BOOL, offsetof(struct op_run_hook, in_rootfs)},
  {FIELD_STR, offsetof(struct op_run_hook, label)},
  {FIELD_END, 0},
};
static const int tolerates_run_hook[] = {0};
static int run_run_hook(struct context *ctx, const void *op) { return op_run_hook(ctx, op); }

const struct op_row op_rows[] = {
  {0x1, "open_namespace", 1u << PHASE_KEEPER, fields_open_namespace, tolerates_open_namespace, run_open_namespace},
  {0x2, "open_tree", 1u << PHASE_KEEPER, fields_open_tree, tolerates_open_tree, run_open_tree},
  {0x3, "open_cgroup", 1u << PHASE_KEEPER, fields_open_cgroup, tolerates_open_cgroup, run_open_cgroup},
  {0x90, "open_id_map", 1u << PHASE_KEEPER, fields_open_id_map, tolerates_open_id_map, run_open_id_map},
  {0x91, "map_tree", 1u << PHASE_KEEPER, fields_map_tree, tolerates_map_tree, run_map_tree},
  {0x92, "open_mapped_filesystem", 1u << PHASE_KEEPER, fields_open_mapped_filesystem, tolerates_open_mapped_filesystem, run_open_mapped_filesystem},
  {0x4, "join_namespaces", 1u << PHASE_KEEPER | 1u << PHASE_BORN, fields_join_namespaces, tolerates_join_namespaces, run_join_namespaces},
  {0x5, "clone_init", 1u << PHASE_KEEPER, fields_clone_init, tolerates_clone_init, run_clone_init},
  {0x6, "write_id_map", 1u << PHASE_ATTEND, fields_write_id_map, tolerates_write_id_map, run_write_id_map},
  {0x7, "enter_cgroup", 1u << PHASE_BORN, fields_enter_cgroup, tolerates_enter_cgroup, run_enter_cgroup},
  {0x8, "unshare_namespaces", 1u << PHASE_BORN, fields_unshare_namespaces, tolerates_unshare_namespaces, run_unshare_namespaces},
  {0x9, "set_time_offsets", 1u << PHASE_BORN, fields_set_time_offsets, tolerates_set_time_offsets, run_set_time_offsets},
  {0xa, "become_root", 1u << PHASE_BORN, fields_become_root, tolerates_become_root, run_become_root},
  {0x98, "set_dumpable", 1u << PHASE_KEEPER | 1u << PHASE_BORN, fields_set_dumpable, tolerates_set_dumpable, run_set_dumpable},
  {0xb, "new_session", 1u << PHASE_BORN, fields_new_session, tolerates_new_session, run_new_session},
  {0xc, "raise_loopback", 1u << PHASE_BORN, fields_raise_loopback, tolerates_raise_loopback, run_raise_loopback},
  {0xa1, "open_process_root", 1u << PHASE_KEEPER, fields_open_process_root, tolerates_open_process_root, run_open_process_root},
  {0xa3, "hold_proc", 1u << PHASE_KEEPER, fields_hold_proc, tolerates_hold_proc, run_hold_proc},
  {0xa4, "leave_overseer", 1u << PHASE_KEEPER, fields_leave_overseer, tolerates_leave_overseer, run_leave_overseer},
  {0xa0, "join_process", 1u << PHASE_KEEPER, fields_join_process, tolerates_join_process, run_join_process},
  {0xa2, "enter_root", 1u << PHASE_SETUP, fields_enter_root, tolerates_enter_root, run_enter_root},
  {0x20, "set_mount_propagation", 1u << PHASE_SETUP | 1u << PHASE_INSIDE, fields_set_mount_propagation, tolerates_set_mount_propagation, run_set_mount_propagation},
  {0x21, "bind_rootfs", 1u << PHASE_SETUP, fields_bind_rootfs, tolerates_bind_rootfs, run_bind_rootfs},
  {0x22, "mount_fs", 1u << PHASE_SETUP, fields_mount_fs, tolerates_mount_fs, run_mount_fs},
  {0x23, "mount_bind", 1u << PHASE_SETUP, fields_mount_bind, tolerates_mount_bind, run_mount_bind},
  {0x93, "attach_filesystem", 1u << PHASE_SETUP, fields_attach_filesystem, tolerates_attach_filesystem, run_attach_filesystem},
  {0x24, "set_mount_attributes", 1u << PHASE_SETUP | 1u << PHASE_INSIDE, fields_set_mount_attributes, tolerates_set_mount_attributes, run_set_mount_attributes},
  {0x25, "make_device", 1u << PHASE_SETUP, fields_make_device, tolerates_make_device, run_make_device},
  {0x26, "bind_device", 1u << PHASE_SETUP, fields_bind_device, tolerates_bind_device, run_bind_device},
  {0x27, "make_symlink", 1u << PHASE_SETUP, fields_make_symlink, tolerates_make_symlink, run_make_symlink},
  {0x28, "pivot_root", 1u << PHASE_SETUP, fields_pivot_root, tolerates_pivot_root, run_pivot_root},
  {0x29, "move_root", 1u << PHASE_SETUP, fields_move_root, tolerates_move_root, run_move_root},
  {0x2a, "change_root", 1u << PHASE_SETUP, fields_change_root, tolerates_change_root, run_change_root},
  {0x30, "mask_path", 1u << PHASE_INSIDE, fields_mask_path, tolerates_mask_path, run_mask_path},
  {0x31, "readonly_path", 1u << PHASE_INSIDE, fields_readonly_path, tolerates_readonly_path, run_readonly_path},
  {0x32, "write_sysctl", 1u << PHASE_INSIDE, fields_write_sysctl, tolerates_write_sysctl, run_write_sysctl},
  {0x33, "set_hostname", 1u << PHASE_INSIDE, fields_set_hostname, tolerates_set_hostname, run_set_hostname},
  {0x34, "set_domainname", 1u << PHASE_INSIDE, fields_set_domainname, tolerates_set_domainname, run_set_domainname},
  {0x40, "sync", 1u << PHASE_ATTEND | 1u << PHASE_SETUP | 1u << PHASE_INSIDE | 1u << PHASE_SEAL, fields_sync, tolerates_sync, run_sync},
  {0x50, "set_rlimit", 1u << PHASE_OVERSEE, fields_set_rlimit, tolerates_set_rlimit, run_set_rlimit},
  {0x51, "set_oom_score_adj", 1u << PHASE_KEEPER | 1u << PHASE_OVERSEE, fields_set_oom_score_adj, tolerates_set_oom_score_adj, run_set_oom_score_adj},
  {0x52, "make_working_directory", 1u << PHASE_INSIDE, fields_make_working_directory, tolerates_make_working_directory, run_make_working_directory},
  {0x53, "set_umask", 1u << PHASE_SEAL, fields_set_umask, tolerates_set_umask, run_set_umask},
  {0x54, "change_directory", 1u << PHASE_SEAL, fields_change_directory, tolerates_change_directory, run_change_directory},
  {0x55, "own_stdio", 1u << PHASE_SEAL, fields_own_stdio, tolerates_own_stdio, run_own_stdio},
  {0x56, "limit_bounding_set", 1u << PHASE_SEAL, fields_limit_bounding_set, tolerates_limit_bounding_set, run_limit_bounding_set},
  {0x57, "set_user", 1u << PHASE_SEAL, fields_set_user, tolerates_set_user, run_set_user},
  {0x58, "set_capabilities", 1u << PHASE_SEAL, fields_set_capabilities, tolerates_set_capabilities, run_set_capabilities},
  {0x59, "set_no_new_privileges", 1u << PHASE_SEAL, fields_set_no_new_privileges, tolerates_set_no_new_privileges, run_set_no_new_privileges},
  {0x5a, "find_executable", 1u << PHASE_SEAL, fields_find_executable, tolerates_find_executable, run_find_executable},
  {0x5b, "load_seccomp", 1u << PHASE_SEAL | 1u << PHASE_STARTED, fields_load_seccomp, tolerates_load_seccomp, run_load_seccomp},
  {0x80, "join_session_keyring", 1u << PHASE_BORN, fields_join_session_keyring, tolerates_join_session_keyring, run_join_session_keyring},
  {0x81, "find_home", 1u << PHASE_INSIDE, fields_find_home, tolerates_find_home, run_find_home},
  {0x82, "set_scheduler", 1u << PHASE_OVERSEE, fields_set_scheduler, tolerates_set_scheduler, run_set_scheduler},
  {0x83, "set_io_priority", 1u << PHASE_OVERSEE, fields_set_io_priority, tolerates_set_io_priority, run_set_io_priority},
  {0x84, "set_personality", 1u << PHASE_SEAL, fields_set_personality, tolerates_set_personality, run_set_personality},
  {0x85, "set_memory_policy", 1u << PHASE_SEAL, fields_set_memory_policy, tolerates_set_memory_policy, run_set_memory_policy},
  {0x86, "reset_cpu_affinity", 1u << PHASE_BORN, fields_reset_cpu_affinity, tolerates_reset_cpu_affinity, run_reset_cpu_affinity},
  {0xa5, "set_cpu_affinity", 1u << PHASE_KEEPER | 1u << PHASE_BORN, fields_set_cpu_affinity, tolerates_set_cpu_affinity, run_set_cpu_affinity},
  {0x94, "write_label", 1u << PHASE_BORN | 1u << PHASE_SEAL, fields_write_label, tolerates_write_label, run_write_label},
  {0x95, "label_file", 1u << PHASE_SETUP, fields_label_file, tolerates_label_file, run_label_file},
  {0x96, "label_masks", 1u << PHASE_INSIDE, fields_label_masks, tolerates_label_masks, run_label_masks},
  {0xb0, "open_terminal", 1u << PHASE_INSIDE | 1u << PHASE_SEAL, fields_open_terminal, tolerates_open_terminal, run_open_terminal},
  {0xb1, "set_window_size", 1u << PHASE_INSIDE | 1u << PHASE_SEAL, fields_set_window_size, tolerates_set_window_size, run_set_window_size},
  {0xb2, "bind_console", 1u << PHASE_INSIDE, fields_bind_console, tolerates_bind_console, run_bind_console},
  {0xb3, "enter_terminal", 1u << PHASE_INSIDE | 1u << PHASE_SEAL, fields_enter_terminal, tolerates_enter_terminal, run_enter_terminal},
  {0xb8, "guard_terminal", 1u << PHASE_KEEPER, fields_guard_terminal, tolerates_guard_terminal, run_guard_terminal},
  {0x60, "await_start", 1u << PHASE_STARTED, fields_await_start, tolerates_await_start, run_await_start},
  {0xc0, "announce_exec", 1u << PHASE_STARTED, fields_announce_exec, tolerates_announce_exec, run_announce_exec},
  {0x61, "exec", 1u << PHASE_STARTED, fields_exec, tolerates_exec, run_exec},
  {0x70, "run_hook", 1u << PHASE_SETUP | 1u << PHASE_STARTED, fields_run_hook, tolerates_run_hook, run_run_hook},
};
const unsigned op_row_count = sizeof(op_rows) / sizeof(op_rows[0]);
