// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TokenKind, tokenize } from './tokenize.ts'

const texts = (source: string, kind: TokenKind) =>
  tokenize(source)
    .filter((token) => token.kind === kind)
    .map((token) => token.text)

test('gives text without its quotes and keeps words apart from it', () => {
  assert.deepEqual(texts(`const a = 'import "b"' + "it\\"s"`, 'text'), ['import "b"', 'it\\"s'])
  assert.deepEqual(texts(`const a = 'import "b"'`, 'word'), ['const', 'a'])
})

test('sees no comment in text and no text in a comment', () => {
  assert.deepEqual(texts(`'http://x' // it's /* one */`, 'comment'), [`// it's /* one */`])
  assert.deepEqual(texts('/* // */ word', 'word'), ['word'])
})

test('reads code inside the placeholders of nested templates', () => {
  const source = 'const a = `x @{`y @{{ b: inner }.b} z`} Date` + after'.replaceAll('@', '$')
  assert.deepEqual(texts(source, 'word'), ['const', 'a', 'b', 'inner', 'b', 'after'])
})

test('tells a regular expression from a division', () => {
  assert.deepEqual(texts(`x.match(/['"/]\\/[/]/g)`, 'regexp'), [`/['"/]\\/[/]/g`])
  assert.deepEqual(texts('a / b / c', 'regexp'), [])
  assert.deepEqual(texts('f(a) / 2 + list[0] / 3', 'regexp'), [])
  assert.deepEqual(texts(`return /'/`, 'regexp'), [`/'/`])
})

test('counts the lines of comments and templates', () => {
  const word = tokenize('/* 1\n2 */\n`3\n4`\nhere').find((token) => token.text === 'here')
  assert.equal(word?.line, 5)
})
