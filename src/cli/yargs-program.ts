// SPDX-License-Identifier: Apache-2.0
// yargs makes the help and the completions out of the option table. It never sees a command that is carried out:
// loading it takes longer than most commands, and it does not parse as Go does.
import yargs, { type Argv, type Options } from 'yargs'
import type { Command, Option } from './options.ts'
import { COMMANDS, GLOBAL_OPTIONS, HELP } from './options.ts'

/** The whole program: every command with its options, and the options that come before a command. */
export function yargsProgram(): Argv {
  const program = headed('', 'run containers from OCI bundles', '[global options] COMMAND [options] [arguments]')
  for (const { name, usage, help, options } of COMMANDS)
    program.command(`${name} ${positionals(usage)}`.trimEnd(), help, (command) =>
      withOptions(command, [...options, HELP]),
    )
  return withOptions(program, GLOBAL_OPTIONS)
}

/** One command alone. */
export function yargsCommand({ name, usage, help, options }: Command): Argv {
  return withOptions(headed(` ${name}`, help, `[options] ${usage}`), [...options, HELP])
}

/** runc's callers find NAME: on the first line of a help, and program and command on the second. */
function headed(command: string, help: string, usage: string): Argv {
  return yargs([])
    .scriptName('runts')
    .detectLocale(false)
    .exitProcess(false)
    .wrap(null)
    .help(false)
    .version(false)
    .parserConfiguration({ 'boolean-negation': false })
    .updateStrings({ 'Options:': 'OPTIONS:', 'Commands:': 'COMMANDS:' })
    .usage(`NAME:\n   runts${command} - ${help}\n\nUSAGE:\n   runts${command} ${usage}`.trimEnd())
}

function withOptions(program: Argv, options: readonly Option[]): Argv {
  for (const option of options) program.option(option.name, yargsOption(option))
  return program
}

function yargsOption({ short, value, help }: Option): Options {
  return {
    describe: help,
    // Options of the program come before the command, and belong to no command.
    global: false,
    ...(short === undefined ? {} : { alias: short }),
    ...(value === undefined ? { type: 'boolean' } : { type: 'string', requiresArg: true }),
    ...(value?.includes('|') ? { choices: value.split('|') } : {}),
  }
}

/** `ID [SIGNAL]` as yargs writes it: `<ID> [SIGNAL]`. */
function positionals(usage: string): string {
  return usage.replaceAll(/(^| )([A-Z]+)/g, '$1<$2>')
}
