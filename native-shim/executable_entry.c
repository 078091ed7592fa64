// SPDX-License-Identifier: Apache-2.0
/*
 * The first code of dist/runts, before Bun's own. Bun and JavaScriptCore take orders from the environment before any
 * line of runts runs: BUN_BE_BUN makes the executable a plain Bun, BUN_OPTIONS can load code, BUN_JSC_* changes the
 * engine. What a caller's environment holds must not change what runts is, so those variables are taken out here.
 * Bun also opens descriptors before any line of runts runs, so how many there were is noted here, for --preserve-fds.
 *
 * Nor does Bun start where the kernel has no path for the current directory.
 *
 * And it brings two files along: koffi's addon, for which the dynamic linker needs a descriptor, so it goes into a sealed
 * memfd here, and the shim, of which JavaScript only needs to know the place. Through Bun, both would be copied twice.
 *
 * src/tools/build.ts compiles this for the addresses ENVIRON (libc's variable) and BUN_ENTRY and the files ADDON and
 * SHIM, and puts it into the executable; WHILE_BUILDING into one that only records an order. Freestanding: nothing is initialised yet, there is no libc to call.
 */
typedef unsigned long word;

/* Prefixes that Bun, JavaScriptCore, WTF, bmalloc, mimalloc, simdutf and node's emulation read. */
static const char *const refused[] = {
    "BUN_", "NODE_", "JSC_", "JavaScriptCore", "WTF_", "WebKit", "Malloc", "MIMALLOC_", "mimalloc_", "SIMDUTF_", "UV_",
    "RUNTS_EMBEDDED=",
};

/* No command runs long enough for compiled code to pay for its preparation. */
static const char without_jit[] = "BUN_JSC_useJIT=0";

/* Five numbers; src/executable/embedded.ts reads them. */
static const char embedded[] = "RUNTS_EMBEDDED=";
enum { DIGITS = 10, NUMBERS = 5 };
/* Two variables, and room for the text of this one. */
#define ADDED_WORDS 12

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

extern const char addon[], addon_end[], shim[], shim_end[];
__asm__(".section .rodata\n"
        "	.balign 4096\n"
        "addon:	.incbin \"" ADDON "\"\n"
        "addon_end:\n"
        "	.balign 4096\n"
        "shim:	.incbin \"" SHIM "\"\n"
        "shim_end:\n"
        ".text\n");

#if defined(__x86_64__)
enum {
	NR_write = 1, NR_close = 3, NR_rt_sigaction = 13, NR_fcntl = 72, NR_getcwd = 79, NR_chdir = 80, NR_exit_group = 231,
	NR_openat = 257, NR_faccessat = 269, NR_memfd_create = 319
};
#else
enum {
	NR_write = 64, NR_close = 57, NR_rt_sigaction = 134, NR_fcntl = 25, NR_getcwd = 17, NR_chdir = 49, NR_exit_group = 94,
	NR_openat = 56, NR_faccessat = 48, NR_memfd_create = 279
};
#endif

/* The fourth argument is always the size of a set of signals, which rt_sigaction alone takes. */
static long call(long number, long first, const void *second, long third)
{
	const long sigset_size = 8;
#if defined(__x86_64__)
	register long a3 __asm__("r10") = sigset_size;
	__asm__ volatile("syscall" : "+a"(number) : "D"(first), "S"(second), "d"(third), "r"(a3) : "rcx", "r11", "memory");
	return number;
#else
	register long nr __asm__("x8") = number;
	register long result __asm__("x0") = first;
	register const void *a1 __asm__("x1") = second;
	register long a2 __asm__("x2") = third;
	register long a3 __asm__("x3") = sigset_size;
	__asm__ volatile("svc 0" : "+r"(result) : "r"(nr), "r"(a1), "r"(a2), "r"(a3) : "memory");
	return result;
#endif
}

/* Bun would abort with a report of a crash. */
static void refuse_without_proc(void)
{
	static const char refusal[] = "runts: /proc is not mounted, and nothing works without it\n";
	const long at_fdcwd = -100, enoent = 2;
	if (call(NR_faccessat, at_fdcwd, "/proc/self/fd", 0) != -enoent)
		return;
	call(NR_write, 2, refusal, sizeof(refusal) - 1);
	call(NR_exit_group, 1, 0, 0);
}

/* What the caller ignores stays ignored, with these exceptions. */
static void settle_signals(void)
{
	const long sigchld = 17, sigxfsz = 25, sigpwr = 30;
	const unsigned long by_default[4] = {0}, ignored[4] = {1};
	/* Else nobody could wait for a child. */
	call(NR_rt_sigaction, sigchld, by_default, 0);
	/* A file that RLIMIT_FSIZE forbids is an error to be told; Bun ignores this later anyway. */
	call(NR_rt_sigaction, sigxfsz, ignored, 0);
	/* The engine takes this for itself, and complains when it is not free. */
	call(NR_rt_sigaction, sigpwr, by_default, 0);
}

static int is_open(long fd)
{
	const void *const get_flags = (const void *)1; /* F_GETFD */
	return call(NR_fcntl, fd, get_flags, 0) >= 0;
}

static long inherited_descriptors(void)
{
	long count = 0;
	while (count < 1000000 && is_open(3 + count))
		count++;
	return count;
}

/* Where the caller has closed them, 0 to 2 are for Bun to fill: what is there goes on to containers. */
static long above_stdio(long fd)
{
	const void *const dupfd_cloexec = (const void *)1030;
	if (fd < 0 || fd > 2)
		return fd;
	const long higher = call(NR_fcntl, fd, dupfd_cloexec, 3);
	call(NR_close, fd, 0, 0);
	return higher;
}

/* A descriptor, or a negative errno. */
static long addon_in_memfd(void)
{
	const void *const flags = (const void *)3;       /* MFD_CLOEXEC | MFD_ALLOW_SEALING */
	const void *const executable = (const void *)19; /* and MFD_EXEC, which Linux 6.3 brought */
	const void *const add_seals = (const void *)1033;
	const long einval = 22, all_seals = 15;
	long fd = call(NR_memfd_create, (long)"runts-koffi", executable, 0);
	if (fd == -einval)
		fd = call(NR_memfd_create, (long)"runts-koffi", flags, 0);
	fd = above_stdio(fd);
	for (const char *at = addon; fd >= 0 && at < addon_end;) {
		const long written = call(NR_write, fd, at, addon_end - at);
		if (written <= 0) {
			call(NR_close, fd, 0, 0);
			return written ? written : -5; /* EIO */
		}
		at += written;
	}
	if (fd >= 0)
		call(NR_fcntl, fd, add_seals, all_seals);
	return fd;
}

/*
 * Bun gives up at once in a directory that was deleted, that lies outside of the root or too deep. It starts in another
 * one then, and src/executable/current-directory.ts goes back: a descriptor, or a negative number where it need not.
 */
static long nameless_directory(void)
{
	enum { PATH_MAX = 4096 };
	char path[PATH_MAX];
	const long at_fdcwd = -100, path_only = 010000000 | 02000000; /* O_PATH | O_CLOEXEC */
	if (call(NR_getcwd, (long)path, (const void *)PATH_MAX, 0) > 0 && path[0] == '/')
		return -1;
	const long fd = above_stdio(call(NR_openat, at_fdcwd, ".", path_only));
	if (fd >= 0)
		call(NR_chdir, (long)"/", 0, 0);
	return fd;
}

static char *write_number(char *to, long number)
{
	if (number < 0)
		*to++ = '-';
	const unsigned long size = number < 0 ? -(unsigned long)number : (unsigned long)number;
	for (unsigned long place = 1000000000; place; place /= 10)
		*to++ = (char)('0' + size / place % 10);
	*to++ = ' ';
	return to;
}

static void write_embedded(char *to)
{
	for (const char *at = embedded; *at;)
		*to++ = *at++;
	/* First: the memfd is a descriptor, too. */
	to = write_number(to, inherited_descriptors());
	to = write_number(to, addon_in_memfd());
	to = write_number(to, (long)shim);
	to = write_number(to, shim_end - shim);
	to = write_number(to, nameless_directory());
	to[-1] = 0;
}
_Static_assert(sizeof(embedded) + NUMBERS * (DIGITS + 2) <= (ADDED_WORDS - 2) * sizeof(word), "there is room");

static int starts_with(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return 0;
	return 1;
}

static int is_refused(const char *variable)
{
#ifdef WHILE_BUILDING
	if (starts_with(variable, "BUN_BYTECODE_ORDER_OUT="))
		return 0;
#endif
	for (unsigned i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (starts_with(variable, refused[i]))
			return 1;
	return 0;
}

/* Words from argc to the end of the auxiliary vector, as the kernel lays them out (System V ABI). */
__attribute__((used)) word initial_stack_words(const word *stack)
{
	const word *at = stack + 1 + stack[0] + 1;
	while (*at++)
		;
	while (at[0])
		at += 2;
	return (word)(at + 2 - stack);
}

/* A copy of the initial stack without the refused variables and with ours. `to` has room for ADDED_WORDS more. */
__attribute__((used)) void copy_initial_stack(word *to, const word *from)
{
	const word argc = from[0];
	char *text = (char *)(to + initial_stack_words(from) + 2);
	refuse_without_proc();
	settle_signals();
	write_embedded(text);
	for (word i = 0; i < 1 + argc + 1; i++)
		*to++ = *from++;
	*(word **)ENVIRON = to;
	for (; *from; from++)
		if (!is_refused((const char *)*from))
			*to++ = *from;
	*to++ = (word)without_jit;
	*to++ = (word)text;
	*to++ = *from++;
	for (;; to += 2, from += 2) {
		to[0] = from[0];
		to[1] = from[1];
		if (!from[0])
			return;
	}
}

/* The dynamic linker hands its exit function over in a register (rdx, x0), which Bun's entry must find unchanged. */
#if defined(__x86_64__)
__asm__(".section .text.entry, \"ax\"\n"
        ".global entry\n"
        "entry:\n"
        "	mov %rdx, %r12\n"
        "	mov %rsp, %rbx\n"
        "	mov %rsp, %rdi\n"
        "	and $-16, %rsp\n"
        "	call initial_stack_words\n"
        "	add $" TEXT(ADDED_WORDS) ", %rax\n"
        "	shl $3, %rax\n"
        "	sub %rax, %rsp\n"
        "	and $-16, %rsp\n"
        "	mov %rsp, %rdi\n"
        "	mov %rbx, %rsi\n"
        "	call copy_initial_stack\n"
        "	mov %r12, %rdx\n"
        "	movabs $" BUN_ENTRY ", %rax\n"
        "	jmp *%rax\n");
#elif defined(__aarch64__)
__asm__(".section .text.entry, \"ax\"\n"
        ".global entry\n"
        "entry:\n"
        "	mov x19, x0\n"
        "	mov x20, sp\n"
        "	mov x0, sp\n"
        "	bl initial_stack_words\n"
        "	add x0, x0, #" TEXT(ADDED_WORDS) "\n"
        "	lsl x0, x0, #3\n"
        "	sub x0, x20, x0\n"
        "	and x0, x0, #-16\n"
        "	mov sp, x0\n"
        "	mov x1, x20\n"
        "	bl copy_initial_stack\n"
        "	mov x0, x19\n"
        "	ldr x16, =" BUN_ENTRY "\n"
        "	br x16\n"
        "	.ltorg\n");
#else
#error "the first instructions are missing for this processor"
#endif
