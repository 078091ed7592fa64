// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pointer } from '../spec/json-pointer.ts'
import type { Token } from './tokenize.ts'
import { tokenize } from './tokenize.ts'

/** A field of a document that holds one text, number or boolean. */
export interface TypeLeaf {
  /** As an RFC 6901 pointer, with `*` for each member of a list or map. */
  readonly field: string
  /** What it is declared to hold: `string`, `number`, `boolean`, `Int64`; for a list of words, `string`. */
  readonly kind: string
  /** The words it may hold, where the declaration lists them. */
  readonly words: readonly string[]
}

type Type =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'list' | 'map'; readonly of: Type }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Type> }

const DIRECTORY = 'src/runtime-spec-types'

/** Every leaf of a document, from the declarations of the types package themselves, in their order. */
export function typeLeaves(document: string, sources: readonly string[] = packageSources()): TypeLeaf[] {
  const types = new Map(sources.flatMap((source) => new Declarations(source).all()))
  return leavesOf({ kind: 'name', name: document }, '', types)
}

function leavesOf(type: Type, at: string, types: ReadonlyMap<string, Type>): TypeLeaf[] {
  switch (type.kind) {
    case 'words':
      return [{ field: at, kind: 'string', words: type.words }]
    case 'list':
    case 'map':
      return leavesOf(type.of, `${at}/*`, types)
    case 'object':
      return [...type.fields].flatMap(([name, field]) => leavesOf(field, at + pointer(name), types))
    case 'name': {
      const declared = types.get(type.name)
      if (declared !== undefined) return leavesOf(declared, at, types)
      if (!LEAF_TYPES.has(type.name)) throw new Error(`${at} is of the type ${type.name}, which nothing declares`)
      return [{ field: at, kind: type.name, words: [] }]
    }
  }
}

const LEAF_TYPES = new Set(['string', 'number', 'boolean', 'Int64'])

function packageSources(): string[] {
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.ts') && name !== 'index.ts')
  return files.map((name) => readFileSync(join(DIRECTORY, name), 'utf8'))
}

/** Reads the few forms of declarations that the types package is written in, and throws at any other. */
class Declarations {
  readonly #tokens: readonly Token[]
  #place = 0

  constructor(source: string) {
    this.#tokens = tokenize(source).filter(({ kind }) => kind !== 'comment')
  }

  all(): [string, Type][] {
    const found: [string, Type][] = []
    while (this.#place < this.#tokens.length) {
      if (this.#accept('import')) this.#skipImport()
      else found.push(this.#declaration())
    }
    // Int64 is a leaf to whoever reads a document.
    return found.filter(([name]) => !LEAF_TYPES.has(name))
  }

  #skipImport(): void {
    while (!this.#accept('from')) this.#place += 1
    this.#place += 1
  }

  #declaration(): [string, Type] {
    this.#expect('export')
    if (this.#accept('interface')) return [this.#next().text, this.#object()]
    this.#expect('type')
    const { text } = this.#next()
    this.#expect('=')
    return [text, this.#type()]
  }

  #object(): Type {
    this.#expect('{')
    const fields = new Map<string, Type>()
    while (!this.#accept('}')) {
      const { text } = this.#next()
      this.#accept('?')
      this.#expect(':')
      fields.set(text, this.#type())
      if (!this.#accept(';')) this.#accept(',')
    }
    return { kind: 'object', fields }
  }

  /** Alternatives are words, or one type beside the words that it is widened by. */
  #type(): Type {
    this.#accept('|')
    const types = [this.#operand()]
    while (this.#accept('|')) types.push(this.#operand())
    const words = types.flatMap((type) => (type.kind === 'words' ? type.words : []))
    const [other] = types.filter(({ kind }) => kind !== 'words')
    return other ?? { kind: 'words', words }
  }

  #operand(): Type {
    let type = this.#primary()
    while (this.#accept('[')) {
      this.#expect(']')
      type = { kind: 'list', of: type }
    }
    // `string & {}`: any text, without swallowing the words beside it.
    if (this.#accept('&')) this.#object()
    return type
  }

  #primary(): Type {
    const token = this.#tokens[this.#place]
    if (token?.text === '{' && token.kind === 'sign') return this.#object()
    this.#place += 1
    if (token?.kind === 'text') return { kind: 'words', words: [token.text] }
    if (token?.text === '(') return this.#closed(this.#type())
    if (token?.text === 'keyof') {
      this.#primary()
      return { kind: 'name', name: 'string' }
    }
    if (token?.text === 'Record') return this.#map()
    if (token?.kind === 'word') return { kind: 'name', name: token.text }
    throw new Error(`line ${token?.line}: no type begins with ${token?.text}`)
  }

  #closed(type: Type): Type {
    this.#expect(')')
    return type
  }

  #map(): Type {
    this.#expect('<')
    this.#type()
    this.#expect(',')
    const of = this.#type()
    this.#expect('>')
    return { kind: 'map', of }
  }

  #accept(text: string): boolean {
    const token = this.#tokens[this.#place]
    const found = token !== undefined && token.kind !== 'text' && token.text === text
    if (found) this.#place += 1
    return found
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw new Error(`line ${this.#tokens[this.#place]?.line}: ${text} is missing`)
  }

  #next(): Token {
    const token = this.#tokens[this.#place]
    if (token === undefined) throw new Error('a declaration has no end')
    this.#place += 1
    return token
  }
}
