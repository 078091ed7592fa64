// SPDX-License-Identifier: Apache-2.0
// Labels of AppArmor and SELinux. Where a file of the image could stand in for procfs, the program would run without
// the confinement it was to have (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881): path_open_proc is the one way there.
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "interpret.h"
#include "kernel.h"
#include "path.h"

// born or seal; of this thread, the only one. ENOENT: no such profile, or no such security module · EINVAL: a label
// that the policy does not know, or that no module takes · EACCES, EPERM: not from the label the runtime has itself.
int op_write_label(struct context *ctx, const struct op_write_label *op) {
  char path[64];
  join_text(path, sizeof path, "thread-self/attr/", op->attribute, NULL);
  // What fails here is told by the next line. After the change of root /proc may be anybody's.
  if (ctx->root < 0) path_hold_proc(ctx);
  autoclose int fd = path_open_proc(ctx, path, O_WRONLY);
  if (fd < 0) return -1;
  return write_text(fd, op->label) < 0 ? fail(ctx, "write", path) : 0;
}

// setup. EOPNOTSUPP: SELinux is not enabled, or does not label files of this filesystem.
int op_label_file(struct context *ctx, const struct op_label_file *op) {
  autoclose int fd = path_open_flags(ctx, op->target, O_RDONLY | O_NONBLOCK);
  if (fd < 0) return -1;
  return fsetxattr(fd, "security.selinux", op->label, strlen(op->label), 0) < 0 ? fail(ctx, "fsetxattr", op->target) : 0;
}

// inside, before the first mask.
int op_label_masks(struct context *ctx, const struct op_label_masks *op) {
  ctx->mask_option = op->option;
  return 0;
}
