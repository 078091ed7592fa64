// SPDX-License-Identifier: Apache-2.0
import { errnoOf, failedTo, isRuntimeError, type RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedResources } from '../spec/validated-spec.ts'
import { readCgroupFile, writeCgroupFile } from './host-cgroup-file.ts'
import { directoryOf, type OpenFile, openFiles, refuseBelowUsage, tryWrite } from './host-resource-writes.ts'
import type { CgroupPlacement } from './place-cgroup.ts'
import type { ResourceWrite } from './resource-write.ts'
import { updateUnit } from './systemd/host-update-unit.ts'
import { undoValue } from './undo-write.ts'

/** A write that was made, with the file it went to in the end and what that held before. */
interface MadeWrite {
  readonly path: string
  readonly undo: string | undefined
}

/** Limits to change: the resources that ask for them, completed from those in force, and the files to write. */
export interface LimitUpdate {
  readonly resources: ValidatedResources
  readonly writes: readonly ResourceWrite[]
}

/**
 * Changes limits of a container that exists, all of them or none, and never its devices: the first that the kernel
 * refuses takes the others back and is thrown. Returns what takes them all back later.
 */
export function updateLimits(placement: CgroupPlacement, { resources, writes }: LimitUpdate): () => void {
  for (const write of writes) refuseBelowUsage(placement, write)
  // systemd writes files too, and its undo, which rounds, comes before that of the files.
  const made = placement.unit === undefined ? [] : writes.flatMap((write) => snapshotOf(placement, write))
  const undoUnit = updateUnit(placement, resources)
  const undo = () => {
    try {
      undoUnit()
    } finally {
      takeBack(made)
    }
  }
  const files = openFiles()
  try {
    writeAll(placement, writes, made, files)
    return undo
  } catch (error) {
    throw withUndo(error, undo)
  } finally {
    files.close()
  }
}

/**
 * EINVAL often means "not together with what another file still holds" (memory and memory+swap; period, quota and
 * burst): such a write is tried again after the others, as long as that gets any further.
 */
function writeAll(
  placement: CgroupPlacement,
  writes: readonly ResourceWrite[],
  made: MadeWrite[],
  files: OpenFile,
): void {
  for (let pending = writes; pending.length > 0; ) {
    const refused: ResourceWrite[] = []
    let first: RuntimeError | undefined
    for (const write of pending) {
      const failure = writeOne(placement, write, made, files)
      if (failure === undefined) continue
      if (errnoOf(failure) !== 'EINVAL') throw failure
      first ??= failure
      refused.push(write)
    }
    if (first !== undefined && refused.length === pending.length) throw first
    pending = refused
  }
}

function writeOne(
  placement: CgroupPlacement,
  write: ResourceWrite,
  made: MadeWrite[],
  files: OpenFile,
): RuntimeError | undefined {
  const before = snapshotOf(placement, write)
  const failure = tryWrite(placement, write, files)
  if (failure === undefined) made.push(...before)
  return failure
}

function snapshotOf(placement: CgroupPlacement, write: ResourceWrite): MadeWrite[] {
  const directory = directoryOf(placement, write)
  const { otherwise } = write
  const isMissing = otherwise !== undefined && readOrNothing(`${directory}/${write.file}`) === undefined
  return snapshot(directory, isMissing ? otherwise : write)
}

function snapshot(directory: string, { file, value }: Pick<ResourceWrite, 'file' | 'value'>): MadeWrite[] {
  const path = `${directory}/${file}`
  const before = readOrNothing(path)
  if (before === undefined) return []
  // The kernel sets these anew when a group becomes idle: they have to come back after cpu.idle has.
  const companions = file === 'cpu.idle' && before === '0' ? ['cpu.shares', 'cpu.weight'] : []
  return [
    ...companions.flatMap((name) => snapshot(directory, { file: name, value: '' })),
    { path, undo: undoValue({ file, value }, before) },
  ]
}

/** A file that can only be written has nothing to come back. */
function readOrNothing(path: string): string | undefined {
  try {
    return readCgroupFile(path)
  } catch {
    return undefined
  }
}

/** Backwards, and so through states that the kernel had accepted before; one that fails does not keep the others. */
function takeBack(made: readonly MadeWrite[]): void {
  let first: unknown
  for (const { path, undo } of [...made].reverse()) {
    try {
      if (undo !== undefined) writeCgroupFile(path, undo)
    } catch (error) {
      first ??= failedTo('CGROUP_FAILED', `cannot write ${JSON.stringify(undo)} to ${path}`, error, { path })
    }
  }
  if (first !== undefined) throw first
}

/** A failure of the undo is told with the first error and never instead of it. */
function withUndo(error: unknown, undo: () => void): unknown {
  try {
    undo()
    return error
  } catch (second) {
    if (!isRuntimeError(error)) return error
    return error.with({}, `${error.message}; and the former limits cannot be set again: ${(second as Error).message}`)
  }
}
