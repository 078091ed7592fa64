// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import type { GlobalRequest, Rootless } from '../commands/requests.ts'
import { defaultStateRoot } from '../commands/state-root.ts'
import { didYouMean } from '../errors/nearest-name.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import { createLogger, silentLogger } from '../log/logger.ts'
import { checkLogFormat, logSink, openLogFile } from '../log/sinks.ts'
import type { ParsedArguments } from './argv-dialect.ts'
import { parseArguments, parseBoolean } from './argv-dialect.ts'
import { callCommand } from './call-command.ts'
import type { Command } from './options.ts'
import { COMMANDS, COMPLETIONS_WORD, GLOBAL_OPTIONS, HELP, UNBUILT_COMMANDS } from './options.ts'
import { reportFailure } from './report-failure.ts'
import { versionText } from './version-text.ts'
import { writeOutput } from './write-output.ts'

/** Exit status of an `exec` that could not run its program. */
const EXEC_FAILED = 255

/** Runs the program and returns its exit status; every failure has been told by then. */
export async function program(argv: readonly string[]): Promise<number> {
  if (argv[0] === COMPLETIONS_WORD) return complete(argv.slice(1))
  let log = createLogger(logSink('text', 2), false)
  let command: Command | undefined
  let logIsFile = false
  try {
    const { options, rest } = parseArguments(argv, GLOBAL_OPTIONS, false)
    const logFile = options.get('log') || undefined
    const format = checkLogFormat(options.get('log-format') || 'text')
    log = createLogger(logSink(format, logFile === undefined ? 2 : openLogFile(logFile)), isSet(options, 'debug'))
    logIsFile = logFile !== undefined
    if (isSet(options, 'version')) return writeOutput(versionText())
    const [name, ...words] = rest
    if (isSet(options, 'help') || name === undefined || name === 'help') return await help(words)
    command = findCommand(name)
    return await runCommand(command, words, globalRequest(options, log))
  } catch (error) {
    const misused = isRuntimeError(error) && (error.code === 'USAGE' || error.code === 'ARGUMENT_COUNT')
    if (misused) await showUsage(command, misuseOf(error))
    const status = reportFailure(error, log, misused ? '' : prefixOf(command), logIsFile)
    // What the program in a container ends with is told from a program that did not run, as with runc.
    return command?.name === 'exec' && !misused ? EXEC_FAILED : status
  }
}

async function runCommand(command: Command, words: readonly string[], global: GlobalRequest): Promise<number> {
  const parsed = parseArguments(words, [...command.options, HELP], !command.optionsFirst)
  if (isSet(parsed.options, 'help')) return writeOutput(await helpOf(command))
  checkCount(command, parsed)
  return callCommand(command.name, parsed, global)
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name)
  if (command !== undefined) return command
  if (UNBUILT_COMMANDS.includes(name))
    throw new RuntimeError('SPEC_UNSUPPORTED', `cannot run "${name}": it is not built yet`)
  const names = COMMANDS.map((each) => each.name)
  throw new RuntimeError('COMMAND_UNKNOWN', `No help topic for '${name}'`, didYouMean(name, names))
}

function checkCount({ name, least, most }: Command, { rest }: ParsedArguments): void {
  if (rest.length >= least && rest.length <= most) return
  const words =
    least === most
      ? `requires exactly ${least} argument(s)`
      : rest.length < least
        ? `requires a minimum of ${least} argument(s)`
        : `requires a maximum of ${most} argument(s)`
  throw new RuntimeError('ARGUMENT_COUNT', `runts: "${name}" ${words}`)
}

/** runc's help names the option that is wrong, and not the number of arguments. */
function misuseOf({ code, message }: RuntimeError): string {
  return code === 'USAGE' ? `: ${message}` : '.'
}

function globalRequest(options: ReadonlyMap<string, string>, log: Logger): GlobalRequest {
  const given = options.get('root')
  let root = given === undefined ? undefined : resolve(given)
  if (root === '/') throw new RuntimeError('STATE_UNREADABLE', 'Option --root argument should not be set to /')
  return {
    // Looked at when it is used: `features` must work whatever XDG_RUNTIME_DIR is.
    get root() {
      root ??= defaultStateRoot()
      return root
    },
    rootGiven: root !== undefined,
    log,
    debug: log.debugEnabled,
    systemdCgroup: isSet(options, 'systemd-cgroup'),
    rootless: checkRootless(options.get('rootless') ?? 'auto'),
  }
}

function checkRootless(value: string): Rootless {
  if (value === '' || value.toLowerCase() === 'auto') return 'auto'
  const isRootless = parseBoolean(value)
  if (isRootless !== undefined) return isRootless ? 'true' : 'false'
  throw new RuntimeError(
    'OPTION_INVALID',
    `invalid value ${JSON.stringify(value)} for --rootless: it is true, false or auto`,
  )
}

function prefixOf(command: Command | undefined): string {
  if (command?.name === 'create') return RUNC_PHRASES.createFailed
  if (command?.name === 'run') return RUNC_PHRASES.runFailed
  return command?.name === 'exec' ? RUNC_PHRASES.execFailed : ''
}

async function help([topic]: readonly string[]): Promise<number> {
  return writeOutput(await helpOf(topic === undefined ? undefined : findCommand(topic)))
}

async function showUsage(command: Command | undefined, misuse: string): Promise<void> {
  const usage = `Incorrect Usage${misuse}\n\n${await helpOf(command)}`
  try {
    writeOutput(usage)
  } catch {
    // What is wrong is told on stderr anyhow.
  }
}

/** Only who asks for help, or needs it, waits for yargs. */
async function helpOf(command: Command | undefined): Promise<string> {
  return (await import('./help.ts')).helpText(command)
}

/** Answers a shell. What goes wrong here is nothing to complete, and no failure to be told on somebody's prompt. */
async function complete(words: readonly string[]): Promise<number> {
  const { completions } = await import('./completion.ts')
  const { list } = await import('../commands/list.ts')
  const idsBelow = (options: ReadonlyMap<string, string>) => {
    try {
      return list(globalRequest(options, silentLogger), { format: 'table', quiet: true }).split('\n').filter(Boolean)
    } catch {
      return []
    }
  }
  return writeOutput(await completions(words, idsBelow))
}

function isSet(options: ReadonlyMap<string, string>, name: string): boolean {
  return options.get(name) === 'true'
}
