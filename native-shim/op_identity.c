// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groups.h"
#include "interpret.h"
#include "kernel.h"
#include "path.h"

// seal. EPERM: CAP_SETPCAP is missing; EINVAL ends the list of capabilities this kernel knows.
int op_limit_bounding_set(struct context *ctx, const struct op_limit_bounding_set *op) {
  for (unsigned cap = 0; cap < 64; cap++) {
    if (op->keep >> cap & 1) continue;
    if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) break;
    // Dropping what is not there needs no privilege to have the same result.
    if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 0) continue;
    char digits[21];
    errno = EPERM;
    return fail2(ctx, "prctl", "PR_CAPBSET_DROP ", decimal(digits, cap));
  }
  return 0;
}

static bool setgroups_is_denied(struct context *ctx) {
  char text[8] = "";
  path_hold_proc(ctx); // a user namespace may get no procfs of its own
  autoclose int fd = path_open_proc(ctx, "self/setgroups", O_RDONLY);
  return fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strncmp(text, "deny", 4) == 0;
}

int replace_groups(struct context *ctx, size_t count, const gid_t *groups) {
  if (syscall(SYS_setgroups, count, groups) == 0) return 0;
  int error = errno;
  if (error == EPERM && count == 0 && setgroups_is_denied(ctx)) return 0;
  errno = error;
  return fail(ctx, "setgroups", "");
}

// seal. Capabilities are kept over the change of uid: set_capabilities decides about them.
// EINVAL: an id is not mapped in the user namespace; EPERM: setgroups is denied there.
int op_set_user(struct context *ctx, const struct op_set_user *op) {
  char digits[21];
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) return fail(ctx, "prctl", "PR_SET_KEEPCAPS");
  if (op->setgroups && replace_groups(ctx, op->groups.count, op->groups.items) < 0) return -1;
  if (syscall(SYS_setresgid, op->gid, op->gid, op->gid) < 0)
    return fail2(ctx, "setresgid", "gid ", decimal(digits, op->gid));
  if (syscall(SYS_setresuid, op->uid, op->uid, op->uid) < 0)
    return fail2(ctx, "setresuid", "uid ", decimal(digits, op->uid));
  if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0) return fail(ctx, "prctl", "PR_SET_KEEPCAPS");
  // A change of uid makes the process dumpable again when its ids agree (prctl(2)).
  prctl(PR_SET_DUMPABLE, 0);
  return 0;
}

static int write_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2] = {
      {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
      {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
  };
  return (int)syscall(SYS_capset, &header, sets);
}

// seal. EPERM: the runtime itself lacks a capability that config.json asks for.
int op_set_capabilities(struct context *ctx, const struct op_set_capabilities *op) {
  if (write_capabilities(op->effective, op->permitted, op->inheritable) < 0) return fail(ctx, "capset", "");
  // Kernels before 4.3 have no ambient set; there is nothing to clear then.
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
    return fail(ctx, "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
  for (unsigned cap = 0; cap < 64; cap++) {
    if (!(op->ambient >> cap & 1)) continue;
    char digits[21];
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
      return fail2(ctx, "prctl", "PR_CAP_AMBIENT_RAISE ", decimal(digits, cap));
  }
  return 0;
}

// seal. Cannot fail on a kernel that has openat2.
int op_set_no_new_privileges(struct context *ctx, const struct op_set_no_new_privileges *op) {
  (void)op;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? fail(ctx, "prctl", "PR_SET_NO_NEW_PRIVS") : 0;
}

// seal. Only pipes and sockets were made for this container by its caller; a device such as /dev/null or a terminal
// is the host's, and a file may be anybody's. EPERM and EROFS leave the stream as it was, as runc does.
int op_own_stdio(struct context *ctx, const struct op_own_stdio *op) {
  for (int fd = 0; fd < 3; fd++) {
    struct stat st;
    if (fstat(fd, &st) < 0) {
      if (errno == EBADF) continue;
      return fail(ctx, "fstat", "stdio");
    }
    if (!(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) || st.st_uid == op->uid) continue;
    if (fchown(fd, op->uid, (gid_t)-1) < 0 && errno != EPERM && errno != EROFS && errno != EINVAL)
      return fail(ctx, "fchown", "stdio");
  }
  return 0;
}
