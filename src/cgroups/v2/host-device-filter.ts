// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync } from 'node:fs'
import { failedTo, RuntimeError } from '../../errors/runtime-error.ts'
import { attachDeviceProgram, loadDeviceProgram } from '../../sys/bpf.ts'
import type { CgroupPlacement } from '../place-cgroup.ts'

/** Loads a device filter and attaches it to the unified directory, where it stays as long as the cgroup exists. */
export function attachDeviceFilter(placement: CgroupPlacement, filter: Uint8Array): void {
  const directory = placement.unified?.directory
  if (directory === undefined)
    throw new RuntimeError('BUG', 'a device filter was planned without a cgroup v2 directory')
  try {
    attach(directory, filter)
  } catch (error) {
    throw failedTo('CGROUP_FAILED', `cannot restrict the devices of ${directory}`, error, {
      path: directory,
      pointer: '/linux/resources/devices',
    })
  }
}

function attach(directory: string, filter: Uint8Array): void {
  const cgroup = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const program = loadDeviceProgram(filter, 'Apache')
    try {
      attachDeviceProgram(cgroup, program.number)
    } finally {
      program.close()
    }
  } finally {
    closeSync(cgroup)
  }
}
