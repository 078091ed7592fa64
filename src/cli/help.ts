// SPDX-License-Identifier: Apache-2.0
import type { Command } from './options.ts'
import { yargsCommand, yargsProgram } from './yargs-program.ts'

/** What `--help` prints: for a command, or for the whole program. */
export async function helpText(command?: Command): Promise<string> {
  return `${await (command ? yargsCommand(command) : yargsProgram()).getHelp()}\n`
}
