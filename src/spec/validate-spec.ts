// SPDX-License-Identifier: Apache-2.0
import type { Process, Resources, Spec } from '@opencontainers/runtime-spec-types'
import { firstProblem } from '../errors/first-problem.ts'
import type { SpecIssue } from '../errors/runtime-error.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import * as compiled from './generated/validate-config.ts'
import { compatibilityWarnings } from './rules/compatibility-warnings.ts'
import { execCPUAffinityRules, processRules } from './rules/process.ts'
import { resourcesRules } from './rules/resources.ts'
import type { Rules } from './rules/rule.ts'
import { schedulerRules } from './rules/scheduler.ts'
import { rulesFor } from './rules/spec-rules.ts'
import { runRules } from './run-rules.ts'
import type { FieldTree } from './schema/field-tree.ts'
import { findSchemaIssues } from './schema-issues.ts'
import type { CompiledSchema } from './schema-validator.ts'
import { settleSpec } from './settle/settle-spec.ts'
import type { Survey, UnknownField } from './survey-document.ts'
import { surveyDocument } from './survey-document.ts'
import type { SettledSpec, ValidatedProcess, ValidatedResources, ValidatedSpec } from './validated-spec.ts'

/** What is worth a line in the log, beside the validated thing. */
interface Remarks {
  readonly warnings: readonly SpecIssue[]
  readonly unknown: readonly UnknownField[]
}

/** One kind of document: how to check its shape, and where in config.json its content belongs. */
interface DocumentKind extends CompiledSchema {
  readonly name: string
  readonly fields: () => FieldTree
  readonly rules: (spec: SettledSpec) => readonly Rules[]
  readonly place: '' | '/process' | '/linux/resources'
}

const CONFIG: DocumentKind = {
  name: 'config.json',
  accepts: compiled.acceptsConfig,
  validate: compiled.validateConfig,
  fields: compiled.fieldsOfConfig,
  rules: rulesFor,
  place: '',
}

const PROCESS: DocumentKind = {
  name: 'process document',
  accepts: compiled.acceptsProcessDocument,
  validate: compiled.validateProcessDocument,
  fields: compiled.fieldsOfProcessDocument,
  rules: ({ process }) => [
    processRules,
    ...(process?.execCPUAffinity ? [execCPUAffinityRules] : []),
    ...(process?.scheduler ? [schedulerRules] : []),
  ],
  place: '/process',
}

const RESOURCES: DocumentKind = {
  name: 'resources document',
  accepts: compiled.acceptsResourcesDocument,
  validate: compiled.validateResourcesDocument,
  fields: compiled.fieldsOfResourcesDocument,
  rules: () => resourcesRules,
  place: '/linux/resources',
}

/**
 * A config.json, parsed by `parseConfig`, as planners need it; throws SPEC_INVALID with every problem in it. Without
 * `surveyed` nobody looks for unknown fields and NUL bytes.
 */
export function validateSpec(value: unknown, surveyed = true): { spec: ValidatedSpec } & Remarks {
  const { settled, ...remarks } = validate(value, value as Spec, CONFIG, surveyed)
  return { spec: settled as ValidatedSpec, ...remarks }
}

/** The process that `exec` is given; throws SPEC_INVALID with every problem in it, as pointers into the process alone. */
export function validateProcess(value: unknown, surveyed = true): { process: ValidatedProcess } & Remarks {
  const { settled, ...remarks } = validate(value, { ...MINIMAL, process: value as Process }, PROCESS, surveyed)
  return { process: settled.process as ValidatedProcess, ...remarks }
}

/** The resources that `update --resources` is given; throws SPEC_INVALID with every problem in them. */
export function validateResources(value: unknown): { resources: ValidatedResources } & Remarks {
  const { settled, ...remarks } = validate(value, { ...MINIMAL, linux: { resources: value as Resources } }, RESOURCES)
  return { resources: settled.linux.resources, ...remarks }
}

/** What is wrong with resources as a whole, such as those of an update together with the ones in force. */
export function findResourceIssues(resources: ValidatedResources): SpecIssue[] {
  const minimal = settleSpec(MINIMAL)
  const settled = { ...minimal, linux: { ...minimal.linux, resources } }
  return relativeTo(RESOURCES.place, runRules(RESOURCES.rules(settled), settled, []))
}

const NOTHING_FOUND: Survey = { unknown: [], issues: [] }

const MINIMAL: Spec = { ociVersion: '1.0.0', root: { path: 'rootfs' } }

/** `spec` is a config.json that holds `value` in its place, so that rules speak of one kind of document only. */
function validate(value: unknown, spec: Spec, kind: DocumentKind, surveyed = true): { settled: SettledSpec } & Remarks {
  const shape = findSchemaIssues(value, kind)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(kind, shape)
  const settled = settle(spec, kind, shape)
  const survey = surveyed ? surveyDocument(value, kind.fields()) : NOTHING_FOUND
  const misshapen = shape.map((issue) => kind.place + issue.pointer)
  const issues = [
    ...shape,
    ...survey.issues,
    ...relativeTo(kind.place, runRules(kind.rules(settled), settled, misshapen)),
  ]
  if (issues.length > 0) throw invalid(kind, issues)
  const warnings = relativeTo(kind.place, runRules([compatibilityWarnings], settled, []))
  return { settled, warnings, unknown: survey.unknown }
}

/** Settling may stumble over what the schema complained about, such as null in a list: then that is all to be told. */
function settle(spec: Spec, kind: DocumentKind, shape: readonly SpecIssue[]): SettledSpec {
  try {
    return settleSpec(spec)
  } catch (stumble) {
    throw shape.length === 0 ? stumble : invalid(kind, shape)
  }
}

function relativeTo(place: string, issues: readonly SpecIssue[]): SpecIssue[] {
  return issues.map((issue) => ({ ...issue, pointer: issue.pointer.slice(place.length) }))
}

function invalid({ name }: DocumentKind, issues: readonly SpecIssue[]): RuntimeError {
  const [first, ...others] = issues
  if (first === undefined) throw new RuntimeError('BUG', `cannot tell what is wrong with the ${name}`)
  const message = `invalid ${name}: ${firstProblem([first, ...others])}`
  return new RuntimeError('SPEC_INVALID', message, { pointer: first.pointer, issues })
}
