// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../json-pointer.ts'
import type { Rules } from './rule.ts'

const REALTIME = ['SCHED_FIFO', 'SCHED_RR']

/** config.md, Linux Process: what sched_setattr(2) takes with which policy */
export const schedulerRules: Rules = {
  SCHEDULER_NICE_OUT_OF_RANGE({ process }, report) {
    const { policy, nice = 0 } = process?.scheduler ?? {}
    if ((policy === 'SCHED_OTHER' || policy === 'SCHED_BATCH') && (nice < -20 || nice > 19)) {
      report('/process/scheduler/nice', `must be from -20 to 19, found ${nice}`)
    }
  },

  SCHEDULER_PRIORITY_NOT_REALTIME({ process }, report) {
    const { policy, priority = 0 } = process?.scheduler ?? {}
    if (priority !== 0 && typeof policy === 'string' && !REALTIME.includes(policy)) {
      report('/process/scheduler/priority', `belongs to SCHED_FIFO and SCHED_RR only, found ${priority} for ${policy}`)
    }
  },

  SCHEDULER_PRIORITY_OUT_OF_RANGE({ process }, report) {
    const { policy = '', priority = 0 } = process?.scheduler ?? {}
    if (REALTIME.includes(policy) && (priority < 1 || priority > 99)) {
      report('/process/scheduler/priority', `must be from 1 to 99 for ${policy}, found ${priority}`)
    }
  },

  SCHEDULER_TIMES_NOT_DEADLINE({ process }, report) {
    const scheduler = process?.scheduler
    // A policy that is missing or no text has been told by then.
    if (typeof scheduler?.policy !== 'string' || scheduler.policy === 'SCHED_DEADLINE') return
    for (const field of ['runtime', 'deadline', 'period'] as const) {
      if (scheduler[field]) {
        report(
          pointer('process', 'scheduler', field),
          `belongs to SCHED_DEADLINE only, found ${scheduler[field]} for ${scheduler.policy}`,
        )
      }
    }
  },
}
