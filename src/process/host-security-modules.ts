// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** What labels depend on that the host alone knows. */
export interface SecurityModules {
  readonly apparmor: boolean
  /** Names of the loaded AppArmor profiles; undefined where the kernel does not show them to the runtime. */
  readonly apparmorProfiles?: ReadonlySet<string>
  readonly selinux: boolean
  /** Those of the labels in question that the loaded SELinux policy does not know. */
  readonly unknownLabels: ReadonlySet<string>
}

/** The few files that the answers come from; tests have others. */
export interface ModuleFiles {
  /** Undefined for a file that is missing or that the runtime may not read. */
  read(path: string): string | undefined
  /** Errno name of a write, undefined when it went well. */
  write(path: string, text: string): string | undefined
}

const APPARMOR_ENABLED = '/sys/module/apparmor/parameters/enabled'
/** One `NAME (MODE)` a line; in securityfs, which is often not mounted where the runtime is in a container itself. */
const APPARMOR_PROFILES = '/sys/kernel/security/apparmor/profiles'
/** Only selinuxfs has it. It takes any context and refuses with EINVAL those that the policy does not know. */
const SELINUX_CONTEXT = '/sys/fs/selinux/context'

/** Asks the kernel about AppArmor and SELinux; `labels` are SELinux contexts to be looked up. */
export function readSecurityModules(labels: readonly string[], files: ModuleFiles = HOST_FILES): SecurityModules {
  const apparmor = files.read(APPARMOR_ENABLED)?.startsWith('Y') ?? false
  const profiles = apparmor ? files.read(APPARMOR_PROFILES) : undefined
  const selinux = hasPolicy(files)
  const unknown = selinux ? labels.filter((label) => files.write(SELINUX_CONTEXT, label) === 'EINVAL') : []
  return {
    apparmor,
    selinux,
    unknownLabels: new Set(unknown),
    ...(profiles === undefined ? {} : { apparmorProfiles: profileNames(profiles) }),
  }
}

/** Names may have spaces, the mode in parentheses has none. */
function profileNames(profiles: string): Set<string> {
  return new Set(profiles.split('\n').map((line) => line.replace(/ \([^)]*\)$/, '')))
}

/** Until a policy is loaded every process has the label "kernel", and no other exists. */
function hasPolicy(files: ModuleFiles): boolean {
  if (files.read('/sys/fs/selinux/policyvers') === undefined) return false
  return files.read('/proc/self/attr/current')?.replace(/\0.*/s, '') !== 'kernel'
}

const HOST_FILES: ModuleFiles = {
  read(path) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
  },
  write(path, text) {
    let fd: number | undefined
    try {
      fd = openSync(path, 'r+')
      writeSync(fd, text)
      return undefined
    } catch (error) {
      return (error as NodeJS.ErrnoException).code
    } finally {
      if (fd !== undefined) closeSync(fd)
    }
  },
}
