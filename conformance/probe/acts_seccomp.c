// SPDX-License-Identifier: Apache-2.0
// System calls made one by one, to see what a seccomp filter makes of them, and the agent that a filter may ask.
#include "json.h"
#include "probe.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
  const char *name;
  long number;
} calls[] = {
  { "fchdir", SYS_fchdir },         { "getppid", SYS_getppid },   { "mkdirat", SYS_mkdirat }, { "openat2", 437 },
  { "personality", SYS_personality }, { "sethostname", SYS_sethostname }, { "setsid", SYS_setsid },
};

// NAME or NUMBER, then up to six arguments: `fchdir:7`, `mkdirat:-1,0,0`. The result, or an errno as a negative number.
static long make_call(const char *text)
{
  char *copy = strdup(text), *rest = strchr(copy, ':');
  unsigned long args[6] = { 0 };
  if (rest) {
    *rest++ = 0;
    char *part = strtok(rest, ",");
    for (int i = 0; part && i < 6; i++, part = strtok(NULL, ","))
      args[i] = strtoul(part, NULL, 0);
  }
  long number = strtol(copy, NULL, 0);
  for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)
    if (strcmp(copy, calls[i].name) == 0)
      number = calls[i].number;
  free(copy);
  long result = syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
  return result < 0 ? -errno : result;
}

static int print_calls(int argc, char **argv)
{
  json_open('[');
  for (int i = 0; i < argc; i++) {
    long result = make_call(argv[i]);
    if (result < 0)
      json_errno((int)-result);
    else
      json_number(result);
  }
  json_close(']');
  putchar('\n');
  return fflush(stdout);
}

int act_calls(int argc, char **argv) { return print_calls(argc, argv); }

static _Atomic pid_t thread_id;

static void *make_call_as_thread(void *text)
{
  thread_id = (pid_t)syscall(SYS_gettid);
  make_call(text);
  return NULL;
}

int act_thread_call(int argc, char **argv)
{
  if (argc != 1)
    return 125;
  pthread_t thread;
  if (pthread_create(&thread, NULL, make_call_as_thread, argv[0]))
    return 125;
  // A thread that is killed tells nobody who joins it.
  while (!thread_id || syscall(SYS_tgkill, getpid(), thread_id, 0) == 0)
    sched_yield();
  puts("survived");
  return 0;
}

static void print_trap(int signal, siginfo_t *info, void *context)
{
  (void)signal, (void)context;
  printf("{\"call\":%d,\"code\":%d}\n", info->si_syscall, info->si_code);
  fflush(stdout);
  _exit(0);
}

int act_trapped_call(int argc, char **argv)
{
  struct sigaction action = { .sa_sigaction = print_trap, .sa_flags = SA_SIGINFO };
  if (argc != 1 || sigaction(SIGSYS, &action, NULL))
    return 125;
  make_call(argv[0]);
  return 1;
}

int act_traced_call(int argc, char **argv)
{
  if (argc != 1)
    return 125;
  pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
      _exit(125);
    _exit(print_calls(argc, argv));
  }
  int status;
  unsigned long message = 0;
  if (waitpid(child, &status, 0) != child || ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESECCOMP))
    return 125;
  ptrace(PTRACE_CONT, child, NULL, NULL);
  while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8) && ptrace(PTRACE_GETEVENTMSG, child, NULL, &message) == 0)
      printf("event %lu\n", message);
    fflush(stdout);
    ptrace(PTRACE_CONT, child, NULL, NULL);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

// The call by its number of 32-bit x86, through the gate that 64-bit programs have as well.
int act_call32(int argc, char **argv)
{
#ifdef __x86_64__
  if (argc != 1)
    return 125;
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(atoi(argv[0])) : "memory", "r8", "r9", "r10", "r11");
  printf("%d\n", result);
  return 0;
#else
  (void)argc, (void)argv;
  return 125;
#endif
}

static int receive_listener(int connection)
{
  char text[65536], space[CMSG_SPACE(sizeof(int))];
  struct iovec part = { text, sizeof text - 1 };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space };
  ssize_t length = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (length <= 0 || !header || header->cmsg_type != SCM_RIGHTS)
    return -1;
  int listener;
  memcpy(&listener, CMSG_DATA(header), sizeof listener);
  text[length] = 0;
  puts(text);
  fflush(stdout);
  return listener;
}

// `errno=N`, `value=N` or `continue`.
static void answer_as_told(struct seccomp_notif_resp *answer, const char *told)
{
  if (strncmp(told, "errno=", 6) == 0)
    answer->error = -atoi(told + 6);
  else if (strncmp(told, "value=", 6) == 0)
    answer->val = atoi(told + 6);
  else
    answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
}

static void answer_one(int listener, const char *told)
{
  struct seccomp_notif request = { 0 };
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request))
    return;
  struct seccomp_notif_resp answer = { .id = request.id };
  answer_as_told(&answer, told);
  printf("asked %d %llu\n", request.data.nr, (unsigned long long)request.data.args[0]);
  fflush(stdout);
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

// Says "end" when the sender closes the connection after its one message, and "over" when no process is left that the
// filter is about.
static int answer_all(int connection, int listener, const char *told)
{
  struct pollfd waiting[] = { { .fd = connection, .events = POLLIN }, { .fd = listener, .events = POLLIN } };
  char more;
  while (poll(waiting, 2, -1) > 0) {
    if (waiting[0].revents) {
      puts(read(connection, &more, 1) == 0 ? "end" : "more");
      waiting[0].fd = -1;
    }
    if (waiting[1].revents & POLLIN)
      answer_one(listener, told);
    else if (waiting[1].revents)
      break;
    fflush(stdout);
  }
  puts("over");
  return fflush(stdout);
}

int act_agent(int argc, char **argv)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (argc != 2 || strlen(argv[0]) >= sizeof address.sun_path)
    return 125;
  strcpy(address.sun_path, argv[0]);
  int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 4))
    return 125;
  puts("listening");
  fflush(stdout);
  int connection = accept4(server, NULL, NULL, SOCK_CLOEXEC);
  int listener = receive_listener(connection);
  return listener < 0 ? 125 : answer_all(connection, listener, argv[1]);
}
