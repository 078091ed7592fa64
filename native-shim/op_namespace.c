// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"
#include "interpret.h"
#include "kernel.h"
#include "path.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define NSFS_MAGIC 0x6e736673

int move_to_slot(struct context *ctx, int fd, int slot) {
  if (fd == slot) return 0;
  if (dup3(fd, slot, O_CLOEXEC) < 0) return fail(ctx, "dup3", "");
  close(fd);
  return 0;
}

// keeper, host. EINVAL: the file is no namespace, or of another type than config.json says.
int op_open_namespace(struct context *ctx, const struct op_open_namespace *op) {
  int fd = open(op->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(ctx, "open", op->path);
  struct statfs fs;
  if (fstatfs(fd, &fs) < 0) return fail(ctx, "fstatfs", op->path);
  errno = EINVAL;
  if (fs.f_type != NSFS_MAGIC) return fail2(ctx, "fstatfs", op->path, " is not a namespace");
  int type = ioctl(fd, NS_GET_NSTYPE);
  if (type < 0) return fail(ctx, "ioctl_ns", op->path);
  errno = EINVAL;
  if ((uint32_t)type != op->type) return fail2(ctx, "ioctl_ns", op->path, " is a namespace of another type");
  return move_to_slot(ctx, fd, op->slot);
}

// keeper, host. ENOENT: the cgroup was not made. O_PATH will not do: clone3 and write need a real descriptor.
int op_open_cgroup(struct context *ctx, const struct op_open_cgroup *op) {
  struct stat st;
  if (stat(op->path, &st) < 0) return fail(ctx, "stat", op->path);
  int fd = open(op->path, (S_ISDIR(st.st_mode) ? O_RDONLY | O_DIRECTORY : O_WRONLY) | O_CLOEXEC);
  return fd < 0 ? fail(ctx, "open", op->path) : move_to_slot(ctx, fd, op->slot);
}

struct join {
  int slot;
  int type;
  const char *name;
};

static int join_each(struct context *ctx, struct join *joins, unsigned count, bool last_try) {
  for (unsigned i = 0; i < count; i++) {
    if (joins[i].slot < 0) continue;
    if (setns(joins[i].slot, joins[i].type) < 0) {
      if (errno == EPERM && !last_try) continue;
      return fail(ctx, "setns", joins[i].name);
    }
    close(joins[i].slot);
    joins[i].slot = -1;
  }
  return 0;
}

// keeper. What the host's user namespace owns can only be joined before leaving it, what the joined user namespace
// owns only after: so each is tried first, and those refused (EPERM) again from inside. The mount namespace comes
// last, because it changes what paths mean.
int op_join_namespaces(struct context *ctx, const struct op_join_namespaces *op) {
  struct join joins[] = {
      {op->pid, CLONE_NEWPID, "pid"},          {op->network, CLONE_NEWNET, "network"},
      {op->ipc, CLONE_NEWIPC, "ipc"},          {op->uts, CLONE_NEWUTS, "uts"},
      {op->cgroup, CLONE_NEWCGROUP, "cgroup"}, {op->time, CLONE_NEWTIME, "time"},
      {op->mount, CLONE_NEWNS, "mount"},
  };
  unsigned count = sizeof joins / sizeof joins[0];
  if (join_each(ctx, joins, count, op->user < 0) < 0) return -1;
  if (op->user < 0) return 0;
  if (setns(op->user, CLONE_NEWUSER) < 0) return fail(ctx, "setns", "user");
  close(op->user);
  return join_each(ctx, joins, count, true);
}

// keeper or born. The files of a process below /proc belong to root unless it is dumpable, and then an ordinary user
// can write neither the id maps nor oom_score_adj of his own. It is so only while nobody else shares its namespaces.
int op_set_dumpable(struct context *ctx, const struct op_set_dumpable *op) {
  return prctl(PR_SET_DUMPABLE, op->dumpable ? 1 : 0, 0, 0, 0) < 0 ? fail(ctx, "prctl", "PR_SET_DUMPABLE") : 0;
}

static int write_id_map(struct context *ctx, pid_t pid, const char *file, const char *content) {
  char path[64] = "/proc/", digits[21];
  strcat(strcat(strcat(path, decimal(digits, (uint64_t)pid)), "/"), file);
  autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return fail(ctx, "open", file);
  return write_text(fd, content) < 0 ? fail(ctx, "write", file) : 0;
}

// attend, host. EPERM: the kernel does not let the runtime map these ids; EINVAL: ranges overlap or are too many.
int op_write_id_map(struct context *ctx, const struct op_write_id_map *op) {
  return write_id_map(ctx, ctx->init, op->file, op->content);
}

// A child in a user namespace of its own, which ends with the descriptor *alive or with the keeper.
static pid_t clone_namespace_holder(struct context *ctx, int *alive) {
  int ends[2];
  char word;
  if (pipe2(ends, O_CLOEXEC) < 0) return fail(ctx, "pipe2", "");
  struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  pid_t pid = sys_clone3(&args);
  if (pid == 0) {
    close(ends[1]);
    _exit(read(ends[0], &word, 1) < 0);
  }
  close(ends[0]);
  *alive = ends[1];
  return pid < 0 ? fail(ctx, "clone3", "CLONE_NEWUSER") : pid;
}

static int open_mapped_namespace(struct context *ctx, pid_t pid, const struct op_open_id_map *op) {
  char path[64] = "/proc/", digits[21];
  if (write_id_map(ctx, pid, "uid_map", op->uid_map) < 0 || write_id_map(ctx, pid, "gid_map", op->gid_map) < 0)
    return -1;
  strcat(strcat(path, decimal(digits, (uint64_t)pid)), "/ns/user");
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  return fd < 0 ? fail(ctx, "open", path) : fd;
}

// keeper, host. ENOSPC: a limit below /proc/sys/user is reached; EPERM and EINVAL as for write_id_map.
int op_open_id_map(struct context *ctx, const struct op_open_id_map *op) {
  int alive = -1;
  pid_t pid = clone_namespace_holder(ctx, &alive);
  int fd = pid < 0 ? -1 : open_mapped_namespace(ctx, pid, op);
  // Before the slot is filled, whose number the pipe may have.
  close(alive);
  if (pid > 0) waitpid(pid, NULL, 0);
  return fd < 0 ? -1 : move_to_slot(ctx, fd, op->slot);
}

// born. Writing 0 to a v1 tasks file moves just the writing thread, which spares the kernel its global
// cgroup_threadgroup_rwsem (cgroup_procs_write_start, Linux 5.18); the process has one thread.
int op_enter_cgroup(struct context *ctx, const struct op_enter_cgroup *op) {
  int fd = op->slot;
  int result = write_text(fd, "0") < 0 ? fail(ctx, "write", "") : 0;
  close(fd);
  return result;
}

// born. EPERM: no CAP_SYS_ADMIN in the owning user namespace; ENOSPC: a limit below /proc/sys/user is reached.
int op_unshare_namespaces(struct context *ctx, const struct op_unshare_namespaces *op) {
  return unshare((int)op->flags) < 0 ? fail(ctx, "unshare", "") : 0;
}

static char *signed_decimal(char *buffer, int64_t value) {
  if (value >= 0) return decimal(buffer, (uint64_t)value);
  buffer[0] = '-';
  decimal(buffer + 1, (uint64_t)-(value + 1) + 1);
  return buffer;
}

static char *append_offset(char *to, const char *clock, int64_t secs, uint32_t nanosecs) {
  char digits[24];
  strcat(strcat(to, clock), signed_decimal(digits, secs));
  return strcat(strcat(strcat(to, " "), decimal(digits, nanosecs)), "\n");
}

// born, before become_root: the offsets file belongs to the host's root while this process is not dumpable.
// Offsets can be written only until the first process enters (time_namespaces(7)), hence unshare, write, setns.
int op_set_time_offsets(struct context *ctx, const struct op_set_time_offsets *op) {
  if (unshare(CLONE_NEWTIME) < 0) return fail(ctx, "unshare", "CLONE_NEWTIME");
  // Without a pid namespace of its own, a user namespace gets no new procfs: the host's is still in sight here.
  path_hold_proc(ctx);
  char offsets[160] = "";
  append_offset(offsets, "monotonic ", op->monotonic_secs, op->monotonic_nanosecs);
  append_offset(offsets, "boottime ", op->boottime_secs, op->boottime_nanosecs);
  autoclose int file = path_open_proc(ctx, "self/timens_offsets", O_WRONLY);
  if (file < 0) return -1;
  if (write_text(file, offsets) < 0) return fail(ctx, "write", "timens_offsets");
  autoclose int ns = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
  if (ns < 0) return fail(ctx, "open", "/proc/self/ns/time_for_children");
  return setns(ns, CLONE_NEWTIME) < 0 ? fail(ctx, "setns", "time") : 0;
}

// born. The mapped root owns the new namespaces. Raw calls: the process has one thread.
int op_become_root(struct context *ctx, const struct op_become_root *op) {
  if (op->setgroups && replace_groups(ctx, 0, NULL) < 0) return -1;
  if (syscall(SYS_setresgid, 0, 0, 0) < 0) return fail(ctx, "setresgid", "");
  if (syscall(SYS_setresuid, 0, 0, 0) < 0) return fail(ctx, "setresuid", "");
  // A change of uid gives this flag the value of fs.suid_dumpable, which need not be 0 (prctl(2)).
  prctl(PR_SET_DUMPABLE, 0);
  return 0;
}

// born. EPERM cannot happen: a fresh clone leads no process group.
int op_new_session(struct context *ctx, const struct op_new_session *op) {
  (void)op;
  return setsid() < 0 ? fail(ctx, "setsid", "") : 0;
}

// born, new network namespace. netdevice(7).
int op_raise_loopback(struct context *ctx, const struct op_raise_loopback *op) {
  (void)op;
  autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(ctx, "socket", "");
  struct ifreq request = {.ifr_name = "lo"};
  if (ioctl(fd, SIOCGIFFLAGS, &request) < 0) return fail(ctx, "ioctl", "SIOCGIFFLAGS lo");
  request.ifr_flags = (short)(request.ifr_flags | IFF_UP | IFF_RUNNING);
  return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? fail(ctx, "ioctl", "SIOCSIFFLAGS lo") : 0;
}
