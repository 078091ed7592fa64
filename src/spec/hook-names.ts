// SPDX-License-Identifier: Apache-2.0
import type { HookName } from '@opencontainers/runtime-spec-types'

/** The kinds of hooks in the order of the lifecycle (runtime.md, Lifecycle). */
export const HOOK_NAMES = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] as const satisfies HookName[]
