// SPDX-License-Identifier: Apache-2.0

/** config.md, POSIX-platform Hooks */
export interface Hooks {
  /** Deprecated: during create, after the namespaces exist, in the runtime namespace (config.md, Prestart). */
  prestart?: Hook[]
  /** During create, before pivot_root, in the runtime namespace (config.md, CreateRuntime Hooks). */
  createRuntime?: Hook[]
  /** During create, before pivot_root, in the container namespace (config.md, CreateContainer Hooks). */
  createContainer?: Hook[]
  /** During start, before the user program, in the container namespace (config.md, StartContainer Hooks). */
  startContainer?: Hook[]
  /** After the user program was started, in the runtime namespace (config.md, Poststart). */
  poststart?: Hook[]
  /** After the container was destroyed, in the runtime namespace (config.md, Poststop). */
  poststop?: Hook[]
}

export type HookName = keyof Hooks

/** config.md, POSIX-platform Hooks */
export interface Hook {
  /** Absolute path of the program (config.md, POSIX-platform Hooks). */
  path: string
  /** argv of the program, its name included (config.md, POSIX-platform Hooks). */
  args?: string[]
  /** The whole environment of the program (config.md, POSIX-platform Hooks). */
  env?: string[]
  /** Seconds after which the hook is aborted, greater than zero (config.md, POSIX-platform Hooks). */
  timeout?: number
}
