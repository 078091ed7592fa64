// SPDX-License-Identifier: Apache-2.0

export type TokenKind = 'word' | 'text' | 'template' | 'number' | 'regexp' | 'comment' | 'sign'

/** A piece of TypeScript. `text` is the content without quotes for `text`, the source as written otherwise. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Counted from 1, where the token begins. */
  readonly line: number
}

const PATTERNS: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['text', /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y],
  ['number', /\d[\w.]*/y],
  ['word', /[#\w$\u0080-\uffff]+/y],
  ['regexp', /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y],
  ['sign', /=>|[\s\S]/y],
]

const WORDS_BEFORE_A_REGEXP = new Set(['return', 'typeof', 'case', 'in', 'of', 'do', 'else', 'void', 'delete', 'throw'])

/** The tokens of a TypeScript file, comments included. Enough to find imports and names, not to parse expressions. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  // One entry for each template that is open around the current place: its braces still to be closed.
  const templates: number[] = []
  let place = 0
  let line = 1
  const push = (kind: TokenKind | 'space', text: string) => {
    if (kind !== 'space') tokens.push({ kind, text: kind === 'text' ? text.slice(1, -1) : text, line })
    place += text.length
    line += text.split('\n').length - 1
  }
  while (place < source.length) {
    const character = source[place]
    const depth = templates.at(-1)
    if (character === '`' || (character === '}' && depth === 0)) {
      if (character === '}') templates.pop()
      const text = templateText(source, place)
      push('template', text)
      if (text.endsWith('${')) templates.push(0)
      continue
    }
    if (depth !== undefined && character === '{') templates[templates.length - 1] = depth + 1
    if (depth !== undefined && character === '}') templates[templates.length - 1] = depth - 1
    push(...tokenAt(source, place, tokens))
  }
  return tokens
}

function tokenAt(source: string, place: number, before: readonly Token[]): [TokenKind | 'space', string] {
  for (const [kind, pattern] of PATTERNS) {
    if (kind === 'regexp' && !regexpMayFollow(before)) continue
    pattern.lastIndex = place
    const match = pattern.exec(source)
    if (match) return [kind, match[0]]
  }
  throw new Error(`no token at offset ${place}`)
}

/** From a backtick or the end of a placeholder to the next placeholder or the closing backtick. */
function templateText(source: string, place: number): string {
  const pattern = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
  pattern.lastIndex = place
  const match = pattern.exec(source)
  if (!match) throw new Error(`a template at offset ${place} has no end`)
  return match[0]
}

function regexpMayFollow(before: readonly Token[]): boolean {
  const last = before.findLast((token) => token.kind !== 'comment')
  if (last === undefined) return true
  if (last.kind === 'word') return WORDS_BEFORE_A_REGEXP.has(last.text)
  if (last.kind === 'template') return last.text.endsWith('${')
  return last.kind === 'sign' && last.text !== ')' && last.text !== ']' && last.text !== '}'
}
