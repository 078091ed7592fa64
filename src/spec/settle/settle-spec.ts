// SPDX-License-Identifier: Apache-2.0
import type { Hook, HookName, Hooks, Mount, Spec } from '@opencontainers/runtime-spec-types'
import { HOOK_NAMES } from '../hook-names.ts'
import type { SettledSpec, ValidatedHook, ValidatedHooks, ValidatedMount } from '../validated-spec.ts'
import { listOf, objectOf, withoutEmptyText } from './fields.ts'
import { settleLinux } from './settle-linux.ts'
import { settleProcess } from './settle-process.ts'

/** A copy of config.json with every default filled in; fields of wrong types stay as they are. */
export function settleSpec(spec: Spec): SettledSpec {
  const { process, ...rest } = withoutEmptyText(spec, 'hostname', 'domainname')
  return {
    ...rest,
    root: { path: '', readonly: false, ...objectOf(spec.root) },
    mounts: listOf(spec.mounts).map(settleMount),
    ...(process === undefined ? {} : { process: settleProcess(process) }),
    hooks: settleHooks(objectOf(spec.hooks), listOf(objectOf(spec.process).env)),
    annotations: objectOf(spec.annotations) as Record<string, string>,
    linux: settleLinux(objectOf(spec.linux)),
  }
}

function settleMount(mount: Mount): ValidatedMount {
  return {
    ...withoutEmptyText(mount, 'source', 'type'),
    options: listOf(mount.options),
    uidMappings: listOf(mount.uidMappings),
    gidMappings: listOf(mount.gidMappings),
  }
}

function settleHooks(hooks: Hooks, containerEnv: readonly string[]): ValidatedHooks {
  const settled = {} as Record<HookName, readonly ValidatedHook[]>
  for (const name of HOOK_NAMES) {
    // As with runc, a startContainer hook without an environment gets that of the program.
    const env = name === 'startContainer' ? containerEnv : []
    settled[name] = listOf(hooks[name]).map((hook) => settleHook(hook, env))
  }
  return settled
}

function settleHook(hook: Hook, defaultEnv: readonly string[]): ValidatedHook {
  return { ...hook, args: listOf(hook.args), env: hook.env === undefined ? defaultEnv : listOf(hook.env) }
}
