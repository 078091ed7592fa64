// SPDX-License-Identifier: Apache-2.0

const cell = new Int32Array(new SharedArrayBuffer(4))

/** Asks again and again, after 1 ms and then ever longer up to 50 ms, until it is true or the time is over. */
export function waitUntil(isDone: () => boolean, timeoutMs: number): boolean {
  let waited = 0
  for (let pause = 1; !isDone(); pause = Math.min(pause * 2, 50)) {
    if (waited >= timeoutMs) return false
    Atomics.wait(cell, 0, 0, pause)
    waited += pause
  }
  return true
}
