// SPDX-License-Identifier: Apache-2.0
// This room owns the verbs of the lifecycle as plain functions: the library's face. It knows no argv and prints nothing.
import type { Logger } from '../log/logger.ts'
import type { LimitFlags } from './limit-flags.ts'

export type Rootless = 'true' | 'false' | 'auto'

/** What every command is told. */
export interface GlobalRequest {
  /** The absolute directory that holds one directory per container. */
  readonly root: string
  /** True when the caller chose `root`: then a missing one is a mistake and not an empty list. */
  readonly rootGiven: boolean
  readonly log: Logger
  readonly debug: boolean
  readonly systemdCgroup: boolean
  readonly rootless: Rootless
}

export interface CreateRequest {
  readonly id: string
  /** Absolute. */
  readonly bundle: string
  /** Absolute: the process may change its directory before it writes the file. */
  readonly pidFile?: string
  readonly noPivot: boolean
  readonly noNewKeyring: boolean
  readonly consoleSocket?: string
  readonly pidfdSocket?: string
  /** How many descriptors beyond 0, 1, 2 and `LISTEN_FDS` go into the container. */
  readonly preserveFds: number
}

export interface RunRequest extends CreateRequest {
  readonly detach: boolean
  readonly keep: boolean
  readonly noSubreaper: boolean
}

export interface StartRequest {
  readonly id: string
}

export interface StateRequest {
  readonly id: string
}

export interface UpdateRequest {
  readonly id: string
  /** A file with an object like `linux.resources`, or `-` for standard input; `limits` are ignored then, as in runc. */
  readonly resources?: string
  readonly limits: LimitFlags
  /** One line for the `schemata` file of the container's Intel RDT group. */
  readonly l3CacheSchema?: string
  readonly memBwSchema?: string
  /** These flags of old callers have no effect. */
  readonly obsolete: readonly string[]
}

export interface EventsRequest {
  readonly id: string
  /** Statistics once, and no other events. */
  readonly once: boolean
  /** Milliseconds between two lines of statistics; more than 0. */
  readonly interval: number
}

export interface KillRequest {
  readonly id: string
  /** A number, `TERM` or `SIGTERM`, as the caller wrote it. */
  readonly signal: string
  readonly all: boolean
}

export interface PsRequest {
  readonly id: string
  readonly format: 'table' | 'json'
  /** Arguments of the host's ps for the table; `-ef` when there are none. */
  readonly options: readonly string[]
}

export interface ProcessMapRequest {
  readonly id: string
  readonly format: 'table' | 'json'
}

export interface InspectRequest {
  readonly id: string
  readonly format: 'text' | 'json'
}

export interface PauseRequest {
  readonly id: string
}

export interface ResumeRequest {
  readonly id: string
}

export interface DeleteRequest {
  readonly id: string
  readonly force: boolean
}

export interface ListRequest {
  readonly format: 'table' | 'json'
  readonly quiet: boolean
}

export interface SpecRequest {
  /** The absolute directory that receives `config.json`. */
  readonly bundle: string
  readonly rootless: boolean
}

export interface PlanRequest {
  /** Absolute. */
  readonly bundle: string
  readonly format: 'text' | 'json'
  readonly noPivot: boolean
}

export interface ExecRequest {
  readonly id: string
  /** The program and its arguments; without effect when there is a `processFile`, like all options about the process. */
  readonly args: readonly string[]
  /** Absolute path of a JSON file that holds a `process` of config.json. */
  readonly processFile?: string
  readonly detach: boolean
  /** Absolute. */
  readonly pidFile?: string
  readonly ignorePaused: boolean
  /** `[CONTROLLER[,CONTROLLER]:]PATH`, each a place below the container's cgroup. */
  readonly cgroups: readonly string[]
  readonly changes: ProcessChanges
  readonly tty: boolean
  readonly consoleSocket?: string
  readonly pidfdSocket?: string
  readonly preserveFds: number
}

/** What the command line says of the process beside the container's own. */
export interface ProcessChanges {
  readonly cwd?: string
  readonly env: readonly string[]
  /** `UID[:GID]`, as the caller wrote it. */
  readonly user?: string
  readonly additionalGids: readonly string[]
  readonly capabilities: readonly string[]
  readonly noNewPrivileges?: boolean
  readonly selinuxLabel?: string
  readonly apparmorProfile?: string
}
