// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Resources } from '@opencontainers/runtime-spec-types'
import type { CgroupFacts } from '../cgroups/cgroup-facts.ts'
import { resolveDeviceAccess } from '../cgroups/device-access.ts'
import { planLimits, planResources } from '../cgroups/plan-resources.ts'
import { printResourcePlan } from '../cgroups/print-resource-plan.ts'
import { findUnsupportedResources } from '../cgroups/unsupported-resources.ts'
import { compileDeviceFilter } from '../cgroups/v2/device-filter.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { settleResources } from '../spec/settle/settle-resources.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import { disassembleDeviceFilter } from './extended-bpf.ts'
import { FIXTURES } from './plan-fixtures.ts'

const DIRECTORY = join(FIXTURES, 'cgroups')

const hierarchy = { mountpoint: '/sys/fs/cgroup/devices', ownPath: '/' }
const HOSTS: Readonly<Record<'v1' | 'v2', CgroupFacts>> = {
  v1: { mode: 'v1', hierarchies: [{ controllers: ['devices'], ...hierarchy }] },
  v2: { mode: 'v2', hierarchies: [], unified: hierarchy },
}

/** Names of the `linux.resources` objects in spec-fixtures/cgroups. */
export function resourceFixtures(): string[] {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'))
  return files.sort().map((file) => file.slice(0, -'.json'.length))
}

export function resourcesOf(name: string): Resources {
  const path = join(DIRECTORY, `${name}.json`)
  return parseConfig(readFileSync(path, 'utf8'), path).value as Resources
}

/** The golden files of one `linux.resources`: the writes on either hierarchy and, where devices are the topic, the filter. */
export function resourceListings(name: string): Map<string, string> {
  const resources = settleResources(resourcesOf(name))
  const aboutDevices = name === 'none' || resourcesOf(name).devices !== undefined
  const listings = new Map<string, string>()
  for (const version of ['v1', 'v2'] as const) {
    listings.set(join(DIRECTORY, `${name}.${version}.writes`), listing(resources, HOSTS[version], aboutDevices))
  }
  if (aboutDevices) {
    const filter = compileDeviceFilter(resolveDeviceAccess(resources.devices))
    listings.set(join(DIRECTORY, `${name}.bpf.txt`), disassembleDeviceFilter(filter))
  }
  return listings
}

/** What a host with these cgroups would do: the problems, or else the writes. */
function listing(resources: ValidatedResources, facts: CgroupFacts, aboutDevices: boolean): string {
  const issues = findUnsupportedResources(resources, facts.mode)
  if (issues.length > 0) return issues.map(({ pointer, message }) => `${pointer}: ${message}\n`).join('')
  return printResourcePlan(
    aboutDevices ? planResources(resources, facts) : { writes: planLimits(resources, facts.mode) },
  )
}
