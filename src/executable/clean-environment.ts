// SPDX-License-Identifier: Apache-2.0
// What executable_entry.c has put there is for the engine alone.
delete process.env.BUN_JSC_useJIT
