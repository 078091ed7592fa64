// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>

#include "interpret.h"
#include "kernel.h"

// KEYCTL_DESCRIBE answers "keyring;uid;gid;permissions in hex;name".
static uint32_t permissions_in(const char *text) {
  uint32_t value = 0;
  for (unsigned i = 0; i < 3 && text; i++)
    if ((text = strchr(text, ';'))) text++;
  for (; text && *text && *text != ';'; text++)
    value = value << 4 | (uint32_t)(*text <= '9' ? *text - '0' : (*text | 0x20) - 'a' + 10);
  return value;
}

// born, the container's user namespace. EDQUOT: kernel.keys.root_maxkeys, or maxkeys of another user, is used up;
// ENOSYS: a kernel without keys, or a seccomp filter around the runtime. Both may be forgiven: the container then
// shares a keyring with its creator, as it does in runc. A keyring with wrong permissions is never kept.
int op_join_session_keyring(struct context *ctx, const struct op_join_session_keyring *op) {
  char text[512];
  long key = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, op->name);
  if (key < 0) return fail2(ctx, "keyctl", "KEYCTL_JOIN_SESSION_KEYRING ", op->name);
  long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, text, sizeof text);
  if (length < 0) return fail2(ctx, "keyctl", "KEYCTL_DESCRIBE ", op->name);
  errno = ENAMETOOLONG;
  if ((size_t)length > sizeof text) return fail2(ctx, "keyctl", "KEYCTL_DESCRIBE ", op->name);
  if (syscall(SYS_keyctl, KEYCTL_SETPERM, key, permissions_in(text) | op->permissions) == 0) return 0;
  return fail2(ctx, "keyctl", "KEYCTL_SETPERM ", op->name);
}
