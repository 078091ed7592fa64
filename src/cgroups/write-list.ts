// SPDX-License-Identifier: Apache-2.0
import type { ResourceWrite } from './resource-write.ts'

type WriteFlags = Partial<Pick<ResourceWrite, 'optional' | 'otherwise' | 'retryAfterNext' | 'aboveUsage'>>

/** The writes of one controller, collected in order: `add(file, value, pointer below /linux/resources, flags)`. */
export class WriteList {
  readonly writes: ResourceWrite[] = []
  readonly #controller: string

  constructor(controller: string) {
    this.#controller = controller
  }

  add(file: string, value: string | number | bigint, field: string, flags: WriteFlags = {}): void {
    this.writes.push({
      controller: this.#controller,
      file,
      value: String(value),
      pointer: `/linux/resources/${field}`,
      ...flags,
    })
  }

  /** The same for a field that may be left out. */
  addIfSet(file: string, value: string | number | bigint | undefined, field: string, flags: WriteFlags = {}): void {
    if (value !== undefined) this.add(file, value, field, flags)
  }
}
