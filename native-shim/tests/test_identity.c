// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>

#include "../groups.h"
#include "check.h"

static void deny_setgroups(void) {
  CHECK(unshare(CLONE_NEWUSER) == 0);
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 0 1");
  write_file("/proc/self/gid_map", "0 0 1");
}

static void none_is_fine_where_setgroups_is_denied(void) {
  deny_setgroups();
  CHECK(replace_groups(&ctx, 0, NULL) == 0);
}

static void some_are_refused_where_setgroups_is_denied(void) {
  deny_setgroups();
  gid_t group = 0;
  CHECK_FAILS(replace_groups(&ctx, 1, &group), EPERM, "");
}

static void groups_are_replaced_where_setgroups_is_allowed(void) {
  gid_t group = 7, found[8];
  CHECK(replace_groups(&ctx, 1, &group) == 0);
  CHECK(getgroups(8, found) == 1 && found[0] == 7);
  CHECK(replace_groups(&ctx, 0, NULL) == 0);
  CHECK(getgroups(8, found) == 0);
}

// EPERM for another reason than "deny": the caller's groups must not stay unnoticed.
static void a_missing_capability_is_no_denial(void) {
  CHECK(setresuid(1, 1, 1) == 0);
  CHECK_FAILS(replace_groups(&ctx, 0, NULL), EPERM, "");
}

static void dumpable_is_what_the_step_says(void) {
  struct op_set_dumpable yes = {.dumpable = true}, no = {.dumpable = false};
  CHECK(op_set_dumpable(&ctx, &no) == 0 && prctl(PR_GET_DUMPABLE) == 0);
  CHECK(op_set_dumpable(&ctx, &yes) == 0 && prctl(PR_GET_DUMPABLE) == 1);
}

static const struct test tests[] = {
    {"none is fine where setgroups is denied", none_is_fine_where_setgroups_is_denied},
    {"some are refused where setgroups is denied", some_are_refused_where_setgroups_is_denied},
    {"groups are replaced where setgroups is allowed", groups_are_replaced_where_setgroups_is_allowed},
    {"a missing capability is no denial", a_missing_capability_is_no_denial},
    {"dumpable is what the step says", dumpable_is_what_the_step_says},
};

int main(void) { return RUN_TESTS(tests); }
