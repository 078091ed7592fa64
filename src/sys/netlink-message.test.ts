// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeAttributes, decodeMessages, encodeMessage, numberAttribute, textAttribute } from './netlink-message.ts'

const message = {
  type: 16,
  flags: 5,
  body: Uint8Array.of(1, 2, 3, 4),
  attributes: [textAttribute(3, 'eth0'), numberAttribute(28, 0x01020304)],
}

test('a message has its length, and attributes their padding', () => {
  const header = [40, 0, 0, 0, 16, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0]
  const name = [9, 0, 3, 0, 0x65, 0x74, 0x68, 0x30, 0, 0, 0, 0]
  assert.deepEqual([...encodeMessage(message, 7)], [...header, 1, 2, 3, 4, ...name, 8, 0, 28, 0, 4, 3, 2, 1])
})

test('what is encoded is decoded, several messages to a datagram', () => {
  const bytes = Buffer.concat([encodeMessage(message, 7), encodeMessage({ ...message, type: 18 }, 8)])
  const replies = decodeMessages(bytes)
  assert.deepEqual(
    replies.map(({ type, flags, sequence }) => [type, flags, sequence]),
    [
      [16, 5, 7],
      [18, 5, 8],
    ],
  )
  const attributes = decodeAttributes((replies[1]?.payload ?? new Uint8Array()).subarray(4))
  assert.deepEqual([...(attributes.get(3) ?? [])], [...Buffer.from('eth0\0')])
  assert.deepEqual([...(attributes.get(28) ?? [])], [4, 3, 2, 1])
})

test('a length beyond the end or below the header ends the decoding', () => {
  const bytes = encodeMessage(message, 7)
  for (let length = 0; length < bytes.length; length++) assert.deepEqual(decodeMessages(bytes.subarray(0, length)), [])
  assert.deepEqual(decodeMessages(new Uint8Array(64)), [])
  assert.equal(decodeAttributes(Uint8Array.of(3, 0, 1, 0, 8, 0, 2, 0, 9, 9, 9, 9)).size, 0)
  assert.equal(decodeAttributes(Uint8Array.of(200, 0, 1, 0, 1, 1, 1, 1)).size, 0)
})

test('the flags in the type of an attribute do not hide it', () => {
  assert.ok(decodeAttributes(Uint8Array.of(4, 0, 3, 0x80)).has(3))
})
