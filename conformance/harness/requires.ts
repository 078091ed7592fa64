// SPDX-License-Identifier: Apache-2.0
// What a case needs from the machine. Each requirement answers with the reason it is not met, or undefined.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { cgroupMounts, isPureV2 } from './cgroup-files.ts'
import { runtimeFile, runtimeName } from './places.ts'

export type Requirement = () => string | undefined

export const root: Requirement = () => (process.getuid?.() === 0 ? undefined : 'needs root')

export const runtimePresent: Requirement = () =>
  runtimeFile.includes('/') && !existsSync(runtimeFile) ? `no runtime at ${runtimeFile}` : undefined

export const cgroupV1: Requirement = () => (isPureV2() ? 'needs cgroup v1' : undefined)
export const cgroupV2: Requirement = () => (isPureV2() ? undefined : 'needs a host with cgroup v2 only')

/** A controller that can limit something, whatever the version. */
export function controller(name: string): Requirement {
  return () =>
    (isPureV2() ? hasV2Controller(name) : cgroupMounts().some((mount) => mount.controllers.includes(name)))
      ? undefined
      : `needs the ${name} controller`
}

function hasV2Controller(name: string): boolean {
  // Every cgroup can be frozen there.
  if (name === 'freezer') return true
  const [mount] = cgroupMounts()
  return mount !== undefined && textOf(`${mount.path}/cgroup.controllers`).trim().split(' ').includes(name)
}

export function kernel(major: number, minor: number): Requirement {
  return () => {
    const [haveMajor = 0, haveMinor = 0] = release().split('.').map(Number)
    const enough = haveMajor > major || (haveMajor === major && haveMinor >= minor)
    return enough ? undefined : `needs Linux ${major}.${minor}`
  }
}

export function path(name: string): Requirement {
  return () => (existsSync(name) ? undefined : `needs ${name}`)
}

/** What only runts offers, by a word of the help of a command; runts itself is never let off. */
export function offers(command: string, word = command): Requirement {
  return () => {
    if (runtimeName === 'runts') return undefined
    const help = spawnSync(runtimeFile, [command, '--help'], { encoding: 'utf8' })
    return help.status === 0 && help.stdout.includes(word) ? undefined : `needs a runtime with ${command} ${word}`
  }
}

/** A filesystem type of this kernel with its mkfs, and loop devices to mount an image of it. */
export function imageOf(type: string): Requirement {
  return () => {
    const isKnown = readFileSync('/proc/filesystems', 'utf8').split(/\s+/).includes(type)
    if (!isKnown) return `needs a kernel with ${type}`
    if (!existsSync('/dev/loop-control')) return 'needs loop devices'
    return existsSync(`/sbin/mkfs.${type}`) ? undefined : `needs mkfs.${type}`
  }
}

const isApparmorEnabled = () => textOf('/sys/module/apparmor/parameters/enabled').startsWith('Y')
const isSelinuxEnabled = () => existsSync('/sys/fs/selinux/policyvers')

/** A kernel that enforces AppArmor profiles, and the program that loads them. */
export const apparmor: Requirement = () => {
  if (!isApparmorEnabled()) return 'needs a kernel with AppArmor enabled'
  return existsSync('/sbin/apparmor_parser') ? undefined : 'needs apparmor_parser'
}
export const noApparmor: Requirement = () => (isApparmorEnabled() ? 'needs a kernel without AppArmor' : undefined)
export const selinux: Requirement = () => (isSelinuxEnabled() ? undefined : 'needs a kernel with SELinux enabled')
export const noSelinux: Requirement = () => (isSelinuxEnabled() ? 'needs a kernel without SELinux' : undefined)

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** The first reason not to run, in the order given. */
export function firstUnmet(requirements: Requirement[]): string | undefined {
  for (const requirement of requirements) {
    const reason = requirement()
    if (reason !== undefined) return reason
  }
  return undefined
}
