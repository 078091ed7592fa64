// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs'
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import { failedTo } from '../errors/runtime-error.ts'
import { isGone } from './host-process.ts'
import { NAMESPACE_FILES } from './namespace-files.ts'

export type NamespaceInodes = ReadonlyMap<NamespaceType, number>

/**
 * The namespaces of a process by inode number, without the types that the kernel does not have; undefined when the
 * process is gone. Throws SYSTEM_CALL_FAILED without the right to look into it (ptrace(2), PTRACE_MODE_READ_FSCREDS).
 */
export function readNamespaces(pid: number): NamespaceInodes | undefined {
  const inodes = new Map<NamespaceType, number>()
  for (const [type, file] of NAMESPACE_FILES) {
    const path = `/proc/${pid}/ns/${file}`
    try {
      inodes.set(type, statSync(path).ino)
    } catch (error) {
      if (!isGone(error)) throw failedTo('SYSTEM_CALL_FAILED', `cannot look at ${path}`, error, { path })
    }
  }
  return inodes.size > 0 ? inodes : undefined
}
