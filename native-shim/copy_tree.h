// SPDX-License-Identifier: Apache-2.0
#ifndef RUNTS_COPY_TREE_H
#define RUNTS_COPY_TREE_H
#include "shim.h"

// Copies what is below one directory into another (content, type, mode and owner), by descriptors, following no link.
int copy_tree(struct context *ctx, int from, int to);
#endif
