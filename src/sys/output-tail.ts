// SPDX-License-Identifier: Apache-2.0

/** What is kept of each of a hook's two streams, in bytes; run_hook of the shim keeps as much. */
export const KEPT_OUTPUT = 4096

/** The end of a stream of any length. */
export class OutputTail {
  #kept = Buffer.alloc(0)
  #cut = false

  /** `cut`: something that is not told came before the chunk. */
  append(chunk: Uint8Array, cut = false): void {
    const whole = Buffer.concat([this.#kept, chunk])
    this.#cut ||= cut || whole.length > KEPT_OUTPUT
    this.#kept = Buffer.from(whole.subarray(-KEPT_OUTPUT))
  }

  /** The last lines as text without the white space at their end; "… " stands for what was dropped. */
  get text(): string {
    const text = this.#kept.toString('utf8').trimEnd()
    return this.#cut ? `… ${text.slice(text.indexOf('\n') + 1)}` : text
  }
}
