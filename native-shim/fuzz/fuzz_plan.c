// SPDX-License-Identifier: Apache-2.0
// The decoder against damaged plans: a valid plan with one step of every verb is made from the op table, damaged a
// little, and decoded in a buffer of exactly its size, so that AddressSanitizer sees every byte read too many.
// Deterministic: fuzz_plan [ROUNDS [SEED]].
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../plan.h"
#include "../generated/ops.h"

#define ROOM 16384
#define SLOTS 4096

static uint64_t state;
static uint64_t touched;

static uint64_t roll(uint64_t below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % below;
}

struct wire {
  size_t length;
  _Alignas(8) uint8_t bytes[ROOM];
};

static void put(struct wire *wire, const void *bytes, size_t length) {
  memcpy(wire->bytes + wire->length, bytes, length);
  wire->length += length;
}
static void put_u64(struct wire *wire, uint64_t value) { put(wire, &value, 8); }
static void put_u32(struct wire *wire, uint32_t value) { put(wire, &value, 4); }
static void put_text(struct wire *wire, const char *text) {
  put_u32(wire, (uint32_t)strlen(text));
  put(wire, text, strlen(text) + 1);
  while (wire->length % 8) wire->bytes[wire->length++] = 0;
}

static void put_field(struct wire *wire, enum field_kind kind) {
  switch (kind) {
  case FIELD_STR:
  case FIELD_BYTES:
    return put_text(wire, "/some/text");
  case FIELD_STRS:
    put_u64(wire, 3);
    put_text(wire, "");
    put_text(wire, "mode=755");
    return put_text(wire, "a longer option than the others");
  case FIELD_U32S:
    put_u64(wire, 3);
    put_u64(wire, 1);
    return put_u64(wire, 2);
  default:
    return put_u64(wire, 1);
  }
}

static void put_record(struct wire *wire, const struct op_row *row) {
  uint8_t phase = 0;
  while (!(row->phases >> phase & 1)) phase++;
  put(wire, &row->code, 2);
  put(wire, (uint8_t[]){phase, 0}, 2);
  size_t head = wire->length;
  put_u32(wire, 0);
  for (const struct field *field = row->fields; field->kind != FIELD_END; field++) put_field(wire, field->kind);
  uint32_t length = (uint32_t)(wire->length - head - 4);
  memcpy(wire->bytes + head, &length, 4);
}

static void make_plan(struct wire *wire) {
  wire->length = 0;
  put(wire, "RUNTSPLN", 8);
  put_u64(wire, OP_TABLE_HASH);
  put_u64(wire, op_row_count);
  put_u64(wire, 0);
  put_u64(wire, 5);
  for (unsigned i = 0; i < op_row_count; i++) put_record(wire, &op_rows[i]);
}

static void damage(struct wire *wire) {
  static const uint32_t values[] = {0, 1, 2, 7, 8, 0x7fffffff, 0x80000000, 0xfffffff8, 0xfffffffb, 0xffffffff};
  size_t at = roll(wire->length / 4) * 4;
  switch (roll(6)) {
  case 0:
    wire->bytes[roll(wire->length)] ^= (uint8_t)(1u << roll(8));
    return;
  case 1:
    memcpy(wire->bytes + at, &values[roll(10)], 4);
    return;
  case 2: { // a length that is nearly right
    uint32_t value;
    memcpy(&value, wire->bytes + at, 4);
    value += (uint32_t)roll(33) - 16;
    memcpy(wire->bytes + at, &value, 4);
    return;
  }
  case 3:
    wire->length -= roll(wire->length / 2);
    return;
  case 4: { // bytes taken out
    size_t cut = 8 * (1 + roll(4));
    if (at + cut > wire->length) return;
    memmove(wire->bytes + at, wire->bytes + at + cut, wire->length - at - cut);
    wire->length -= cut;
    return;
  }
  default:
    memmove(wire->bytes + at, wire->bytes + roll(wire->length / 4) * 4, (wire->length - at) % 64 / 2);
  }
}

static void touch(const void *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) touched += ((const uint8_t *)bytes)[i];
}

// Reads everything that a decoded step points to.
static void touch_op(const struct op_row *row, const union any_op *op) {
  for (const struct field *field = row->fields; field->kind != FIELD_END; field++) {
    const void *value = (const uint8_t *)op + field->offset;
    if (field->kind == FIELD_STR) {
      touch(*(const char *const *)value, strlen(*(const char *const *)value));
    } else if (field->kind == FIELD_BYTES) {
      touch(((const struct bytes *)value)->at, ((const struct bytes *)value)->length);
    } else if (field->kind == FIELD_U32S) {
      touch(((const struct u32s *)value)->items, ((const struct u32s *)value)->count * sizeof(uint32_t));
    } else if (field->kind == FIELD_STRS) {
      const struct strings *strings = value;
      for (uint32_t i = 0; i < strings->count; i++) touch(strings->items[i], strlen(strings->items[i]));
      if (strings->items[strings->count]) abort();
    }
  }
}

// Returns how many steps were decoded.
static unsigned decode(const struct wire *wire) {
  static char *arena[SLOTS];
  struct plan plan = {.arena = arena, .arena_slots = SLOTS};
  struct record record;
  union any_op op;
  unsigned steps = 0;
  size_t at = 0;
  uint8_t *bytes = malloc(wire->length);
  memcpy(bytes, wire->bytes, wire->length);
  if (plan_read_header(&plan, bytes, wire->length) == 0)
    while (plan_next(&plan, &at, &record) > 0 && plan_decode(&plan, &record, &op) == 0) {
      touch_op(record.row, &op);
      steps++;
    }
  free(bytes);
  return steps;
}

int main(int argc, char **argv) {
  unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 200000;
  state = argc > 2 ? strtoul(argv[2], NULL, 10) | 1 : 1;
  static struct wire whole, wire;
  make_plan(&whole);
  if (decode(&whole) != op_row_count) return fprintf(stderr, "the undamaged plan is refused\n"), 1;
  unsigned long steps = 0;
  for (unsigned long round = 0; round < rounds; round++) {
    wire = whole;
    for (uint64_t left = 1 + roll(4); left && wire.length > 64; left--) damage(&wire);
    steps += decode(&wire);
  }
  printf("%lu damaged plans, %lu steps decoded, sum %llx\n", rounds, steps, (unsigned long long)touched);
  return 0;
}
