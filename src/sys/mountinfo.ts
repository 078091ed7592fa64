// SPDX-License-Identifier: Apache-2.0

/** A path of proc_pid_mountinfo(5) as it is: the kernel writes space, tab, newline and backslash as octal numbers. */
export function unescapeOctal(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
    : text
}
