// SPDX-License-Identifier: Apache-2.0
import type { Command, Option } from './options.ts'
import { COMMANDS, GLOBAL_OPTIONS } from './options.ts'

/** The help of the whole program, as `runts --help` shows it. */
export function programHelp(): string {
  const commands = COMMANDS.map(({ name, help }) => row(name, help))
  return [
    ...heading('runts', 'run containers from OCI bundles'),
    'USAGE:',
    '   runts [global options] COMMAND [options] [arguments]',
    '',
    'COMMANDS:',
    ...commands,
    '',
    'GLOBAL OPTIONS:',
    ...GLOBAL_OPTIONS.map(optionRow),
    '',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const options = [...command.options, { name: 'help', short: 'h', help: 'show this help' }]
  return [
    ...heading(`runts ${command.name}`, command.help),
    'USAGE:',
    `   runts ${command.name} [options] ${command.usage}`.trimEnd(),
    '',
    'OPTIONS:',
    ...options.map(optionRow),
    '',
  ].join('\n')
}

/** runc's callers find the program and command on the second line. */
function heading(name: string, help: string): string[] {
  return ['NAME:', `   ${name} - ${help}`, '']
}

function optionRow({ name, short, value, help }: Option): string {
  return row(`--${name}${short ? `, -${short}` : ''}${value ? ` ${value}` : ''}`, help)
}

function row(left: string, right: string): string {
  return `   ${left.padEnd(28)}  ${right}`
}
