// SPDX-License-Identifier: Apache-2.0
import { didYouMean } from '../errors/nearest-name.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { Option } from './options.ts'

export interface ParsedArguments {
  /** Values by option name; flags without a value are "true". The last one given wins, as in runc. */
  readonly options: ReadonlyMap<string, string>
  /** Every value of the options that may be repeated, in their order. */
  readonly repeated: ReadonlyMap<string, readonly string[]>
  readonly rest: readonly string[]
}

/**
 * Parses as Go callers expect: `-flag` and `--flag` are the same, a value follows or comes after `=`, `--` ends the
 * options, nothing is abbreviated, negated, bundled or turned into a number. Stops at the first positional argument
 * when `interspersed` is false. Throws USAGE.
 */
export function parseArguments(
  argv: readonly string[],
  known: readonly Option[],
  interspersed: boolean,
): ParsedArguments {
  const options = new Map<string, string>()
  const repeated = new Map<string, string[]>()
  const rest: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string
    if (argument === '--') return { options, repeated, rest: [...rest, ...argv.slice(i + 1)] }
    if (argument === '-' || !argument.startsWith('-')) {
      if (!interspersed) return { options, repeated, rest: argv.slice(i) }
      rest.push(argument)
      continue
    }
    const [name, inline] = splitAssignment(argument.replace(/^--?/, ''))
    const option = known.find((each) => each.name === name || each.short === name)
    if (option === undefined) throw unknownFlag(name, known)
    if (option.value !== undefined && inline === undefined) {
      i += 1
      if (i >= argv.length) throw usage(`flag needs an argument: -${name}`)
    }
    const value = option.value === undefined ? flagValue(name, inline) : (inline ?? (argv[i] as string))
    if (option.integer && !/^[-+]?\d+$/.test(value)) throw usage(notInteger(name, value, option.repeatable ?? false))
    options.set(option.name, value)
    if (option.repeatable) repeated.set(option.name, [...(repeated.get(option.name) ?? []), value])
  }
  return { options, repeated, rest }
}

function splitAssignment(text: string): [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function flagValue(name: string, inline = 'true'): string {
  const value = parseBoolean(inline)
  if (value === undefined) throw usage(`invalid boolean value ${JSON.stringify(inline)} for -${name}`)
  return String(value)
}

/** The spellings of Go's strconv.ParseBool; undefined for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined
}

/** Go's flag package hides the reason, and the lists of urfave/cli do not. */
function notInteger(name: string, value: string, inList: boolean): string {
  const shown = JSON.stringify(value)
  const reason = inList ? `strconv.ParseInt: parsing ${shown}: invalid syntax` : 'parse error'
  return `invalid value ${shown} for flag -${name}: ${reason}`
}

function unknownFlag(name: string, known: readonly Option[]): RuntimeError {
  const names = known.map((each) => each.name)
  return new RuntimeError('USAGE', `flag provided but not defined: -${name}`, didYouMean(name, names, '--'))
}

function usage(message: string): RuntimeError {
  return new RuntimeError('USAGE', message)
}
