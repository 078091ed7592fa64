// SPDX-License-Identifier: Apache-2.0
// System calls and constants that musl does not wrap. Names and numbers are the kernel's.
#ifndef RUNTS_KERNEL_H
#define RUNTS_KERNEL_H
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

// The part of struct statx (statx(2)) that musl's fstat does not tell.
struct mount_place {
  uint32_t mask, block_size;
  uint64_t attributes;
  uint8_t skipped[16];
  uint64_t inode;
  uint8_t skipped_too[104];
  uint64_t mount_id; // Linux 5.8
  uint8_t rest[104];
};
_Static_assert(sizeof(struct mount_place) == 256, "statx(2) fills 256 bytes");
#define PLACE_IS_MOUNT_ROOT 0x2000 // STATX_ATTR_MOUNT_ROOT, Linux 5.8

static inline int sys_mount_place(int fd, struct mount_place *place) {
  return (int)syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x100 | 0x1000, place); // STATX_INO | STATX_MNT_ID
}
// struct termios of asm/termbits.h (TCGETS, TCSETS); musl's own has another size.
struct terminal_modes {
  uint32_t input, output, control, local;
  uint8_t line_discipline, characters[19];
};
_Static_assert(sizeof(struct terminal_modes) == 36, "TCGETS fills 36 bytes");

static inline int sys_openat2(int dirfd, const char *path, const struct open_how *how) {
  return (int)syscall(SYS_openat2, dirfd, path, how, sizeof *how);
}
static inline int sys_open_tree(int dirfd, const char *path, unsigned flags) {
  return (int)syscall(SYS_open_tree, dirfd, path, flags);
}
static inline int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
  return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}
static inline int sys_fsopen(const char *fstype, unsigned flags) { return (int)syscall(SYS_fsopen, fstype, flags); }
static inline int sys_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux) {
  return (int)syscall(SYS_fsconfig, fd, cmd, key, value, aux);
}
static inline int sys_fsmount(int fd, unsigned flags, unsigned attributes) {
  return (int)syscall(SYS_fsmount, fd, flags, attributes);
}
static inline int sys_fspick(int dirfd, const char *path, unsigned flags) {
  return (int)syscall(SYS_fspick, dirfd, path, flags);
}
static inline int sys_mount_setattr(int dirfd, const char *path, unsigned flags, const struct mount_attr *attr) {
  return (int)syscall(SYS_mount_setattr, dirfd, path, flags, attr, sizeof *attr);
}
static inline int sys_close_range(unsigned first, unsigned last, unsigned flags) {
  return (int)syscall(SYS_close_range, first, last, flags);
}
static inline int sys_clone3(const struct clone_args *args) { return (int)syscall(SYS_clone3, args, sizeof *args); }
static inline int sys_pivot_root(const char *new_root, const char *put_old) {
  return (int)syscall(SYS_pivot_root, new_root, put_old);
}
#endif
