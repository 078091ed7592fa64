// SPDX-License-Identifier: Apache-2.0
import { describeFailure } from '../errors/describe-failure.ts'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import { writeLine } from '../log/sinks.ts'

/**
 * Tells a failure once in the log, in one line; when the log is a file, the same line goes to stderr too, because
 * engines read either. Returns the exit status.
 */
export function reportFailure(error: unknown, log: Logger, prefix: string, logIsFile: boolean): number {
  const message = isRuntimeError(error) ? prefix + describeFailure(error) : describeBug(error)
  log.error(message)
  if (logIsFile) writeLine(2, message)
  if (log.debugEnabled && error instanceof Error) log.debug(String(error.stack))
  return isRuntimeError(error) ? error.exitCode : 1
}

function describeBug(error: unknown): string {
  const text = String((error as Error)?.message ?? error).replaceAll('\n', ' ')
  return `bug in runts, please report it: ${text} (--debug shows where)`
}
