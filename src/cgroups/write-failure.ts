// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path'
import { type ErrorDetails, errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import type { CgroupMode } from './cgroup-facts.ts'
import { readCgroupFile } from './host-cgroup-file.ts'
import { pidsIn } from './host-processes.ts'
import type { ResourceWrite } from './resource-write.ts'

/** A refused write as the error people see, with the cause where errno, file and mode tell it. */
export function describeWriteFailure(
  directory: string,
  mode: CgroupMode,
  write: ResourceWrite,
  error: unknown,
): RuntimeError {
  const path = `${directory}/${write.file}`
  const errno = errnoOf(error)
  const hint = hintFor(directory, mode, write, errno)
  const details: ErrorDetails = {
    path,
    ...(write.pointer ? { pointer: write.pointer } : {}),
    ...(hint ? { hint } : {}),
  }
  if (errno === 'EBUSY' && write.file === 'memory.limit_in_bytes') {
    const usage = readCgroupFile(`${directory}/memory.usage_in_bytes`)
    const peak = readCgroupFile(`${directory}/memory.max_usage_in_bytes`)
    const message = `unable to set memory limit to ${write.value} (current usage: ${usage}, peak usage: ${peak})`
    return new RuntimeError('CGROUP_FAILED', message, { ...details, errno, syscall: 'write', cause: error })
  }
  const threaded = errno === 'ENOENT' && mode === 'v2' ? threadedRefusal(directory, write.controller) : undefined
  if (threaded !== undefined) return new RuntimeError('CGROUP_FAILED', threaded, { ...details, cause: error })
  return failedTo('CGROUP_FAILED', `cannot write "${write.value}" to ${path}`, error, details)
}

/** Memory and the like are accounted to whole processes, so that threaded cgroups have no such files (cgroups(7)). */
function threadedRefusal(directory: string, controller: string): string | undefined {
  if (!['memory', 'io', 'hugetlb'].includes(controller)) return undefined
  const type = readCgroupFile(`${directory}/cgroup.type`)
  if (type === undefined || !type.includes('threaded')) return undefined
  return `cannot enter cgroupv2 "${directory}" with domain controllers -- it is in ${type} mode`
}

function hintFor(directory: string, mode: CgroupMode, write: ResourceWrite, errno: string | undefined) {
  const { controller, file } = write
  if (errno === 'EBUSY' && controller === 'memory')
    return 'the container uses more memory already than the limit allows'
  if (errno === 'EPERM' && controller === 'devices') return `${dirname(directory)} does not allow this device itself`
  if (errno === 'EACCES' && controller === 'cpuset') return `${dirname(directory)} does not have all of these`
  if (errno === 'ERANGE' && controller === 'cpuset') return 'this machine does not have all of these'
  if (errno === 'EINVAL' && (file === 'cpu.shares' || file === 'cpu.weight'))
    return 'a group with a cpu.idle of 1 takes no shares'
  if (errno === 'EINVAL' && file === 'memory.memsw.limit_in_bytes')
    return 'it includes the memory limit and must be at least that'
  if (errno !== 'ENOENT') return undefined
  if (file.includes('memsw') || file.includes('swap')) return 'this kernel does not account swap, see swapaccount=1'
  if (mode !== 'v2') return `this kernel has no ${file}`
  return hintForMissing(dirname(directory), controller)
}

/** The kernel enables no controller below a cgroup that has processes of its own, unless it is the root. */
function hintForMissing(parent: string, controller: string): string {
  if (isOccupied(parent)) {
    return `${parent} has processes of its own and so cannot give ${controller} to cgroups below it: move them into one below it`
  }
  return `the ${controller} controller is not enabled in ${parent}/cgroup.subtree_control, or has no such file`
}

function isOccupied(directory: string): boolean {
  const isRoot = readCgroupFile(`${directory}/cgroup.type`) === undefined
  return !isRoot && pidsIn(directory).length > 0
}
