// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ResctrlPlan } from './resctrl-plan.ts'
import { findMismatch, parseSchemata } from './schemata.ts'

/** What is remembered of a container's groups, and written down before they are made. Paths are absolute. */
export interface ResctrlRecord {
  readonly group: string
  /** The group is made by `create`. */
  readonly made: boolean
  /** It stays when the container goes: other containers may be in it (config-linux.md, IntelRdt, closID). */
  readonly stays: boolean
  readonly monitor?: string
}

/** Directories of resctrl, which the kernel fills and empties by itself; tests bring a stand-in. */
export interface ResctrlDirectories {
  make(path: string): void
  remove(path: string): void
}

const kernelDirectories: ResctrlDirectories = {
  make: (path) => mkdirSync(path),
  remove: (path) => rmdirSync(path),
}

const origin = pointer('linux', 'intelRdt')
const closOrigin = pointer('linux', 'intelRdt', 'closID')
const monitorOrigin = pointer('linux', 'intelRdt', 'enableMonitoring')

/** The group that a plan needs below `mountPoint`, after everything that can be checked. Changes nothing. */
export function prepareResctrl(plan: ResctrlPlan, mountPoint: string): ResctrlRecord {
  const group = join(mountPoint, plan.group)
  const exists = existsSync(group)
  if (exists && plan.how === 'create') {
    throw refused(origin, `cannot create the resctrl group ${group}: it exists already`, 'name it as closID to use it')
  }
  if (!exists && plan.how === 'use') {
    throw refused(closOrigin, `cannot use the resctrl group ${group}: it does not exist`, 'a new one needs a schema')
  }
  if (exists) checkSchemata(plan, group)
  const monitor = plan.monitor === undefined ? {} : { monitor: join(mountPoint, plan.monitor) }
  return { group, made: !exists, stays: plan.how !== 'create', ...monitor }
}

/**
 * Makes and fills what `prepareResctrl` found to be missing. `note` is told what exists because of it, each time that
 * grows: this, and nothing that somebody else made meanwhile, is to be removed should a later step fail.
 */
export function makeResctrl(
  plan: ResctrlPlan,
  record: ResctrlRecord,
  mountPoint: string,
  note: (made: ResctrlRecord) => void,
  directories = kernelDirectories,
): ResctrlRecord {
  const { monitor, ...group } = record
  const made = record.made && make(record.group, origin, mountPoint, directories, record.stays)
  note({ ...group, made })
  if (record.made && !made) checkSchemata(plan, record.group)
  for (const { value, pointer: at } of plan.writes) writeResctrl(join(record.group, 'schemata'), value, at, mountPoint)
  if (monitor !== undefined) make(monitor, monitorOrigin, mountPoint, directories)
  note({ ...record, made })
  return { ...record, made }
}

/** Puts a process into its groups; whatever it forks later is in them too. */
export function enterResctrl({ group, monitor }: ResctrlRecord, pid: number): void {
  writeResctrl(join(group, 'tasks'), String(pid), origin)
  if (monitor !== undefined) writeResctrl(join(monitor, 'tasks'), String(pid), monitorOrigin)
}

/**
 * Removes what `create` made, as far as it exists. A group with a closID stays, unless the container never came into
 * being (`unfinished`) and no other has come into it meanwhile: the kernel removes groups with their tasks in them.
 */
export function removeResctrl(
  { group, made, stays, monitor }: ResctrlRecord,
  unfinished: boolean,
  directories = kernelDirectories,
): void {
  if (monitor !== undefined) remove(monitor, directories)
  if (made && (!stays || (unfinished && isUnused(group)))) remove(group, directories)
}

function isUnused(group: string): boolean {
  const tasks = join(group, 'tasks')
  return !existsSync(tasks) || readResctrl(tasks, closOrigin).trim() === ''
}

/** Sharing a group must not change it for those who are in it. */
function checkSchemata({ writes }: ResctrlPlan, group: string): void {
  const [first] = writes
  if (first === undefined) return
  const actual = parseSchemata(readResctrl(join(group, 'schemata'), first.pointer))
  const mismatch = findMismatch(parseSchemata(writes.map(({ value }) => value).join('')), actual)
  if (mismatch === undefined) return
  throw refused(first.pointer, `cannot share the resctrl group ${group}: ${mismatch}`)
}

/** False where the group was there already and may be. */
function make(
  path: string,
  at: string,
  mountPoint: string,
  directories: ResctrlDirectories,
  mayExist = false,
): boolean {
  try {
    directories.make(path)
    return true
  } catch (error) {
    if (mayExist && errnoOf(error) === 'EEXIST') return false
    throw explained(
      failedTo('RDT_FAILED', `cannot create the resctrl group ${path}`, error, { pointer: at }),
      mountPoint,
    )
  }
}

function remove(path: string, directories: ResctrlDirectories): void {
  try {
    directories.remove(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw failedTo('RDT_FAILED', `cannot remove the resctrl group ${path}`, error)
  }
}

/** In one writeResctrl(2) and never with O_CREAT: the files are the kernel's. */
export function writeResctrl(path: string, value: string, at: string, mountPoint?: string): void {
  try {
    const fd = openSync(path, constants.O_WRONLY)
    try {
      writeSync(fd, value)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    const action = `cannot write ${JSON.stringify(value.trimEnd())} to ${path}`
    throw explained(failedTo('RDT_FAILED', action, error, { pointer: at }), mountPoint)
  }
}

/** The content of a file of resctrl; throws RDT_FAILED. */
export function readResctrl(path: string, at: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw failedTo('RDT_FAILED', `cannot read ${path}`, error, { pointer: at })
  }
}

/** resctrl says in words what was wrong with the last command. */
function explained(error: RuntimeError, mountPoint: string | undefined): RuntimeError {
  if (mountPoint === undefined) return error
  try {
    const said = readFileSync(join(mountPoint, 'info/last_cmd_status'), 'utf8').trim()
    return said === '' || said === 'ok'
      ? error
      : new RuntimeError(error.code, `${error.message}: ${said}`, error.details)
  } catch {
    return error
  }
}

function refused(at: string, message: string, hint?: string): RuntimeError {
  return new RuntimeError('RDT_FAILED', message, { pointer: at, ...(hint === undefined ? {} : { hint }) })
}
