// SPDX-License-Identifier: Apache-2.0
// Generated from src/plan/op-table.ts by src/tools/generate-c-table.ts: change the table, not this file.
#ifndef RUNTS_OPS_H
#define RUNTS_OPS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../plan.h"

#define OP_TABLE_HASH UINT64_C(0xfe6d4e9c9b295f0a)

enum phase {
  PHASE_KEEPER,
  PHASE_ATTEND,
  PHASE_BORN,
  PHASE_SETUP,
  PHASE_INSIDE,
  PHASE_OVERSEE,
  PHASE_SEAL,
  PHASE_STARTED,
};

enum sync_point {
  SYNC_RUNTIME_HOOKS = 1,
  SYNC_READY = 2,
  SYNC_SECCOMP_LISTENER = 8,
  SYNC_ID_MAPS = 9,
  SYNC_NETWORK_DEVICES = 10,
  SYNC_TERMINAL = 11,
  SYNC_CGROUP = 14,
};

struct context;

struct op_open_namespace {
  int slot;
  const char *path;
  uint32_t type;
};
int op_open_namespace(struct context *ctx, const struct op_open_namespace *op);

struct op_open_tree {
  int slot;
  const char *source;
  bool recursive;
};
int op_open_tree(struct context *ctx, const struct op_open_tree *op);

struct op_open_cgroup {
  int slot;
  const char *path;
};
int op_open_cgroup(struct context *ctx, const struct op_open_cgroup *op);

struct op_open_id_map {
  int slot;
  const char *uid_map;
  const char *gid_map;
};
int op_open_id_map(struct context *ctx, const struct op_open_id_map *op);

struct op_map_tree {
  int slot;
  int id_map;
  const char *source;
  bool recursive;
};
int op_map_tree(struct context *ctx, const struct op_map_tree *op);

struct op_open_mapped_filesystem {
  int slot;
  int id_map;
  const char *fstype;
  const char *source;
  uint64_t superblock_flags;
  uint64_t attributes_set;
  struct strings options;
};
int op_open_mapped_filesystem(struct context *ctx, const struct op_open_mapped_filesystem *op);

struct op_join_namespaces {
  int user;
  int mount;
  int pid;
  int network;
  int ipc;
  int uts;
  int cgroup;
  int time;
};
int op_join_namespaces(struct context *ctx, const struct op_join_namespaces *op);

struct op_clone_init {
  uint64_t flags;
  int cgroup;
};
int op_clone_init(struct context *ctx, const struct op_clone_init *op);

struct op_write_id_map {
  const char *file;
  const char *content;
};
int op_write_id_map(struct context *ctx, const struct op_write_id_map *op);

struct op_enter_cgroup {
  int slot;
};
int op_enter_cgroup(struct context *ctx, const struct op_enter_cgroup *op);

struct op_unshare_namespaces {
  uint64_t flags;
};
int op_unshare_namespaces(struct context *ctx, const struct op_unshare_namespaces *op);

struct op_set_time_offsets {
  int64_t monotonic_secs;
  uint32_t monotonic_nanosecs;
  int64_t boottime_secs;
  uint32_t boottime_nanosecs;
};
int op_set_time_offsets(struct context *ctx, const struct op_set_time_offsets *op);

struct op_become_root {
  bool setgroups;
};
int op_become_root(struct context *ctx, const struct op_become_root *op);

struct op_set_dumpable {
  bool dumpable;
};
int op_set_dumpable(struct context *ctx, const struct op_set_dumpable *op);

struct op_new_session {
  char nothing;
};
int op_new_session(struct context *ctx, const struct op_new_session *op);

struct op_raise_loopback {
  char nothing;
};
int op_raise_loopback(struct context *ctx, const struct op_raise_loopback *op);

struct op_open_process_root {
  int slot;
  uint32_t pid;
};
int op_open_process_root(struct context *ctx, const struct op_open_process_root *op);

struct op_hold_proc {
  char nothing;
};
int op_hold_proc(struct context *ctx, const struct op_hold_proc *op);

struct op_leave_overseer {
  char nothing;
};
int op_leave_overseer(struct context *ctx, const struct op_leave_overseer *op);

struct op_join_process {
  int pidfd;
  uint64_t flags;
};
int op_join_process(struct context *ctx, const struct op_join_process *op);

struct op_enter_root {
  int slot;
};
int op_enter_root(struct context *ctx, const struct op_enter_root *op);

struct op_set_mount_propagation {
  const char *target;
  uint64_t propagation;
};
int op_set_mount_propagation(struct context *ctx, const struct op_set_mount_propagation *op);

struct op_bind_rootfs {
  const char *source;
  int slot;
  bool recursive;
  bool hold_only;
};
int op_bind_rootfs(struct context *ctx, const struct op_bind_rootfs *op);

struct op_mount_fs {
  const char *target;
  const char *fstype;
  const char *source;
  uint64_t superblock_flags;
  uint64_t attributes_set;
  struct strings options;
  bool real_directory;
  bool copy_up;
  bool keep_mode;
};
int op_mount_fs(struct context *ctx, const struct op_mount_fs *op);

struct op_mount_bind {
  const char *target;
  const char *source;
  int slot;
  bool recursive;
  uint64_t attributes_set;
  uint64_t attributes_clear;
  uint64_t recursive_set;
  uint64_t recursive_clear;
  uint64_t require_fs_magic;
};
int op_mount_bind(struct context *ctx, const struct op_mount_bind *op);

struct op_attach_filesystem {
  const char *target;
  int slot;
  const char *fstype;
};
int op_attach_filesystem(struct context *ctx, const struct op_attach_filesystem *op);

struct op_set_mount_attributes {
  const char *target;
  bool recursive;
  uint64_t set;
  uint64_t clear;
  uint64_t superblock_flags;
  struct strings options;
};
int op_set_mount_attributes(struct context *ctx, const struct op_set_mount_attributes *op);

struct op_make_device {
  const char *target;
  uint32_t type;
  uint32_t major;
  uint32_t minor;
  uint32_t mode;
  uint32_t uid;
  uint32_t gid;
};
int op_make_device(struct context *ctx, const struct op_make_device *op);

struct op_bind_device {
  const char *target;
  const char *source;
  int slot;
  uint32_t type;
  uint32_t major;
  uint32_t minor;
};
int op_bind_device(struct context *ctx, const struct op_bind_device *op);

struct op_make_symlink {
  const char *target;
  const char *content;
  bool replace;
};
int op_make_symlink(struct context *ctx, const struct op_make_symlink *op);

struct op_pivot_root {
  char nothing;
};
int op_pivot_root(struct context *ctx, const struct op_pivot_root *op);

struct op_move_root {
  char nothing;
};
int op_move_root(struct context *ctx, const struct op_move_root *op);

struct op_change_root {
  char nothing;
};
int op_change_root(struct context *ctx, const struct op_change_root *op);

struct op_mask_path {
  const char *target;
};
int op_mask_path(struct context *ctx, const struct op_mask_path *op);

struct op_readonly_path {
  const char *target;
};
int op_readonly_path(struct context *ctx, const struct op_readonly_path *op);

struct op_write_sysctl {
  const char *key;
  const char *value;
};
int op_write_sysctl(struct context *ctx, const struct op_write_sysctl *op);

struct op_set_hostname {
  const char *name;
};
int op_set_hostname(struct context *ctx, const struct op_set_hostname *op);

struct op_set_domainname {
  const char *name;
};
int op_set_domainname(struct context *ctx, const struct op_set_domainname *op);

struct op_sync {
  uint32_t point;
};
int op_sync(struct context *ctx, const struct op_sync *op);

struct op_set_rlimit {
  uint32_t resource;
  uint64_t soft;
  uint64_t hard;
};
int op_set_rlimit(struct context *ctx, const struct op_set_rlimit *op);

struct op_set_oom_score_adj {
  int32_t value;
};
int op_set_oom_score_adj(struct context *ctx, const struct op_set_oom_score_adj *op);

struct op_make_working_directory {
  const char *target;
};
int op_make_working_directory(struct context *ctx, const struct op_make_working_directory *op);

struct op_set_umask {
  uint32_t mask;
};
int op_set_umask(struct context *ctx, const struct op_set_umask *op);

struct op_change_directory {
  const char *path;
};
int op_change_directory(struct context *ctx, const struct op_change_directory *op);

struct op_own_stdio {
  uint32_t uid;
};
int op_own_stdio(struct context *ctx, const struct op_own_stdio *op);

struct op_limit_bounding_set {
  uint64_t keep;
};
int op_limit_bounding_set(struct context *ctx, const struct op_limit_bounding_set *op);

struct op_set_user {
  uint32_t uid;
  uint32_t gid;
  struct u32s groups;
  bool setgroups;
};
int op_set_user(struct context *ctx, const struct op_set_user *op);

struct op_set_capabilities {
  uint64_t effective;
  uint64_t permitted;
  uint64_t inheritable;
  uint64_t ambient;
};
int op_set_capabilities(struct context *ctx, const struct op_set_capabilities *op);

struct op_set_no_new_privileges {
  char nothing;
};
int op_set_no_new_privileges(struct context *ctx, const struct op_set_no_new_privileges *op);

struct op_find_executable {
  const char *file;
  const char *search_path;
};
int op_find_executable(struct context *ctx, const struct op_find_executable *op);

struct op_load_seccomp {
  struct bytes filter;
  uint32_t flags;
  bool listener;
};
int op_load_seccomp(struct context *ctx, const struct op_load_seccomp *op);

struct op_join_session_keyring {
  const char *name;
  uint32_t permissions;
};
int op_join_session_keyring(struct context *ctx, const struct op_join_session_keyring *op);

struct op_find_home {
  uint32_t uid;
};
int op_find_home(struct context *ctx, const struct op_find_home *op);

struct op_set_scheduler {
  uint32_t policy;
  int32_t nice;
  uint32_t priority;
  uint64_t flags;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};
int op_set_scheduler(struct context *ctx, const struct op_set_scheduler *op);

struct op_set_io_priority {
  uint32_t class;
  uint32_t priority;
};
int op_set_io_priority(struct context *ctx, const struct op_set_io_priority *op);

struct op_set_personality {
  uint32_t domain;
};
int op_set_personality(struct context *ctx, const struct op_set_personality *op);

struct op_set_memory_policy {
  uint32_t mode;
  struct u32s nodes;
};
int op_set_memory_policy(struct context *ctx, const struct op_set_memory_policy *op);

struct op_reset_cpu_affinity {
  char nothing;
};
int op_reset_cpu_affinity(struct context *ctx, const struct op_reset_cpu_affinity *op);

struct op_set_cpu_affinity {
  struct u32s cpus;
};
int op_set_cpu_affinity(struct context *ctx, const struct op_set_cpu_affinity *op);

struct op_write_label {
  const char *attribute;
  const char *label;
};
int op_write_label(struct context *ctx, const struct op_write_label *op);

struct op_label_file {
  const char *target;
  const char *label;
};
int op_label_file(struct context *ctx, const struct op_label_file *op);

struct op_label_masks {
  const char *option;
};
int op_label_masks(struct context *ctx, const struct op_label_masks *op);

struct op_open_terminal {
  uint32_t uid;
};
int op_open_terminal(struct context *ctx, const struct op_open_terminal *op);

struct op_set_window_size {
  uint32_t height;
  uint32_t width;
};
int op_set_window_size(struct context *ctx, const struct op_set_window_size *op);

struct op_bind_console {
  const char *target;
};
int op_bind_console(struct context *ctx, const struct op_bind_console *op);

struct op_enter_terminal {
  char nothing;
};
int op_enter_terminal(struct context *ctx, const struct op_enter_terminal *op);

struct op_guard_terminal {
  int terminal;
  struct bytes changed;
  struct bytes saved;
};
int op_guard_terminal(struct context *ctx, const struct op_guard_terminal *op);

struct op_await_start {
  int listener;
};
int op_await_start(struct context *ctx, const struct op_await_start *op);

struct op_announce_exec {
  char nothing;
};
int op_announce_exec(struct context *ctx, const struct op_announce_exec *op);

struct op_exec {
  struct strings args;
  struct strings env;
};
int op_exec(struct context *ctx, const struct op_exec *op);

struct op_run_hook {
  const char *path;
  struct strings args;
  struct strings env;
  const char *state_head;
  const char *state_tail;
  uint64_t timeout;
  bool in_rootfs;
  const char *label;
};
int op_run_hook(struct context *ctx, const struct op_run_hook *op);

union any_op {
  struct op_open_namespace open_namespace;
  struct op_open_tree open_tree;
  struct op_open_cgroup open_cgroup;
  struct op_open_id_map open_id_map;
  struct op_map_tree map_tree;
  struct op_open_mapped_filesystem open_mapped_filesystem;
  struct op_join_namespaces join_namespaces;
  struct op_clone_init clone_init;
  struct op_write_id_map write_id_map;
  struct op_enter_cgroup enter_cgroup;
  struct op_unshare_namespaces unshare_namespaces;
  struct op_set_time_offsets set_time_offsets;
  struct op_become_root become_root;
  struct op_set_dumpable set_dumpable;
  struct op_new_session new_session;
  struct op_raise_loopback raise_loopback;
  struct op_open_process_root open_process_root;
  struct op_hold_proc hold_proc;
  struct op_leave_overseer leave_overseer;
  struct op_join_process join_process;
  struct op_enter_root enter_root;
  struct op_set_mount_propagation set_mount_propagation;
  struct op_bind_rootfs bind_rootfs;
  struct op_mount_fs mount_fs;
  struct op_mount_bind mount_bind;
  struct op_attach_filesystem attach_filesystem;
  struct op_set_mount_attributes set_mount_attributes;
  struct op_make_device make_device;
  struct op_bind_device bind_device;
  struct op_make_symlink make_symlink;
  struct op_pivot_root pivot_root;
  struct op_move_root move_root;
  struct op_change_root change_root;
  struct op_mask_path mask_path;
  struct op_readonly_path readonly_path;
  struct op_write_sysctl write_sysctl;
  struct op_set_hostname set_hostname;
  struct op_set_domainname set_domainname;
  struct op_sync sync;
  struct op_set_rlimit set_rlimit;
  struct op_set_oom_score_adj set_oom_score_adj;
  struct op_make_working_directory make_working_directory;
  struct op_set_umask set_umask;
  struct op_change_directory change_directory;
  struct op_own_stdio own_stdio;
  struct op_limit_bounding_set limit_bounding_set;
  struct op_set_user set_user;
  struct op_set_capabilities set_capabilities;
  struct op_set_no_new_privileges set_no_new_privileges;
  struct op_find_executable find_executable;
  struct op_load_seccomp load_seccomp;
  struct op_join_session_keyring join_session_keyring;
  struct op_find_home find_home;
  struct op_set_scheduler set_scheduler;
  struct op_set_io_priority set_io_priority;
  struct op_set_personality set_personality;
  struct op_set_memory_policy set_memory_policy;
  struct op_reset_cpu_affinity reset_cpu_affinity;
  struct op_set_cpu_affinity set_cpu_affinity;
  struct op_write_label write_label;
  struct op_label_file label_file;
  struct op_label_masks label_masks;
  struct op_open_terminal open_terminal;
  struct op_set_window_size set_window_size;
  struct op_bind_console bind_console;
  struct op_enter_terminal enter_terminal;
  struct op_guard_terminal guard_terminal;
  struct op_await_start await_start;
  struct op_announce_exec announce_exec;
  struct op_exec exec;
  struct op_run_hook run_hook;
};

#endif
