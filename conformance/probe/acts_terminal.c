// SPDX-License-Identifier: Apache-2.0
// Both ends of a terminal on the host side of a case: a receiver at a console socket, and a terminal to call from.
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int failed(const char *what)
{
  perror(what);
  return 125;
}

static int listen_at(const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (strlen(path) >= sizeof address.sun_path)
    return -1;
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return bind(fd, (void *)&address, sizeof address) || listen(fd, 1) ? -1 : fd;
}

// What arrived, on one line: bytes of the name, descriptors, whether the first is a terminal, bytes that came later.
static int receive(int connection)
{
  char name[8192], later[16];
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(16 * sizeof(int))];
  } rights = { 0 };
  struct iovec bytes = { name, sizeof name };
  struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = rights.space, .msg_controllen = sizeof rights.space };
  ssize_t length = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *first = CMSG_FIRSTHDR(&message);
  bool has_rights = length >= 0 && first && first->cmsg_type == SCM_RIGHTS;
  size_t count = has_rights ? (first->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
  int fd = -1;
  if (count > 0)
    memcpy(&fd, CMSG_DATA(first), sizeof fd);
  printf("received %zd bytes, %zu descriptors, terminal %d, then %zd bytes\n", length, count, isatty(fd), read(connection, later, sizeof later));
  fflush(stdout);
  return fd;
}

static void copy_until_end(int from)
{
  char block[65536];
  for (ssize_t length; (length = read(from, block, sizeof block)) > 0;)
    if (write(1, block, (size_t)length) != length)
      return;
}

// Says "listening", then what it received, then what is printed in the terminal; "typed" is written into it first.
int act_receive_terminal(int argc, char **argv)
{
  int listener = argc > 0 ? listen_at(argv[0]) : -1;
  if (listener < 0)
    return failed("receive-terminal");
  puts("listening");
  fflush(stdout);
  int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  int terminal = connection < 0 ? -1 : receive(connection);
  if (terminal < 0)
    return 1;
  if (argc > 1 && write(terminal, argv[1], strlen(argv[1])) < 0)
    return failed("write");
  copy_until_end(terminal);
  puts("hung up");
  return 0;
}

struct call {
  const char *after;  // what has to be printed before the rest happens
  const char *feed;   // a file to be typed
  int signal;         // for the command
  struct winsize resize;
  bool own_input, own_output; // standard streams that stay those of the probe
  bool without;               // no terminal at all, but a session of its own
};

static const char *value_of(const char *word, const char *name)
{
  size_t length = strlen(name);
  return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static int read_options(struct call *call, struct winsize *size, int argc, char **argv)
{
  int i = 0;
  for (; i < argc && strcmp(argv[i], "--"); i++) {
    const char *value;
    if ((value = value_of(argv[i], "after")))
      call->after = value;
    else if ((value = value_of(argv[i], "feed")))
      call->feed = value;
    else if ((value = value_of(argv[i], "signal")))
      call->signal = atoi(value);
    else if ((value = value_of(argv[i], "size")))
      sscanf(value, "%hux%hu", &size->ws_row, &size->ws_col);
    else if ((value = value_of(argv[i], "resize")))
      sscanf(value, "%hux%hu", &call->resize.ws_row, &call->resize.ws_col);
    else if (strcmp(argv[i], "own-input") == 0)
      call->own_input = true;
    else if (strcmp(argv[i], "own-output") == 0)
      call->own_output = true;
    else if (strcmp(argv[i], "without") == 0)
      call->without = true;
    else
      return argc;
  }
  return i + 1;
}

static void run_inside(const struct call *call, const char *name, char **command)
{
  setsid();
  int terminal = call->without ? -1 : open(name, O_RDWR);
  if (!call->without && (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0)))
    _exit(125);
  if (!call->without && !call->own_input)
    dup2(terminal, 0);
  if (!call->without && !call->own_output)
    dup2(terminal, 1);
  if (terminal > 2)
    close(terminal);
  execvp(command[0], command);
  _exit(failed(command[0]));
}

struct relay {
  int master, pidfd;
  size_t fed, length;
  char *text; // of the file to be typed
  char seen[65536 * 2];
  size_t kept;
  bool triggered;
};

static void load_text(struct relay *relay, const char *path)
{
  struct stat st;
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0 || fstat(fd, &st))
    return;
  relay->text = malloc((size_t)st.st_size + 1);
  relay->length = (size_t)read(fd, relay->text, (size_t)st.st_size);
  close(fd);
}

static bool has_seen(struct relay *relay, const char *text, const char *block, size_t length)
{
  if (relay->kept + length >= sizeof relay->seen)
    relay->kept = 0;
  memcpy(relay->seen + relay->kept, block, length);
  relay->kept += length;
  return memmem(relay->seen, relay->kept, text, strlen(text)) != NULL;
}

static void trigger(struct relay *relay, const struct call *call, pid_t child)
{
  relay->triggered = true;
  load_text(relay, call->feed);
  if (call->resize.ws_row)
    ioctl(relay->master, TIOCSWINSZ, &call->resize);
  if (call->signal)
    kill(child, call->signal);
}

// False at the end of the output.
static bool pump(struct relay *relay, const struct call *call, pid_t child)
{
  char block[65536];
  ssize_t length = read(relay->master, block, sizeof block);
  if (length <= 0)
    return length < 0 && (errno == EAGAIN || errno == EINTR);
  for (ssize_t at = 0, written; at < length; at += written)
    if ((written = write(1, block + at, (size_t)(length - at))) < 0)
      return false;
  if (!relay->triggered && call->after && has_seen(relay, call->after, block, (size_t)length))
    trigger(relay, call, child);
  return true;
}

static void type(struct relay *relay)
{
  size_t left = relay->length - relay->fed;
  ssize_t written = write(relay->master, relay->text + relay->fed, left < 65536 ? left : 65536);
  if (written > 0)
    relay->fed += (size_t)written;
}

static void relay_until_end(struct relay *relay, const struct call *call, pid_t child)
{
  for (;;) {
    short wanted = relay->fed < relay->length ? POLLIN | POLLOUT : POLLIN;
    struct pollfd fds[2] = { { relay->master, wanted, 0 }, { relay->pidfd, POLLIN, 0 } };
    if (poll(fds, 2, -1) < 0)
      continue;
    if (fds[0].revents & POLLOUT)
      type(relay);
    if (fds[0].revents & POLLIN)
      pump(relay, call, child);
    else if (fds[1].revents)
      return;
  }
}

// in-terminal OPTION… -- COMMAND…: on a terminal of its own, whose output goes to standard output and whose modes are
// compared before and after. Options: size=RxC, after=TEXT with feed=FILE, signal=N or resize=RxC, own-input, own-output,
// without. Standard error stays as it is.
int act_in_terminal(int argc, char **argv)
{
  struct call call = { 0 };
  struct winsize size = { 24, 80, 0, 0 };
  int first = read_options(&call, &size, argc, argv);
  static struct relay relay;
  relay.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  char *name = relay.master < 0 || grantpt(relay.master) || unlockpt(relay.master) ? NULL : ptsname(relay.master);
  // Held open: a terminal that nobody has open says so, and nothing else.
  int slave = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
  struct termios before = { 0 }, after = { 0 };
  if (first >= argc || slave < 0 || tcgetattr(slave, &before))
    return failed("in-terminal");
  ioctl(relay.master, TIOCSWINSZ, &size);
  pid_t child = fork();
  if (child == 0)
    run_inside(&call, name, argv + first);
  relay.pidfd = (int)syscall(SYS_pidfd_open, child, 0);
  if (!call.after)
    trigger(&relay, &call, child);
  relay_until_end(&relay, &call, child);
  int status = 0;
  waitpid(child, &status, 0);
  tcgetattr(slave, &after);
  fprintf(stderr, "modes %s\n", memcmp(&before, &after, sizeof before) ? "changed" : "restored");
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
