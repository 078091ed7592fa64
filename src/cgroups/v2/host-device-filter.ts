// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync } from 'node:fs'
import { failedTo, RuntimeError } from '../../errors/runtime-error.ts'
import {
  attachDeviceProgram,
  attachedDevicePrograms,
  detachDeviceProgram,
  loadDeviceProgram,
  openProgram,
} from '../../sys/bpf.ts'
import type { Fd } from '../../sys/fd.ts'
import type { CgroupPlacement } from '../place-cgroup.ts'

/**
 * Loads a device filter and attaches it to the unified directory, where it stays as long as the cgroup exists. It takes
 * the place of whatever filters are there: the kernel allows what all of them allow.
 */
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
      replaceFilters(cgroup, program)
    } finally {
      program.close()
    }
  } finally {
    closeSync(cgroup)
  }
}

/** The new one is there before an old one goes, so that no device is open in between. */
function replaceFilters(cgroup: number, program: Fd): void {
  const [replaced, ...others] = attachedDevicePrograms(cgroup)
  if (replaced === undefined) attachDeviceProgram(cgroup, program.number)
  else withProgram(replaced, (old) => attachDeviceProgram(cgroup, program.number, old))
  for (const id of others) withProgram(id, (old) => detachDeviceProgram(cgroup, old))
}

function withProgram(id: number, act: (program: number) => void): void {
  const program = openProgram(id)
  try {
    act(program.number)
  } finally {
    program.close()
  }
}
