// SPDX-License-Identifier: Apache-2.0
// Every field of config.json that the types package declares is applied, or reported, or may be ignored: by experiment.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { features } from '../commands/features.ts'
import { containerState } from '../commands/state.ts'
import { handoverOf } from '../seccomp/host-listener.ts'
import { newRecord } from '../state/container-record.ts'
import { fieldEvidence } from '../tools/field-evidence.ts'
import { formatMap } from '../tools/format-map.ts'
import { FIXTURES, recordedHosts } from '../tools/plan-fixtures.ts'
import { configDocuments, fateOf, issuesOf, sourceMap } from '../tools/source-map.ts'
import { typeLeaves } from '../tools/type-leaves.ts'
import { IGNORED_FIELDS } from './ignored-fields.ts'
import { valueAt } from './json-pointer.ts'
import { type FieldTree, fieldTree } from './schema/field-tree.ts'
import { UNSUPPORTED_FIELDS } from './unsupported-fields.ts'

const leaves = typeLeaves('Spec')
const fields = leaves.map(({ field }) => field)
const map = sourceMap()

const FORGOTTEN = `no experiment showed an effect. Either spec-fixtures/config/valid has no two values of it that are valid in
the same place (add a fixture), or the step that decides by it is missing in src/tools/decide.ts (add it there), or no
code applies it: then it belongs into spec/unsupported-fields.ts or, with the sentence that allows it, ignored-fields.ts`

describe('every field of config.json', () => {
  for (const { field, fate } of map) {
    test(`${field} is ${fate}`, () => assert.notEqual(fate, 'forgotten', FORGOTTEN))
  }
})

test('the schema has exactly the fields of the types package', () => {
  assert.deepEqual(fieldsOf(fieldTree('config'), '').sort(), [...fields].sort())
})

function fieldsOf(tree: FieldTree, at: string): string[] {
  if (tree === 0) return [at]
  if (Array.isArray(tree)) return fieldsOf(tree[0] as FieldTree, `${at}/*`)
  return Object.entries(tree).flatMap(([name, below]) => fieldsOf(below, `${at}/${name}`))
}

test('every field is named in what is wrong with some invalid document', () => {
  const pointers = configDocuments('config/invalid').flatMap(issuesOf)
  const named = (field: string) => new RegExp(`^${field.replaceAll('*', '[^/]+')}$`)
  assert.deepEqual(
    fields.filter((field) => !pointers.some((pointer) => named(field).test(pointer))),
    [],
  )
})

test('the list of ignored fields is not stale', () => {
  const ignored = map.filter(({ fate }) => fate === 'ignored').map(({ field }) => field)
  assert.deepEqual(IGNORED_FIELDS.map(({ field }) => field).sort(), ignored.sort())
  for (const { because } of IGNORED_FIELDS) assert.match(because, /\((config|config-linux)\.md, [A-Z]\w+/)
})

test('the table of unsupported fields is not stale', () => {
  const unsupported = map.filter(({ fate }) => fate === 'unsupported').map(({ field }) => `${field}/`)
  const stale = UNSUPPORTED_FIELDS.filter(
    ({ pointer }) => !unsupported.some((field) => field.startsWith(`${pointer}/`)),
  )
  assert.deepEqual(stale, [])
})

describe('what runts prints', () => {
  test('has every field of the features document', () => {
    assert.deepEqual(missingFields('Features', JSON.parse(features())), [])
  })

  test('has every field of the state of a container', () => {
    const record = newRecord({
      ...{ id: 'c', phase: 'created', pid: 7, startTime: '1', creator: { pid: 1, startTime: '1' }, bundle: '/b' },
      ...{ rootfs: '/b/rootfs', created: '', ociVersion: '1.3.0', annotations: { a: 'b' }, owner: 0 },
    })
    assert.deepEqual(missingFields('State', containerState(record, 'running', '')), [])
  })
})

test('what a seccomp agent is sent has every field of the container process state', () => {
  const state = { ociVersion: '1.3.0', id: 'c', status: 'creating', pid: 7, bundle: '/b', annotations: { a: 'b' } }
  const profile = { defaultAction: 'SCMP_ACT_ALLOW', architectures: [], syscalls: [], listenerMetadata: 'x' } as const
  const { message } = handoverOf(profile, { pid: 7, state })
  assert.deepEqual(missingFields('ContainerProcessState', message), [])
})

/** Fields of a type that a document lacks; an empty list has its members. */
function missingFields(type: string, document: object): string[] {
  return typeLeaves(type)
    .map(({ field }) => field)
    .filter((field) => valueAt(document, field.replace(/\/\*.*/, '')) === undefined)
}

describe('the map of the sources', () => {
  test('is up to date', () => {
    assert.equal(readFileSync('src/README.md', 'utf8'), formatMap(map), 'npm run fixtures:update writes it')
  })

  test('names files that are there, and for every verb a C function', () => {
    const files = map.flatMap(({ rules, files }) => [...rules, ...files])
    assert.deepEqual(
      files.filter((file) => !existsSync(`src/${file}`)),
      [],
    )
    assert.deepEqual(
      map.filter(({ functions }) => functions.includes('?')),
      [],
    )
  })
})

describe('the experiments', () => {
  const some = leaves.filter(({ field }) => ['/hostname', '/domainname', '/process/args/*'].includes(field))
  const evidence = (decides: (spec: { hostname?: string }) => string) =>
    fieldEvidence(some, configDocuments('config/valid'), recordedHosts(FIXTURES), (spec) => [
      { text: decides(spec), file: () => 'x.ts' },
    ])

  test('show a field that nothing looks at, and one that is looked at in vain', () => {
    const fates = (decides: (spec: { hostname?: string }) => string) =>
      evidence(decides).map((found) => `${found.field} ${fateOf(found, new Set())}`)
    const all = ['/process/args/* forgotten', '/domainname forgotten']
    assert.deepEqual(fates(({ hostname }) => `${hostname}`).sort(), [...all, '/hostname applied'].sort())
    assert.deepEqual(fates(({ hostname }) => `${hostname === '\0'}`).sort(), [...all, '/hostname forgotten'].sort())
  })

  test('are made in several documents for each field', () => {
    for (const { field, experiments } of evidence(() => '')) assert.ok(experiments >= 2, field)
  })
})
