// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '../log/logger.ts'

/** What must be taken back when a launch fails, newest first. A failing undo never hides the first error. */
export class Undo {
  readonly #acts: [string, () => void][] = []

  /** `what` completes the sentence "cannot undo: …". */
  push(what: string, act: () => void): void {
    this.#acts.push([what, act])
  }

  run(log: Logger): void {
    for (const [what, act] of this.#acts.splice(0).reverse()) {
      try {
        act()
      } catch (error) {
        log.warn(`cannot undo: ${what}: ${(error as Error).message}`)
      }
    }
  }

  /** The launch succeeded: nothing is taken back any more. */
  forget(): void {
    this.#acts.length = 0
  }
}
