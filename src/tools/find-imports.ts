// SPDX-License-Identifier: Apache-2.0
import type { Token } from './tokenize.ts'

export interface Import {
  readonly specifier: string
  readonly line: number
}

/** Everything a file imports or re-exports: values, types, `import('…')` in code and in types, and `require('…')`. */
export function findImports(tokens: readonly Token[]): Import[] {
  const code = tokens.filter((token) => token.kind !== 'comment')
  return code.flatMap((token, index) => {
    if (token.kind !== 'word' || code[index - 1]?.text === '.') return []
    const found = specifierAfter(code, index)
    return found ? [{ specifier: found.text, line: found.line }] : []
  })
}

function specifierAfter(code: readonly Token[], index: number): Token | undefined {
  const next = code[index + 1]
  switch (code[index]?.text) {
    case 'require':
      return next?.text === '(' ? textAt(code, index + 2) : undefined
    case 'import':
      if (next?.text === '(') return textAt(code, index + 2)
      return textAt(code, index + 1) ?? specifierOfFrom(code, index + 1)
    case 'export':
      return specifierOfFrom(code, index + 1)
    default:
      return undefined
  }
}

function textAt(code: readonly Token[], index: number): Token | undefined {
  return code[index]?.kind === 'text' ? code[index] : undefined
}

/** The specifier of `… from 'x'`, where only names, braces, commas and stars may stand before `from`. */
function specifierOfFrom(code: readonly Token[], start: number): Token | undefined {
  for (let index = start; index < code.length; index += 1) {
    const token = code[index]
    if (token?.text === 'from' && textAt(code, index + 1)) return textAt(code, index + 1)
    const belongs = token?.kind === 'word' || ['{', '}', ',', '*'].includes(token?.text ?? '')
    if (!belongs) return undefined
  }
  return undefined
}
