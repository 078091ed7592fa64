// SPDX-License-Identifier: Apache-2.0
import type { CgroupView } from '../mounts/plan-cgroup-mount.ts'
import type { CgroupEntrance } from '../namespaces/plan-cgroup-entrance.ts'
import type { CompiledFilter } from '../process/plan-seccomp-filter.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { HostFacts } from './host-facts.ts'

/** All that a container's plan depends on. */
export interface CreateInputs {
  /** Id of the container. */
  readonly id: string
  readonly spec: ValidatedSpec
  readonly facts: HostFacts
  /** Absolute path of the root filesystem on the host. */
  readonly rootfsPath: string
  /** Absolute path that relative bind sources start from. */
  readonly bundlePath: string
  readonly noPivot: boolean
  readonly noNewKeyring: boolean
  /** Wait for `start` before the program is executed; the first donated descriptor is then the listening socket. */
  readonly gate: boolean
  readonly cgroup: CgroupEntrance & { readonly placement: CgroupView }
  readonly seccomp?: CompiledFilter
  /** How many descriptors from 3 on the program gets from the runtime's caller. */
  readonly passedOn?: number
  /** Absolute path on the host of the directory for the socket of NOTIFY_SOCKET. */
  readonly notifyDirectory?: string
}
