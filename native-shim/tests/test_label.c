// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>
#include <sys/xattr.h>

#include "check.h"

// The directory attr is left again, because without a security module nothing can be written in it.
static struct op_write_label name_of_thread(const char *name) { return (struct op_write_label){"../comm", name}; }

static bool thread_is(const char *expected) {
  char name[16];
  return prctl(PR_GET_NAME, name) == 0 && strcmp(name, expected) == 0;
}

static void labels_go_to_the_kernel_before_the_change_of_root(void) {
  struct op_write_label op = name_of_thread("early");
  CHECK(op_write_label(&ctx, &op) == 0 && thread_is("early"));
}

static void no_file_of_the_image_stands_in_for_procfs(void) {
  bind_root();
  make("rootfs/proc");
  CHECK(op_pivot_root(&ctx, &(struct op_pivot_root){0}) == 0);
  CHECK(mount("tmpfs", "/proc", "tmpfs", 0, NULL) == 0);
  make("/proc/thread-self");
  make("/proc/thread-self/attr");
  write_file("/proc/thread-self/comm", "");
  write_file("/proc/thread-self/attr/exec", "");
  struct op_write_label op = name_of_thread("label");
  CHECK(op_write_label(&ctx, &op) == 0 && thread_is("label"));
  CHECK(holds("/proc/thread-self/comm", ""));
  op = (struct op_write_label){"exec", "no label"};
  CHECK(op_write_label(&ctx, &op) < 0);
  CHECK(holds("/proc/thread-self/attr/exec", ""));
}

static void a_label_that_no_module_takes_is_told(void) {
  CHECK_FAILS(op_write_label(&ctx, &(struct op_write_label){"exec", "no label"}), EINVAL, "thread-self/attr/exec");
  CHECK(op_write_label(&ctx, &(struct op_write_label){"none", "x"}) < 0 && ctx.failure.error == ENOENT);
}

static void a_file_is_labelled_inside_the_root(void) {
  char text[32] = "";
  write_file("canary/file", "");
  write_file("rootfs/file", "");
  CHECK(symlink("../../../../file", "rootfs/link") == 0);
  bind_root();
  CHECK(op_label_file(&ctx, &(struct op_label_file){"/link", "u:r:t:s0"}) == 0);
  CHECK(getxattr("rootfs/file", "security.selinux", text, sizeof text) == 8 && strcmp(text, "u:r:t:s0") == 0);
}

static void masks_take_one_more_option(void) {
  make("rootfs/hidden");
  bind_root();
  CHECK(op_label_masks(&ctx, &(struct op_label_masks){"mode=0711"}) == 0);
  CHECK(op_mask_path(&ctx, &(struct op_mask_path){"/hidden"}) == 0);
  CHECK((mode_of("rootfs/hidden") & 07777) == 0711);
}

static const struct test tests[] = {
    {"labels go to the kernel before the change of root", labels_go_to_the_kernel_before_the_change_of_root},
    {"no file of the image stands in for procfs", no_file_of_the_image_stands_in_for_procfs},
    {"a label that no module takes is told", a_label_that_no_module_takes_is_told},
    {"a file is labelled inside the root", a_file_is_labelled_inside_the_root},
    {"masks take one more option", masks_take_one_more_option},
};

int main(void) { return RUN_TESTS(tests); }
