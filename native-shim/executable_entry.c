// SPDX-License-Identifier: Apache-2.0
/*
 * The first code of dist/runts, before Bun's own. Bun and JavaScriptCore take orders from the environment before any
 * line of runts runs: BUN_BE_BUN makes the executable a plain Bun, BUN_OPTIONS can load code, BUN_JSC_* changes the
 * engine. What a caller's environment holds must not change what runts is, so those variables are taken out here.
 * Bun also opens descriptors before any line of runts runs, so how many there were is noted here, for --preserve-fds.
 *
 * src/tools/build.ts compiles this for the addresses ENVIRON (libc's variable) and BUN_ENTRY, and puts it into the
 * executable. Freestanding: nothing is initialised yet, there is no libc to call.
 */
typedef unsigned long word;

/* Prefixes that Bun, JavaScriptCore, WTF, bmalloc, mimalloc, simdutf and node's emulation read. */
static const char *const refused[] = {
    "BUN_", "NODE_", "JSC_", "JavaScriptCore", "WTF_", "WebKit", "Malloc", "MIMALLOC_", "mimalloc_", "SIMDUTF_", "UV_",
    "RUNTS_DESCRIPTORS=",
};

/* No command runs long enough for compiled code to pay for its preparation. */
static const char without_jit[] = "BUN_JSC_useJIT=0";

/* How many descriptors there are from 3 on without a gap; src/tools/build.ts has the one who reads it. */
static const char descriptors[] = "RUNTS_DESCRIPTORS=";
/* Two variables, and room for the text of this one. */
#define ADDED_WORDS 6

static int is_open(long fd)
{
	const long get_flags = 1; /* F_GETFD */
#if defined(__x86_64__)
	long result = 72; /* fcntl */
	__asm__ volatile("syscall" : "+a"(result) : "D"(fd), "S"(get_flags), "d"(0) : "rcx", "r11", "memory");
#else
	register long number __asm__("x8") = 25;
	register long result __asm__("x0") = fd;
	register long second __asm__("x1") = get_flags;
	__asm__ volatile("svc 0" : "+r"(result) : "r"(number), "r"(second) : "memory");
#endif
	return result >= 0;
}

static void write_descriptors(char *to)
{
	long count = 0;
	while (count < 1000000 && is_open(3 + count))
		count++;
	for (const char *at = descriptors; *at;)
		*to++ = *at++;
	for (long place = 1000000; place; place /= 10)
		*to++ = (char)('0' + count / place % 10);
	*to = 0;
}

static int starts_with(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return 0;
	return 1;
}

static int is_refused(const char *variable)
{
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
	write_descriptors(text);
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

#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

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
