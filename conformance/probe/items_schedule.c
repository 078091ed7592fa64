// SPDX-License-Identifier: Apache-2.0
// What the kernel keeps for a process about keys, CPUs and memory nodes, by raw system calls: musl wraps none of them.
#include "json.h"
#include "probe.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEYCTL_DESCRIBE 6
#define KEYCTL_GET_SECURITY 17
#define KEY_SPEC_SESSION_KEYRING (-3)
#define IOPRIO_WHO_PROCESS 1

// "keyring;uid;gid;permissions;name" of keyctl(2), and the label that a security module has given the keyring.
void item_keyring(const char *argument)
{
  (void)argument;
  char text[1024] = "", label[1024] = "";
  long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof text);
  int error = length < 0 ? errno : 0;
  syscall(SYS_keyctl, KEYCTL_GET_SECURITY, KEY_SPEC_SESSION_KEYRING, label, sizeof label);
  json_open('{');
  json_member_errno("error", error);
  json_member_string("description", text);
  json_member_string("label", label);
  json_close('}');
}

// struct sched_attr as of Linux 5.3.
struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
  uint32_t util_min, util_max;
};

void item_scheduler(const char *argument)
{
  (void)argument;
  struct attributes attributes = { 0 };
  long result = syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0);
  long io = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
  json_open('{');
  json_member_errno("error", result < 0 ? errno : 0);
  json_member_number("policy", attributes.policy);
  json_member_number("flags", (long long)attributes.flags);
  json_member_number("nice", attributes.nice);
  json_member_number("priority", attributes.priority);
  json_member_number("runtime", (long long)attributes.runtime);
  json_member_number("deadline", (long long)attributes.deadline);
  json_member_number("period", (long long)attributes.period);
  json_member_number("ioClass", io >> 13);
  json_member_number("ioPriority", io & 0x1fff);
  json_close('}');
}

void item_affinity(const char *argument)
{
  (void)argument;
  cpu_set_t cpus;
  sched_getaffinity(0, sizeof cpus, &cpus);
  json_open('[');
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &cpus))
      json_number(cpu);
  json_close(']');
}

void item_memory_policy(const char *argument)
{
  (void)argument;
  int mode = 0;
  unsigned long nodes[16] = { 0 };
  long result = syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, NULL, 0);
  json_open('{');
  json_member_errno("error", result < 0 ? errno : 0);
  json_member_number("mode", mode);
  json_key("nodes");
  json_open('[');
  for (unsigned node = 0; node < sizeof nodes * 8; node++)
    if (nodes[node / 64] >> node % 64 & 1)
      json_number(node);
  json_close(']');
  json_close('}');
}
