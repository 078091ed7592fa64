// SPDX-License-Identifier: Apache-2.0
import { unescapeOctal } from '../sys/mountinfo.ts'

/** A mount as the processes of a mount namespace see it (proc_pid_mountinfo(5)). */
export interface SeenMount {
  readonly destination: string
  readonly type: string
  readonly source: string
  /** The directory or file of the filesystem that is mounted; `/` for all of it. */
  readonly root: string
  readonly options: readonly string[]
  readonly superOptions: readonly string[]
  /** Such as `shared:1` or `master:2`; none for a private mount. */
  readonly propagation: readonly string[]
}

/** The mounts of a mountinfo file, parents first. A line that is no mount is left out. */
export function parseMountTable(text: string): SeenMount[] {
  const mounts: SeenMount[] = []
  for (const line of text.split('\n')) {
    const [before = '', after] = line.split(' - ')
    const [, , , root, destination, options, ...propagation] = before.split(' ')
    const [type, source, superOptions] = after?.split(' ') ?? []
    if (root === undefined || destination === undefined || type === undefined) continue
    mounts.push({
      destination: unescapeOctal(destination),
      type,
      source: unescapeOctal(source ?? ''),
      root: unescapeOctal(root),
      options: options?.split(',') ?? [],
      superOptions: superOptions?.split(',') ?? [],
      propagation,
    })
  }
  return mounts
}
