// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../spec/json-pointer.ts'

/** A view of a document that tells of every field that somebody reads, be it there or not. */
export function recording<T>(document: T, onRead: (at: string) => void): T {
  return view(document, '', onRead) as T
}

function view(value: unknown, at: string, onRead: (at: string) => void): unknown {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get(target, name, receiver) {
      const found = Reflect.get(target, name, receiver)
      if (typeof name === 'symbol' || typeof found === 'function' || name === 'length') return found
      const place = at + pointer(name)
      onRead(place)
      return view(found, place, onRead)
    },
  })
}
