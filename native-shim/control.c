// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel.h"

int control_fd = LOWEST_CONTROL_FD;

void close_fd(int *fd) {
  int kept = errno;
  if (*fd >= 0) close(*fd);
  errno = kept;
}

static size_t append(char *to, size_t room, size_t at, const char *text) {
  size_t length = strlen(text);
  if (at + length >= room) length = room - 1 - at;
  memcpy(to + at, text, length);
  to[at + length] = 0;
  return at + length;
}

int fail2(struct context *ctx, const char *syscall, const char *detail, const char *more) {
  ctx->failure.error = errno;
  ctx->failure.syscall = syscall;
  char *to = ctx->failure.detail;
  size_t at = append(to, sizeof ctx->failure.detail, 0, detail ? detail : "");
  append(to, sizeof ctx->failure.detail, at, more ? more : "");
  return -1;
}

int fail(struct context *ctx, const char *syscall, const char *detail) { return fail2(ctx, syscall, detail, NULL); }

int write_text(int fd, const char *text) {
  size_t length = strlen(text);
  ssize_t written = write(fd, text, length);
  if (written < 0) return -1;
  if ((size_t)written == length) return 0;
  errno = EIO;
  return -1;
}

char *decimal(char *buffer, uint64_t value) {
  char digits[20];
  size_t count = 0, at = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count) buffer[at++] = digits[--count];
  buffer[at] = 0;
  return buffer;
}

static bool over;

void conversation_over(void) { over = true; }
bool in_conversation(void) { return !over; }

static size_t length_of(const struct message *message) {
  return offsetof(struct message, detail) + message->detail_length;
}

// To the runtime with write(2) and read(2): they are what a profile with a listener lets pass by rule, see
// src/spec/rules/seccomp.ts. A start that went away must not end the container by SIGPIPE, so its connection gets
// send(2), unless a filter refuses that one.
int send_message(int fd, const struct message *message) {
  if (!over) return write_message(fd, message);
  ssize_t sent;
  do sent = send(fd, message, length_of(message), MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 && errno != EPIPE ? write_message(fd, message) : sent < 0 ? -1 : 0;
}

int write_message(int fd, const struct message *message) {
  ssize_t sent;
  do sent = write(fd, message, length_of(message));
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}

int send_failure(struct context *ctx, enum message_type type, uint32_t step) {
  struct message message = {.type = type, .step = step, .error = ctx->failure.error};
  append(message.syscall, sizeof message.syscall, 0, ctx->failure.syscall ? ctx->failure.syscall : "");
  message.detail_length = (uint32_t)append(message.detail, sizeof message.detail, 0, ctx->failure.detail);
  return send_message(ctx->report, &message);
}

// Before any filter, so sendmsg(2) is allowed.
static int send_with_descriptors(int fd, const struct message *message, const int given[2]) {
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(2 * sizeof(int))];
  } rights = {.header = {.cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&rights.header), given, 2 * sizeof(int));
  struct iovec bytes = {.iov_base = (void *)(uintptr_t)message, .iov_len = length_of(message)};
  struct msghdr header = {
      .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = rights.space, .msg_controllen = sizeof rights.space};
  ssize_t sent;
  do sent = sendmsg(fd, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}

int await_runtime(uint32_t step, uint32_t point, int descriptor, const int given[2]) {
  struct message message = {.type = MESSAGE_SYNC, .step = step, .value = point, .error = descriptor};
  if ((given ? send_with_descriptors(control_fd, &message, given) : send_message(control_fd, &message)) < 0) return -1;
  char word;
  ssize_t got;
  do got = read(control_fd, &word, 1);
  while (got < 0 && errno == EINTR);
  return got == 1 ? 0 : -1;
}
