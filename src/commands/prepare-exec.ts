// SPDX-License-Identifier: Apache-2.0
import { readProcessCgroup } from '../cgroups/host-process-cgroup.ts'
import { type CgroupEntrance, type CgroupPlacement, entranceOf, MOVED } from '../cgroups/place-cgroup.ts'
import { placeSubCgroup } from '../cgroups/place-sub-cgroup.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { compileExecPlan, type ExecInputs } from '../launch/compile-exec-plan.ts'
import { readContainerFacts } from '../launch/container-facts.ts'
import { readHostFacts } from '../launch/host-facts.ts'
import { labelsOnHost } from '../launch/label-issues.ts'
import type { Logger } from '../log/logger.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import type { ResctrlRecord } from '../rdt/host-resctrl-group.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { type KeptContainer, readKeptContainer } from './kept-container.ts'
import { processSource } from './process-source.ts'
import type { ExecRequest, GlobalRequest } from './requests.ts'
import { VERSION } from './version.ts'

export interface ExecAttempt {
  readonly plan: LaunchPlan
  /** Moves the new process into its cgroup, where it does not enter that itself. */
  enterCgroup(pid: number): void
}

/** A process for a running container with everything decided and nothing done. */
export interface PreparedExec extends ExecAttempt {
  readonly hasTerminal: boolean
  /** Another way into a cgroup that refuses the process with this error; undefined where there is none. */
  fallback(errno: string | undefined): ExecAttempt | undefined
  handOverListener(pid: number, descriptor: number): void
  enterResctrl(pid: number): void
  /** Tells the caller of the process, where it has named a pidfd socket. */
  announce(pid: number): void
  /** An error of the launch with the document and line that are to blame. */
  blame(error: unknown): unknown
}

/** Reads, checks and plans; changes nothing. */
export async function prepareExec(
  global: GlobalRequest,
  request: ExecRequest,
  record: ContainerRecord,
  directory: string,
): Promise<PreparedExec> {
  const kept = readKeptContainer(record, directory)
  const { process, blame } = processSource(request, kept, global.log)
  const placement = placementOf(record, request)
  const inputs = await inputsOf(global, record, kept, process)
  const passedOn = request.preserveFds
  refuseGroups(inputs, blame)
  const [issue] = labelsOnHost({ process, linux: {} }).issues
  if (issue) throw blame(new RuntimeError('SPEC_INVALID', issue.message, { pointer: issue.pointer }))
  const through = (cgroup: CgroupEntrance) => compileExecPlan({ ...inputs, passedOn, cgroup })
  const enterUnit = await unitEntrance(placement)
  return {
    hasTerminal: process.terminal,
    plan: through(entranceOf(placement)),
    enterCgroup: () => {},
    fallback: (errno) => {
      if (enterUnit && (errno === 'EACCES' || errno === 'EPERM')) {
        return { plan: through(MOVED), enterCgroup: (pid) => enterUnit(record, placement, pid) }
      }
      const other = request.cgroups.length > 0 ? undefined : readProcessCgroup(placement, record.pid)
      return other && { plan: through(entranceOf(other)), enterCgroup: () => {} }
    },
    handOverListener: await listenerOf(inputs, record, kept),
    enterResctrl: await resctrlOf(record),
    announce: await announcerOf(request),
    blame: (error) => blame(request.cgroups.length > 0 ? addingFailed(error) : error),
  }
}

/** setgroups(2) is denied where an ordinary user maps only himself (user_namespaces(7)). */
function refuseGroups({ process, facts, deniesSetgroups }: Omit<ExecInputs, 'cgroup'>, blame: PreparedExec['blame']) {
  if (process.user.additionalGids.length === 0 || !(deniesSetgroups || facts.deniesSetgroups)) return
  const at = pointer('process', 'user', 'additionalGids')
  throw blame(new RuntimeError('SPEC_INVALID', RUNC_PHRASES.rootlessGroups, { pointer: at }))
}

/** A sub-cgroup that is not there, in the words that callers of runc look for. */
function addingFailed(error: unknown): unknown {
  if (!isRuntimeError(error) || error.details.step?.op !== 'open_cgroup') return error
  const reason = error.message.slice(RUNC_PHRASES.startingProcess.length + RUNC_PHRASES.duringInit.length)
  const { pointer: _, ...details } = error.details
  return new RuntimeError(
    error.code,
    `${RUNC_PHRASES.startingProcess}error ${RUNC_PHRASES.addingToCgroups}${reason}`,
    details,
  )
}

async function inputsOf(
  global: GlobalRequest,
  record: ContainerRecord,
  kept: KeptContainer,
  process: ValidatedProcess,
): Promise<Omit<ExecInputs, 'cgroup' | 'passedOn'>> {
  const container = readContainerFacts(record.pid)
  if (container === undefined) throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotExecStopped)
  const affinity = process.execCPUAffinity ?? record.execCPUAffinity
  const seccomp = await filterOf(kept, global.log)
  return {
    id: record.id,
    process,
    linux: kept.linux,
    facts: readHostFacts(),
    container: {
      pid: record.pid,
      foreign: container.foreign,
      // Only such a container has its mounts noted.
      isChroot: record.mountsBefore !== undefined,
      joinedCgroupNamespace: kept.joinedCgroupNamespace,
    },
    deniesSetgroups: container.deniesSetgroups,
    noNewKeyring: record.noNewKeyring ?? false,
    ...(affinity && { cpuAffinity: affinity }),
    ...(seccomp && { seccomp }),
  }
}

async function unitEntrance({ unit }: CgroupPlacement) {
  return unit?.instance === 'user' ? (await import('./exec-unit.ts')).enterUserUnit : undefined
}

function placementOf({ cgroup }: ContainerRecord, { cgroups }: ExecRequest): CgroupPlacement {
  const placement = (cgroup as CgroupPlacement | undefined) ?? { mode: 'v2', hierarchies: [] }
  return cgroups.length === 0 ? placement : placeSubCgroup(placement, cgroups)
}

/** Modules that few containers need are evaluated for those alone. */
async function filterOf({ linux: { seccomp }, seccompProfile: profile }: KeptContainer, log: Logger) {
  if (seccomp === undefined || profile === undefined) return undefined
  const { seccompFilter } = await import('../seccomp/host-seccomp-filter.ts')
  return seccompFilter(seccomp, { version: VERSION, profile, log, keep: true })
}

async function listenerOf({ seccomp }: Pick<ExecInputs, 'seccomp'>, record: ContainerRecord, kept: KeptContainer) {
  const profile = kept.linux.seccomp
  if (!seccomp?.listener || profile === undefined) return () => {}
  const { handOverListener } = await import('../seccomp/host-listener.ts')
  const { hookState } = await import('./container-hooks.ts')
  return (pid: number, descriptor: number) =>
    handOverListener(profile, { pid, descriptor, state: hookState(record, 'running', record.pid) })
}

async function resctrlOf({ rdt }: ContainerRecord) {
  if (rdt === undefined) return () => {}
  const { enterResctrl } = await import('../rdt/host-resctrl-group.ts')
  return (pid: number) => enterResctrl(rdt as ResctrlRecord, pid)
}

async function announcerOf({ pidfdSocket }: ExecRequest) {
  if (pidfdSocket === undefined) return () => {}
  const { sendPidfd } = await import('./pidfd-socket.ts')
  return (pid: number) => sendPidfd(pidfdSocket, pid, 'setns')
}
