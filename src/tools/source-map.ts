// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpName } from '../plan/op-table.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { pointerParts } from '../spec/json-pointer.ts'
import { compileFixture, type PlanFixture } from './plan-fixtures.ts'

/** Where one field of config.json is dealt with: files below src and native-shim, and the verbs it leads to. */
export interface MappedField {
  readonly field: string
  readonly rules: readonly string[]
  readonly planners: readonly string[]
  readonly ops: readonly string[]
  readonly functions: readonly string[]
}

/** Fields that no step comes from, because the host side deals with them. Files are checked to exist. */
export const HOST_FIELDS: readonly (readonly [field: string, file: string])[] = [
  ['/annotations', 'state/container-record.ts'],
  ['/linux/resources/*', 'cgroups/plan-resources.ts'],
  ['/linux/seccomp/*', 'seccomp/host-compile-filter.ts'],
]

interface Recorded {
  readonly planners: Set<string>
  readonly ops: Set<OpName>
}

/** The map of every field that the fixtures use, sorted. */
export function sourceMap(fixtures: readonly PlanFixture[]): MappedField[] {
  const recorded = recordFields(fixtures)
  const rules = ruleFiles()
  const functions = shimFunctions()
  return [...recorded].sort(byName).map(([field, { planners, ops }]) => ({
    field,
    rules: rulesFor(field, rules),
    planners: [...planners].sort(),
    ops: [...ops].sort(),
    functions: [...new Set([...ops].map((op) => functions.get(op) ?? '?'))].sort(),
  }))
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** Plans every fixture and notes which file appended a step for which field. */
function recordFields(fixtures: readonly PlanFixture[]): Map<string, Recorded> {
  const recorded = new Map<string, Recorded>()
  const append = PlanBuilder.prototype.append
  PlanBuilder.prototype.append = function (phase, op, origin) {
    const field = origin.pointer === undefined ? undefined : fieldOf(origin.pointer)
    if (field !== undefined) {
      const entry = recorded.get(field) ?? { planners: new Set(), ops: new Set() }
      entry.planners.add(callerOf(new Error().stack ?? ''))
      entry.ops.add(op.op)
      recorded.set(field, entry)
    }
    append.call(this, phase, op, origin)
  }
  try {
    for (const fixture of fixtures) compileFixture(fixture)
  } finally {
    PlanBuilder.prototype.append = append
  }
  return recorded
}

/** `/mounts/3` is one of `/mounts/*`, and a sysctl is one of many. */
function fieldOf(pointer: string): string {
  const parts = pointerParts(pointer).map((part) => (/^\d+$/.test(part) ? '*' : part))
  if (parts[1] === 'sysctl') parts[2] = '*'
  return `/${parts.join('/')}`
}

/** The file below src whose function called append; the first line of a stack is the message, the second ourselves. */
function callerOf(stack: string): string {
  const line = stack.split('\n').find((each, i) => i > 1 && each.includes('/src/')) ?? ''
  return /.*\/src\/([^:]+)\.[jt]s/.exec(line)?.[1]?.concat('.ts') ?? '?'
}

interface RuleFile {
  readonly name: string
  readonly text: string
  /** The leading literal parts of every pointer that its rules report. */
  readonly prefixes: readonly string[]
}

function ruleFiles(): RuleFile[] {
  const names = readdirSync('src/spec/rules').filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return names.sort().map((name) => {
    const text = readFileSync(join('src/spec/rules', name), 'utf8')
    const calls = text.matchAll(/pointer\(((?:'[^']+'(?:, )?)+)/g)
    const prefixes = [...calls].map(
      ([, parts = '']) => `/${parts.replaceAll("'", '').split(', ').filter(Boolean).join('/')}`,
    )
    return { name: `spec/rules/${name}`, text, prefixes: [...new Set(prefixes)] }
  })
}

/** A rule that computes the second part of its pointers speaks of the sections that it names elsewhere. */
function rulesFor(field: string, files: readonly RuleFile[]): string[] {
  const section = pointerParts(field)[1] ?? ''
  const speaksOf = ({ text, prefixes }: RuleFile) =>
    prefixes.some((prefix) => {
      if (!`${field}/`.startsWith(`${prefix}/`)) return false
      return (
        pointerParts(prefix).length > 1 ||
        section === '' ||
        section === '*' ||
        new RegExp(`\\b${section}\\b`).test(text)
      )
    })
  return files.filter(speaksOf).map(({ name }) => name)
}

/** Which C file holds the function of a verb. */
function shimFunctions(): Map<string, string> {
  const files = readdirSync('native-shim').filter((name) => name.endsWith('.c'))
  const found = files.flatMap((name) => {
    const definitions = readFileSync(join('native-shim', name), 'utf8').matchAll(/^int op_(\w+)\(struct context/gm)
    return [...definitions].map(([, op = '']) => [op, name] as const)
  })
  return new Map(found)
}
