// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readlinkSync } from 'node:fs'
import type { NamespaceType } from '@opencontainers/runtime-spec-types'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { NAMESPACE_FILES } from '../proc/namespace-files.ts'

/** What the kernel says of a container's first process. */
export interface ContainerFacts {
  /** The types whose namespace is another than the runtime's. */
  readonly foreign: readonly NamespaceType[]
  /** Its user namespace, which is not the runtime's, denies setgroups(2). */
  readonly deniesSetgroups: boolean
}

/** Undefined when the process has ended. Throws SYSTEM_CALL_FAILED without the right to look at it. */
export function readContainerFacts(pid: number): ContainerFacts | undefined {
  try {
    const foreign: NamespaceType[] = []
    for (const [type, file] of NAMESPACE_FILES) {
      // Kernels without time namespaces have no file for either process.
      const own = linkOf(`/proc/self/ns/${file}`)
      if (own !== undefined && own !== readlinkSync(`/proc/${pid}/ns/${file}`)) foreign.push(type)
    }
    const deniesSetgroups =
      foreign.includes('user') && readFileSync(`/proc/${pid}/setgroups`, 'latin1').startsWith('deny')
    return { foreign, deniesSetgroups }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return undefined
    throw failedTo('SYSTEM_CALL_FAILED', `cannot look at the namespaces of process ${pid}`, error, {
      ...(errnoOf(error) === 'EACCES' ? { hint: 'until its start it belongs to root alone: start it first' } : {}),
    })
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
