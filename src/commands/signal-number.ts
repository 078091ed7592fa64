// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import { SIGNALS } from '../errors/signal-names.ts'

const RTMIN = 34
const RTMAX = 64

/**
 * The number of a signal given as a number, `TERM`, `SIGTERM`, `RTMIN+3` or `SIGRTMAX-1`; 0 only asks whether there is
 * a process (kill(2)). Throws SIGNAL_UNKNOWN.
 */
export function signalNumber(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : namedSignal(text.toUpperCase().replace(/^SIG/, ''))
  if (number !== undefined && number <= RTMAX) return number
  throw new RuntimeError('SIGNAL_UNKNOWN', `unknown signal "${text}"`)
}

function namedSignal(name: string): number | undefined {
  const real = /^RTM(IN|AX)(?:([+-])(\d{1,2}))?$/.exec(name)
  if (real === null) return (SIGNALS as Readonly<Record<string, number>>)[`SIG${name}`]
  const offset = Number(`${real[2] ?? '+'}${real[3] ?? 0}`)
  const number = (real[1] === 'IN' ? RTMIN : RTMAX) + offset
  return number >= RTMIN ? number : undefined
}
