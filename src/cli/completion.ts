// SPDX-License-Identifier: Apache-2.0
import type { FallbackCompletionFunction } from 'yargs'
import { SIGNALS } from '../errors/signal-names.ts'
import type { Command, Option } from './options.ts'
import { COMMANDS, COMPLETIONS_WORD, GLOBAL_OPTIONS } from './options.ts'
import { yargsProgram } from './yargs-program.ts'

/** A script for this shell that asks `runts` what may come next. */
export async function completionScript(shell: string): Promise<string> {
  // yargs knows the shell by the environment alone, at the time of the script and at that of each question.
  process.env.SHELL = shell
  const script = await outputOf(['completion'], () => [])
  return `${script.replaceAll(`runts ${COMPLETIONS_WORD}`, `SHELL=${shell} runts ${COMPLETIONS_WORD}`)}\n`
}

/**
 * What may stand in place of the last of the words, one a line; the first word is the program. `listIds` gets the
 * options before the command and returns the ids of existing containers.
 */
export async function completions(
  words: readonly string[],
  listIds: (options: ReadonlyMap<string, string>) => readonly string[],
): Promise<string> {
  const place = placeAfter(words.slice(1, -1))
  const found = await outputOf([COMPLETIONS_WORD, ...words], (own) => {
    if (place.option) return place.option.value?.includes('|') ? own : []
    if (words.at(-1)?.startsWith('-')) return own
    return (place.command && argumentsOf(place.command, place.position, () => listIds(place.options))) ?? own
  })
  return found === '' ? '' : `${found}\n`
}

/** What yargs prints for these arguments when its own completions go through `choose`. */
async function outputOf(argv: readonly string[], choose: (own: readonly string[]) => readonly string[]) {
  let output = ''
  const complete: FallbackCompletionFunction = (_current, _argv, ask, done) => {
    ask((_error, own) => done([...choose((own ?? []).filter((each) => !isShort(each)))]))
  }
  const program = yargsProgram().completion(argv[0] as string, false, complete)
  await program.parse([...argv], {}, (_error, _argv, text) => {
    output = text
  })
  return output
}

function isShort(completion: string): boolean {
  return /^--?[a-z](:|$)/.test(completion)
}

interface Place {
  readonly options: ReadonlyMap<string, string>
  readonly command?: Command
  /** How many arguments of the command come before. */
  readonly position: number
  /** The option whose value comes next. */
  readonly option?: Option
}

/** Where these words lead to, which need not be right. */
function placeAfter(words: readonly string[]): Place {
  const options = new Map<string, string>()
  let place: Place = { options, position: 0 }
  for (const word of words) {
    const { command, position, option } = place
    const known = command ? command.options : GLOBAL_OPTIONS
    if (option) {
      if (!command) options.set(option.name, word)
      place = { options, position, ...(command ? { command } : {}) }
    } else if (word.startsWith('-')) {
      const named = known.find(({ name, short }) => [name, short].includes(word.replace(/^--?/, '')))
      if (named?.value) place = { ...place, option: named }
    } else {
      const named = command ?? COMMANDS.find(({ name }) => name === word)
      place = { options, position: command ? position + 1 : 0, ...(named ? { command: named } : {}) }
    }
  }
  return place
}

/** The choices for one argument of a command, or undefined where its options come next. */
function argumentsOf({ name, usage }: Command, position: number, ids: () => readonly string[]) {
  const argument = usage.split(' ')[position]?.replaceAll(/[[\]]/g, '')
  if (argument === 'ID') return name === 'create' || name === 'run' ? undefined : ids()
  if (argument === 'SIGNAL') return Object.keys(SIGNALS).map((signal) => signal.slice(3))
  return argument?.includes('|') ? argument.split('|') : undefined
}
