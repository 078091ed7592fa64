// SPDX-License-Identifier: Apache-2.0
#include "json.h"
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
  const char *name;
  item_function *write;
} items[] = {
  { "ids", item_ids },           { "caps", item_caps },         { "env", item_env },
  { "cwd", item_cwd },           { "process", item_process },   { "signals", item_signals },
  { "limits", item_limits },     { "fds", item_fds },           { "nnp", item_nnp },
  { "oom", item_oom },           { "umask", item_umask },       { "tty", item_tty },
  { "stat", item_stat },         { "follow", item_follow },     { "readlink", item_readlink },
  { "list", item_list },         { "read", item_read },         { "statfs", item_statfs },
  { "open", item_open },         { "open-write", item_open_write }, { "create", item_create },
  { "put", item_put },           { "leave", item_leave },       { "label", item_label },         { "mknod", item_mknod },       { "exec", item_exec },
  { "chdir-up", item_chdir_up }, { "mounts", item_mounts },     { "ns", item_ns },
  { "hostname", item_hostname }, { "time", item_time },         { "net", item_net },
  { "personality", item_personality }, { "keyring", item_keyring },   { "scheduler", item_scheduler },
  { "terminal", item_terminal },
  { "affinity", item_affinity }, { "memory-policy", item_memory_policy }, { "device-filters", item_device_filters },
};

static void write_item(char *item)
{
  char *colon = strchr(item, ':');
  size_t length = colon ? (size_t)(colon - item) : strlen(item);
  for (unsigned i = 0; i < sizeof items / sizeof *items; i++) {
    if (strlen(items[i].name) == length && strncmp(items[i].name, item, length) == 0) {
      json_key(item);
      items[i].write(colon ? colon + 1 : "");
      return;
    }
  }
  fprintf(stderr, "probe: no item \"%s\"\n", item);
  exit(125);
}

int act_report(int argc, char **argv)
{
  int first = argc > 0 && strcmp(argv[0], "--wait") == 0;
  json_open('{');
  for (int i = first; i < argc; i++)
    write_item(argv[i]);
  json_close('}');
  putchar('\n');
  fflush(stdout);
  while (first)
    pause();
  return 0;
}
