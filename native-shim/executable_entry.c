// SPDX-License-Identifier: Apache-2.0
/*
 * The first code of dist/runts, before Bun's own. Bun and JavaScriptCore take orders from the environment before any
 * line of runts runs: BUN_BE_BUN makes the executable a plain Bun, BUN_OPTIONS can load code, BUN_JSC_* changes the
 * engine. What a caller's environment holds must not change what runts is, so those variables are taken out here.
 *
 * src/tools/build.ts compiles this for the addresses ENVIRON (libc's variable) and BUN_ENTRY, and puts it into the
 * executable. Freestanding: nothing is initialised yet, there is no libc to call.
 */
typedef unsigned long word;

/* Prefixes that Bun, JavaScriptCore, WTF, bmalloc, mimalloc, simdutf and node's emulation read. */
static const char *const refused[] = {
    "BUN_", "NODE_", "JSC_", "JavaScriptCore", "WTF_", "WebKit", "Malloc", "MIMALLOC_", "mimalloc_", "SIMDUTF_", "UV_",
};

/* No command runs long enough for compiled code to pay for its preparation. */
static const char without_jit[] = "BUN_JSC_useJIT=0";

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

/* A copy of the initial stack without the refused variables and with ours. `to` has room for one word more. */
__attribute__((used)) void copy_initial_stack(word *to, const word *from)
{
	const word argc = from[0];
	for (word i = 0; i < 1 + argc + 1; i++)
		*to++ = *from++;
	*(word **)ENVIRON = to;
	for (; *from; from++)
		if (!is_refused((const char *)*from))
			*to++ = *from;
	*to++ = (word)without_jit;
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
        "	inc %rax\n"
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
        "	add x0, x0, #1\n"
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
