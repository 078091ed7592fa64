// SPDX-License-Identifier: Apache-2.0
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ValidatedDeviceRule } from '../spec/validated-spec.ts'

// BPF_DEVCG_ACC_* of linux/bpf.h.
export const MKNOD = 1
export const READ = 2
export const WRITE = 4
const ALL = READ | WRITE | MKNOD

/** An exception to the default for one device, or for all whose number is left out. */
export interface DeviceException {
  readonly type: 'b' | 'c'
  readonly major: number | undefined
  readonly minor: number | undefined
  /** READ, WRITE and MKNOD bits. */
  readonly access: number
  /** The rule of config.json it comes from; absent for the default devices. */
  readonly pointer?: string
}

/** What an ordered list of rules amounts to: one answer for all devices and the exceptions to it. */
export interface DeviceAccess {
  readonly allowByDefault: boolean
  readonly exceptions: readonly DeviceException[]
}

type Target = Pick<DeviceException, 'type' | 'major' | 'minor'>

/** Devices every container may use, as in runc; `[type, major, minor, access]`. 10:200 is /dev/net/tun. */
const DEFAULT_DEVICES = [
  ['c', undefined, undefined, MKNOD],
  ['b', undefined, undefined, MKNOD],
  ['c', 1, 3, ALL],
  ['c', 1, 8, ALL],
  ['c', 1, 7, ALL],
  ['c', 5, 0, ALL],
  ['c', 1, 5, ALL],
  ['c', 1, 9, ALL],
  ['c', 136, undefined, ALL],
  ['c', 5, 2, ALL],
  ['c', 10, 200, ALL],
] as const

/**
 * Applies `linux.resources.devices` in order and then the default devices, starting from nothing allowed, also when
 * there are no rules (GHSA-g54h-m393-cpwq). Both cgroup versions are given the result, so they cannot differ.
 * Throws SPEC_UNSUPPORTED for a rule that would need an exception to an exception.
 */
export function resolveDeviceAccess(rules: readonly ValidatedDeviceRule[]): DeviceAccess {
  let allowByDefault = false
  const exceptions = new Map<string, DeviceException>()

  const apply = (exception: DeviceException, allow: boolean) => {
    if (exception.access === 0) return
    if (allow === allowByDefault) return removeException(exceptions, exception)
    const key = describeTarget(exception)
    const access = exception.access | (exceptions.get(key)?.access ?? 0)
    exceptions.set(key, { ...exceptions.get(key), ...exception, access })
  }

  rules.forEach((rule, index) => {
    const pointer = `/linux/resources/devices/${index}`
    const access = parseAccess(rule.access)
    const { major, minor } = rule
    if (rule.type === 'a' && access === ALL && major === undefined && minor === undefined) {
      allowByDefault = rule.allow
      exceptions.clear()
      return
    }
    const types = rule.type === 'a' ? (['c', 'b'] as const) : ([rule.type] as const)
    for (const type of types) apply({ type, major, minor, access, pointer }, rule.allow)
  })
  for (const [type, major, minor, access] of DEFAULT_DEVICES) {
    const device: DeviceException = { type, major, minor, access }
    // Where all is allowed, a default device lifts a denial of just itself; a wider denial was meant, and stays.
    if (allowByDefault) exceptions.delete(describeTarget(device))
    else apply(device, true)
  }
  const remaining: DeviceException[] = []
  for (const exception of exceptions.values()) remaining.push(exception)
  return { allowByDefault, exceptions: remaining }
}

/** As cgroup v1 writes a device: `c 1:3`, with `*` for every number. */
export function describeTarget({ type, major, minor }: Target): string {
  return `${type} ${major ?? '*'}:${minor ?? '*'}`
}

export function describeAccess(access: number): string {
  return `${access & READ ? 'r' : ''}${access & WRITE ? 'w' : ''}${access & MKNOD ? 'm' : ''}`
}

function removeException(exceptions: Map<string, DeviceException>, removed: DeviceException): void {
  for (const [key, exception] of exceptions) {
    const shared = exception.access & removed.access
    if (shared === 0 || !overlaps(exception, removed)) continue
    if (!covers(removed, exception)) throw holeInException(exception, removed)
    const access = exception.access & ~removed.access
    if (access === 0) exceptions.delete(key)
    else exceptions.set(key, { ...exception, access })
  }
}

function holeInException(exception: DeviceException, rule: DeviceException): RuntimeError {
  const asked = `${describeTarget(rule)} ${describeAccess(rule.access)}`
  return new RuntimeError(
    'SPEC_UNSUPPORTED',
    `cannot apply device rule ${asked}: an earlier rule for ${describeTarget(exception)} includes it`,
    {
      ...(rule.pointer ? { pointer: rule.pointer } : {}),
      hint: 'cgroups cannot make an exception to an exception: list the devices of the earlier rule one by one',
    },
  )
}

function overlaps(a: Target, b: Target): boolean {
  const meet = (x: number | undefined, y: number | undefined) => x === undefined || y === undefined || x === y
  return a.type === b.type && meet(a.major, b.major) && meet(a.minor, b.minor)
}

function covers(a: Target, b: Target): boolean {
  const includes = (x: number | undefined, y: number | undefined) => x === undefined || x === y
  return includes(a.major, b.major) && includes(a.minor, b.minor)
}

function parseAccess(text: string): number {
  return (text.includes('r') ? READ : 0) | (text.includes('w') ? WRITE : 0) | (text.includes('m') ? MKNOD : 0)
}
