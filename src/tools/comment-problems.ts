// SPDX-License-Identifier: Apache-2.0
import { type Token, tokenize } from './tokenize.ts'

const LICENCE = '// SPDX-License-Identifier: Apache-2.0'
const LICENCE_LINES = 1
const LONGEST_COMMENT = 6
const OPEN_TASK = /\b(TODO|FIXME|XXX)\b(?! ?\(?#\d+)/

interface Block {
  readonly line: number
  readonly lines: readonly string[]
}

/**
 * What is wrong with the comments of these files (path → text), one line a problem. Contracts above C functions may
 * be longer than six lines; the licence line does not count.
 */
export function commentProblems(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => [
    ...(text.startsWith(`${LICENCE}\n`) ? [] : [`${path}:1: the first line must be ${LICENCE}`]),
    ...(path.endsWith('.ts') ? problemsOfBlocks(path, text) : problemsOfTasks(path, text)),
  ])
}

function problemsOfBlocks(path: string, text: string): string[] {
  return blocksOf(tokenize(text)).flatMap((block) => {
    const length = proseLines(block)
    return [
      ...(length > LONGEST_COMMENT
        ? [`${path}:${block.line}: a comment of ${length} lines, ${LONGEST_COMMENT} are allowed`]
        : []),
      ...block.lines.flatMap((line, index) => problemOfTask(path, block.line + index, line)),
    ]
  })
}

function problemsOfTasks(path: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => problemOfTask(path, index + 1, line))
}

function problemOfTask(path: string, line: number, text: string): string[] {
  const task = OPEN_TASK.exec(text)
  return task ? [`${path}:${line}: ${task[1]} without the number of an issue, as in ${task[1]}(#12)`] : []
}

/** Lines that say something: not the licence, not the bare delimiters of a block comment. */
function proseLines(block: Block): number {
  const prose = block.lines.filter((line) => /[^\s/*]/.test(line))
  return prose[0] === LICENCE ? prose.length - LICENCE_LINES : prose.length
}

/** Comments joined into blocks where one follows on the line below the other. */
function blocksOf(tokens: readonly Token[]): Block[] {
  const blocks: { line: number; lines: string[] }[] = []
  let lineOfCode = 0
  for (const token of tokens) {
    const lines = token.text.split('\n')
    const last = blocks.at(-1)
    if (token.kind !== 'comment') lineOfCode = token.line + lines.length - 1
    else if (last && token.line === last.line + last.lines.length && lineOfCode < token.line - 1)
      last.lines.push(...lines)
    else blocks.push({ line: token.line, lines })
  }
  return blocks
}
