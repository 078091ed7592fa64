// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path'
import { type ErrorDetails, errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import type { CgroupMode } from './cgroup-facts.ts'
import { readCgroupFile } from './host-cgroup-file.ts'
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
  return failedTo('CGROUP_FAILED', `cannot write "${write.value}" to ${path}`, error, details)
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
  return `the ${controller} controller is not enabled in ${dirname(directory)}/cgroup.subtree_control, or has no such file`
}
