// SPDX-License-Identifier: Apache-2.0
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import type { ResourceWrite } from './resource-write.ts'

/** `rdma.max` is the same in both cgroup versions; what is not limited keeps its value. */
export function planRdma({ rdma }: ValidatedResources): ResourceWrite[] {
  return Object.entries(rdma).map(([device, { hcaHandles, hcaObjects }]) => {
    const limits = [
      ...(hcaHandles === undefined ? [] : [`hca_handle=${hcaHandles}`]),
      ...(hcaObjects === undefined ? [] : [`hca_object=${hcaObjects}`]),
    ]
    return {
      controller: 'rdma',
      file: 'rdma.max',
      value: [device, ...limits].join(' '),
      pointer: pointer('linux', 'resources', 'rdma', device),
    }
  })
}
