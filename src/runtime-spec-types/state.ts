// SPDX-License-Identifier: Apache-2.0

export type Status = 'creating' | 'created' | 'running' | 'stopped'

/** runtime.md, State */
export interface State {
  /** Version of the specification this state follows (runtime.md, State). */
  ociVersion: string
  /** The container's id, unique on the host (runtime.md, State). */
  id: string
  /** Where the container is in its life; a runtime may add values (runtime.md, State). */
  status: Status | (string & {})
  /** Process id on the host, while created or running (runtime.md, State). */
  pid?: number
  /** Absolute path of the bundle (runtime.md, State). */
  bundle: string
  /** Annotations of the configuration (runtime.md, State). */
  annotations?: Record<string, string>
}

/** What a seccomp listener gets together with its descriptors: config-linux.md, The Container Process State */
export interface ContainerProcessState {
  /** Version of the specification this state follows (config-linux.md, The Container Process State). */
  ociVersion: string
  /** Names of the descriptors sent along, in order (config-linux.md, The Container Process State). */
  fds: string[]
  /** Process id on the host (config-linux.md, The Container Process State). */
  pid: number
  /** listenerMetadata of the profile (config-linux.md, The Container Process State). */
  metadata?: string
  /** State of the container (config-linux.md, The Container Process State). */
  state: State
}
