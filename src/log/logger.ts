// SPDX-License-Identifier: Apache-2.0
// This room owns log lines. Nothing here goes to stdout, and whoever throws an error does not also log it.

export type LogLevel = 'error' | 'warning' | 'info' | 'debug'

/** Facts that go with a line, such as the pid, phase and step of a shim message. */
export type LogFields = Readonly<Record<string, string | number>>

export interface Logger {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** False lets a caller skip building an expensive debug line. */
  readonly debugEnabled: boolean
}

export type LogSink = (level: LogLevel, message: string, fields?: LogFields) => void

const nothing = () => {}

/** A logger over a sink; without `debug` the debug and info levels are no-ops, as in runc. */
export function createLogger(sink: LogSink, debug: boolean): Logger {
  return {
    error: (message, fields) => sink('error', message, fields),
    warn: (message, fields) => sink('warning', message, fields),
    info: (message, fields) => sink('info', message, fields),
    debug: debug ? (message, fields) => sink('debug', message, fields) : nothing,
    debugEnabled: debug,
  }
}

export const silentLogger: Logger = createLogger(nothing, false)
