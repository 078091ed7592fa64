// SPDX-License-Identifier: Apache-2.0
import type { Process } from '@opencontainers/runtime-spec-types'
import { firstProblem } from '../errors/first-problem.ts'
import { failedTo, isRuntimeError, RuntimeError, type SpecIssue } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import { valueAt } from '../spec/json-pointer.ts'
import { decodeConfig, locatePointer, parseConfig } from '../spec/parse-config.ts'
import { validateProcess } from '../spec/validate-spec.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'
import { changedMembers, changedProcess, completedProcess, OPTION_OF } from './exec-process.ts'
import type { KeptContainer } from './kept-container.ts'
import { readDocument } from './read-input.ts'
import type { ExecRequest } from './requests.ts'

/** A process to be executed, and where its parts were said. */
export interface ProcessSource {
  readonly process: ValidatedProcess
  /** Gives an error of a later step, whose pointer is one of config.json, the document and line that are to blame. */
  blame(error: unknown): unknown
}

/** Throws SPEC_INVALID, CONFIG_NOT_JSON, OPTION_INVALID. */
export function processSource(request: ExecRequest, container: KeptContainer, log: Logger): ProcessSource {
  if (request.processFile === undefined) return fromCommandLine(request, container, log)
  tellIdleOptions(request, log)
  return fromFile(request.processFile, container, log)
}

/** As in runc, a file is the whole process. */
function tellIdleOptions({ args, changes, tty }: ExecRequest, log: Logger): void {
  const [, ...members] = changedMembers(changes)
  if (args.length > 0) members.unshift('args')
  if (tty) members.push('terminal')
  if (members.length > 0) log.warn(`--process says everything: no effect of options about ${members.join(', ')}`)
}

function fromCommandLine({ args, changes, tty }: ExecRequest, container: KeptContainer, log: Logger): ProcessSource {
  const raw = changedProcess(container.process, args, changes)
  const changed = changedMembers(changes)
  try {
    const { process, warnings } = validateProcess({ ...raw, terminal: tty }, false)
    // A capability is in several sets.
    for (const message of new Set(warnings.map((warning) => warning.message))) log.warn(message)
    return {
      process,
      blame: (error) => {
        const [, first, member = ''] = pointerOf(error)?.split('/') ?? []
        return first === 'process' && changed.includes(member) ? withoutPointer(error) : located(error, container)
      },
    }
  } catch (error) {
    throw byOptions(error, changed)
  }
}

/** Names the options, where one has said what is wrong: no document has it. */
function byOptions(error: unknown, changed: readonly string[]): unknown {
  if (!isRuntimeError(error)) return error
  const named = (issue: SpecIssue) => {
    const member = issue.pointer.split('/')[1] ?? ''
    const option = changed.includes(member) ? OPTION_OF[member] : undefined
    return option === undefined ? issue : { ...issue, pointer: option }
  }
  const [first, ...others] = (error.details.issues ?? []).map(named)
  if (first === undefined) return withoutPointer(error)
  const issues = [first, ...others] as const
  return new RuntimeError(error.code, `invalid process: ${firstProblem(issues)}`, { issues })
}

function fromFile(path: string, container: KeptContainer, log: Logger): ProcessSource {
  const text = readText(path)
  const inFile = (error: unknown) => locatedIn(error, text, path)
  try {
    const { value, mayHoldNul } = parseConfig(text, path)
    const { process, warnings, unknown } = validateProcess(value, mayHoldNul || log.debugEnabled)
    for (const { pointer, message } of warnings) log.warn(`${path}: ${pointer}: ${message}`)
    for (const { pointer } of unknown) log.debug(`${path}: unknown field ${pointer} is ignored`)
    return {
      process: completedProcess(process, value as Process, container.process),
      blame: (error) => {
        const pointer = pointerOf(error)
        const below = pointer?.startsWith('/process/') ? pointer.slice('/process'.length) : undefined
        if (below === undefined || valueAt(value, below) === undefined) return located(error, container)
        return inFile(withPointer(error, below))
      },
    }
  } catch (error) {
    throw inFile(error)
  }
}

function readText(path: string): string {
  try {
    return decodeConfig(readDocument(path), path)
  } catch (error) {
    throw failedTo('OPTION_INVALID', `cannot read the process file ${path}`, error, { path })
  }
}

function pointerOf(error: unknown): string | undefined {
  return isRuntimeError(error) ? error.details.pointer : undefined
}

function located(error: unknown, { configText }: KeptContainer): unknown {
  return locatedIn(error, configText)
}

/** With the line that the pointer leads to in this document: config.json where it has no name. */
function locatedIn(error: unknown, text: string, document?: string): unknown {
  const pointer = pointerOf(error)
  if (!isRuntimeError(error) || pointer === undefined) return error
  const line = locatePointer(text, pointer)
  return error.with({ ...(document !== undefined && { document }), ...(line !== undefined && { line }) })
}

function withPointer(error: unknown, pointer: string): unknown {
  if (!isRuntimeError(error)) return error
  return new RuntimeError(error.code, error.message, { ...error.details, pointer })
}

/** For what the command line says: the message names it, and no document has it. */
function withoutPointer(error: unknown): unknown {
  if (!isRuntimeError(error)) return error
  const { pointer: _, line: __, ...details } = error.details
  return new RuntimeError(error.code, error.message, details)
}
