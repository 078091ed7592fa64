// SPDX-License-Identifier: Apache-2.0
#ifndef RUNTS_GROUPS_H
#define RUNTS_GROUPS_H
#include "shim.h"

// Replaces the supplementary groups. A user namespace that denies setgroups(2) for good lets nobody give groups up
// (user_namespaces(7)): there, asking for none succeeds and changes nothing.
int replace_groups(struct context *ctx, size_t count, const gid_t *groups);
#endif
