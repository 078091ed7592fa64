// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static void comma_list(const char *name, char *list)
{
  json_key(name);
  json_open('[');
  for (char *state = NULL, *part = strtok_r(list, ",", &state); part; part = strtok_r(NULL, ",", &state))
    json_string(part);
  json_close(']');
}

// proc_pid_mountinfo(5): two runs of fields around a lone "-", with any number of optional fields before it.
static void mount_line(char *line)
{
  char *state = NULL, *fields[6];
  for (int i = 0; i < 6; i++)
    fields[i] = strtok_r(i ? NULL : line, " \n", &state);
  json_open('{');
  json_member_number("id", atoi(fields[0]));
  json_member_number("parent", atoi(fields[1]));
  json_member_string("device", fields[2]);
  json_member_string("root", fields[3]);
  json_member_string("target", fields[4]);
  comma_list("options", fields[5]);
  json_key("propagation");
  json_open('[');
  char *field;
  while ((field = strtok_r(NULL, " \n", &state)) && strcmp(field, "-"))
    json_string(field);
  json_close(']');
  json_member_string("type", strtok_r(NULL, " \n", &state));
  json_member_string("source", strtok_r(NULL, " \n", &state));
  char *super = strtok_r(NULL, "\n", &state);
  comma_list("superOptions", super ? super : (char[]){ "" });
  json_close('}');
}

void item_mounts(const char *argument)
{
  (void)argument;
  FILE *file = fopen("/proc/self/mountinfo", "re");
  if (file == NULL) {
    json_errno(errno);
    return;
  }
  static char line[16384];
  json_open('[');
  while (fgets(line, sizeof line, file))
    mount_line(line);
  json_close(']');
  fclose(file);
}

static void read_text(const char *name, const char *path)
{
  char text[512];
  FILE *file = fopen(path, "re");
  size_t length = file ? fread(text, 1, sizeof text, file) : 0;
  json_key(name);
  json_bytes(text, (long)length);
  if (file)
    fclose(file);
}

// Inode numbers of the namespaces, as text like readlink's would be compared; needs /proc.
void item_ns(const char *argument)
{
  (void)argument;
  static const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
  json_open('{');
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    json_member_number(names[i], stat(path, &status) ? 0 : (long long)status.st_ino);
  }
  read_text("timeOffsets", "/proc/self/timens_offsets");
  read_text("uidMap", "/proc/self/uid_map");
  read_text("gidMap", "/proc/self/gid_map");
  read_text("setgroups", "/proc/self/setgroups");
  json_close('}');
}

void item_hostname(const char *argument)
{
  (void)argument;
  struct utsname names;
  uname(&names);
  json_open('{');
  json_member_string("hostname", names.nodename);
  json_member_string("domainname", names.domainname);
  json_close('}');
}

void item_time(const char *argument)
{
  (void)argument;
  struct timespec monotonic, boottime;
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  clock_gettime(CLOCK_BOOTTIME, &boottime);
  json_open('{');
  json_member_number("monotonic", monotonic.tv_sec);
  json_member_number("boottime", boottime.tv_sec);
  json_close('}');
}

void item_personality(const char *argument)
{
  (void)argument;
  json_number(personality(0xffffffff));
}

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
  return syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int is_device_filter(unsigned id)
{
  union bpf_attr get = { .prog_id = id };
  long fd = bpf(BPF_PROG_GET_FD_BY_ID, &get);
  if (fd < 0)
    return 0;
  struct bpf_prog_info info = { 0 };
  union bpf_attr ask = { .info = { .bpf_fd = (unsigned)fd, .info_len = sizeof info, .info = (unsigned long)&info } };
  int known = bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) == 0;
  close((int)fd);
  return known && info.type == BPF_PROG_TYPE_CGROUP_DEVICE;
}

// How many programs for devices of cgroups the kernel holds.
void item_device_filters(const char *argument)
{
  (void)argument;
  int count = 0;
  union bpf_attr next = { 0 };
  while (bpf(BPF_PROG_GET_NEXT_ID, &next) == 0) {
    next.start_id = next.next_id;
    count += is_device_filter(next.next_id);
  }
  json_number(count);
}
