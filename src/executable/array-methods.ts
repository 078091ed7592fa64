// SPDX-License-Identifier: Apache-2.0
// The engine compiles each array method that takes a function from source when it is first called, at every start of
// runts, which takes a few percent of a `run`. In the executable these stand in for them: they are in its bytecode.

type Act = (value: unknown, index: number, list: readonly unknown[]) => unknown

/** Like the methods of ECMAScript for lists without holes that do not shrink meanwhile; none takes a `this` for the function. */
export const ARRAY_METHODS = {
  every(this: readonly unknown[], holds: Act): boolean {
    for (let at = 0, end = this.length; at < end; at++) if (!holds(this[at], at, this)) return false
    return true
  },

  some(this: readonly unknown[], holds: Act): boolean {
    for (let at = 0, end = this.length; at < end; at++) if (holds(this[at], at, this)) return true
    return false
  },

  find(this: readonly unknown[], holds: Act): unknown {
    for (let at = 0, end = this.length; at < end; at++) {
      const value = this[at]
      if (holds(value, at, this)) return value
    }
    return undefined
  },

  findIndex(this: readonly unknown[], holds: Act): number {
    for (let at = 0, end = this.length; at < end; at++) if (holds(this[at], at, this)) return at
    return -1
  },

  findLast(this: readonly unknown[], holds: Act): unknown {
    for (let at = this.length - 1; at >= 0; at--) {
      const value = this[at]
      if (holds(value, at, this)) return value
    }
    return undefined
  },

  forEach(this: readonly unknown[], act: Act): void {
    for (let at = 0, end = this.length; at < end; at++) act(this[at], at, this)
  },

  map(this: readonly unknown[], make: Act): unknown[] {
    const made: unknown[] = []
    for (let at = 0, end = this.length; at < end; at++) made.push(make(this[at], at, this))
    return made
  },

  filter(this: readonly unknown[], holds: Act): unknown[] {
    const kept: unknown[] = []
    for (let at = 0, end = this.length; at < end; at++) {
      const value = this[at]
      if (holds(value, at, this)) kept.push(value)
    }
    return kept
  },

  flatMap(this: readonly unknown[], make: Act): unknown[] {
    const made: unknown[] = []
    for (let at = 0, end = this.length; at < end; at++) {
      const value = make(this[at], at, this)
      if (!Array.isArray(value)) made.push(value)
      else for (let each = 0; each < value.length; each++) made.push(value[each])
    }
    return made
  },
}

for (const [name, value] of Object.entries(ARRAY_METHODS)) {
  Object.defineProperty(Array.prototype, name, { value, writable: true, configurable: true })
}
