// SPDX-License-Identifier: Apache-2.0
import { cpuListProblem } from '../cpu-list.ts'
import { pointer } from '../json-pointer.ts'
import { showValue } from '../show-value.ts'
import type { ValidatedResources } from '../validated-spec.ts'
import { isAbsent, type Rules } from './rule.ts'

// config-linux.md, Control groups; the kernel's limits where it would only say EINVAL

const deviceAccessRules: Rules = {
  DEVICE_ACCESS_MALFORMED({ linux: { resources } }, report) {
    resources.devices.forEach(({ access }, i) => {
      if (!/^[rwm]+$/.test(access) || new Set(access).size !== access.length) {
        report(
          pointer('linux', 'resources', 'devices', i, 'access'),
          `must be one or more of the letters r, w and m, found ${showValue(access)}`,
        )
      }
    })
  },
}

const memoryRules: Rules = {
  SWAPPINESS_OUT_OF_RANGE({ linux: { resources } }, report) {
    const { swappiness = 0n } = resources.memory
    if (swappiness > 100n) {
      report('/linux/resources/memory/swappiness', `must be from 0 to 100, found ${swappiness}`)
    }
  },

  SWAP_BELOW_LIMIT({ linux: { resources } }, report) {
    const { limit = 0n, swap = 0n } = resources.memory
    if (swap > 0n && swap < limit) {
      report('/linux/resources/memory/swap', `includes memory.limit and must be at least ${limit}, found ${swap}`)
    }
  },
}

const cpuRules: Rules = {
  CPU_PERIOD_OUT_OF_RANGE({ linux: { resources } }, report) {
    const { period } = resources.cpu
    if (period !== undefined && (period < 1000n || period > 1_000_000n)) {
      report('/linux/resources/cpu/period', `must be from 1000 to 1000000 microseconds, found ${period}`)
    }
  },

  CPU_QUOTA_TOO_SMALL({ linux: { resources } }, report) {
    const { quota } = resources.cpu
    if (quota !== undefined && quota > 0n && quota < 1000n) {
      report('/linux/resources/cpu/quota', `must be at least 1000 microseconds, found ${quota}`)
    }
  },

  CPU_BURST_ABOVE_QUOTA({ linux: { resources } }, report) {
    const { quota = 0n, burst = 0n } = resources.cpu
    if (quota > 0n && burst > quota) {
      report('/linux/resources/cpu/burst', `must be at most the quota ${quota}, found ${burst}`)
    }
  },

  CPU_LIST_MALFORMED({ linux: { resources } }, report) {
    for (const field of ['cpus', 'mems'] as const) {
      const problem = cpuListProblem(resources.cpu[field])
      if (problem) report(pointer('linux', 'resources', 'cpu', field), problem)
    }
  },
}

const blockIORules: Rules = {
  BLOCK_IO_WEIGHT_OUT_OF_RANGE({ linux: { resources } }, report) {
    const check = (section: { weight?: number; leafWeight?: number }, ...at: (string | number)[]) => {
      for (const field of ['weight', 'leafWeight'] as const) {
        const weight = section[field]
        if (weight !== undefined && weight < 10) {
          report(
            pointer('linux', 'resources', 'blockIO', ...at, field),
            `must be from 10 to 1000, or 0 for unset, found ${weight}`,
          )
        }
      }
    }
    check(resources.blockIO)
    resources.blockIO.weightDevice.forEach((device, i) => {
      check(device, 'weightDevice', i)
    })
  },

  WEIGHT_DEVICE_WITHOUT_WEIGHT({ linux: { resources } }, report) {
    resources.blockIO.weightDevice.forEach(({ weight, leafWeight }, i) => {
      if (weight === undefined && leafWeight === undefined) {
        report(pointer('linux', 'resources', 'blockIO', 'weightDevice', i), 'must have weight or leafWeight')
      }
    })
  },
}

const hugepageRules: Rules = {
  HUGEPAGE_SIZE_MALFORMED({ linux: { resources } }, report) {
    resources.hugepageLimits.forEach(({ pageSize }, i) => {
      if (!/^[1-9][0-9]*[KMG]B$/.test(pageSize)) {
        report(
          pointer('linux', 'resources', 'hugepageLimits', i, 'pageSize'),
          `must be a size such as 64KB, 2MB or 1GB, found ${showValue(pageSize)}`,
        )
      }
    })
  },

  HUGEPAGE_SIZE_REPEATED({ linux: { resources } }, report) {
    const sizes = resources.hugepageLimits.map(({ pageSize }) => pageSize)
    sizes.forEach((size, i) => {
      if (sizes.indexOf(size) === i) return
      report(
        pointer('linux', 'resources', 'hugepageLimits', i, 'pageSize'),
        `each size may be listed once, found ${showValue(size)} again`,
      )
    })
  },
}

const networkRules: Rules = {
  INTERFACE_NAME_EMPTY({ linux: { resources } }, report) {
    resources.network.priorities.forEach(({ name }, i) => {
      if (name === '') report(pointer('linux', 'resources', 'network', 'priorities', i, 'name'), 'must not be empty')
    })
  },
}

const rdmaRules: Rules = {
  RDMA_WITHOUT_LIMIT({ linux: { resources } }, report) {
    for (const [device, { hcaHandles, hcaObjects }] of Object.entries(resources.rdma)) {
      if (hcaHandles === undefined && hcaObjects === undefined) {
        report(pointer('linux', 'resources', 'rdma', device), 'must have hcaHandles or hcaObjects')
      }
    }
  },
}

const unifiedRules: Rules = {
  UNIFIED_FILE_MALFORMED({ linux: { resources } }, report) {
    for (const file of Object.keys(resources.unified)) {
      if (!/^[^/.]+\.[^/]+$/.test(file)) {
        report(
          pointer('linux', 'resources', 'unified', file),
          `must be a file name such as memory.high, found ${showValue(file)}`,
        )
      }
    }
  },
}

/** Not for `update`, which may know the limit from before. */
export const swapRules: Rules = {
  SWAP_WITHOUT_LIMIT({ linux: { resources } }, report) {
    const { limit, swap = 0n } = resources.memory
    if (swap > 0n && limit === undefined) {
      report('/linux/resources/memory/swap', `needs memory.limit beside it, found ${swap} alone`)
    }
  },
}

export const resourcesRules: readonly Rules[] = [
  deviceAccessRules,
  memoryRules,
  cpuRules,
  blockIORules,
  hugepageRules,
  networkRules,
  rdmaRules,
  unifiedRules,
]

/** The tables that cannot find anything, because they are about sections that these resources do not have. */
export function idleResourcesRules(resources: ValidatedResources): Rules[] {
  const { memory, cpu, blockIO, hugepageLimits, network, rdma, unified } = resources
  const idle: Rules[] = []
  if (memory.swappiness === undefined && memory.swap === undefined) idle.push(memoryRules, swapRules)
  if (isAbsent(cpu)) idle.push(cpuRules)
  if (isAbsent(blockIO)) idle.push(blockIORules)
  if (hugepageLimits.length === 0) idle.push(hugepageRules)
  if (network.priorities.length === 0) idle.push(networkRules)
  if (isAbsent(rdma)) idle.push(rdmaRules)
  if (isAbsent(unified)) idle.push(unifiedRules)
  return idle
}
