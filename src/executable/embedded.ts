// SPDX-License-Identifier: Apache-2.0

/** What executable_entry.c, the first code of the executable, hands over in the environment. */
interface Embedded {
  /** How many descriptors from 3 on the caller gave, without a gap. */
  readonly descriptors: number
  /** The descriptor of a sealed memfd with koffi's addon, or a negative errno. */
  readonly addon: number
  /** Where in the memory of this process the shim's bytes are, and how many. */
  readonly shim: { readonly address: bigint; readonly size: number }
  /** The descriptor of the caller's current directory where Bun cannot start in that; negative elsewhere. */
  readonly directory: number
}

export function embedded(): Embedded {
  const numbers = (process.env.RUNTS_EMBEDDED ?? '').split(' ')
  const [descriptors = '', addon = '', address = '', size = '', directory = '-1'] = numbers
  return {
    descriptors: Number(descriptors),
    addon: Number(addon),
    shim: { address: BigInt(address), size: Number(size) },
    directory: Number(directory),
  }
}
