// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { typeLeaves } from './type-leaves.ts'

const fieldsOf = (...sources: string[]) => typeLeaves('Document', sources).map(({ field }) => field)

test('every form of declaration leads to its leaves', () => {
  const source = `
    import type { Other } from './other.ts'
    export type Kind = 'a' | 'b'
    /** A comment. */
    export interface Document {
      text: string
      number?: number; kind: Kind
      list: Other[]
      map?: Record<string, Other>
      inline: { on?: boolean; letter?: 'x' | 'y' }
      open: Kind | (string & {})
      size: Int64
    }`
  const other = `export interface Other { deep: Inner } export interface Inner { texts: string[] }`
  assert.deepEqual(fieldsOf(source, other), [
    '/text',
    '/number',
    '/kind',
    '/list/*/deep/texts/*',
    '/map/*/deep/texts/*',
    '/inline/on',
    '/inline/letter',
    '/open',
    '/size',
  ])
})

test('words and kinds of the leaves are known', () => {
  const source = `export interface Document { a: 'x' | 'y', b: Int64, c: Name }
    export type Name = keyof Document
    export type Int64 = number | bigint`
  assert.deepEqual(typeLeaves('Document', [source]), [
    { field: '/a', kind: 'string', words: ['x', 'y'] },
    { field: '/b', kind: 'Int64', words: [] },
    { field: '/c', kind: 'string', words: [] },
  ])
})

test('a form that is not known is no field that gets lost', () => {
  for (const source of [
    'export interface Document { a: Missing }',
    'export interface Document extends Base { a: string }',
    'export interface Document { a: [string, string] }',
    'export interface Document { a: string',
    'export class Document { a: string }',
  ])
    assert.throws(() => fieldsOf(source), source)
})

test('the types package has the fields of the specification', () => {
  const fields = typeLeaves('Spec').map(({ field }) => field)
  for (const field of ['/root/path', '/mounts/*/options/*', '/linux/resources/rdma/*/hcaHandles', '/annotations/*'])
    assert.ok(fields.includes(field), field)
  assert.equal(new Set(fields).size, fields.length)
})
