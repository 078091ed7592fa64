// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import type { GlobalRequest, Rootless } from '../commands/requests.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import { createLogger } from '../log/logger.ts'
import { checkLogFormat, logSink, openLogFile } from '../log/sinks.ts'
import type { ParsedArguments } from './argv-dialect.ts'
import { parseArguments } from './argv-dialect.ts'
import { callCommand } from './call-command.ts'
import { commandHelp, programHelp } from './help.ts'
import type { Command } from './options.ts'
import { COMMANDS, GLOBAL_OPTIONS, UNBUILT_COMMANDS } from './options.ts'
import { reportFailure } from './report-failure.ts'
import { versionText } from './version-text.ts'
import { writeOutput } from './write-output.ts'

const HELP = GLOBAL_OPTIONS.filter(({ name }) => name === 'help')

/** Runs the program and returns its exit status; every failure has been told by then. */
export async function program(argv: readonly string[]): Promise<number> {
  let log = createLogger(logSink('text', 2), false)
  let prefix = ''
  let logIsFile = false
  try {
    const { options, rest } = parseArguments(argv, GLOBAL_OPTIONS, false)
    const logFile = options.get('log') || undefined
    const format = checkLogFormat(options.get('log-format') ?? 'text')
    log = createLogger(logSink(format, logFile === undefined ? 2 : openLogFile(logFile)), isSet(options, 'debug'))
    logIsFile = logFile !== undefined
    if (isSet(options, 'version')) return writeOutput(versionText())
    const [name, ...words] = rest
    if (isSet(options, 'help') || name === undefined || name === 'help') return help(words)
    const command = findCommand(name)
    prefix = prefixOf(name)
    return await runCommand(command, words, globalRequest(options, log))
  } catch (error) {
    if (isRuntimeError(error) && error.code === 'USAGE') writeOutput(`Incorrect Usage.\n\n${programHelp()}`)
    return reportFailure(error, log, prefix, logIsFile)
  }
}

async function runCommand(command: Command, words: readonly string[], global: GlobalRequest): Promise<number> {
  const parsed = parseArguments(words, [...command.options, ...HELP], true)
  if (isSet(parsed.options, 'help')) return writeOutput(commandHelp(command))
  checkCount(command, parsed)
  return callCommand(command.name, parsed, global)
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name)
  if (command !== undefined) return command
  if (UNBUILT_COMMANDS.includes(name))
    throw new RuntimeError('SPEC_UNSUPPORTED', `cannot run "${name}": it is not built yet`)
  throw new RuntimeError('USAGE', `No help topic for '${name}'`)
}

function checkCount({ name, least, most }: Command, { rest }: ParsedArguments): void {
  if (rest.length >= least && rest.length <= most) return
  const words =
    least === most
      ? `requires exactly ${least} argument(s)`
      : rest.length < least
        ? `requires a minimum of ${least} argument(s)`
        : `requires a maximum of ${most} argument(s)`
  throw new RuntimeError('USAGE', `runts: "${name}" ${words}`)
}

function globalRequest(options: ReadonlyMap<string, string>, log: Logger): GlobalRequest {
  const root = options.get('root')
  if (root !== undefined && resolve(root) === '/') {
    throw new RuntimeError('STATE_UNREADABLE', 'Option --root argument should not be set to /')
  }
  if (isSet(options, 'systemd-cgroup')) {
    throw new RuntimeError(
      'SPEC_UNSUPPORTED',
      'cannot use --systemd-cgroup: the systemd cgroup driver is not built yet',
    )
  }
  return {
    root: root === undefined ? defaultRoot() : resolve(root),
    rootGiven: root !== undefined,
    log,
    debug: log.debugEnabled,
    systemdCgroup: false,
    rootless: checkRootless(options.get('rootless') ?? 'auto'),
  }
}

function defaultRoot(): string {
  const own = process.env.XDG_RUNTIME_DIR
  return process.geteuid?.() === 0 || !own ? '/run/runts' : `${own}/runts`
}

function checkRootless(value: string): Rootless {
  if (value === 'true' || value === 'false' || value === 'auto') return value
  throw new RuntimeError('USAGE', `invalid value ${JSON.stringify(value)} for --rootless: it is true, false or auto`)
}

function prefixOf(name: string): string {
  return name === 'create' ? RUNC_PHRASES.createFailed : name === 'run' ? RUNC_PHRASES.runFailed : ''
}

function help([topic]: readonly string[]): number {
  return writeOutput(topic === undefined ? programHelp() : commandHelp(findCommand(topic)))
}

function isSet(options: ReadonlyMap<string, string>, name: string): boolean {
  return options.get(name) === 'true'
}
