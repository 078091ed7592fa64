// SPDX-License-Identifier: Apache-2.0
// Messages to the runtime, one a datagram on a SOCK_SEQPACKET socket; src/launch/control-messages.ts reads them.
#ifndef RUNTS_CONTROL_H
#define RUNTS_CONTROL_H
#include "shim.h"

enum message_type {
  MESSAGE_BORN = 1,     // value: pid of the container process as the keeper's pid namespace sees it
  MESSAGE_SYNC = 2,     // value: enum sync_point; error: a descriptor of the sender, or -1; it waits for one byte
  MESSAGE_FAILED = 3,   // step, error, syscall, detail
  MESSAGE_TRACE = 4,    // step, value: nanoseconds it took
  MESSAGE_MISMATCH = 5, // the plan was made from another op table
  MESSAGE_FORGIVEN = 6, // like MESSAGE_FAILED, of a step that goes on nevertheless
  // Both before the failure of a run_hook:
  MESSAGE_OUTPUT = 7,      // value: 1 or 2, the stream; error: 1 when more came before; detail: bytes of it
  MESSAGE_HOOK_FAILED = 8, // value: nanoseconds it ran; error: status of wait(2); detail: its label
  MESSAGE_EXECUTING = 9,   // nothing but the filter and execve(2) is left: from here the end of the connection is good
};

struct message {
  uint32_t type;
  uint32_t step; // from 0
  int64_t value;
  int32_t error;
  uint32_t detail_length;
  char syscall[40];
  char detail[512];
};

// Sends without waiting for an answer; -1 when the runtime is gone.
int send_message(int fd, const struct message *message);
// The same with write(2) alone, whatever there is to tell of a peer that went away.
int write_message(int fd, const struct message *message);
// Tells what ctx->failure holds, as MESSAGE_FAILED or MESSAGE_FORGIVEN.
int send_failure(struct context *ctx, enum message_type type, uint32_t step);
// From here on the runtime of `create` or `run` is gone and descriptor 3 may be anything.
void conversation_over(void);
bool in_conversation(void);
// Sends a sync and waits for the word to go on; -1 when the runtime is gone. `descriptor` is one that the runtime may
// fetch meanwhile, or -1; `given` are two that it gets (SCM_RIGHTS), or NULL.
int await_runtime(uint32_t step, uint32_t point, int descriptor, const int given[2]);
#endif
