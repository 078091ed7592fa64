// SPDX-License-Identifier: Apache-2.0
// The payload of conformance containers. `probe report ITEM…` prints one JSON object with a member for each item;
// the other verbs make the process behave in a chosen way. It needs no file of the root file system, and /proc only for
// items that are about /proc.
#include "probe.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  act_function *act;
} acts[] = {
  { "report", act_report },       // report [--wait] ITEM[:ARGUMENT]…
  { "exit", act_exit },           // exit STATUS
  { "kill-self", act_kill_self }, // kill-self SIGNAL
  { "wait", act_wait },           // wait: says "ready" and sleeps until it is killed
  { "trap", act_trap },           // trap LAST: prints each signal it gets, ends with status 0 after LAST
  { "hang", act_hang },           // hang: waits in a system call where only SIGKILL gets at it
  { "eat", act_eat },             // eat MEBIBYTES: touches so much memory
  { "fork", act_fork },           // fork COUNT: tries so many sleeping children, prints how many there are
  { "family", act_family },       // family COUNT: so many sleeping children, says "ready" and sleeps
  { "bomb", act_bomb },           // bomb: says "ready" and forks, as all its children do
  { "churn", act_churn },         // churn COUNT: so many processes that fork and reap without end, says "ready"
  { "leave-thread", act_leave_thread }, // leave-thread: says "ready" and ends its first thread, another goes on
  { "copy", act_copy_input },     // copy: standard input to standard output
  { "swap", act_swap },           // swap A B: exchanges two names until it is killed
  { "leak", act_leak },           // leak COUNT COMMAND…: so many descriptors without close-on-exec
  { "keep-sockets", act_keep_sockets }, // keep-sockets PID: leaves a child with copies of that process's sockets
  { "groups", act_groups },       // groups G,G… COMMAND…: with these supplementary groups
  { "fill-keys", act_fill_keys }, // fill-keys UID: uses the key quota of that user up, says "full" and waits
  { "pin", act_pin },             // pin CPU COMMAND…: on this CPU alone
  { "calls", act_calls },         // calls CALL[:ARG,…]…: a JSON list of what each returns, or the name of its errno
  { "thread-call", act_thread_call }, // thread-call CALL: in a second thread; "survived" when only that one is gone
  { "trapped-call", act_trapped_call }, // trapped-call CALL: prints what SIGSYS says of it, if it comes
  { "traced-call", act_traced_call }, // traced-call CALL: prints "event DATA" if the filter tells the tracer
  { "call32", act_call32 },       // call32 NUMBER: a system call of 32-bit x86
  { "agent", act_agent },         // agent SOCKET errno=N|value=N|continue: answers for a seccomp listener
  { "receive-terminal", act_receive_terminal }, // receive-terminal SOCKET [TEXT]: what a console socket gets
  { "in-terminal", act_in_terminal }, // in-terminal OPTION… -- COMMAND…: on a terminal of its own
  { "receive", act_receive },     // receive SOCKET: says what one connection brings, with descriptors and whose pidfd each is
  { "notified", act_notified },   // notified SOCKET [keep]: says what datagrams arrive; closes their descriptors, or keeps them
  { "notify", act_notify },       // notify TEXT…: sends each to $NOTIFY_SOCKET, then says "told" and ends
  { "owner", act_owner },         // owner FILE: the inode of the user namespace that owns the namespace of this file
  { "unshare", act_unshare },     // unshare TYPE,TYPE…: a child in new namespaces, whose pid is printed
};

int main(int argc, char **argv)
{
  if (argc < 2) {
    fprintf(stderr, "usage: probe VERB [ARGUMENT…]\n");
    return 125;
  }
  for (unsigned i = 0; i < sizeof acts / sizeof *acts; i++)
    if (strcmp(argv[1], acts[i].name) == 0)
      return acts[i].act(argc - 2, argv + 2);
  fprintf(stderr, "probe: no verb \"%s\"\n", argv[1]);
  return 125;
}
