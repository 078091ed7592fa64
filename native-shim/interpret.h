// SPDX-License-Identifier: Apache-2.0
#ifndef RUNTS_INTERPRET_H
#define RUNTS_INTERPRET_H
#include "shim.h"

// Runs the steps of one phase in order. A failure is told to the runtime before -1 is returned.
int run_phase(struct context *ctx, enum phase phase);
bool phase_has_steps(const struct context *ctx, enum phase phase);
// What a verb of the keeper opened gets the number that later steps know it by. The descriptor is taken over.
int move_to_slot(struct context *ctx, int fd, int slot);
// Index, from 0, of the step that is running.
uint32_t current_step(void);
// Every signal default and none blocked: what a program expects to begin with.
void default_signals(void);

// Closes every descriptor from control_fd on but one.
void close_all_but(int kept);
// The two lives of the program: what happens after the keeper's steps, and what the cloned process does.
int keeper(struct context *ctx);
_Noreturn void container_init(struct context *ctx);
#endif
