// SPDX-License-Identifier: Apache-2.0
// Both ends of the sockets that a runtime's caller names: who receives a pidfd, who is told of readiness, and who tells.
#include "probe.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const char *line)
{
  puts(line);
  fflush(stdout);
}

// A leading @ means the abstract namespace, as in NOTIFY_SOCKET (sd_notify(3)).
static socklen_t address_of(const char *name, struct sockaddr_un *address)
{
  *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  size_t length = strlen(name);
  if (length >= sizeof address->sun_path)
    exit(125);
  memcpy(address->sun_path, name, length);
  if (name[0] == '@')
    address->sun_path[0] = 0;
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] != '@'));
}

static int bound(const char *name, int type)
{
  struct sockaddr_un address;
  socklen_t length = address_of(name, &address);
  int server = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (bind(server, (struct sockaddr *)&address, length))
    exit(125);
  return server;
}

// The process that a pidfd is of, as /proc/self/fdinfo tells it.
static void say_pid(int fd)
{
  char path[64], line[128];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  FILE *file = fopen(path, "re");
  while (file && fgets(line, sizeof line, file))
    if (strncmp(line, "Pid:", 4) == 0)
      printf("pid %d\n", atoi(line + 4));
  if (file)
    fclose(file);
}

struct received {
  ssize_t length;
  int fds[8];
  int count;
};

static struct received receive(int socket, char *text, size_t size)
{
  char space[CMSG_SPACE(sizeof(int) * 8)];
  struct iovec part = { text, size - 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space };
  struct received got = { .length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC) };
  text[got.length > 0 ? got.length : 0] = 0;
  struct cmsghdr *header = got.length < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    got.count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(got.fds, CMSG_DATA(header), sizeof(int) * (size_t)got.count);
  }
  return got;
}

int act_receive(int argc, char **argv)
{
  char text[4096];
  int server = bound(argc == 1 ? argv[0] : "", SOCK_STREAM);
  if (listen(server, 4))
    return 125;
  say("listening");
  int connection = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  struct received got = receive(connection, text, sizeof text);
  printf("%s\nfds %d\n", text, got.count);
  for (int i = 0; i < got.count; i++)
    say_pid(got.fds[i]);
  say(read(connection, text, 1) == 0 ? "end" : "more");
  return 0;
}

// What a service manager hears, one line a datagram. It lets go of descriptors at once, or never.
int act_notified(int argc, char **argv)
{
  char text[65536];
  int server = bound(argc > 0 ? argv[0] : "", SOCK_DGRAM), keep = argc > 1;
  say("listening");
  for (;;) {
    struct received got = receive(server, text, sizeof text);
    for (char *at = text; *at; at++)
      if (*at == '\n')
        *at = '|';
    printf("%s fds %d\n", text, got.count);
    fflush(stdout);
    for (int i = 0; i < got.count && !keep; i++)
      close(got.fds[i]);
  }
}

static void send_with(int socket, const char *text, size_t length, int fds)
{
  char space[CMSG_SPACE(sizeof(int) * 8)] = { 0 };
  struct iovec part = { (void *)text, length };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  if (fds) {
    message.msg_control = space;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fds);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fds);
    for (int i = 0; i < fds; i++)
      memcpy(CMSG_DATA(header) + sizeof(int) * (size_t)i, &(int){ 0 }, sizeof(int));
  }
  if (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
    perror("sendmsg");
}

// Sends each argument to $NOTIFY_SOCKET; `+huge`, `+empty`, `+fds`, `+flood` and `+wait-for-input` are not sent as such.
int act_notify(int argc, char **argv)
{
  static char huge[100000];
  struct sockaddr_un address;
  const char *name = getenv("NOTIFY_SOCKET");
  int client = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (name == NULL || connect(client, (struct sockaddr *)&address, address_of(name, &address))) {
    perror(name ? name : "NOTIFY_SOCKET");
    return 3;
  }
  memset(huge, 'x', sizeof huge);
  for (int i = 0; i < argc; i++) {
    if (strcmp(argv[i], "+huge") == 0)
      send_with(client, huge, sizeof huge, 0);
    else if (strcmp(argv[i], "+empty") == 0)
      send_with(client, "", 0, 0);
    else if (strcmp(argv[i], "+fds") == 0)
      send_with(client, "X_WITH=fds", 10, 8);
    else if (strcmp(argv[i], "+flood") == 0)
      for (int n = 0; n < 20000; n++)
        send_with(client, "STATUS=flood", 12, 0);
    else if (strcmp(argv[i], "+wait-for-input") == 0)
      while (read(0, huge, sizeof huge) > 0)
        continue;
    else
      send_with(client, argv[i], strlen(argv[i]), 0);
  }
  say("told");
  return 0;
}
