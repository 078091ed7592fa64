// SPDX-License-Identifier: Apache-2.0
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import { SPEC_VERSION } from '../spec/spec-version.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import type { HookState } from './hook-state.ts'

/** What the state on a hook's stdin names besides config.json's own fields. */
export interface HookedContainer {
  readonly id: string
  readonly bundlePath: string
}

/** In the container's namespaces while the host's tree is still there, in the root filesystem's directory, as with runc. */
export function planCreateContainerHooks(spec: ValidatedSpec, container: HookedContainer, plan: PlanBuilder): void {
  planHooks('createContainer', spec, container, plan)
}

/** After `start`, as the program will run: its user, capabilities, filter and directory. */
export function planStartContainerHooks(spec: ValidatedSpec, container: HookedContainer, plan: PlanBuilder): void {
  planHooks('startContainer', spec, container, plan)
}

function planHooks(
  kind: 'createContainer' | 'startContainer',
  spec: ValidatedSpec,
  container: HookedContainer,
  plan: PlanBuilder,
): void {
  const early = kind === 'createContainer'
  spec.hooks[kind].forEach(({ path, args, env, timeout = 0 }, index) => {
    const state = stateAroundPid(spec, container, early ? 'creating' : 'created')
    plan.append(
      early ? 'setup' : 'started',
      {
        op: 'run_hook',
        path,
        args: args.length > 0 ? args : [path],
        env,
        ...state,
        timeout: BigInt(timeout),
        inRootfs: early,
        label: `${kind} ${index} ${timeout}`,
      },
      { pointer: pointer('hooks', kind, index) },
    )
  })
}

/** The JSON before and after the pid, which only the process itself knows: it is that of the container's namespace. */
function stateAroundPid(
  { annotations }: ValidatedSpec,
  { id, bundlePath: bundle }: HookedContainer,
  status: HookState['status'],
): { stateHead: string; stateTail: string } {
  const rest = JSON.stringify({ bundle, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) })
  return {
    stateHead: `${JSON.stringify({ ociVersion: SPEC_VERSION, id, status }).slice(0, -1)},"pid":`,
    stateTail: `,${rest.slice(1)}`,
  }
}
