// SPDX-License-Identifier: Apache-2.0
// CGROUP_DRIVER=systemd runs cases that know nothing of drivers with the other one.
import { type Json, type JsonObject, patched } from './json.ts'

const isSystemd = process.env.CGROUP_DRIVER === 'systemd'

export const SYSTEMD_FLAGS: readonly string[] = ['--systemd-cgroup']

/** Global options of every call that has no others. */
export const driverFlags: readonly string[] = isSystemd ? SYSTEMD_FLAGS : []

/** The linux.cgroupsPath of the scope test-NAME.scope of systemd. */
export const scopePath = (name: string) => `system.slice:test:${name}`

/** The config with a linux.cgroupsPath that this driver takes: of a path with one name, a scope of that name. */
export function forDriver(config: Json | undefined): Json | undefined {
  const { cgroupsPath } = ((config as JsonObject | undefined)?.linux ?? {}) as JsonObject
  const name = isSystemd && typeof cgroupsPath === 'string' && /^\/?(\w+)$/.exec(cgroupsPath)?.[1]
  return name ? patched(config, { linux: { cgroupsPath: scopePath(name) } }) : config
}
