// SPDX-License-Identifier: Apache-2.0
import type { SeccompAction } from '@opencontainers/runtime-spec-types'
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** Actions to which seccomp(2) hands a number; libseccomp takes it for these two only. */
const TAKES_ERRNO: readonly SeccompAction[] = ['SCMP_ACT_ERRNO', 'SCMP_ACT_TRACE']

/** The largest errno of the kernel (linux/err.h), and the width of what a tracer is told. */
const LARGEST: Partial<Record<SeccompAction, number>> = { SCMP_ACT_ERRNO: 4095, SCMP_ACT_TRACE: 65535 }

function tooLarge(action: SeccompAction, errno: number | undefined): string | undefined {
  const most = LARGEST[action]
  if (errno === undefined || most === undefined || errno <= most) return undefined
  return `must be at most ${most} with ${action}, found ${errno}`
}

/** What is no text has been told by then, and says nothing of an errno. */
function takesNone(action: SeccompAction): boolean {
  return typeof action === 'string' && !TAKES_ERRNO.includes(action)
}

/** config-linux.md, Seccomp */
export const seccompRules: Rules = {
  SECCOMP_DEFAULT_ERRNO_UNUSED({ linux: { seccomp } }, report) {
    if (seccomp?.defaultErrnoRet !== undefined && takesNone(seccomp.defaultAction)) {
      report(
        '/linux/seccomp/defaultErrnoRet',
        `must be absent: ${seccomp.defaultAction} returns no errno, found ${seccomp.defaultErrnoRet}`,
      )
    }
  },

  SECCOMP_ERRNO_UNUSED({ linux: { seccomp } }, report) {
    seccomp?.syscalls.forEach(({ action, errnoRet }, i) => {
      if (errnoRet !== undefined && takesNone(action)) {
        report(
          pointer('linux', 'seccomp', 'syscalls', i, 'errnoRet'),
          `must be absent: ${action} returns no errno, found ${errnoRet}`,
        )
      }
    })
  },

  // The kernel would cut the number off, and the program would see another one.
  SECCOMP_ERRNO_TOO_LARGE({ linux: { seccomp } }, report) {
    if (seccomp === undefined) return
    const problem = tooLarge(seccomp.defaultAction, seccomp.defaultErrnoRet)
    if (problem) report('/linux/seccomp/defaultErrnoRet', problem)
    seccomp.syscalls.forEach(({ action, errnoRet }, i) => {
      const wrong = tooLarge(action, errnoRet)
      if (wrong) report(pointer('linux', 'seccomp', 'syscalls', i, 'errnoRet'), wrong)
    })
  },

  SECCOMP_RULE_WITHOUT_NAMES({ linux: { seccomp } }, report) {
    seccomp?.syscalls.forEach(({ names }, i) => {
      if (names.length === 0) {
        report(pointer('linux', 'seccomp', 'syscalls', i, 'names'), 'must have at least one name, found []')
      }
    })
  },

  SECCOMP_METADATA_WITHOUT_LISTENER({ linux: { seccomp } }, report) {
    if (seccomp?.listenerMetadata !== undefined && seccomp.listenerPath === undefined) {
      report(
        '/linux/seccomp/listenerMetadata',
        `needs listenerPath beside it, found ${showValue(seccomp.listenerMetadata)} alone`,
      )
    }
  },

  SECCOMP_NOTIFY_WITHOUT_LISTENER({ linux: { seccomp } }, report) {
    if (seccomp === undefined || seccomp.listenerPath !== undefined) return
    if (seccomp.syscalls.some(({ action }) => action === 'SCMP_ACT_NOTIFY')) {
      report('/linux/seccomp/listenerPath', 'must be given when a rule has the action SCMP_ACT_NOTIFY')
    }
  },

  SECCOMP_NOTIFY_BY_DEFAULT({ linux: { seccomp } }, report) {
    if (seccomp?.defaultAction === 'SCMP_ACT_NOTIFY') {
      report('/linux/seccomp/defaultAction', 'SCMP_ACT_NOTIFY cannot be used as default action')
    }
  },

  // The runtime itself must write to hand the descriptor over.
  SECCOMP_NOTIFY_FOR_WRITE({ linux: { seccomp } }, report) {
    seccomp?.syscalls.forEach(({ names, action }, i) => {
      if (action === 'SCMP_ACT_NOTIFY' && names.includes('write')) {
        report(
          pointer('linux', 'seccomp', 'syscalls', i, 'names', names.indexOf('write')),
          'SCMP_ACT_NOTIFY cannot be used for the write syscall',
        )
      }
    })
  },
}
