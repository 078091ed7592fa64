// SPDX-License-Identifier: Apache-2.0

/**
 * The mount option that gives all files of a filesystem one SELinux label (mount(8)). The quotes are for mount(2),
 * where the categories of a label could otherwise not have commas.
 */
export function contextOption(label: string): string {
  return `context="${label}"`
}

/** SELinux labels the files of these by itself, or, for mqueue, file by file; runc gives them no context either. */
const LABELLED_BY_THE_KERNEL = new Set(['proc', 'sysfs', 'mqueue', 'cgroup2'])

/** What `linux.mountLabel` adds to the options of a new filesystem that has no context of its own. */
export function labelOptions(label: string | undefined, type: string, options: readonly string[]): string[] {
  const hasContext = options.some((option) => /^(context|fscontext|defcontext|rootcontext)=/.test(option))
  return label === undefined || hasContext || LABELLED_BY_THE_KERNEL.has(type) ? [] : [contextOption(label)]
}
