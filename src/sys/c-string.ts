// SPDX-License-Identifier: Apache-2.0

// Not Buffer.from, which the engine compiles at its first call, at every start of runts.
const encoder = new TextEncoder()

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** UTF-8 with the NUL that ends a text in C; the text must hold none. */
export function cString(text: string): Uint8Array {
  return encoder.encode(`${text}\0`)
}
