// SPDX-License-Identifier: Apache-2.0
import type { Process, Seccomp, Spec } from '@opencontainers/runtime-spec-types'
import { loadBundle } from '../bundle/load-bundle.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { settleLinux } from '../spec/settle/settle-linux.ts'
import type { ValidatedLinux } from '../spec/validated-spec.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { readKeptConfig } from '../state/kept-config.ts'

/** What a container's config.json says to processes that are added later. `create` has validated it. */
export interface KeptContainer {
  readonly configText: string
  readonly process?: Process
  readonly linux: Pick<ValidatedLinux, 'personality' | 'memoryPolicy' | 'seccomp'>
  /** `linux.seccomp` as config.json has it. */
  readonly seccompProfile?: Seccomp
  readonly joinedCgroupNamespace: boolean
}

/** As it was at `create`, whatever has become of the bundle; a container of an older build has only the bundle's. */
export function readKeptContainer(record: ContainerRecord, directory: string): KeptContainer {
  const configText = readKeptConfig(directory) ?? loadBundle(record.bundle).configText
  const { process, linux = {} } = parseConfig(configText).value as Spec
  const { seccomp, personality, memoryPolicy, namespaces = [] } = linux
  const kept = {
    ...(seccomp && { seccomp }),
    ...(personality && { personality }),
    ...(memoryPolicy && { memoryPolicy }),
  }
  return {
    configText,
    ...(process && { process }),
    linux: settleLinux(kept),
    ...(seccomp && { seccompProfile: seccomp }),
    joinedCgroupNamespace: namespaces.some(({ type, path }) => type === 'cgroup' && Boolean(path)),
  }
}
