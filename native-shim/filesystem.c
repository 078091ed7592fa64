// SPDX-License-Identifier: Apache-2.0
#include "filesystem.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "kernel.h"
#include "path.h"

#define FSCONFIG_TEXT 255
#define MOUNT_DATA 4096

static const struct superblock_flag {
  uint64_t flag;
  const char *name;
} superblock_flags[] = {
    {MS_RDONLY, "ro"},       {MS_SYNCHRONOUS, "sync"},   {MS_MANDLOCK, "mand"},
    {MS_DIRSYNC, "dirsync"}, {MS_LAZYTIME, "lazytime"},
};
#define SUPERBLOCK_FLAGS (sizeof superblock_flags / sizeof superblock_flags[0])

// The kernel's own words about the last error, such as "tmpfs: Bad value for 'size'"; empty where it has none.
static void read_complaint(int fs, char *text, size_t size) {
  ssize_t length;
  char message[256];
  text[0] = 0;
  while ((length = read(fs, message, sizeof message - 1)) > 0) {
    message[length] = 0;
    if (length > 2 && message[0] == 'e') join_text(text, size, message + 2, NULL);
  }
  text[strcspn(text, "\n")] = 0;
}

// `what` is the option or the type that was refused.
static int fail_with_complaint(struct context *ctx, int fs, const char *what, const char *name) {
  int error = errno;
  char complaint[256], detail[sizeof ctx->failure.detail];
  read_complaint(fs, complaint, sizeof complaint);
  errno = error;
  join_text(detail, sizeof detail, what, "\"", name, "\"", *complaint ? ": " : "", complaint, NULL);
  return fail(ctx, "fsconfig", detail);
}

// mount(2) takes an SELinux context in double quotes, because its data may hold commas; fsconfig(2) takes it bare.
static void bare_context(char *key, char *value) {
  size_t length = strlen(value);
  const char *end = strstr(key, "context");
  if (!end || strcmp(end, "context") != 0 || length < 2 || value[0] != '"' || value[length - 1] != '"') return;
  memmove(value, value + 1, length - 2);
  value[length - 2] = 0;
}

static int set_option(struct context *ctx, int fs, const char *option) {
  char key[2 * FSCONFIG_TEXT + 2];
  join_text(key, sizeof key, option, NULL);
  char *value = strchr(key, '=');
  int done;
  if (value) {
    *value++ = 0;
    bare_context(key, value);
    done = sys_fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0);
  } else {
    done = sys_fsconfig(fs, FSCONFIG_SET_FLAG, key, NULL, 0);
  }
  return done < 0 ? fail_with_complaint(ctx, fs, "option ", option) : 0;
}

static int set_options(struct context *ctx, int fs, uint64_t flags, const struct strings *options) {
  for (size_t i = 0; i < SUPERBLOCK_FLAGS; i++)
    if (flags & superblock_flags[i].flag && set_option(ctx, fs, superblock_flags[i].name) < 0) return -1;
  for (uint32_t i = 0; i < options->count; i++)
    if (set_option(ctx, fs, options->items[i]) < 0) return -1;
  return 0;
}

int filesystem_create(struct context *ctx, const struct filesystem *fs, uint64_t attributes) {
  autoclose int fd = sys_fsopen(fs->type, FSOPEN_CLOEXEC);
  if (fd < 0) return fail2(ctx, "fsopen", "filesystem type ", fs->type);
  if (*fs->source && sys_fsconfig(fd, FSCONFIG_SET_STRING, "source", fs->source, 0) < 0)
    return fail_with_complaint(ctx, fd, "source ", fs->source);
  if (set_options(ctx, fd, fs->flags, fs->options) < 0) return -1;
  if (fs->more && set_option(ctx, fd, fs->more) < 0) return -1;
  if (sys_fsconfig(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
    return fail_with_complaint(ctx, fd, "filesystem ", fs->type);
  int mount = sys_fsmount(fd, FSMOUNT_CLOEXEC, (unsigned)attributes);
  return mount < 0 ? fail2(ctx, "fsmount", "filesystem ", fs->type) : mount;
}

static bool too_long(const char *option) {
  size_t key = strcspn(option, "=");
  return key > FSCONFIG_TEXT || (option[key] && strlen(option + key + 1) > FSCONFIG_TEXT);
}

bool filesystem_needs_mount2(const struct filesystem *fs) {
  if (fs->flags & (MS_I_VERSION | MS_SILENT) || strlen(fs->source) > FSCONFIG_TEXT) return true;
  for (uint32_t i = 0; i < fs->options->count; i++)
    if (too_long(fs->options->items[i])) return true;
  return false;
}

int filesystem_mount2(struct context *ctx, const struct filesystem *fs, int target) {
  char text[MOUNT_DATA];
  size_t used = 0;
  text[0] = 0;
  for (uint32_t i = 0; i <= fs->options->count; i++) {
    const char *option = i < fs->options->count ? fs->options->items[i] : fs->more;
    if (!option) break;
    join_text(text + used, sizeof text - used, used ? "," : "", option, NULL);
    used += strlen(text + used);
  }
  errno = E2BIG;
  if (used + 1 == sizeof text) return fail(ctx, "mount", "the options take more than a page");
  // "." is the target itself, without another look at its path.
  if (fchdir(target) < 0) return fail(ctx, "fchdir", "target");
  int mounted = mount(fs->source, ".", fs->type, fs->flags, text);
  char detail[sizeof ctx->failure.detail];
  if (mounted < 0) return fail(ctx, "mount", join_text(detail, sizeof detail, "options \"", text, "\"", NULL));
  return chdir("/") < 0 ? fail(ctx, "chdir", "/") : 0;
}

int filesystem_reconfigure(struct context *ctx, int mount, uint64_t flags, const struct strings *options) {
  errno = EOPNOTSUPP;
  if (flags & MS_I_VERSION) return fail(ctx, "fspick", "option \"iversion\" of a mounted filesystem");
  autoclose int fd = sys_fspick(mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH | FSPICK_NO_AUTOMOUNT);
  if (fd < 0) return fail(ctx, "fspick", "");
  if (set_options(ctx, fd, flags, options) < 0) return -1;
  if (sys_fsconfig(fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) == 0) return 0;
  return fail_with_complaint(ctx, fd, "change of the ", "superblock");
}

int filesystem_empty(struct context *ctx) {
  char *one[] = {"mode=0755", "nr_blocks=1", "nr_inodes=1", NULL};
  struct strings options = {3, one};
  struct filesystem fs = {.type = "tmpfs", .source = "tmpfs", .options = &options, .more = ctx->mask_option};
  uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  int mount = filesystem_create(ctx, &fs, attributes);
  if (mount >= 0) return mount;
  one[2] = "nr_inodes=2"; // some kernels count one more than the root directory
  return filesystem_create(ctx, &fs, attributes);
}
