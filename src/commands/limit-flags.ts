// SPDX-License-Identifier: Apache-2.0
import type { Resources } from '@opencontainers/runtime-spec-types'
import { firstProblem } from '../errors/first-problem.ts'
import { RuntimeError, type SpecIssue } from '../errors/runtime-error.ts'
import { byteSize } from './byte-size.ts'

interface LimitForm {
  readonly section: string
  readonly field: string
  readonly form: keyof typeof FORMS
  /** What a 0 asks for; elsewhere it leaves the limit as it is, as in config.json. */
  readonly zero?: number
}

/** The flags of `update` for limits, and where in `linux.resources` their values belong. */
const FLAGS = {
  'blkio-weight': { section: 'blockIO', field: 'weight', form: 'count' },
  'cpu-period': { section: 'cpu', field: 'period', form: 'count', zero: 100_000 },
  'cpu-quota': { section: 'cpu', field: 'quota', form: 'number' },
  'cpu-burst': { section: 'cpu', field: 'burst', form: 'count' },
  'cpu-share': { section: 'cpu', field: 'shares', form: 'count' },
  'cpu-rt-period': { section: 'cpu', field: 'realtimePeriod', form: 'count', zero: 1_000_000 },
  'cpu-rt-runtime': { section: 'cpu', field: 'realtimeRuntime', form: 'number' },
  'cpuset-cpus': { section: 'cpu', field: 'cpus', form: 'text' },
  'cpuset-mems': { section: 'cpu', field: 'mems', form: 'text' },
  memory: { section: 'memory', field: 'limit', form: 'size' },
  'cpu-idle': { section: 'cpu', field: 'idle', form: 'number' },
  'memory-reservation': { section: 'memory', field: 'reservation', form: 'size' },
  'memory-swap': { section: 'memory', field: 'swap', form: 'size' },
  'pids-limit': { section: 'pids', field: 'limit', form: 'number' },
} as const satisfies Record<string, LimitForm>

export type LimitFlag = keyof typeof FLAGS
export const LIMIT_FLAGS = Object.keys(FLAGS) as LimitFlag[]

/** Values as the caller wrote them; an empty one counts as not given, as in runc. */
export type LimitFlags = { readonly [K in LimitFlag]?: string }

const FORMS = {
  count: { read: (text: string) => matching(/^\d+$/, text), name: 'a whole number' },
  number: { read: (text: string) => matching(/^-?\d+$/, text), name: 'a whole number' },
  size: { read: byteSize, name: 'a size such as 512k, 10M, 1g or -1' },
  text: { read: (text: string) => text, name: 'a text' },
} as const

/** The `linux.resources` that these flags mean. Throws OPTION_INVALID for every value that is no number or no size. */
export function resourcesOfFlags(flags: LimitFlags): Resources {
  const resources: Record<string, Record<string, unknown>> = {}
  const issues: SpecIssue[] = []
  for (const flag of LIMIT_FLAGS) {
    const text = flags[flag]
    if (!text) continue
    const { section, field, form, zero }: LimitForm = FLAGS[flag]
    const value = FORMS[form].read(text)
    if (value === undefined) {
      const message = `${JSON.stringify(text)} is not ${FORMS[form].name}`
      issues.push({ code: 'OPTION_INVALID', pointer: flag, message })
      continue
    }
    resources[section] = { ...resources[section], [field]: value === 0 && zero !== undefined ? zero : value }
  }
  const [first, ...others] = issues
  if (first !== undefined) throw invalidFlags([first, ...others])
  return resources
}

/** The flag whose value belongs at this pointer into `linux.resources`. */
export function flagAt(pointer: string): LimitFlag | undefined {
  return LIMIT_FLAGS.find((flag) => pointer === `/${FLAGS[flag].section}/${FLAGS[flag].field}`)
}

/** In runc's words. */
function invalidFlags(issues: readonly [SpecIssue, ...SpecIssue[]]): RuntimeError {
  return new RuntimeError('OPTION_INVALID', `invalid value for ${firstProblem(issues)}`, { issues })
}

/** A bigint where a number would lose digits. */
function matching(form: RegExp, text: string): number | bigint | undefined {
  if (!form.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}
