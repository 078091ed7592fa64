// SPDX-License-Identifier: Apache-2.0
import { RUNC_PHRASES } from '../../errors/runc-phrases.ts'
import { cpuListProblem } from '../cpu-list.ts'
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** config.md: Process, POSIX process; sentences that callers match on are runc's */
export const processRules: Rules = {
  CWD_MISSING({ process }, report) {
    if (process?.cwd === '') report('/process/cwd', 'Cwd property must not be empty')
  },

  CWD_RELATIVE({ process }, report) {
    if (process && process.cwd !== '' && !process.cwd.startsWith('/')) {
      report('/process/cwd', `${RUNC_PHRASES.cwdNotAbsolute}, found ${showValue(process.cwd)}`)
    }
  },

  ARGS_EMPTY({ process }, report) {
    if (process?.args.length === 0) report('/process/args', RUNC_PHRASES.argsEmpty)
  },

  ENV_WITHOUT_VALUE({ process }, report) {
    process?.env.forEach((variable, i) => {
      if (!variable.includes('=')) {
        report(pointer('process', 'env', i), `must have the form NAME=value, found ${showValue(variable)}`)
      }
    })
  },

  ENV_WITHOUT_NAME({ process }, report) {
    process?.env.forEach((variable, i) => {
      if (variable.startsWith('=')) {
        report(pointer('process', 'env', i), `must have a name before "=", found ${showValue(variable)}`)
      }
    })
  },

  RLIMIT_REPEATED({ process }, report) {
    const types = process?.rlimits.map(({ type }) => type) ?? []
    types.forEach((type, i) => {
      const first = types.indexOf(type)
      if (first === i) return
      report(
        pointer('process', 'rlimits', i, 'type'),
        `each type may be listed once, found ${showValue(type)} again after that of index ${first}`,
      )
    })
  },

  RLIMIT_SOFT_ABOVE_HARD({ process }, report) {
    process?.rlimits.forEach(({ soft, hard }, i) => {
      if (soft > hard) {
        report(pointer('process', 'rlimits', i, 'soft'), `must be at most the hard limit ${hard}, found ${soft}`)
      }
    })
  },
}

export const execCPUAffinityRules: Rules = {
  EXEC_CPU_LIST_MALFORMED({ process }, report) {
    for (const field of ['initial', 'final'] as const) {
      const problem = cpuListProblem(process?.execCPUAffinity?.[field])
      if (problem) report(pointer('process', 'execCPUAffinity', field), problem)
    }
  },
}
