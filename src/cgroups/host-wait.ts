// SPDX-License-Identifier: Apache-2.0

/** Asks at once, after 1 ms and then ever more seldom up to every 50 ms, until it is true or the time is over. */
export function waitUntil(isDone: () => boolean, timeoutMs: number): boolean {
  if (isDone()) return true
  const cell = new Int32Array(new SharedArrayBuffer(4))
  for (let pause = 1, waited = 0; waited < timeoutMs; pause = Math.min(pause * 2, 50)) {
    Atomics.wait(cell, 0, 0, pause)
    if (isDone()) return true
    waited += pause
  }
  return false
}
