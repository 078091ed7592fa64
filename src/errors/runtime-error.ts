// SPDX-License-Identifier: Apache-2.0
import { errnoText } from './errno-text.ts'
import type { ErrorCode } from './error-codes.ts'
import { exitCodeOf } from './error-codes.ts'

/** One problem in config.json: a stable code, the RFC 6901 pointer of the value, and what is wrong and allowed. */
export interface SpecIssue {
  readonly code: string
  readonly pointer: string
  readonly message: string
}

/** Where in the launch plan a failure happened; `index` counts from 1, as `runts plan` prints it. */
export interface FailedStep {
  readonly index: number
  readonly of: number
  readonly op: string
  readonly phase: string
}

export interface ErrorDetails {
  /** RFC 6901 pointer into the document of the value that caused the failure. */
  readonly pointer?: string
  /** The name of the document where it is not config.json. */
  readonly document?: string
  /** Line of the document, from 1, that the pointer leads to. */
  readonly line?: number
  readonly syscall?: string
  /** The symbolic errno, such as `ENOENT`. */
  readonly errno?: string
  readonly path?: string
  readonly step?: FailedStep
  readonly hint?: string
  readonly issues?: readonly SpecIssue[]
  readonly cause?: unknown
}

const MARK = Symbol.for('runts.RuntimeError')

/** The only class of expected failures. Structure first: the text for people is made by `describeFailure`. */
export class RuntimeError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails
  readonly [MARK] = true

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'RuntimeError'
    this.code = code
    this.details = details
  }

  get exitCode(): number {
    return exitCodeOf(this.code)
  }

  /** The same failure with more known about it: details already present win. */
  with(details: ErrorDetails, message = this.message): RuntimeError {
    return new RuntimeError(this.code, message, { ...details, ...this.details })
  }
}

/** Recognises a RuntimeError even when two copies of the library are loaded. */
export function isRuntimeError(value: unknown): value is RuntimeError {
  return typeof value === 'object' && value !== null && MARK in value
}

/** The errno name of an error thrown by `node:fs` or by this library, or undefined for any other value. */
export function errnoOf(error: unknown): string | undefined {
  if (isRuntimeError(error)) return error.details.errno
  const code = (error as { code?: unknown } | null)?.code
  if (!(error instanceof Error && typeof code === 'string' && /^E[A-Z0-9]+$/.test(code))) return undefined
  // libuv's name for the number that Linux has as EOPNOTSUPP.
  return code === 'ENOTSUP' ? 'EOPNOTSUPP' : code
}

/** An error of `node:fs` (or any other value) as a RuntimeError that says what was being done. */
export function failedTo(code: ErrorCode, action: string, error: unknown, details: ErrorDetails = {}): RuntimeError {
  if (isRuntimeError(error)) return error.with(details)
  const errno = errnoOf(error)
  const { syscall, path } = (error ?? {}) as { syscall?: string; path?: string }
  const reason = errno
    ? `${syscall ?? 'system call'}(2) ${errno} (${errnoText(errno)})`
    : String((error as Error)?.message ?? error)
  return new RuntimeError(code, `${action}: ${reason}`, {
    ...(errno ? { errno } : {}),
    ...(syscall ? { syscall } : {}),
    ...(path ? { path } : {}),
    cause: error,
    ...details,
  })
}
