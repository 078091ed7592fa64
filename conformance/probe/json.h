// SPDX-License-Identifier: Apache-2.0
// A JSON writer for stdout: commas are placed by the writer, the caller only nests and names.
#ifndef PROBE_JSON_H
#define PROBE_JSON_H

#include <stdbool.h>

void json_open(char bracket);
void json_close(char bracket);
void json_key(const char *name);
void json_string(const char *text);
void json_bytes(const char *text, long length);
void json_number(long long value);
void json_bool(bool value);
void json_null(void);

// Writes the name of an errno ("EROFS"), or null for 0.
void json_errno(int error);

void json_member_string(const char *name, const char *text);
void json_member_number(const char *name, long long value);
void json_member_bool(const char *name, bool value);
void json_member_errno(const char *name, int error);

#endif
