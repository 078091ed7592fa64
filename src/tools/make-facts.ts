// SPDX-License-Identifier: Apache-2.0
import type { HostFacts } from '../launch/host-facts.ts'

const ALL_CAPABILITIES = (1n << 41n) - 1n

/** The host's root with every capability, for tests. */
export const ROOT_FACTS: HostFacts = {
  euid: 0,
  egid: 0,
  inUserNamespace: false,
  deniesSetgroups: false,
  mayCloneMounts: true,
  lastCapability: 40,
  capabilities: ALL_CAPABILITIES,
}

/** An ordinary user on the host. */
export const USER_FACTS: HostFacts = { ...ROOT_FACTS, euid: 1000, egid: 1001, mayCloneMounts: false, capabilities: 0n }
