// SPDX-License-Identifier: Apache-2.0
// Bun does not start where the kernel has no path for the current directory, as for one that was deleted: then
// executable_entry.c has gone elsewhere. The kernel needs no path to take relative ones from there.
import { callOrErrno } from '../sys/syscall.ts'
import { embedded } from './embedded.ts'

const { directory } = embedded()

if (directory >= 0) {
  // yargs asks when it is loaded, and needs no answer.
  process.cwd = () => '/'
  try {
    callOrErrno('fchdir', directory)
    callOrErrno('close', directory)
  } catch {
    // koffi cannot be loaded, which every command tells that goes on to need it.
  }
}
