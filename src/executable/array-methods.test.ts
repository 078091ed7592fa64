// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'

const NAMES = ['every', 'some', 'find', 'findIndex', 'findLast', 'forEach', 'map', 'filter', 'flatMap'] as const
type Method = (this: readonly unknown[], act: (...args: unknown[]) => unknown) => unknown

const own = Object.fromEntries(NAMES.map((name) => [name, Array.prototype[name] as Method]))
await import('./array-methods.ts')

const LISTS: readonly (readonly unknown[])[] = [[], [1], [3, 0, 2, 0], ['', 'a', undefined, null], [[1], [[2]], 3]]
const ACTS: readonly ((...args: unknown[]) => unknown)[] = [
  (value) => value,
  (_value, index) => index,
  (value, index, list) => (list as unknown[])[index as number] === value,
  (value) => [value, [value]],
  () => false,
]

test('stands in for the methods of the engine, in the way it has them', () => {
  for (const name of NAMES) {
    assert.notEqual(Array.prototype[name], own[name])
    assert.equal(Object.keys(Array.prototype).includes(name), false)
  }
})

test('does what they do, with the same calls in the same order', () => {
  for (const name of NAMES) {
    for (const list of LISTS) {
      for (const act of ACTS) {
        const traced = (method: Method) => {
          const calls: unknown[][] = []
          const result = method.call(list, (...args) => {
            calls.push(args)
            return act(...args)
          })
          return { result, calls }
        }
        assert.deepEqual(
          traced(Array.prototype[name] as Method),
          traced(own[name] as Method),
          `${name} of ${JSON.stringify(list)}`,
        )
      }
    }
  }
})

test('leaves what is added to the list meanwhile alone, as they do', () => {
  for (const name of NAMES) {
    const grown = (method: Method) => {
      const list = [1, 2]
      const result = method.call(list, (value) => list.length < 9 && list.push(value as number) > 0)
      return { list, result }
    }
    assert.deepEqual(grown(Array.prototype[name] as Method), grown(own[name] as Method), name)
  }
})
