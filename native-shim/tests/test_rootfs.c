// SPDX-License-Identifier: Apache-2.0
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "check.h"

#define NOBODY 65534

static int mask(const char *path) { return op_mask_path(&ctx, &(struct op_mask_path){path}); }
static int protect(const char *path) { return op_readonly_path(&ctx, &(struct op_readonly_path){path}); }
static int sysctl(const char *key, const char *value) {
  return op_write_sysctl(&ctx, &(struct op_write_sysctl){key, value});
}

static unsigned count_lines(int fd, const char *text) {
  static char content[1 << 20];
  ssize_t length = 0, got;
  while ((got = read(fd, content + length, sizeof content - 1 - (size_t)length)) > 0) length += got;
  CHECK(got == 0 && length > 0);
  content[length] = 0;
  unsigned count = 0;
  for (const char *at = content; (at = strstr(at, text)); at++) count++;
  return count;
}

static void pivot_root_leaves_nothing_of_the_host(void) {
  char canary[PATH_MAX];
  absolute(canary, "canary");
  make("rootfs/inside");
  bind_root();
  int mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  CHECK(!missing("/inside") && missing(canary) && missing("/proc"));
  CHECK(path_open(&ctx, "/inside") >= 0 && ctx.rootfs_under == -1);
  for (int fd = 3; fd < 20; fd++) CHECK(fd == mounts || faccessat(fd, canary + 1, F_OK, 0) < 0);
  CHECK(chdir("..") == 0 && !missing("inside"));
  close(mounts);
  int proc = path_open_proc(&ctx, "self/mountinfo", O_RDONLY);
  CHECK(proc >= 0 && count_lines(proc, "\n") == 1);
}

// In the worst case everything is shared with the mounts that were copied.
static void check_nothing_is_taken(bool pivot) {
  // As systemd does it with binfmt_misc: a mount on a mount on a directory of procfs.
  CHECK(mount("proc", "canary", "proc", 0, NULL) == 0);
  CHECK(mount("lower", "canary/fs", "tmpfs", 0, NULL) == 0 && mount("upper", "canary/fs", "tmpfs", 0, NULL) == 0);
  CHECK(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0);
  int before = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  unsigned mounts = count_lines(before, "\n");
  pid_t pid = fork();
  if (pid == 0) {
    CHECK(unshare(CLONE_NEWNS) == 0);
    bind_root();
    if (pivot) CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
    else CHECK(op_move_root(&ctx, &(struct op_move_root){0}) == 0);
    _exit(0);
  }
  int status;
  CHECK(waitpid(pid, &status, 0) == pid && status == 0);
  CHECK(lseek(before, 0, SEEK_SET) == 0 && count_lines(before, "\n") == mounts);
}

static void pivot_root_takes_nothing_from_the_host(void) { check_nothing_is_taken(true); }
static void move_root_takes_nothing_from_the_host(void) { check_nothing_is_taken(false); }

static void move_root_hides_host_filesystems(void) {
  make("rootfs/proc");
  make("canary/a space");
  CHECK(mount("proc", "canary/a space", "proc", 0, NULL) == 0);
  bind_root();
  CHECK(mount("proc", "rootfs/proc", "proc", 0, NULL) == 0);
  int mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  CHECK(count_lines(mounts, " - proc ") > 1);
  CHECK(op_move_root(&ctx, &(struct op_move_root){0}) == 0 && missing("/canary") && !missing("/proc/self"));
  CHECK(lseek(mounts, 0, SEEK_SET) == 0 && count_lines(mounts, " - proc ") == 1);
  CHECK(lseek(mounts, 0, SEEK_SET) == 0 && count_lines(mounts, " - sysfs ") == 0);
  CHECK(path_open(&ctx, "/proc") >= 0);
}

static void is_null(const char *path) {
  struct stat st;
  CHECK(stat(path, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
  CHECK(holds(path, ""));
  // The mode it has: should this ever succeed, it is the host's device.
  CHECK(chmod(path, st.st_mode & 07777) < 0 && errno == EROFS);
}

static void is_empty_directory(const char *path) {
  char inside[128];
  struct stat st;
  snprintf(inside, sizeof inside, "%s/secret", path);
  CHECK(S_ISDIR(mode_of(path)) && missing(inside) && mkdir(inside, 0755) < 0 && errno == EROFS);
  CHECK(stat(path, &st) == 0 && st.st_nlink == 2);
}

// CVE-2025-31133: the image's /dev/null is a trap.
static void masks_do_not_trust_the_image(void) {
  make("rootfs/dev");
  write_file("rootfs/trap", "written");
  CHECK(symlink("/trap", "rootfs/dev/null") == 0);
  make("rootfs/a");
  make("rootfs/b");
  make("rootfs/a/secret");
  make("rootfs/b/secret");
  write_file("rootfs/kcore", "secret");
  write_file("rootfs/keys", "secret");
  bind_root();
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  CHECK(mask("/kcore") == 0 && mask("/keys") == 0 && mask("/a") == 0 && mask("/b") == 0);
  is_null("/kcore");
  is_null("/keys");
  is_empty_directory("/a");
  is_empty_directory("/b");
  CHECK(holds("/trap", "written"));
  write_file("/kcore", "gone"); // the null device can still be written to
}

static void masks_fail_closed(void) {
  write_file("rootfs/file", "secret");
  CHECK(symlink("loop", "rootfs/loop") == 0 && symlink("nowhere", "rootfs/dangling") == 0);
  bind_root();
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  CHECK_FAILS(mask("/none"), ENOENT, "/none");
  CHECK_FAILS(mask("/dangling"), ENOENT, "/dangling");
  CHECK_FAILS(mask("/file/below"), ENOTDIR, "/file/below");
  CHECK_FAILS(mask("/loop"), ELOOP, "/loop");
  CHECK_FAILS(mask("/"), EINVAL, "on the top of rootfs");
  close_fd(&ctx.null_tree);
  ctx.null_tree = -1;
  CHECK_FAILS(mask("/file"), ENXIO, "null device");
}

static void readonly_paths_keep_the_rest(void) {
  struct statfs fs;
  make("rootfs/sys");
  bind_root();
  CHECK(mount("tmpfs", "rootfs/sys", "tmpfs", MS_NOEXEC, NULL) == 0 && mkdir("rootfs/sys/below", 0755) == 0);
  CHECK(mount("tmpfs", "rootfs/sys/below", "tmpfs", 0, NULL) == 0);
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  CHECK(protect("/sys") == 0 && statfs("/sys", &fs) == 0);
  CHECK((fs.f_flags & (MS_RDONLY | MS_NOEXEC)) == (MS_RDONLY | MS_NOEXEC));
  CHECK(mkdir("/sys/x", 0755) < 0 && errno == EROFS);
  CHECK(mkdir("/sys/below/x", 0755) == 0);
  CHECK_FAILS(protect("/none"), ENOENT, "/none");
}

static void sysctls_go_to_the_kernel_alone(void) {
  make("rootfs/proc");
  make("rootfs/proc/sys");
  make("rootfs/proc/sys/kernel");
  write_file("rootfs/proc/sys/kernel/domainname", "");
  CHECK(unshare(CLONE_NEWUTS) == 0);
  bind_root();
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  char name[65] = "";
  CHECK(sysctl("kernel/domainname", "example.org") == 0);
  CHECK(getdomainname(name, sizeof name) == 0 && strcmp(name, "example.org") == 0);
  CHECK(holds("/proc/sys/kernel/domainname", ""));
  CHECK_FAILS(sysctl("kernel/none", "1"), ENOENT, "kernel/none");
  CHECK_FAILS(sysctl("kernel/../../self/comm", "x"), EINVAL, "kernel/../../self/comm");
  CHECK_FAILS(sysctl("kernel/ostype", "x"), EACCES, "kernel/ostype");
  CHECK_FAILS(sysctl("kernel/sem", "much"), EINVAL, "kernel/sem=much");
}

// Root of a new user namespace, which is nobody on the host.
static pid_t fork_mapped(void) {
  int ready[2], mapped[2];
  char word = 1, path[64];
  CHECK(pipe(ready) == 0 && pipe(mapped) == 0);
  pid_t pid = fork();
  if (pid == 0) {
    CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write(ready[1], &word, 1) == 1);
    CHECK(read(mapped[0], &word, 1) == 1 && setgid(0) == 0 && setuid(0) == 0);
    return 0;
  }
  CHECK(read(ready[0], &word, 1) == 1);
  snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
  write_file(path, "0 65534 1");
  snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
  write_file(path, "0 65534 1");
  CHECK(write(mapped[1], &word, 1) == 1);
  return pid;
}

static void end_well(pid_t pid) {
  int status;
  CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

// A parameter that root of a user namespace may change in its own network namespace.
static void check_forwarding(void) {
  char value = 0;
  CHECK(unshare(CLONE_NEWNET) == 0 && sysctl("net/ipv4/ip_forward", "1") == 0);
  int fd = path_open_proc(&ctx, "sys/net/ipv4/ip_forward", O_RDONLY);
  CHECK(fd >= 0 && read(fd, &value, 1) == 1 && value == '1');
}

static void enter_unreachable(bool pivot) {
  char source[PATH_MAX];
  CHECK(mkdir("locked", 0700) == 0 && mkdir("locked/rootfs", 0755) == 0);
  make("locked/rootfs/proc");
  write_file("locked/rootfs/masked", "secret");
  CHECK(chown("locked/rootfs", NOBODY, NOBODY) == 0);
  absolute(source, "locked/rootfs");
  CHECK(op_open_tree(&ctx, &(struct op_open_tree){60, source, true}) == 0);
  pid_t pid = fork_mapped();
  if (pid) return end_well(pid);
  int host = open("/", O_PATH | O_CLOEXEC);
  CHECK_FAILS(op_bind_rootfs(&ctx, &(struct op_bind_rootfs){source, -1, true, false}), EACCES, "source ");
  CHECK(op_bind_rootfs(&ctx, &(struct op_bind_rootfs){source, 60, true, false}) == 0);
  if (pivot) CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  else CHECK(op_move_root(&ctx, &(struct op_move_root){0}) == 0);
  CHECK(!missing("/masked") && missing("/locked"));
  CHECK(pivot || faccessat(host, "proc/self", F_OK, 0) < 0);
  CHECK(mask("/masked") == 0);
  is_null("/masked");
  CHECK(mkdir("/made", 0755) == 0);
  check_forwarding();
}

static void unreachable_roots_are_entered(void) { enter_unreachable(true); }
static void unreachable_roots_are_moved_to(void) { enter_unreachable(false); }

static void covered_host_proc_stands_in(void) {
  CHECK(mount("tmpfs", "/proc/sys/fs", "tmpfs", 0, NULL) == 0 && chown("rootfs", NOBODY, NOBODY) == 0);
  pid_t pid = fork_mapped();
  if (pid) return end_well(pid);
  bind_root();
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  check_forwarding();
  CHECK_FAILS(sysctl("fs/file-max", "1"), EXDEV, "fs/file-max");
}

static void inherited_mounts_are_covered(void) {
  make("rootfs/proc");
  CHECK(chown("rootfs", NOBODY, NOBODY) == 0 && chmod(".", 0755) == 0);
  pid_t pid = fork_mapped();
  if (pid) return end_well(pid);
  int proc = open("/proc", O_PATH | O_CLOEXEC);
  int host = open("/", O_PATH | O_CLOEXEC);
  bind_root();
  CHECK(op_move_root(&ctx, &(struct op_move_root){0}) == 0 && missing("/canary"));
  struct stat st;
  // What "proc" of the old tree leads to now.
  CHECK(fstatat(host, "proc/self", &st, 0) < 0 && errno == ENOENT);
  CHECK(fstatat(proc, "self", &st, 0) == 0);
}

static const struct test tests[] = {
    {"after pivot_root nothing of the host is to be found", pivot_root_leaves_nothing_of_the_host},
    {"pivot_root unmounts nothing of the host", pivot_root_takes_nothing_from_the_host},
    {"move_root takes every procfs and sysfs of the host away", move_root_hides_host_filesystems},
    {"move_root unmounts nothing of the host", move_root_takes_nothing_from_the_host},
    {"masks do not trust the image", masks_do_not_trust_the_image},
    {"masks fail closed", masks_fail_closed},
    {"a read-only path keeps its attributes and the mounts below", readonly_paths_keep_the_rest},
    {"sysctls go to the kernel and not to files of the image", sysctls_go_to_the_kernel_alone},
    {"a root behind directories that the user may not enter is entered", unreachable_roots_are_entered},
    {"such a root is moved to without pivot_root as well", unreachable_roots_are_moved_to},
    {"where a user namespace gets no procfs the host's stands in", covered_host_proc_stands_in},
    {"move_root covers what a user namespace has inherited", inherited_mounts_are_covered},
};

int main(void) { return RUN_TESTS(tests); }
