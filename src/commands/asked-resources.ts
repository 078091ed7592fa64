// SPDX-License-Identifier: Apache-2.0
import type { Resources } from '@opencontainers/runtime-spec-types'
import { firstProblem } from '../errors/first-problem.ts'
import { isRuntimeError, RuntimeError, type SpecIssue } from '../errors/runtime-error.ts'
import type { Logger } from '../log/logger.ts'
import { pointer, pointerParts, valueAt } from '../spec/json-pointer.ts'
import { decodeConfig, parseConfig } from '../spec/parse-config.ts'
import { validateResources } from '../spec/validate-spec.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import { flagAt, LIMIT_FLAGS, resourcesOfFlags } from './limit-flags.ts'
import { readInput } from './read-input.ts'
import type { UpdateRequest } from './requests.ts'

/** The resources that an update is given, by flags or as a document, and how to speak of their places. */
export interface AskedResources {
  readonly resources: ValidatedResources
  /** `memory.checkBeforeUpdate` is given, and as false. */
  readonly endsCheck: boolean
  /** Throws the issues, all at once, if there are any; their pointers are relative to `linux` `resources`. */
  refuse(issues: readonly SpecIssue[]): void
  /** Runs `act`; a value that it refuses is named by its flag, or by its place in the document. */
  explain<T>(act: () => T): T
}

/**
 * Throws for what is no JSON, number or size, and for all that is wrong whatever the container has; `unsupported` tells
 * what this host's cgroups cannot express.
 */
export function askedResources(
  request: UpdateRequest,
  log: Logger,
  unsupported: (resources: ValidatedResources) => SpecIssue[],
): AskedResources {
  const { resources: file, limits } = request
  const value = file === undefined ? resourcesOfFlags(limits) : readDocument(request, log)
  const place = file === undefined ? (at: string) => `--${flagAt(at) ?? at}` : (at: string) => at
  const refuse = (issues: readonly SpecIssue[]) => refuseAll(issues, value, place)
  const refuseEarly = (issues: readonly SpecIssue[]) => refuse([...issues, ...besides(issues, value, unsupported)])
  return {
    resources: validated(value, refuseEarly, log),
    endsCheck: valueAt(value, '/memory/checkBeforeUpdate') === false,
    refuse,
    explain: (act) => explain(act, place),
  }
}

function readDocument({ resources = '', limits }: UpdateRequest, log: Logger): Resources {
  const ignored = LIMIT_FLAGS.filter((flag) => limits[flag])
  if (ignored.length > 0) log.warn(`--${ignored.join(', --')}: ignored, because --resources is given`)
  const name = resources === '-' ? 'standard input' : resources
  return parseConfig(decodeConfig(readInput(resources), name), name).value as Resources
}

function validated(value: Resources, refuse: (issues: readonly SpecIssue[]) => void, log: Logger): ValidatedResources {
  try {
    const { resources, warnings, unknown } = validateResources(value)
    for (const { pointer, message } of warnings) log.warn(`${pointer}: ${message}`)
    for (const { pointer, nearest } of unknown) {
      log.warn(`unknown field ${pointer} is ignored${nearest ? `; did you mean "${nearest}"?` : ''}`)
    }
    if (resources.devices.length > 0) log.debug('/devices is ignored: an update leaves devices as they are')
    return resources
  } catch (error) {
    if (isRuntimeError(error)) refuse(error.details.issues ?? [])
    throw error
  }
}

/** What `unsupported` says of the values that are not to blame. Those of memory are judged beside each other. */
function besides(
  issues: readonly SpecIssue[],
  value: Resources,
  unsupported: (resources: ValidatedResources) => SpecIssue[],
): SpecIssue[] {
  const rest = structuredClone(value)
  for (const { pointer } of issues) removeAt(rest, pointer.startsWith('/memory/') ? '/memory' : pointer)
  try {
    return unsupported(validateResources(rest).resources)
  } catch {
    return []
  }
}

function removeAt(value: Resources, at: string): void {
  const parts = pointerParts(at)
  const holder = valueAt(value, pointer(...parts.slice(0, -1)))
  if (typeof holder === 'object' && holder !== null) delete (holder as Record<string, unknown>)[parts.at(-1) ?? '']
}

function refuseAll(issues: readonly SpecIssue[], value: Resources, place: (at: string) => string): void {
  const [first, ...others] = issues.map((issue) => ({
    ...issue,
    pointer: place(issue.pointer) + (valueAt(value, issue.pointer) === undefined ? ' (in force)' : ''),
  }))
  if (first === undefined) return
  const code = first.code === 'RESOURCE_UNSUPPORTED' ? 'SPEC_UNSUPPORTED' : 'SPEC_INVALID'
  const all = [first, ...others] as const
  throw new RuntimeError(code, `invalid resources: ${firstProblem(all)}`, { issues: all })
}

function explain<T>(act: () => T, place: (at: string) => string): T {
  try {
    return act()
  } catch (error) {
    if (!isRuntimeError(error) || error.details.pointer === undefined) throw error
    const { pointer, ...details } = error.details
    throw new RuntimeError(error.code, `${error.message} [${place(pointer.slice(RESOURCES.length))}]`, details)
  }
}

const RESOURCES = '/linux/resources'
