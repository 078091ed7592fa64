// SPDX-License-Identifier: Apache-2.0
import { printable } from './text-table.ts'

const LABEL_WIDTH = 14

/** A label and the lines beside it; without lines it is left out. */
export type Section = readonly [label: string, lines: readonly string[]]

export function sectionText([label, lines]: Section): string {
  const title = label.length + 2 > LABEL_WIDTH ? `${label}  ` : label.padEnd(LABEL_WIDTH)
  return lines
    .map((line, i) => `${(i > 0 ? ' '.repeat(LABEL_WIDTH) : title) + printable(line)}`)
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** Words in lines of at most `width` characters, unless one is longer; all lines but the first begin with `indent`. */
export function wrapWords(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
