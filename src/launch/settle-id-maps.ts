// SPDX-License-Identifier: Apache-2.0
import * as host from '../namespaces/host-id-maps.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { mapRightsOf } from './circumstances.ts'
import type { HostFacts } from './host-facts.ts'

/** The sync point `id_maps`: what the keeper may not write, or what is to be compared. Throws ID_MAPPING_FAILED. */
export function settleIdMaps(spec: ValidatedSpec, facts: HostFacts, pid: number): void {
  host.settleIdMaps(spec, mapRightsOf(facts), pid)
}
