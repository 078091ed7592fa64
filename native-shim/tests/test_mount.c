// SPDX-License-Identifier: Apache-2.0
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "check.h"

#define PROC_MAGIC 0x9fa0

static struct strings strings(char **items) {
  uint32_t count = 0;
  while (items[count]) count++;
  return (struct strings){count, items};
}
#define OPTIONS(...) strings((char *[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static struct op_mount_fs tmpfs_on(const char *target) {
  return (struct op_mount_fs){.target = target, .fstype = "tmpfs", .source = "tmpfs", .options = OPTIONS()};
}

static struct op_mount_bind bind(const char *source, const char *target) {
  return (struct op_mount_bind){.source = source, .target = target, .slot = -1};
}

static uint64_t attributes_of(const char *path) {
  struct statfs fs;
  CHECK(statfs(path, &fs) == 0);
  return (uint64_t)fs.f_flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

static void refused_options_are_named(void) {
  bind_root();
  struct op_mount_fs op = tmpfs_on("/t");
  op.options = OPTIONS("mode=755", "size=much");
  CHECK_FAILS(op_mount_fs(&ctx, &op), EINVAL, "option \"size=much\": tmpfs: Bad value for 'size'");
  op.options = OPTIONS("sizee=64k");
  CHECK_FAILS(op_mount_fs(&ctx, &op), EINVAL, "option \"sizee=64k\": tmpfs: Unknown parameter 'sizee'");
  op = tmpfs_on("/t");
  op.fstype = "nosuchfs";
  CHECK_FAILS(op_mount_fs(&ctx, &op), ENODEV, "nosuchfs");
}

static void filesystems_get_flags_and_attributes(void) {
  bind_root();
  struct op_mount_fs op = tmpfs_on("/dev/shm");
  op.options = OPTIONS("size=64k", "mode=1777");
  op.attributes_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  CHECK(op_mount_fs(&ctx, &op) == 0);
  CHECK(attributes_of("rootfs/dev/shm") == (MS_NOSUID | MS_NODEV | MS_NOEXEC));
  CHECK(mode_of("rootfs/dev/shm") == (S_IFDIR | 01777));
  op = tmpfs_on("/ro");
  op.superblock_flags = MS_RDONLY;
  CHECK(op_mount_fs(&ctx, &op) == 0 && attributes_of("rootfs/ro") == MS_RDONLY);
}

// fsconfig(2) takes 255 bytes a value and knows no MS_SILENT.
static void mount2_stands_in(void) {
  char size[400] = "size=", here[PATH_MAX];
  struct statfs fs;
  memset(size + 5, '0', 300);
  strcat(size, "4k");
  CHECK(getcwd(here, sizeof here) != NULL);
  bind_root();
  struct op_mount_fs op = tmpfs_on("/long");
  op.options = OPTIONS("mode=711", size);
  op.attributes_set = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME;
  CHECK(op_mount_fs(&ctx, &op) == 0 && chdir(here) == 0 && statfs("rootfs/long", &fs) == 0 && fs.f_blocks == 1);
  CHECK(attributes_of("rootfs/long") == MS_NOEXEC && mode_of("rootfs/long") == (S_IFDIR | 0711));
  op = tmpfs_on("/silent");
  op.superblock_flags = MS_SILENT;
  CHECK(op_mount_fs(&ctx, &op) == 0 && chdir(here) == 0 && attributes_of("rootfs/silent") == 0);
  op.options = OPTIONS("size=much");
  CHECK_FAILS(op_mount_fs(&ctx, &op), EINVAL, "options \"size=much\"");
  op = tmpfs_on("/..");
  op.superblock_flags = MS_SILENT;
  CHECK_FAILS(op_mount_fs(&ctx, &op), EINVAL, "mountpoint is on the top of rootfs");
}

static void tmpfs_keeps_the_mode(void) {
  make("rootfs/tmp");
  CHECK(chmod("rootfs/tmp", 01777) == 0);
  bind_root();
  struct op_mount_fs op = tmpfs_on("/tmp");
  op.keep_mode = true;
  CHECK(op_mount_fs(&ctx, &op) == 0 && mode_of("rootfs/tmp") == (S_IFDIR | 01777));
  op = tmpfs_on("/new");
  op.keep_mode = true;
  op.options = OPTIONS("mode=711");
  CHECK(op_mount_fs(&ctx, &op) == 0 && mode_of("rootfs/new") == (S_IFDIR | 0711));
}

static void contents_are_copied_up(void) {
  make("rootfs/etc");
  make("rootfs/etc/ssl");
  write_file("rootfs/etc/ssl/key", "secret");
  write_file("canary/victim", "untouched");
  CHECK(chmod("rootfs/etc/ssl/key", 04640) == 0 && chmod("rootfs/etc/ssl", 0750) == 0);
  CHECK(chown("rootfs/etc/ssl", 7, 8) == 0 && symlink("../canary/victim", "rootfs/etc/link") == 0);
  bind_root();
  struct op_mount_fs op = tmpfs_on("/etc");
  op.copy_up = true;
  CHECK(op_mount_fs(&ctx, &op) == 0);
  struct stat st;
  char link[64] = "";
  CHECK(holds("rootfs/etc/ssl/key", "secret") && mode_of("rootfs/etc/ssl/key") == (S_IFREG | 04640));
  CHECK(stat("rootfs/etc/ssl", &st) == 0 && st.st_uid == 7 && st.st_gid == 8 && st.st_mode == (S_IFDIR | 0750));
  CHECK(readlink("rootfs/etc/link", link, sizeof link - 1) > 0 && strcmp(link, "../canary/victim") == 0);
  write_file("rootfs/etc/ssl/key", "changed");
  CHECK(umount("rootfs/etc") == 0 && holds("rootfs/etc/ssl/key", "secret"));
}

// CVE-2019-19921, CVE-2023-27561, CVE-2025-54867.
static void procfs_needs_a_real_directory(void) {
  make("rootfs/evil");
  CHECK(symlink("evil", "rootfs/proc") == 0);
  write_file("rootfs/sys", "");
  bind_root();
  struct op_mount_fs op = {.target = "/proc", .fstype = "proc", .source = "proc", .real_directory = true};
  CHECK_FAILS(op_mount_fs(&ctx, &op), ENOTDIR, "\"proc\" must be mounted on ordinary directory /proc");
  op = (struct op_mount_fs){.target = "/sys/", .fstype = "sysfs", .source = "sysfs", .real_directory = true};
  CHECK_FAILS(op_mount_fs(&ctx, &op), ENOTDIR, "must be mounted on ordinary directory");
  CHECK(rmdir("rootfs/evil") == 0);
  op = (struct op_mount_fs){.target = "/new/proc", .fstype = "proc", .source = "proc", .real_directory = true};
  CHECK(op_mount_fs(&ctx, &op) == 0 && !missing("rootfs/new/proc/self"));
}

static void binds_take_the_kind_of_the_source(void) {
  char directory[PATH_MAX], file[PATH_MAX];
  make("canary/directory");
  write_file("canary/file", "content");
  write_file("rootfs/file", "");
  make("rootfs/directory");
  absolute(directory, "canary/directory");
  absolute(file, "canary/file");
  bind_root();
  struct op_mount_bind op = bind(file, "/a/b/file");
  CHECK(op_mount_bind(&ctx, &op) == 0 && holds("rootfs/a/b/file", "content"));
  op = bind(directory, "/a/b/directory");
  CHECK(op_mount_bind(&ctx, &op) == 0 && S_ISDIR(mode_of("rootfs/a/b/directory")));
  op = bind(directory, "/file");
  CHECK_FAILS(op_mount_bind(&ctx, &op), ENOTDIR, "source is a directory, target /file is a file");
  op = bind(file, "/directory");
  CHECK_FAILS(op_mount_bind(&ctx, &op), ENOTDIR, "source is a file, target /directory is a directory");
}

static void missing_sources_are_told_from_targets(void) {
  char source[PATH_MAX];
  bind_root();
  struct op_mount_bind op = bind("/no/such/source", "/x");
  CHECK_FAILS(op_mount_bind(&ctx, &op), ENOENT, "source /no/such/source");
  CHECK(missing("rootfs/x"));
  // A root that has been deleted has no room for a target: that is not what a step forgives.
  op = bind(absolute(source, "canary"), "/x");
  make("deleted");
  ctx.root = open("deleted", O_PATH | O_CLOEXEC);
  CHECK(rmdir("deleted") == 0);
  CHECK_FAILS(op_mount_bind(&ctx, &op), EIO, "target /x");
}

static void nothing_is_mounted_on_the_root(void) {
  char source[PATH_MAX];
  CHECK(symlink("..", "rootfs/up") == 0);
  bind_root();
  const char *const targets[] = {"/", "/.", "/../..", "/up", "/up/"};
  for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    struct op_mount_bind op = bind(absolute(source, "canary"), targets[i]);
    CHECK_FAILS(op_mount_bind(&ctx, &op), EINVAL, "mountpoint is on the top of rootfs");
    struct op_mount_fs fs = tmpfs_on(targets[i]);
    CHECK_FAILS(op_mount_fs(&ctx, &fs), EINVAL, "mountpoint is on the top of rootfs");
  }
}

static void attributes_reach_as_far_as_they_say(void) {
  char source[PATH_MAX];
  make("canary/below");
  CHECK(mount("tmpfs", "canary", "tmpfs", MS_NODEV, NULL) == 0 && mkdir("canary/below", 0755) == 0);
  CHECK(mount("tmpfs", "canary/below", "tmpfs", 0, NULL) == 0);
  absolute(source, "canary");
  bind_root();
  struct op_mount_bind op = bind(source, "/top");
  op.recursive = true;
  op.attributes_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC;
  op.attributes_clear = MOUNT_ATTR_NODEV;
  CHECK(op_mount_bind(&ctx, &op) == 0);
  CHECK(attributes_of("rootfs/top") == (MS_RDONLY | MS_NOEXEC) && attributes_of("rootfs/top/below") == 0);
  op.target = "/all";
  op.recursive_set = MOUNT_ATTR_RDONLY;
  CHECK(op_mount_bind(&ctx, &op) == 0 && attributes_of("rootfs/all/below") == MS_RDONLY);
  CHECK(attributes_of("canary") == MS_NODEV && attributes_of("canary/below") == 0);
  op.attributes_set = 1ull << 40;
  CHECK_FAILS(op_mount_bind(&ctx, &op), EINVAL, "attributes of source");
}

// CVE-2019-16884.
static void only_a_procfs_lies_on_proc(void) {
  char source[PATH_MAX];
  make("canary/self");
  absolute(source, "canary");
  bind_root();
  struct op_mount_bind op = bind(source, "/proc");
  op.require_fs_magic = PROC_MAGIC;
  CHECK_FAILS(op_mount_bind(&ctx, &op), EINVAL, "is not of type proc");
  op.source = "/proc/sys";
  CHECK_FAILS(op_mount_bind(&ctx, &op), EINVAL, "is not of type proc");
  CHECK(missing("rootfs/proc"));
  op.source = "/proc";
  CHECK(op_mount_bind(&ctx, &op) == 0 && !missing("rootfs/proc/self"));
}

static void links_do_not_lead_into_procfs(void) {
  char source[PATH_MAX];
  make("rootfs/proc");
  CHECK(symlink("proc/sys", "rootfs/volume") == 0 && symlink("/proc", "rootfs/all") == 0);
  absolute(source, "canary");
  bind_root();
  struct op_mount_fs proc = {.target = "/proc", .fstype = "proc", .source = "proc", .real_directory = true};
  CHECK(op_mount_fs(&ctx, &proc) == 0);
  struct op_mount_bind op = bind(source, "/volume");
  CHECK_FAILS(op_mount_bind(&ctx, &op), EINVAL, "/volume cannot be mounted because it is inside /proc");
  op.target = "/all";
  CHECK_FAILS(op_mount_bind(&ctx, &op), EINVAL, "/all cannot be mounted because it is inside /proc");
  struct op_mount_fs fs = tmpfs_on("/volume/kernel");
  CHECK_FAILS(op_mount_fs(&ctx, &fs), EINVAL, "cannot be mounted because it is inside /proc");
  op = bind("/proc/uptime", "/proc/uptime");
  CHECK(op_mount_bind(&ctx, &op) == 0);
}

static void trees_come_through_slots(void) {
  char source[PATH_MAX];
  CHECK(mount("tmpfs", "canary", "tmpfs", 0, NULL) == 0 && mount(NULL, "canary", NULL, MS_SHARED, NULL) == 0);
  write_file("canary/seen", "yes");
  make("canary/below");
  absolute(source, "canary");
  CHECK(op_open_tree(&ctx, &(struct op_open_tree){50, source, true}) == 0);
  CHECK_FAILS(op_open_tree(&ctx, &(struct op_open_tree){51, "/no/such/source", true}), ENOENT, "/no/such/source");
  CHECK(fcntl(50, F_GETFD) == FD_CLOEXEC && fcntl(51, F_GETFD) < 0);
  bind_root();
  struct op_mount_bind op = bind("/elsewhere", "/volume");
  op.slot = 50;
  CHECK(op_mount_bind(&ctx, &op) == 0 && holds("rootfs/volume/seen", "yes"));
  CHECK(mount("tmpfs", "rootfs/volume/below", "tmpfs", 0, "mode=700") == 0);
  CHECK(mode_of("canary/below") == (S_IFDIR | 0755));
}

static void the_root_is_cut_off(void) {
  CHECK(mount(NULL, ".", NULL, MS_SHARED, NULL) == 0 && mkdir("rootfs/sub", 0755) == 0);
  int outside = open("rootfs", O_PATH | O_DIRECTORY | O_CLOEXEC);
  bind_root();
  struct op_mount_fs op = tmpfs_on("/sub");
  op.options = OPTIONS("mode=700");
  CHECK(op_mount_fs(&ctx, &op) == 0 && mode_of("rootfs/sub") == (S_IFDIR | 0700));
  struct stat st;
  CHECK(fstatat(outside, "sub", &st, 0) == 0 && st.st_mode == (S_IFDIR | 0755));
}

static void holding_mounts_nothing(void) {
  char source[PATH_MAX];
  struct mount_place before, after;
  absolute(source, "rootfs");
  int fd = open("rootfs", O_PATH | O_CLOEXEC);
  CHECK(sys_mount_place(fd, &before) == 0);
  CHECK(op_bind_rootfs(&ctx, &(struct op_bind_rootfs){source, -1, true, true}) == 0);
  CHECK(sys_mount_place(ctx.root, &after) == 0 && before.mount_id == after.mount_id && before.inode == after.inode);
  CHECK(op_change_root(&ctx, &(struct op_change_root){0}) == 0 && missing("/canary"));
  CHECK_FAILS(op_bind_rootfs(&ctx, &(struct op_bind_rootfs){"/none", -1, true, true}), ENOENT, "source /none");
}

static void propagation_and_attributes_change(void) {
  bind_root();
  struct op_mount_fs op = tmpfs_on("/t");
  CHECK(op_mount_fs(&ctx, &op) == 0);
  CHECK(op_set_mount_propagation(&ctx, &(struct op_set_mount_propagation){"/t", MS_SHARED | MS_REC}) == 0);
  CHECK(mkdir("rootfs/t/plain", 0755) == 0);
  CHECK_FAILS(op_set_mount_propagation(&ctx, &(struct op_set_mount_propagation){"/t/plain", MS_SLAVE}), EINVAL, "/t/plain");
  struct op_set_mount_attributes change = {.target = "/t", .set = MOUNT_ATTR_RDONLY};
  CHECK(op_set_mount_attributes(&ctx, &change) == 0 && attributes_of("rootfs/t") == MS_RDONLY);
  change = (struct op_set_mount_attributes){.target = "/t", .clear = MOUNT_ATTR_RDONLY, .options = OPTIONS("size=4k")};
  CHECK(op_set_mount_attributes(&ctx, &change) == 0);
  struct statfs fs;
  CHECK(statfs("rootfs/t", &fs) == 0 && fs.f_blocks == 1 && attributes_of("rootfs/t") == 0);
  change.options = OPTIONS("size=much");
  CHECK_FAILS(op_set_mount_attributes(&ctx, &change), EINVAL, "option \"size=much\": tmpfs: Bad value for 'size'");
  change.options = OPTIONS();
  change.superblock_flags = MS_I_VERSION;
  CHECK_FAILS(op_set_mount_attributes(&ctx, &change), EOPNOTSUPP, "iversion");
}

static const struct test tests[] = {
    {"a refused option is named, with the kernel's own words", refused_options_are_named},
    {"a filesystem gets its flags and attributes", filesystems_get_flags_and_attributes},
    {"mount(2) stands in where fsconfig(2) has no words", mount2_stands_in},
    {"a tmpfs keeps the mode of the directory unless it is given one", tmpfs_keeps_the_mode},
    {"tmpcopyup copies content, modes, owners and links", contents_are_copied_up},
    {"procfs and sysfs need a real directory", procfs_needs_a_real_directory},
    {"a bind target is made a file or a directory like its source", binds_take_the_kind_of_the_source},
    {"a missing source is told from a missing target", missing_sources_are_told_from_targets},
    {"nothing is mounted on the root itself", nothing_is_mounted_on_the_root},
    {"attributes reach as far as they say", attributes_reach_as_far_as_they_say},
    {"only the root of a procfs may lie on /proc", only_a_procfs_lies_on_proc},
    {"no link of the image leads a mount into procfs", links_do_not_lead_into_procfs},
    {"a tree opened beforehand is attached, and leads back to nothing", trees_come_through_slots},
    {"mounts below the root do not reach the mount it came from", the_root_is_cut_off},
    {"a root that is only held mounts nothing", holding_mounts_nothing},
    {"propagation, attributes and superblock options change", propagation_and_attributes_change},
};

int main(void) { return RUN_TESTS(tests); }
