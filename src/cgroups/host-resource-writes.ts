// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { errnoOf, RuntimeError } from '../errors/runtime-error.ts'
import { readCgroupFile } from './host-cgroup-file.ts'
import type { CgroupPlacement } from './place-cgroup.ts'
import type { ResourceWrite } from './resource-write.ts'
import { describeWriteFailure } from './write-failure.ts'

/** Applies writes in order. Throws CGROUP_FAILED with path, errno and pointer of the first that the kernel refuses. */
export function writeResources(placement: CgroupPlacement, writes: readonly ResourceWrite[]): void {
  for (const write of writes) refuseBelowUsage(placement, write)
  const file = openFiles()
  try {
    for (let at = 0; at < writes.length; at += 1) {
      const [write, next] = writes.slice(at, at + 2)
      if (write === undefined) return
      const failure = tryWrite(placement, write, file)
      if (failure === undefined) continue
      if (!write.retryAfterNext || next === undefined || errnoOf(failure) !== 'EINVAL') throw failure
      for (const again of [next, write]) {
        const finalFailure = tryWrite(placement, again, file)
        if (finalFailure !== undefined) throw finalFailure
      }
      at += 1
    }
  } finally {
    file.close()
  }
}

/** The failure of a write, unless it was made or a missing file makes no difference. */
export function tryWrite(placement: CgroupPlacement, write: ResourceWrite, file: OpenFile): RuntimeError | undefined {
  const directory = directoryOf(placement, write)
  try {
    file.write(`${directory}/${write.file}`, write.value)
    return undefined
  } catch (error) {
    const isMissing = errnoOf(error) === 'ENOENT'
    if (isMissing && write.optional) return undefined
    if (isMissing && write.otherwise) {
      const { otherwise, ...rest } = write
      return tryWrite(placement, { ...rest, ...otherwise }, file)
    }
    return describeWriteFailure(directory, placement.mode, write, error)
  }
}

/** Where a write goes; throws CGROUP_FAILED, in runc's words, when the container has no such cgroup. */
export function directoryOf(placement: CgroupPlacement, { controller, pointer }: ResourceWrite): string {
  const cgroup =
    placement.mode === 'v2'
      ? placement.unified
      : placement.hierarchies.find(({ controllers }) => controllers.includes(controller))
  if (cgroup !== undefined) return cgroup.directory
  throw new RuntimeError('CGROUP_FAILED', `cannot set ${controller} limit: container could not join or create cgroup`, {
    ...(pointer ? { pointer } : {}),
    hint: `this host has no cgroup v1 hierarchy with the ${controller} controller, or whoever made the container may not use it`,
  })
}

/** checkBeforeUpdate: throws CGROUP_FAILED, in runc's words, for a limit below what is in use. */
export function refuseBelowUsage(placement: CgroupPlacement, write: ResourceWrite): void {
  if (write.aboveUsage === undefined) return
  const { file, limit, name } = write.aboveUsage
  const path = `${directoryOf(placement, write)}/${file}`
  const usage = readCgroupFile(path)
  if (usage === undefined || BigInt(usage) < limit) return
  throw new RuntimeError('CGROUP_FAILED', `rejecting ${name} ${limit} <= usage ${usage}`, {
    path,
    ...(write.pointer ? { pointer: write.pointer } : {}),
  })
}

export interface OpenFile {
  write(path: string, value: string): void
  close(): void
}

/** Device rules are a dozen writes to one file: it stays open until another one is due. */
export function openFiles(): OpenFile {
  let open: { path: string; fd: number } | undefined
  const close = () => {
    if (open !== undefined) closeSync(open.fd)
    open = undefined
  }
  return {
    close,
    write(path, value) {
      if (open?.path !== path) {
        close()
        open = { path, fd: openSync(path, constants.O_WRONLY) }
      }
      writeSync(open.fd, value)
    },
  }
}
