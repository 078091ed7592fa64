// SPDX-License-Identifier: Apache-2.0
#include "check.h"

static int make_target(const char *path, bool directory) {
  bool existed;
  int fd = path_make_target(&ctx, path, directory, &existed);
  if (fd >= 0) close(fd);
  return fd;
}

static void links_stay_inside(void) {
  CHECK(symlink("/canary", "rootfs/absolute") == 0);
  CHECK(symlink("../../../../../canary", "rootfs/relative") == 0);
  bind_root();
  CHECK(make_target("/absolute/a/b", true) >= 0);
  CHECK(make_target("/relative/c", false) >= 0);
  CHECK(S_ISDIR(mode_of("rootfs/canary/a/b")) && S_ISREG(mode_of("rootfs/canary/c")));
  CHECK(rmdir("canary") == 0);
}

static void dangling_links_mean_their_target(void) {
  make("rootfs/etc");
  CHECK(symlink("../run/resolve/stub.conf", "rootfs/etc/resolv.conf") == 0);
  umask(077);
  bind_root();
  CHECK(make_target("/etc/resolv.conf", false) >= 0);
  CHECK(mode_of("rootfs/run/resolve/stub.conf") == (S_IFREG | 0644));
  CHECK(mode_of("rootfs/run/resolve") == (S_IFDIR | 0755));
  CHECK(umask(0) == 077);
}

static void dots_do_not_climb(void) {
  bind_root();
  CHECK(make_target("/../../canary/../up/./x", true) >= 0);
  CHECK(S_ISDIR(mode_of("rootfs/up/x")));
  CHECK(missing("rootfs/canary") && missing("up"));
}

static void loops_end(void) {
  CHECK(symlink("b/x", "rootfs/a") == 0 && symlink("a", "rootfs/b") == 0);
  bind_root();
  CHECK_FAILS(make_target("/a", true), ELOOP, "target /a");
  CHECK_FAILS(make_target("/missing/../a/y", true), ELOOP, "target");
}

static void magic_links_are_refused(void) {
  make("rootfs/proc");
  bind_root();
  CHECK(chdir("rootfs") == 0 && mount("proc", "proc", "proc", 0, NULL) == 0);
  CHECK(symlink("/proc/self/cwd/created", "link") == 0);
  CHECK(chdir("../canary") == 0);
  CHECK_FAILS(path_open(&ctx, "/proc/self/exe"), ELOOP, "/proc/self/exe");
  CHECK_FAILS(make_target("/proc/self/cwd/created", true), ELOOP, "target");
  CHECK_FAILS(make_target("/link", false), ELOOP, "target");
  CHECK_FAILS(make_target("/new/../proc/self/cwd/created", false), ELOOP, "target");
  CHECK(missing("created"));
}

static void kinds_must_match(void) {
  make("rootfs/directory");
  write_file("rootfs/file", "x");
  bind_root();
  CHECK_FAILS(make_target("/directory", false), ENOTDIR, "target /directory is a directory");
  CHECK_FAILS(make_target("/file", true), ENOTDIR, "target /file is a file");
  CHECK_FAILS(make_target("/file/below", true), ENOTDIR, "target /file/below");
  CHECK(holds("rootfs/file", "x"));
}

static void long_names_are_refused(void) {
  char name[NAME_MAX + 3] = "/", path[2 * PATH_MAX] = "";
  memset(name + 1, 'n', NAME_MAX + 1);
  for (int i = 0; i < 40; i++) strcat(path, "/0123456789012345678901234567890123456789012345678901234567890123456789"
                                            "0123456789012345678901234567890123456789");
  bind_root();
  CHECK_FAILS(make_target(name, true), ENAMETOOLONG, "target");
  CHECK_FAILS(make_target(path, true), ENAMETOOLONG, "target");
  char buffer[NAME_MAX + 1];
  const char *last;
  CHECK_FAILS(path_open_parent(&ctx, path, &last, buffer, sizeof buffer), ENAMETOOLONG, "target");
}

static void parents_need_a_name(void) {
  char buffer[NAME_MAX + 1];
  const char *name;
  bind_root();
  CHECK_FAILS(path_open_parent(&ctx, "/", &name, buffer, sizeof buffer), EINVAL, "target /");
  CHECK_FAILS(path_open_parent(&ctx, "", &name, buffer, sizeof buffer), EINVAL, "target");
  CHECK_FAILS(path_open_parent(&ctx, "/a/..", &name, buffer, sizeof buffer), EINVAL, "/a/..");
  CHECK(path_open_parent(&ctx, "/a/b/c//", &name, buffer, sizeof buffer) >= 0);
  CHECK(strcmp(name, "c") == 0 && S_ISDIR(mode_of("rootfs/a/b")) && missing("rootfs/a/b/c"));
}

static void existing_targets_are_told(void) {
  bool existed;
  make("rootfs/there");
  bind_root();
  CHECK(path_make_target(&ctx, "/there", true, &existed) >= 0 && existed);
  CHECK(path_make_target(&ctx, "/new/one", true, &existed) >= 0 && !existed);
}

// What is mounted over /proc/sys, as an image could arrange it, is not what is written to.
static void procfs_cannot_be_covered(void) {
  CHECK(mount("tmpfs", "/proc/sys", "tmpfs", 0, NULL) == 0);
  int fd = path_open_proc(&ctx, "sys/kernel/ostype", O_RDONLY);
  char text[16] = "";
  CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strcmp(text, "Linux\n") == 0);
  CHECK(path_open_proc(&ctx, "self/status", O_RDONLY) >= 0);
}

static void procfs_leads_nowhere_else(void) {
  CHECK_FAILS(path_open_proc(&ctx, "self/root/etc", O_RDONLY), ELOOP, "/proc/self/root/etc");
  CHECK_FAILS(path_open_proc(&ctx, "self/exe", O_RDONLY), ELOOP, "/proc/self/exe");
  CHECK_FAILS(path_open_proc(&ctx, "../etc/passwd", O_RDONLY), EXDEV, "");
  CHECK_FAILS(path_open_proc(&ctx, "/etc/passwd", O_RDONLY), EXDEV, "");
}

// CVE-2021-30465, CVE-2024-45310: a directory that keeps turning into a link to the outside.
static void swapped_directories_do_not_leak(void) {
  char link[PATH_MAX];
  absolute(link, "canary");
  make("rootfs/swap");
  CHECK(symlink(link, "rootfs/link") == 0);
  bind_root();
  pid_t swapper = fork();
  while (swapper == 0) syscall(SYS_renameat2, AT_FDCWD, "rootfs/swap", AT_FDCWD, "rootfs/link", 2 /* RENAME_EXCHANGE */);
  for (int i = 0; i < 3000; i++) {
    char path[64];
    snprintf(path, sizeof path, "/swap/%d/below/%d", i, i);
    make_target(path, i % 2);
  }
  kill(swapper, SIGKILL);
  waitpid(swapper, NULL, 0);
  CHECK(rmdir("canary") == 0);
}

static const struct test tests[] = {
    {"symbolic links are followed inside the root only", links_stay_inside},
    {"a dangling link means the file it names, created whatever the umask", dangling_links_mean_their_target},
    {"dots do not climb out of the root", dots_do_not_climb},
    {"links in a circle are an error", loops_end},
    {"magic links of procfs are refused", magic_links_are_refused},
    {"a file does not become a directory nor a directory a file", kinds_must_match},
    {"names and paths that are too long are refused", long_names_are_refused},
    {"a name to create is no dot, dot-dot or nothing", parents_need_a_name},
    {"a target tells whether it was there", existing_targets_are_told},
    {"a covered /proc/sys does not redirect our procfs", procfs_cannot_be_covered},
    {"our procfs leads to nothing but procfs", procfs_leads_nowhere_else},
    {"a directory swapped with a link leaks nothing to the outside", swapped_directories_do_not_leak},
};

int main(void) { return RUN_TESTS(tests); }
