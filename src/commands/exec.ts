// SPDX-License-Identifier: Apache-2.0
import type { OpenedTerminal } from '../console/opened-terminal.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { isRuntimeError, RuntimeError } from '../errors/runtime-error.ts'
import { type Conversation, launch } from '../launch/session.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { loadRecord } from '../state/container-record.ts'
import { isEnding } from '../state/process-identity.ts'
import { stateDirectory } from '../state/state-directory.ts'
import { waitReadable } from '../sys/poll.ts'
import { statusOf } from './container-access.ts'
import { forwardSignals } from './forward-signals.ts'
import { openContainerProcess } from './kill.ts'
import { checkTerminal, openTerminal } from './open-terminal.ts'
import { writePidFile } from './pid-file.ts'
import { type ExecAttempt, type PreparedExec, prepareExec } from './prepare-exec.ts'
import type { ExecRequest, GlobalRequest } from './requests.ts'

/**
 * Runs another process in a container that was created or runs. In the foreground it passes signals on, waits and
 * returns the exit status of the program (128 + N when signal N ended it); detached it returns 0 once execve(2) has
 * succeeded. Takes no lock: any number may go on at a time. Nothing stays behind when it fails.
 */
export async function exec(global: GlobalRequest, request: ExecRequest): Promise<number> {
  const record = loadRecord(global.root, request.id)
  const directory = stateDirectory(global.root, request.id)
  checkStatus(record, directory, request)
  if (request.preserveFds > 0) (await import('./passed-on.ts')).checkPreserved(request.preserveFds)
  const prepared = await prepareExec(global, request, record, directory)
  checkTerminal(prepared.hasTerminal, request.detach, request.consoleSocket)
  if (global.debug) (await import('./tell-plan.ts')).tellPlan(prepared.plan, global.log)
  const terminal = prepared.hasTerminal ? await openTerminal(request.consoleSocket, global.log) : undefined
  const signals = request.detach ? undefined : forwardSignals()
  try {
    const pid = start(global, request, record, prepared, terminal)
    if (signals === undefined) return 0
    const end =
      terminal?.kind === 'relayed'
        ? await (await import('./relay-until-end.ts')).relayUntilEnd(pid, terminal, signals)
        : await signals.untilEnd(pid)
    return 'signal' in end ? 128 + end.signal : end.exitCode
  } finally {
    signals?.stop()
    terminal?.close()
  }
}

function checkStatus(record: ContainerRecord, directory: string, { ignorePaused }: ExecRequest): void {
  const status = statusOf(record, directory)
  if (status === 'stopped') throw stopped()
  if (status === 'creating') {
    throw new RuntimeError('CONTAINER_STATUS', `cannot exec in container ${record.id}: it is not created yet`)
  }
  if (status === 'paused' && !ignorePaused) {
    throw new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotExecPaused)
  }
}

function start(
  global: GlobalRequest,
  request: ExecRequest,
  record: ContainerRecord,
  prepared: PreparedExec,
  terminal: OpenedTerminal | undefined,
): number {
  let takePidFileBack = () => {}
  const ready = (pid: number) => {
    prepared.enterResctrl(pid)
    prepared.announce(pid)
    if (request.pidFile !== undefined) takePidFileBack = writePidFile(request.pidFile, pid)
  }
  const actions: Conversation['actions'] = {
    terminal: (_pid, _descriptor, [master, slave]) => {
      if (master && slave) terminal?.take(master, slave)
    },
    seccomp_listener: prepared.handOverListener,
    ready,
  }
  try {
    return withFallback(prepared, ({ plan, enterCgroup }) =>
      launchInto(record, { plan, actions: { ...actions, cgroup: enterCgroup }, onBorn: () => {}, log: global.log }),
    )
  } catch (error) {
    takePidFileBack()
    // Whatever step it was that failed: the namespaces, the cgroup or the process went away with the container.
    throw isRuntimeError(error) && hasEnded(record, error) ? stopped(error) : prepared.blame(error)
  }
}

function launchInto(record: ContainerRecord, conversation: Conversation): number {
  const pidfd = openContainerProcess(record)
  if (pidfd === undefined) throw stopped()
  try {
    return launch({ ...conversation, donated: [pidfd] })
  } finally {
    pidfd.close()
  }
}

/** How long the end of a container's first process may come after that of the others, in milliseconds. */
const PATIENCE_MS = 1000

/** A process that was killed without a word may be the first to go of a container whose cgroup is being killed. */
function hasEnded(record: ContainerRecord, { code }: RuntimeError): boolean {
  if (isEnding(record)) return true
  if (code !== 'SHIM_LOST') return false
  const pidfd = openContainerProcess(record)
  if (pidfd === undefined) return true
  try {
    return waitReadable(pidfd.number, PATIENCE_MS)
  } finally {
    pidfd.close()
  }
}

/**
 * A second try in the cgroup of the container's first process, where its own cannot be entered: a container that makes
 * cgroups moves its processes below, because none may be beside children with controllers (cgroups(7); runc#2416). Or
 * with the help of systemd, for an ordinary user who may not enter it himself.
 */
function withFallback<T>(prepared: PreparedExec, act: (attempt: ExecAttempt) => T): T {
  try {
    return act(prepared)
  } catch (error) {
    const { step, errno } = isRuntimeError(error) ? error.details : {}
    const isRefused = step?.op === 'clone_init' || step?.op === 'open_cgroup'
    const other = isRefused ? prepared.fallback(errno) : undefined
    if (other === undefined) throw error
    return act(other)
  }
}

function stopped(cause?: unknown): RuntimeError {
  return new RuntimeError('CONTAINER_STATUS', RUNC_PHRASES.cannotExecStopped, { cause })
}
