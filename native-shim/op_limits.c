// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interpret.h"
#include "kernel.h"
#include "path.h"

struct limit64 {
  uint64_t soft;
  uint64_t hard;
};

// oversee, host: late, because a low RLIMIT_NOFILE or RLIMIT_FSIZE would hinder the setup, and from outside, because
// a user namespace cannot raise a hard limit. EPERM: raising needs CAP_SYS_RESOURCE.
int op_set_rlimit(struct context *ctx, const struct op_set_rlimit *op) {
  struct limit64 limit = {op->soft, op->hard};
  return syscall(SYS_prlimit64, ctx->init, op->resource, &limit, NULL) < 0 ? fail(ctx, "prlimit", "") : 0;
}

// oversee, host; or keeper, for a runtime that may not write to the files of a process it has cloned.
// EACCES: lowering needs CAP_SYS_RESOURCE.
int op_set_oom_score_adj(struct context *ctx, const struct op_set_oom_score_adj *op) {
  char path[64] = "/proc/", digits[24];
  strcat(strcat(path, ctx->init ? decimal(digits, (uint64_t)ctx->init) : "self"), "/oom_score_adj");
  // A keeper that has joined a container has no /proc to rely on but the one it held before.
  bool is_held = ctx->proc >= 0;
  autoclose int fd = is_held ? path_open_proc(ctx, path + strlen("/proc/"), O_WRONLY) : open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return is_held ? -1 : fail(ctx, "open", path);
  digits[0] = '-';
  decimal(op->value < 0 ? digits + 1 : digits, (uint64_t)(op->value < 0 ? -(int64_t)op->value : op->value));
  return write_text(fd, digits) < 0 ? fail2(ctx, "write", "oom_score_adj ", digits) : 0;
}

// seal.
int op_set_umask(struct context *ctx, const struct op_set_umask *op) {
  (void)ctx;
  umask(op->mask & 0777);
  return 0;
}
