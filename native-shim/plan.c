// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "generated/ops.h"

#define PLAN_MAGIC UINT64_C(0x4e4c5053544e5552)
#define HEADER_SIZE 40

struct cursor {
  const uint8_t *at;
  size_t left;
};

static int take(struct cursor *from, size_t size, const uint8_t **out) {
  if (size > from->left) return -1;
  *out = from->at;
  from->at += size;
  from->left -= size;
  return 0;
}

static uint16_t read_u16(const uint8_t *at) {
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint32_t read_u32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint64_t read_u64(const uint8_t *at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static size_t padded(size_t length) { return (length + 7) & ~(size_t)7; }

int plan_read_header(struct plan *plan, const uint8_t *bytes, size_t length) {
  if (length < HEADER_SIZE || read_u64(bytes) != PLAN_MAGIC) return -1;
  uint64_t steps = read_u64(bytes + 16), next_fd = read_u64(bytes + 32);
  if (steps > length || next_fd > 65536) return -1;
  plan->hash = read_u64(bytes + 8);
  plan->step_count = (uint32_t)steps;
  plan->flags = (uint32_t)read_u64(bytes + 24);
  plan->next_fd = (uint32_t)next_fd;
  plan->records = bytes + HEADER_SIZE;
  plan->records_length = length - HEADER_SIZE;
  plan->arena_used = 0;
  return 0;
}

int plan_open(struct plan *plan, int fd) {
  struct stat st;
  if (fstat(fd, &st) < 0 || st.st_size < HEADER_SIZE || st.st_size > (1 << 30)) return -1;
  size_t length = (size_t)st.st_size;
  void *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) return -1;
  // A list entry takes at least 8 bytes on the wire, and one more pointer ends each list: this room is always enough.
  size_t room = length + 4096;
  plan->arena = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (plan->arena == MAP_FAILED) return -1;
  plan->arena_slots = room / sizeof(char *);
  return plan_read_header(plan, bytes, length);
}

static const struct op_row *row_of(uint16_t code) {
  for (unsigned i = 0; i < op_row_count; i++)
    if (op_rows[i].code == code) return &op_rows[i];
  return NULL;
}

int plan_next(const struct plan *plan, size_t *at, struct record *record) {
  if (*at == plan->records_length) return 0;
  struct cursor from = {plan->records + *at, plan->records_length - *at};
  const uint8_t *head, *fields;
  if (take(&from, 8, &head) < 0) return -1;
  uint32_t length = read_u32(head + 4);
  if (length % 8 != 0 || take(&from, length, &fields) < 0) return -1;
  const struct op_row *row = row_of(read_u16(head));
  if (!row || head[2] > PHASE_STARTED || !(row->phases & (1u << head[2]))) return -1;
  *record = (struct record){.row = row, .phase = head[2], .flags = head[3], .fields = fields, .length = length};
  *at += 8 + length;
  return 1;
}

static int read_text(struct cursor *from, const char **out, uint32_t *length, bool text) {
  if (from->left < 4) return -1;
  uint32_t size = read_u32(from->at);
  const uint8_t *at;
  if (take(from, padded((size_t)4 + size + 1), &at) < 0) return -1;
  // NUL-terminated on the wire, so that C uses it in place; text holds no other NUL.
  if (at[4 + size] != 0 || (text && memchr(at + 4, 0, size))) return -1;
  *out = (const char *)(at + 4);
  *length = size;
  return 0;
}

static int read_strings(struct plan *plan, struct cursor *from, struct strings *out) {
  const uint8_t *at;
  if (take(from, 8, &at) < 0) return -1;
  uint32_t count = read_u32(at), length;
  if (count > from->left / 8 || plan->arena_used + count + 1 > plan->arena_slots) return -1;
  char **items = plan->arena + plan->arena_used;
  plan->arena_used += count + 1;
  for (uint32_t i = 0; i < count; i++) {
    const char *text;
    if (read_text(from, &text, &length, true) < 0) return -1;
    items[i] = (char *)(uintptr_t)text;
  }
  items[count] = NULL;
  *out = (struct strings){count, items};
  return 0;
}

static int read_u32s(struct cursor *from, struct u32s *out) {
  const uint8_t *at, *items;
  if (take(from, 8, &at) < 0) return -1;
  uint32_t count = read_u32(at);
  if (count > from->left / 4 || take(from, padded((size_t)count * 4), &items) < 0) return -1;
  *out = (struct u32s){count, (const uint32_t *)(const void *)items};
  return 0;
}

static int read_scalar(struct cursor *from, enum field_kind kind, uint8_t *out) {
  const uint8_t *at;
  if (take(from, 8, &at) < 0) return -1;
  uint64_t value = read_u64(at);
  switch (kind) {
  case FIELD_U32:
    if (value > UINT32_MAX) return -1;
    memcpy(out, &(uint32_t){(uint32_t)value}, 4);
    return 0;
  case FIELD_I32:
    memcpy(out, &(int32_t){(int32_t)(int64_t)value}, 4);
    return 0;
  case FIELD_BOOL:
    if (value > 1) return -1;
    memcpy(out, &(bool){value == 1}, sizeof(bool));
    return 0;
  case FIELD_SLOT:
    if (value != UINT32_MAX && value > 65536) return -1;
    memcpy(out, &(int){value == UINT32_MAX ? -1 : (int)value}, sizeof(int));
    return 0;
  default: // FIELD_U64 and FIELD_I64 share their bits
    memcpy(out, &value, 8);
    return 0;
  }
}

static int read_field(struct plan *plan, struct cursor *from, const struct field *field, uint8_t *op) {
  void *out = op + field->offset;
  uint32_t length;
  switch (field->kind) {
  case FIELD_STR:
    return read_text(from, out, &length, true);
  case FIELD_STRS:
    return read_strings(plan, from, out);
  case FIELD_U32S:
    return read_u32s(from, out);
  case FIELD_BYTES: {
    struct bytes *bytes = out;
    return read_text(from, (const char **)(void *)&bytes->at, &bytes->length, false);
  }
  default:
    return read_scalar(from, field->kind, out);
  }
}

int plan_decode(struct plan *plan, const struct record *record, union any_op *op) {
  struct cursor from = {record->fields, record->length};
  for (const struct field *field = record->row->fields; field->kind != FIELD_END; field++)
    if (read_field(plan, &from, field, (uint8_t *)op) < 0) return -1;
  return from.left == 0 ? 0 : -1;
}
