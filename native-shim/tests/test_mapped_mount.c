// SPDX-License-Identifier: Apache-2.0
#include "check.h"

enum { ID_MAP = 40, TREE, OTHER };

static uid_t owner_of(const char *path) {
  struct stat st;
  CHECK(lstat(path, &st) == 0);
  return st.st_uid;
}

static void map_id(const char *map) {
  CHECK(op_open_id_map(&ctx, &(struct op_open_id_map){ID_MAP, map, map}) == 0);
}

static void open_source(const char *source, bool recursive) {
  CHECK(op_open_tree(&ctx, &(struct op_open_tree){TREE, source, recursive}) == 0);
}

static int map_source(const char *source, bool recursive) {
  return op_map_tree(&ctx, &(struct op_map_tree){TREE, ID_MAP, source, recursive});
}

static void no_process_stays_with_a_mapping(void) {
  map_id("0 1000 10\n");
  CHECK(fcntl(ID_MAP, F_GETFD) == FD_CLOEXEC);
  CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

static void a_bad_mapping_is_told_and_leaves_no_process(void) {
  struct op_open_id_map op = {ID_MAP, "0 1000 0\n", "0 1000 1\n"};
  CHECK_FAILS(op_open_id_map(&ctx, &op), EINVAL, "uid_map");
  CHECK(fcntl(ID_MAP, F_GETFD) == -1);
  CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

static void ids_of_a_tree_are_mapped_both_ways(void) {
  char source[PATH_MAX];
  absolute(source, "canary");
  write_file("canary/file", "");
  bind_root();
  map_id("0 1000 10\n");
  open_source(source, false);
  CHECK(map_source(source, false) == 0);
  CHECK(op_mount_bind(&ctx, &(struct op_mount_bind){.source = source, .target = "/m", .slot = TREE}) == 0);
  CHECK(owner_of("rootfs/m/file") == 1000 && owner_of("canary/file") == 0);
  CHECK(chown("rootfs/m/file", 1005, 1005) == 0 && owner_of("canary/file") == 5);
}

static void the_filesystem_that_refuses_is_named(void) {
  char source[PATH_MAX], expected[PATH_MAX + 64];
  absolute(source, "canary");
  make("canary/below");
  make("canary/below/deep");
  CHECK(mount("none", "canary/below/deep", "ramfs", 0, NULL) == 0);
  map_id("0 1000 10\n");
  open_source(source, true);
  join_text(expected, sizeof expected, "filesystem \"ramfs\" of ", source, "/below/deep does not support", NULL);
  CHECK_FAILS(map_source(source, true), EINVAL, expected);
  // The top alone can be mapped.
  open_source(source, true);
  CHECK(map_source(source, false) == 0);
}

static void a_new_filesystem_is_mapped(void) {
  char *none[] = {NULL};
  struct op_open_mapped_filesystem op = {.slot = OTHER, .id_map = ID_MAP, .fstype = "tmpfs", .source = "tmpfs"};
  op.options = (struct strings){0, none};
  op.attributes_set = MOUNT_ATTR_NOEXEC;
  bind_root();
  map_id("0 1000 10\n");
  CHECK(op_open_mapped_filesystem(&ctx, &op) == 0);
  CHECK(op_attach_filesystem(&ctx, &(struct op_attach_filesystem){"/t", OTHER, "tmpfs"}) == 0);
  CHECK(owner_of("rootfs/t") == 1000 && fcntl(OTHER, F_GETFD) == -1);
  op.fstype = "ramfs";
  CHECK_FAILS(op_open_mapped_filesystem(&ctx, &op), EINVAL, "filesystem \"ramfs\" made on the host does not support");
}

static const struct test tests[] = {
    {"no process stays with a mapping", no_process_stays_with_a_mapping},
    {"a bad mapping is told and leaves no process", a_bad_mapping_is_told_and_leaves_no_process},
    {"ids of a tree are mapped both ways", ids_of_a_tree_are_mapped_both_ways},
    {"the filesystem that refuses is named", the_filesystem_that_refuses_is_named},
    {"a new filesystem is mapped (Linux 6.3)", a_new_filesystem_is_mapped},
};

int main(void) { return RUN_TESTS(tests); }
