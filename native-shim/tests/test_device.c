// SPDX-License-Identifier: Apache-2.0
#include <sys/sysmacros.h>

#include "check.h"

static const struct op_make_device null_device = {
    .target = "/dev/null", .type = S_IFCHR, .major = 1, .minor = 3, .mode = 0666, .uid = 0, .gid = 5};

static struct op_make_symlink symlink_at(const char *target, const char *content) {
  return (struct op_make_symlink){.target = target, .content = content};
}

static void nodes_are_exact(void) {
  make("rootfs/dev");
  // A set-group-ID directory hands its group on.
  CHECK(chown("rootfs/dev", 0, 77) == 0 && chmod("rootfs/dev", 02755) == 0);
  umask(077);
  bind_root();
  struct stat st;
  CHECK(op_make_device(&ctx, &null_device) == 0 && lstat("rootfs/dev/null", &st) == 0);
  CHECK(st.st_mode == (S_IFCHR | 0666) && st.st_rdev == makedev(1, 3) && st.st_uid == 0 && st.st_gid == 5);
  struct op_make_device fifo = {.target = "/run/pipe", .type = S_IFIFO, .mode = 0620, .uid = 3, .gid = 4};
  CHECK(op_make_device(&ctx, &fifo) == 0 && lstat("rootfs/run/pipe", &st) == 0);
  CHECK(st.st_mode == (S_IFIFO | 0620) && st.st_uid == 3 && st.st_gid == 4);
}

static void existing_nodes_stay_as_they_are(void) {
  make("rootfs/dev");
  CHECK(mknod("rootfs/dev/null", S_IFCHR | 0600, makedev(1, 3)) == 0);
  CHECK(mknod("rootfs/dev/full", S_IFCHR | 0600, makedev(1, 3)) == 0);
  CHECK(mknod("rootfs/dev/block", S_IFBLK | 0600, makedev(1, 3)) == 0);
  CHECK(symlink("null", "rootfs/dev/link") == 0);
  write_file("rootfs/dev/file", "");
  bind_root();
  CHECK(op_make_device(&ctx, &null_device) == 0 && mode_of("rootfs/dev/null") == (S_IFCHR | 0600));
  struct op_make_device op = null_device;
  op.target = "/dev/full";
  op.minor = 7;
  CHECK_FAILS(op_make_device(&ctx, &op), EEXIST, "/dev/full already exists and is not character device 1:7");
  const char *const others[] = {"/dev/block", "/dev/link", "/dev/file"};
  for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++) {
    op = null_device;
    op.target = others[i];
    CHECK_FAILS(op_make_device(&ctx, &op), EEXIST, "already exists and is not character device 1:3");
  }
  CHECK(mode_of("rootfs/dev/null") == (S_IFCHR | 0600) && S_ISREG(mode_of("rootfs/dev/file")));
}

static void populate_dev(void) {
  CHECK(op_make_device(&ctx, &null_device) == 0);
  struct op_make_symlink op = symlink_at("/dev/ptmx", "pts/ptmx");
  op.replace = true;
  CHECK(op_make_symlink(&ctx, &op) == 0);
  op = symlink_at("/dev/fd", "/proc/self/fd");
  CHECK(op_make_symlink(&ctx, &op) == 0);
}

// CVE-2026-41579, CVE-2026-47766.
static void check_dev_link(const char *link) {
  write_file("canary/ptmx", "host");
  CHECK(symlink(link, "rootfs/dev") == 0);
  bind_root();
  populate_dev();
  CHECK(holds("canary/ptmx", "host") && missing("canary/null") && missing("canary/fd"));
}

static void relative_dev_links_stay_inside(void) {
  check_dev_link("../../../canary");
  CHECK(S_ISCHR(mode_of("rootfs/canary/null")));
}

static void absolute_dev_links_stay_inside(void) {
  char link[PATH_MAX];
  check_dev_link(absolute(link, "canary"));
}

static void links_are_never_replaced(void) {
  make("rootfs/dev");
  CHECK(symlink("/elsewhere", "rootfs/dev/fd") == 0 && symlink("pts/ptmx", "rootfs/dev/same") == 0);
  write_file("rootfs/dev/file", "content");
  bind_root();
  struct op_make_symlink op = symlink_at("/dev/fd", "/proc/self/fd");
  char link[64] = "";
  CHECK(op_make_symlink(&ctx, &op) == 0);
  CHECK(readlink("rootfs/dev/fd", link, sizeof link - 1) > 0 && strcmp(link, "/elsewhere") == 0);
  op.replace = true;
  CHECK_FAILS(op_make_symlink(&ctx, &op), EEXIST, "/dev/fd already exists and is a link to /elsewhere");
  op = symlink_at("/dev/same", "pts/ptmx");
  op.replace = true;
  CHECK(op_make_symlink(&ctx, &op) == 0);
  op.target = "/dev/file";
  CHECK(op_make_symlink(&ctx, &op) == 0 && holds("rootfs/dev/file", "content"));
}

static void devices_are_bound_after_a_check(void) {
  bind_root();
  struct op_bind_device op = {.target = "/dev/zero", .source = "/dev/null", .slot = -1, .type = S_IFCHR, .major = 1, .minor = 5};
  CHECK_FAILS(op_bind_device(&ctx, &op), ENXIO, "source /dev/null is not character device 1:5");
  op.source = "/etc/passwd";
  CHECK_FAILS(op_bind_device(&ctx, &op), ENXIO, "source /etc/passwd is not character device 1:5");
  op.source = "/dev/no-such-device";
  CHECK_FAILS(op_bind_device(&ctx, &op), ENOENT, "source /dev/no-such-device");
  CHECK(missing("rootfs/dev/zero"));
  op.source = "/dev/zero";
  struct stat st;
  CHECK(op_bind_device(&ctx, &op) == 0 && lstat("rootfs/dev/zero", &st) == 0 && st.st_rdev == makedev(1, 5));
  CHECK(op_open_tree(&ctx, &(struct op_open_tree){60, "/dev/full", false}) == 0);
  op = (struct op_bind_device){.target = "/dev/full", .source = "", .slot = 60, .type = S_IFCHR, .major = 1, .minor = 7};
  CHECK(op_bind_device(&ctx, &op) == 0 && lstat("rootfs/dev/full", &st) == 0 && st.st_rdev == makedev(1, 7));
}

static const struct test tests[] = {
    {"a node gets its mode, owner and group whatever the umask and the directory", nodes_are_exact},
    {"an existing node must match and is not changed", existing_nodes_stay_as_they_are},
    {"nothing is created outside where /dev is a relative link", relative_dev_links_stay_inside},
    {"nothing is created outside where /dev is an absolute link", absolute_dev_links_stay_inside},
    {"an existing name is never replaced by a link", links_are_never_replaced},
    {"a device is bound only if it is that device", devices_are_bound_after_a_check},
};

int main(void) { return RUN_TESTS(tests); }
