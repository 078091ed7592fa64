// SPDX-License-Identifier: Apache-2.0
import type { MemoryPolicyMode } from '@opencontainers/runtime-spec-types'
import { cpuListProblem, highestInCpuList } from '../cpu-list.ts'
import { showValue } from '../show-value.ts'
import type { Rules } from './rule.ts'

/** set_mempolicy(2): modes that must not, and that must have nodes; MPOL_PREFERRED may. */
const WITHOUT_NODES: readonly MemoryPolicyMode[] = ['MPOL_DEFAULT', 'MPOL_LOCAL']
const WITH_NODES: readonly MemoryPolicyMode[] = [
  'MPOL_BIND',
  'MPOL_INTERLEAVE',
  'MPOL_PREFERRED_MANY',
  'MPOL_WEIGHTED_INTERLEAVE',
]

/** MAX_NUMNODES of the largest kernels is 1024. */
const HIGHEST_NODE = 1023

/** config-linux.md: Memory policy, Personality */
export const memoryPolicyRules: Rules = {
  MEMORY_POLICY_NODES_MALFORMED({ linux: { memoryPolicy } }, report) {
    const problem = cpuListProblem(memoryPolicy?.nodes || undefined)
    if (problem) report('/linux/memoryPolicy/nodes', problem)
  },

  MEMORY_POLICY_NODES_TOO_HIGH({ linux: { memoryPolicy } }, report) {
    const highest = highestInCpuList(memoryPolicy?.nodes ?? '')
    if (highest > HIGHEST_NODE) report('/linux/memoryPolicy/nodes', `must be at most ${HIGHEST_NODE}, found ${highest}`)
  },

  MEMORY_POLICY_NODES_UNUSED({ linux: { memoryPolicy } }, report) {
    if (memoryPolicy?.nodes && WITHOUT_NODES.includes(memoryPolicy.mode)) {
      report(
        '/linux/memoryPolicy/nodes',
        `must be absent for ${memoryPolicy.mode}, found ${showValue(memoryPolicy.nodes)}`,
      )
    }
  },

  MEMORY_POLICY_NODES_MISSING({ linux: { memoryPolicy } }, report) {
    if (memoryPolicy && !memoryPolicy.nodes && WITH_NODES.includes(memoryPolicy.mode)) {
      report('/linux/memoryPolicy/nodes', `must be given for ${memoryPolicy.mode}`)
    }
  },

  MEMORY_POLICY_FLAGS_EXCLUSIVE({ linux: { memoryPolicy } }, report) {
    const flags = memoryPolicy?.flags ?? []
    if (flags.includes('MPOL_F_STATIC_NODES') && flags.includes('MPOL_F_RELATIVE_NODES')) {
      report('/linux/memoryPolicy/flags', 'must not have both MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES')
    }
  },

  PERSONALITY_FLAGS_UNDEFINED({ linux: { personality } }, report) {
    if (personality?.flags?.length) {
      report('/linux/personality/flags', `must be empty: none is defined, found ${showValue(personality.flags)}`)
    }
  },
}
