// SPDX-License-Identifier: Apache-2.0
// Length-checked reading of an encoded plan. The bytes come from src/plan/encode-plan.ts; nothing here trusts them.
#ifndef RUNTS_PLAN_H
#define RUNTS_PLAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strings {
  uint32_t count;
  char **items; // NULL after the last, as execve(2) wants it
};
struct bytes {
  uint32_t length;
  const uint8_t *at;
};
struct u32s {
  uint32_t count;
  const uint32_t *items;
};

enum field_kind {
  FIELD_END,
  FIELD_U32,
  FIELD_I32,
  FIELD_U64,
  FIELD_I64,
  FIELD_BOOL,
  FIELD_STR,
  FIELD_STRS,
  FIELD_BYTES,
  FIELD_U32S,
  FIELD_SLOT,
};
struct field {
  enum field_kind kind;
  size_t offset;
};

struct context;
struct op_row {
  uint16_t code;
  const char *name;
  uint32_t phases; // bit per enum phase
  const struct field *fields;
  const int *tolerates; // errnos, ended by 0
  int (*run)(struct context *ctx, const void *op);
};
extern const struct op_row op_rows[];
extern const unsigned op_row_count;

enum { STEP_TOLERATE = 1, STEP_TELL = 2 };
struct record {
  const struct op_row *row;
  uint8_t phase;
  uint8_t flags;
  const uint8_t *fields;
  uint32_t length;
};

enum { PLAN_TRACE = 1 };
struct plan {
  uint64_t hash;
  uint32_t step_count;
  uint32_t flags;
  uint32_t next_fd; // first descriptor that no slot uses
  const uint8_t *records;
  size_t records_length;
  char **arena; // room for the pointers of string lists
  size_t arena_slots;
  size_t arena_used;
};

union any_op;
// Each returns 0, or -1 for bytes that are not a plan.
int plan_open(struct plan *plan, int fd);
int plan_read_header(struct plan *plan, const uint8_t *bytes, size_t length);
// Steps through the records: *at starts at 0. Returns 1 for a record, 0 at the end, -1 for damaged bytes.
int plan_next(const struct plan *plan, size_t *at, struct record *record);
int plan_decode(struct plan *plan, const struct record *record, union any_op *op);
#endif
