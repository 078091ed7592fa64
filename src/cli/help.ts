// SPDX-License-Identifier: Apache-2.0
import { type Command, GLOBAL_OPTIONS } from './options.ts'
import { yargsCommand, yargsProgram } from './yargs-program.ts'

/** What `--help` prints: for a command, or for the whole program. */
export async function helpText(command?: Command): Promise<string> {
  let text = `${await (command ? yargsCommand(command) : yargsProgram()).getHelp()}\n`
  // yargs knows no more of a value than that it is a string.
  for (const { help, value } of command?.options ?? GLOBAL_OPTIONS)
    if (value !== undefined && !value.includes('|'))
      text = text.replace(`  ${help}  [string]`, () => `  ${help}  [${value}]`)
  return text
}
