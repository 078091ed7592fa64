// SPDX-License-Identifier: Apache-2.0
// The decoder against damaged plans. It needs no privilege.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../plan.h"
#include "../generated/ops.h"

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("# %s:%d: %s\nnot ok %u - %s\n", __FILE__, __LINE__, #condition, ++number, current);                      \
      exit(1);                                                                                                         \
    }                                                                                                                  \
  } while (0)

static unsigned number;
static const char *current;

enum { MOUNT_FS = 0x22, SET_USER = 0x57, LOAD_SECCOMP = 0x5b, SET_UMASK = 0x53, BIND_ROOTFS = 0x21 };

static struct {
  _Alignas(8) uint8_t bytes[4096];
  size_t length;
} wire;

static void put(const void *bytes, size_t length) {
  memcpy(wire.bytes + wire.length, bytes, length);
  wire.length += length;
}
static void put_u64(uint64_t value) { put(&value, 8); }
static void put_u32(uint32_t value) { put(&value, 4); }
static void pad(void) { while (wire.length % 8) wire.bytes[wire.length++] = 0; }
static void put_text(const char *text, uint32_t length) {
  put_u32(length);
  put(text, length);
  wire.bytes[wire.length++] = 0;
  pad();
}

static void begin_plan(uint64_t steps) {
  memset(&wire, 0, sizeof wire);
  put("RUNTSPLN", 8);
  put_u64(OP_TABLE_HASH);
  put_u64(steps);
  put_u64(0);
  put_u64(5);
}

static size_t begin_record(uint16_t code, uint8_t phase) {
  uint8_t head[8] = {(uint8_t)code, (uint8_t)(code >> 8), phase, 0};
  put(head, 8);
  return wire.length;
}

static void end_record(size_t start) {
  uint32_t length = (uint32_t)(wire.length - start);
  memcpy(wire.bytes + start - 4, &length, 4);
}

static struct plan plan;
static struct record record;
static union any_op op;
static char *arena[64];

static int open_wire(void) {
  plan = (struct plan){.arena = arena, .arena_slots = 64};
  return plan_read_header(&plan, wire.bytes, wire.length);
}

// Decodes the one record of the wire.
static int decode(void) {
  size_t at = 0;
  if (open_wire() < 0 || plan_next(&plan, &at, &record) != 1) return -1;
  return plan_decode(&plan, &record, &op);
}

static void mount_fs_record(uint32_t option_count) {
  begin_plan(1);
  size_t start = begin_record(MOUNT_FS, PHASE_SETUP);
  put_text("/dev", 4);
  put_text("tmpfs", 5);
  put_text("", 0);
  put_u64(1);
  put_u64(6);
  put_u32(option_count);
  put_u32(0);
  put_text("mode=755", 8);
  put_text("size=64k", 8);
  put_u64(0);
  put_u64(1);
  put_u64(0);
  end_record(start);
}

static void reads_what_was_written(void) {
  mount_fs_record(2);
  CHECK(decode() == 0 && strcmp(record.row->name, "mount_fs") == 0 && record.phase == PHASE_SETUP);
  const struct op_mount_fs *fs = &op.mount_fs;
  CHECK(strcmp(fs->target, "/dev") == 0 && strcmp(fs->fstype, "tmpfs") == 0 && strcmp(fs->source, "") == 0);
  CHECK(fs->superblock_flags == 1 && fs->attributes_set == 6 && fs->options.count == 2);
  CHECK(strcmp(fs->options.items[1], "size=64k") == 0 && fs->options.items[2] == NULL);
  CHECK(!fs->real_directory && fs->copy_up && !fs->keep_mode);
}

static void ends_after_the_last_record(void) {
  mount_fs_record(2);
  size_t at = 0;
  CHECK(open_wire() == 0 && plan_next(&plan, &at, &record) == 1 && plan_next(&plan, &at, &record) == 0);
}

static void refuses_cut_plans(void) {
  mount_fs_record(2);
  size_t whole = wire.length;
  CHECK(decode() == 0);
  for (wire.length = 0; wire.length < whole; wire.length++) CHECK(decode() < 0);
}

static void refuses_wrong_counts(void) {
  static const uint32_t counts[] = {0, 1, 3, 63, 64, 1u << 28, UINT32_MAX};
  for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    mount_fs_record(counts[i]);
    CHECK(decode() < 0);
  }
}

static void refuses_long_texts(void) {
  static const uint32_t lengths[] = {5, 11, 12, 4096, UINT32_MAX - 4, UINT32_MAX};
  for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    mount_fs_record(2);
    memcpy(wire.bytes + 48, &lengths[i], 4);
    CHECK(decode() < 0);
  }
}

static void refuses_hidden_nul(void) {
  mount_fs_record(2);
  wire.bytes[48 + 4 + 1] = 0;
  CHECK(decode() < 0);
}

static void refuses_other_codes_and_phases(void) {
  mount_fs_record(2);
  static const uint8_t phases[] = {PHASE_KEEPER, PHASE_STARTED, PHASE_STARTED + 1, 31, 32, 255};
  for (unsigned i = 0; i < sizeof phases; i++) {
    wire.bytes[42] = phases[i];
    CHECK(decode() < 0);
  }
  mount_fs_record(2);
  wire.bytes[41] = 0x7f;
  CHECK(decode() < 0);
}

static void scalar_record(uint16_t code, uint8_t phase, uint64_t value) {
  begin_plan(1);
  size_t start = begin_record(code, phase);
  put_u64(value);
  end_record(start);
}

static void refuses_values_out_of_range(void) {
  scalar_record(SET_UMASK, PHASE_SEAL, 022);
  CHECK(decode() == 0 && op.set_umask.mask == 022);
  scalar_record(SET_UMASK, PHASE_SEAL, 1ull << 32);
  CHECK(decode() < 0);
  static const struct { uint64_t slot, flag; int result, fd; } cases[] = {
      {7, 1, 0, 7}, {UINT32_MAX, 0, 0, -1}, {65537, 0, -1, 0}, {7, 2, -1, 0}, {1ull << 40, 0, -1, 0}};
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    begin_plan(1);
    size_t start = begin_record(BIND_ROOTFS, PHASE_SETUP);
    put_text("/r", 2);
    put_u64(cases[i].slot);
    put_u64(cases[i].flag);
    put_u64(0);
    end_record(start);
    CHECK(decode() == cases[i].result && (cases[i].result < 0 || op.bind_rootfs.slot == cases[i].fd));
  }
}

static void reads_lists_and_bytes(void) {
  begin_plan(1);
  size_t start = begin_record(SET_USER, PHASE_SEAL);
  put_u64(1);
  put_u64(2);
  put_u32(3);
  put_u32(0);
  for (uint32_t group = 10; group < 13; group++) put_u32(group);
  pad();
  put_u64(1);
  end_record(start);
  CHECK(decode() == 0 && op.set_user.groups.count == 3 && op.set_user.groups.items[2] == 12 && op.set_user.setgroups);
  begin_plan(1);
  start = begin_record(LOAD_SECCOMP, PHASE_SEAL);
  put_text("a\0b", 3);
  put_u64(0);
  put_u64(0);
  end_record(start);
  CHECK(decode() == 0 && op.load_seccomp.filter.length == 3 && memcmp(op.load_seccomp.filter.at, "a\0b", 3) == 0);
}

static void refuses_surplus_bytes(void) {
  scalar_record(SET_UMASK, PHASE_SEAL, 022);
  put_u64(0);
  end_record(48);
  CHECK(decode() < 0);
}

static void refuses_other_headers(void) {
  mount_fs_record(2);
  wire.bytes[0] ^= 1;
  CHECK(open_wire() < 0);
  mount_fs_record(2);
  memset(wire.bytes + 16, 0xff, 8);
  CHECK(open_wire() < 0);
}

static void opens_files(void) {
  mount_fs_record(2);
  int fd = memfd_create("plan", 0);
  CHECK(write(fd, wire.bytes, wire.length) == (ssize_t)wire.length && plan_open(&plan, fd) == 0);
  CHECK(plan.hash == OP_TABLE_HASH && plan.step_count == 1 && plan.next_fd == 5);
  CHECK(ftruncate(fd, 39) == 0 && plan_open(&plan, fd) < 0 && plan_open(&plan, -1) < 0);
  close(fd);
}

static const struct {
  const char *name;
  void (*run)(void);
} tests[] = {
    {"a step reads back as it was written", reads_what_was_written},
    {"the records end where the plan ends", ends_after_the_last_record},
    {"a plan cut anywhere is refused", refuses_cut_plans},
    {"a list with a wrong count is refused", refuses_wrong_counts},
    {"a text longer than the rest is refused", refuses_long_texts},
    {"a text with a hidden NUL is refused", refuses_hidden_nul},
    {"a verb in a phase it does not belong to, and an unknown verb, are refused", refuses_other_codes_and_phases},
    {"a value out of range is refused", refuses_values_out_of_range},
    {"lists of numbers and bytes with NUL are read", reads_lists_and_bytes},
    {"bytes after the last field are refused", refuses_surplus_bytes},
    {"a header that is not ours is refused", refuses_other_headers},
    {"a plan is read from a file, and a short file refused", opens_files},
};

int main(void) {
  printf("1..%zu\n", sizeof tests / sizeof tests[0]);
  for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
    current = tests[i].name;
    tests[i].run();
    printf("ok %u - %s\n", ++number, current);
  }
  return 0;
}
