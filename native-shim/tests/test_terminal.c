// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "../control.h"
#include "check.h"

static const struct op_open_terminal for_user = {.uid = 1234};
static const struct op_bind_console console = {.target = "/dev/console"};

static void mount_devpts(const char *path) {
  CHECK(mount("devpts", path, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5") == 0);
}

static void root_with_devpts(void) {
  make("rootfs/dev");
  make("rootfs/dev/pts");
  mount_devpts("rootfs/dev/pts");
  bind_root();
}

static bool is_slave(const char *path) {
  struct stat st;
  struct statfs fs;
  return stat(path, &st) == 0 && statfs(path, &fs) == 0 && fs.f_type == 0x1cd1 && st.st_rdev == makedev(136, 0);
}

static void the_terminal_is_of_the_roots_devpts(void) {
  root_with_devpts();
  struct stat st, mounted;
  CHECK(op_open_terminal(&ctx, &for_user) == 0 && fstat(ctx.slave, &st) == 0 && stat("rootfs/dev/pts/0", &mounted) == 0);
  CHECK(st.st_dev == mounted.st_dev && st.st_uid == 1234 && st.st_gid == 5 && (st.st_mode & 0777) == 0620);
  CHECK(fcntl(ctx.terminal, F_GETFD) == FD_CLOEXEC && fcntl(ctx.slave, F_GETFD) == FD_CLOEXEC);
  char word[4];
  CHECK(write(ctx.slave, "out\n", 4) == 4 && read(ctx.terminal, word, 3) == 3 && memcmp(word, "out", 3) == 0);
}

static void the_size_is_set(void) {
  root_with_devpts();
  struct winsize size;
  CHECK(op_open_terminal(&ctx, &for_user) == 0);
  CHECK(op_set_window_size(&ctx, &(struct op_set_window_size){.height = 41, .width = 65535}) == 0);
  CHECK(ioctl(ctx.slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 41 && size.ws_col == 65535);
}

static void the_console_is_the_terminal(void) {
  root_with_devpts();
  CHECK(op_open_terminal(&ctx, &for_user) == 0 && op_bind_console(&ctx, &console) == 0);
  CHECK(is_slave("rootfs/dev/console"));
}

static void an_existing_console_is_covered(void) {
  make("rootfs/dev");
  make("rootfs/dev/pts");
  mount_devpts("rootfs/dev/pts");
  write_file("rootfs/dev/console", "image");
  bind_root();
  CHECK(op_open_terminal(&ctx, &for_user) == 0 && op_bind_console(&ctx, &console) == 0);
  CHECK(is_slave("rootfs/dev/console"));
  CHECK(umount2("rootfs/dev/console", MNT_DETACH) == 0 && holds("rootfs/dev/console", "image"));
}

static void links_are_no_console(void) {
  make("rootfs/dev");
  make("rootfs/dev/pts");
  mount_devpts("rootfs/dev/pts");
  write_file("rootfs/victim", "image");
  CHECK(symlink("/victim", "rootfs/dev/console") == 0);
  bind_root();
  CHECK(op_open_terminal(&ctx, &for_user) == 0);
  CHECK_FAILS(op_bind_console(&ctx, &console), ELOOP, "target /dev/console is a symbolic link");
  CHECK(holds("rootfs/victim", "image"));
  CHECK(unlink("rootfs/dev/console") == 0 && mkdir("rootfs/dev/console", 0755) == 0);
  CHECK_FAILS(op_bind_console(&ctx, &console), ENOTDIR, "target /dev/console is a directory");
}

static void without_a_devpts_there_is_none(void) {
  make("rootfs/dev");
  bind_root();
  CHECK_FAILS(op_open_terminal(&ctx, &for_user), ENOENT, "/dev/pts");
  make("rootfs/dev/pts");
  // The device itself, where a devpts should be.
  CHECK(mknod("rootfs/dev/pts/ptmx", S_IFCHR | 0666, makedev(5, 2)) == 0);
  CHECK_FAILS(op_open_terminal(&ctx, &for_user), ENXIO, "no devpts is mounted on /dev/pts");
  CHECK(ctx.terminal == -1 && ctx.slave == -1);
}

static void links_lead_to_no_terminal(void) {
  make("rootfs/dev");
  make("rootfs/elsewhere");
  mount_devpts("rootfs/elsewhere");
  CHECK(symlink("/elsewhere", "rootfs/dev/pts") == 0);
  bind_root();
  CHECK_FAILS(op_open_terminal(&ctx, &for_user), ELOOP, "/dev/pts");
}

static void a_covered_ptmx_is_no_terminal(void) {
  make("rootfs/dev");
  make("rootfs/dev/pts");
  mount_devpts("rootfs/dev/pts");
  write_file("canary/file", "host");
  CHECK(mount("canary/file", "rootfs/dev/pts/ptmx", NULL, MS_BIND, NULL) == 0);
  bind_root();
  CHECK_FAILS(op_open_terminal(&ctx, &for_user), EXDEV, "/dev/pts/ptmx");
}

static void the_process_is_in_its_terminal(void) {
  root_with_devpts();
  CHECK(op_open_terminal(&ctx, &for_user) == 0);
  pid_t child = fork();
  if (child == 0) {
    bool leads = setsid() > 0 && op_enter_terminal(&ctx, &(struct op_enter_terminal){0}) == 0;
    bool controls = leads && tcgetpgrp(0) == getpid() && isatty(1) && isatty(2) && fcntl(0, F_GETFD) == 0;
    _exit(controls && open("/dev/tty", O_RDWR) > 2 ? 0 : 1);
  }
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  child = fork();
  // A child of the test leads no session.
  if (child == 0) _exit(op_enter_terminal(&ctx, &(struct op_enter_terminal){0}) < 0 && ctx.failure.error == EPERM ? 0 : 1);
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static struct terminal_modes modes_now(void) {
  struct terminal_modes modes;
  CHECK(ioctl(ctx.slave, TCGETS, &modes) == 0);
  return modes;
}

static bool equal(struct terminal_modes a, struct terminal_modes b) { return memcmp(&a, &b, sizeof a) == 0; }

struct guarded {
  struct terminal_modes saved, changed;
  int runtime; // whose end of the conversation
  pid_t guard;
};

// A terminal with changed modes, and its guard at work: it has closed the pipe that was its standard output.
static struct guarded guard(void) {
  root_with_devpts();
  CHECK(op_open_terminal(&ctx, &for_user) == 0);
  struct guarded it = {.saved = modes_now(), .changed = modes_now()};
  it.changed.local = 0;
  CHECK(ioctl(ctx.slave, TCSETS, &it.changed) == 0);
  int pair[2], output[2];
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0 && pipe(output) == 0);
  it.runtime = pair[0];
  control_fd = pair[1];
  struct op_guard_terminal op = {.terminal = ctx.slave,
                                 .changed = {sizeof it.changed, (const uint8_t *)&it.changed},
                                 .saved = {sizeof it.saved, (const uint8_t *)&it.saved}};
  it.guard = fork();
  if (it.guard == 0) {
    for (int fd = 0; fd < 3; fd++) dup2(output[1], fd);
    close(output[0]);
    close(output[1]);
    close(it.runtime);
    _exit(setsid() < 0 || op_guard_terminal(&ctx, &op) < 0);
  }
  close(control_fd);
  close(output[1]);
  char word;
  CHECK(it.guard > 0 && read(output[0], &word, 1) == 0);
  return it;
}

static void end_guard(const struct guarded *it) {
  int status;
  close(it->runtime);
  CHECK(waitpid(it->guard, &status, 0) == it->guard && status == 0);
}

static void modes_come_back_when_the_runtime_is_gone(void) {
  struct guarded it = guard();
  const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTOU, SIGUSR1};
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) CHECK(kill(it.guard, signals[i]) == 0);
  CHECK(send(it.runtime, "x", 1, MSG_NOSIGNAL) == 1 && equal(modes_now(), it.changed));
  end_guard(&it);
  CHECK(equal(modes_now(), it.saved));
}

static void a_driver_may_settle_control_modes(void) {
  struct guarded it = guard();
  it.changed.control ^= 0000017; // CBAUD
  CHECK(ioctl(ctx.slave, TCSETS, &it.changed) == 0 && !equal(modes_now(), it.saved));
  end_guard(&it);
  CHECK(equal(modes_now(), it.saved));
}

static void modes_of_others_stay(void) {
  struct guarded it = guard();
  struct terminal_modes others = it.changed;
  others.characters[6] = 7; // VMIN
  CHECK(ioctl(ctx.slave, TCSETS, &others) == 0);
  end_guard(&it);
  CHECK(equal(modes_now(), others));
}

static void a_terminal_that_hung_up_has_no_modes(void) {
  struct guarded it = guard();
  close(ctx.terminal);
  end_guard(&it);
}

static void modes_of_another_size_are_refused(void) {
  struct op_guard_terminal op = {.changed = {36, NULL}, .saved = {35, NULL}};
  CHECK_FAILS(op_guard_terminal(&ctx, &op), EINVAL, "TCSETS");
}

static const struct test tests[] = {
    {"the terminal is one of the devpts of the root, and the user's", the_terminal_is_of_the_roots_devpts},
    {"the terminal gets the size of the step", the_size_is_set},
    {"/dev/console is made and is the terminal", the_console_is_the_terminal},
    {"/dev/console of the image is covered and not changed", an_existing_console_is_covered},
    {"/dev/console may be neither a link nor a directory", links_are_no_console},
    {"without a devpts on /dev/pts there is no terminal", without_a_devpts_there_is_none},
    {"no link leads to a terminal", links_lead_to_no_terminal},
    {"a ptmx that is covered by another mount is refused", a_covered_ptmx_is_no_terminal},
    {"the process gets the terminal as its controlling one and as stdio", the_process_is_in_its_terminal},
    {"a guard gives the modes back when the runtime is gone, and no signal ends it before", modes_come_back_when_the_runtime_is_gone},
    {"a guard does not mind what a driver makes of control modes", a_driver_may_settle_control_modes},
    {"a guard leaves modes alone that others have set since", modes_of_others_stay},
    {"a guard ends where the terminal has hung up", a_terminal_that_hung_up_has_no_modes},
    {"a guard refuses modes of another size", modes_of_another_size_are_refused},
};

int main(void) { return RUN_TESTS(tests); }
