// SPDX-License-Identifier: Apache-2.0
import { openSync } from 'node:fs'
import { failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { jsonText } from './json-text.ts'
import type { LogSink } from './logger.ts'
import { writeWhole } from './write-whole.ts'

/** A sink in one of runc's two forms, onto a descriptor. A line is written in one piece and at once. */
export function logSink(format: 'text' | 'json', fd: number): LogSink {
  return (level, message, fields = {}) => {
    const time = `${new Date().toISOString().slice(0, 19)}Z`
    const line =
      format === 'json'
        ? jsonText({ ...fields, level, msg: message, time })
        : `time=${jsonText(time)} level=${level} msg=${jsonText(message)}${textFields(fields)}`
    writeLine(fd, line)
  }
}

/** Opens a log file for appending, as engines that share it among several calls need it. */
export function openLogFile(path: string): number {
  try {
    return openSync(path, 'a', 0o644)
  } catch (error) {
    throw failedTo('OPTION_INVALID', `cannot open the log file ${path}`, error)
  }
}

export function checkLogFormat(format: string): 'text' | 'json' {
  if (format === 'text' || format === 'json') return format
  throw new RuntimeError('OPTION_INVALID', `invalid log-format: ${format}`)
}

function textFields(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => ` ${name}=${jsonText(value)}`)
    .join('')
}

/** Writes a line where it can be written. */
export function writeLine(fd: number, line: string): void {
  try {
    writeWhole(fd, `${line}\n`)
  } catch {
    // Nobody reads it any more; that must not become the failure that is reported.
  }
}
