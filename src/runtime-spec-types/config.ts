// SPDX-License-Identifier: Apache-2.0
import type { Hooks } from './hooks.ts'
import type { Linux } from './linux.ts'
import type { Process } from './process.ts'
import type { IDMapping } from './values.ts'

/** The content of config.json (config.md). */
export interface Spec {
  /** Version of the specification the bundle follows, SemVer 2.0.0 (config.md, Specification version). */
  ociVersion: string
  /** The container's root filesystem; required on Linux (config.md, Root). */
  root?: Root
  /** Mounts besides the root filesystem, made in this order (config.md, Mounts). */
  mounts?: Mount[]
  /** The program to run; needed by `start`, not by `create` (config.md, Process). */
  process?: Process
  /** Host name inside the container's uts namespace (config.md, Hostname). */
  hostname?: string
  /** NIS domain name inside the container's uts namespace (config.md, Domainname). */
  domainname?: string
  /** Programs run at fixed moments of the container's life (config.md, POSIX-platform Hooks). */
  hooks?: Hooks
  /** Free metadata; keys are not empty and should be reverse domain names (config.md, Annotations). */
  annotations?: Record<string, string>
  /** Everything that only Linux has (config.md, Linux). */
  linux?: Linux
}

/** config.md, Root */
export interface Root {
  /** Directory of the root filesystem, absolute or relative to the bundle (config.md, Root). */
  path: string
  /** The root filesystem must be read-only inside the container; default false (config.md, Root). */
  readonly?: boolean
}

/** config.md, Mounts */
export interface Mount {
  /** Where the mount appears inside the container, an absolute path (config.md, Mounts). */
  destination: string
  /** Device or name; for bind mounts a path, absolute or relative to the bundle (config.md, Mounts). */
  source?: string
  /** File system type as in /proc/filesystems; ignored for bind mounts (config.md, Mounts). */
  type?: string
  /** Mount options; those that are not flags are handed to the file system (config.md, Mounts). */
  options?: string[]
  /** User id mappings of an idmapped mount, given together with gidMappings (config.md, Mounts). */
  uidMappings?: IDMapping[]
  /** Group id mappings of an idmapped mount, given together with uidMappings (config.md, Mounts). */
  gidMappings?: IDMapping[]
}
