// SPDX-License-Identifier: Apache-2.0
#include "check.h"

static bool home_is(uint32_t uid, const char *expected) {
  ctx.home[0] = 0;
  CHECK(op_find_home(&ctx, &(struct op_find_home){uid}) == 0);
  return strcmp(ctx.home, expected) == 0;
}

static void passwd(const char *text) {
  make("rootfs/etc");
  write_file("rootfs/etc/passwd", text);
  bind_root();
}

static void the_first_line_of_the_user_counts(void) {
  passwd("root:x:0:0:root:/root:/bin/sh\n\nsome:x:77:7::/home/some:/bin/sh\nother:x:77:7::/home/other:\nlast:x:78:7::/last");
  CHECK(home_is(77, "HOME=/home/some") && home_is(0, "HOME=/root") && home_is(78, "HOME=/last"));
  CHECK(home_is(79, "HOME=/") && home_is(7, "HOME=/"));
}

static void odd_lines_are_nobody(void) {
  passwd("77\n77:x:0x1:0::/a:\nx:x: 77:0::/b:\nx:x:77 :0::/c:\nx:x:+77:0::/d:\n:x:77:0::/e:\n#x:x:77:0::/f:\n+x:x:77:0::/g:\n"
         "x:x:4294967373:0::/h:\nx:x::0::/i:\nx:x:77:0:\nx:x:077:0::/ok:\ny:x:88:0:::\n");
  CHECK(home_is(77, "HOME=/ok") && home_is(0, "HOME=/") && home_is(88, "HOME=/"));
}

static void long_lines_are_passed_over(void) {
  static char text[3 * 4096 + 200];
  memset(text, 'a', 3 * 4096);
  memcpy(text, "x:x:77:0::/", 11);
  strcpy(text + 3 * 4096, "\ny:x:77:0::/home/y:\n");
  passwd(text);
  CHECK(home_is(77, "HOME=/home/y"));
}

static void lines_may_cross_the_buffer(void) {
  static char text[65536];
  size_t at = 0;
  for (unsigned i = 1000; i < 2500; i++) at += (size_t)sprintf(text + at, "u%u:x:%u:0::/home/%u:/bin/sh\n", i, i, i);
  passwd(text);
  char expected[64];
  for (unsigned i = 1000; i < 2500; i++) CHECK((sprintf(expected, "HOME=/home/%u", i), home_is(i, expected)));
}

static void links_stay_inside(void) {
  write_file("canary/passwd", "host:x:77:0::/host:\n");
  make("rootfs/etc");
  make("rootfs/canary");
  write_file("rootfs/canary/passwd", "image:x:77:0::/image:\n");
  CHECK(symlink("../../canary/passwd", "rootfs/etc/passwd") == 0);
  bind_root();
  CHECK(home_is(77, "HOME=/image"));
}

static void what_is_no_file_is_not_read(void) {
  make("rootfs/etc");
  CHECK(mkfifo("rootfs/etc/passwd", 0644) == 0);
  bind_root();
  CHECK(home_is(77, "HOME=/"));
  CHECK(unlink("rootfs/etc/passwd") == 0 && home_is(77, "HOME=/"));
  make("rootfs/etc/passwd");
  CHECK(home_is(77, "HOME=/"));
}

static const struct test tests[] = {
    {"the first line of a user counts, and no line means /", the_first_line_of_the_user_counts},
    {"a line that is not about exactly this uid is nobody's", odd_lines_are_nobody},
    {"a line longer than the buffer is passed over", long_lines_are_passed_over},
    {"lines may cross the end of the buffer", lines_may_cross_the_buffer},
    {"a link leads to the image, never to the host", links_stay_inside},
    {"a FIFO, a directory and nothing at all are not waited for", what_is_no_file_is_not_read},
};

int main(void) { return RUN_TESTS(tests); }
