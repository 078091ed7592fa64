// SPDX-License-Identifier: Apache-2.0

import { createCgroup } from '../cgroups/host-cgroup.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { runHooks } from '../hooks/host-hooks.ts'
import { launch } from '../launch/session.ts'
import { settleIdMaps } from '../launch/settle-id-maps.ts'
import { Undo } from '../launch/undo.ts'
import { NetDevices } from '../network/host-net-devices.ts'
import { handOverListener } from '../seccomp/host-listener.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'
import { checkContainerId } from '../state/container-id.ts'
import type { ContainerLock } from '../state/container-lock.ts'
import { lockContainer } from '../state/container-lock.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { writeRecord } from '../state/container-record.ts'
import { identifyProcess } from '../state/process-identity.ts'
import { createStateDirectory, hasRecord, removeStateDirectory, START_SOCKET } from '../state/state-directory.ts'
import type { Fd } from '../sys/fd.ts'
import { tryLockExclusive } from '../sys/files.ts'
import { detachNewMounts } from '../sys/mounts.ts'
import { listenAt } from '../sys/unix-socket.ts'
import { hookState, runPoststopHooks } from './container-hooks.ts'
import { type ContainerResctrl, prepareContainerResctrl } from './container-resctrl.ts'
import { firstRecord } from './first-record.ts'
import { openDirectory } from './open-directory.ts'
import { writePidFile } from './pid-file.ts'
import type { PreparedBundle } from './prepare-bundle.ts'
import { prepareBundle, withLine } from './prepare-bundle.ts'
import type { CreateRequest, GlobalRequest } from './requests.ts'

/** A container whose process lives; that process is a child of this one. */
export interface LaunchedContainer {
  readonly pid: number
  readonly directory: string
  readonly record: ContainerRecord
}

/**
 * From a bundle to a process that waits at the start gate (`gate`) or runs the program (`program`). Everything that
 * can be found wrong without touching the host is found first.
 */
export function launchContainer(
  global: GlobalRequest,
  request: CreateRequest,
  until: 'gate' | 'program',
): LaunchedContainer {
  checkContainerId(request.id)
  const prepared = prepareBundle(global, request, until, (spec) => checkTerminal(spec, request))
  refuseUnbuilt(request)
  return withLine(prepared.configText, () => {
    const resctrl = prepareContainerResctrl(prepared.spec, request.id)
    return new Launch(global, request, prepared, resctrl, until).run()
  })
}

class Launch {
  readonly #global: GlobalRequest
  readonly #request: CreateRequest
  readonly #bundle: PreparedBundle
  readonly #gated: boolean
  readonly #resctrl: ContainerResctrl | undefined
  readonly #undo = new Undo()
  #record: ContainerRecord
  #directory = ''
  #devices: NetDevices | undefined

  constructor(
    global: GlobalRequest,
    request: CreateRequest,
    bundle: PreparedBundle,
    resctrl: ContainerResctrl | undefined,
    until: 'gate' | 'program',
  ) {
    this.#global = global
    this.#request = request
    this.#bundle = bundle
    this.#resctrl = resctrl
    this.#gated = until === 'gate'
    this.#record = firstRecord(request, bundle, resctrl)
  }

  run(): LaunchedContainer {
    let lock: ContainerLock | undefined
    // Pushed first and so run last: these hooks come after everything is destroyed (runtime.md, Lifecycle step 13).
    this.#undo.push('the hooks that ran', () => this.#runPoststopHooks())
    try {
      lock = this.#claimId()
      this.#undo.push('the mounts', () => this.#detachMounts())
      this.#makeCgroup()
      if (this.#resctrl) this.#makeResctrl(this.#resctrl)
      const pid = this.#launch()
      this.#undo.forget()
      this.#devices?.close()
      return { pid, directory: this.#directory, record: this.#record }
    } catch (error) {
      this.#undo.run(this.#global.log)
      throw error
    } finally {
      lock?.release()
    }
  }

  /** The record is written before anything else exists, so that `delete --force` finds all after a kill -9. */
  #claimId(): ContainerLock {
    this.#directory = createStateDirectory(this.#global.root, this.#request.id)
    const lock = lockMade(this.#directory)
    // Not before: until then the directory may be deleted, and one of this name somebody else's.
    this.#undo.push('the state directory', () => removeStateDirectory(this.#directory))
    writeRecord(this.#directory, this.#record)
    return lock
  }

  #detachMounts(): void {
    const { rootfs, mountsBefore } = this.#record
    if (mountsBefore) detachNewMounts(rootfs, mountsBefore)
  }

  #makeCgroup(): void {
    const { placement, resourcePlan } = this.#bundle
    const cgroup = createCgroup(placement)
    this.#undo.push('the cgroup', () => cgroup.undo())
    cgroup.apply(resourcePlan)
  }

  #makeResctrl(resctrl: ContainerResctrl): void {
    this.#undo.push('the resctrl groups', () => resctrl.undo())
    this.#record = { ...this.#record, rdt: resctrl.make() }
  }

  #launch(): number {
    const gate = this.#gated ? this.#openGate() : undefined
    try {
      return launch({
        plan: this.#bundle.plan,
        donated: gate ? [gate] : [],
        onBorn: (pid) => this.#noteProcess(pid),
        actions: {
          id_maps: (pid) => settleIdMaps(this.#bundle.spec, this.#bundle.facts, pid),
          network_devices: (pid) => this.#moveDevices(pid),
          seccomp_listener: (pid, descriptor) => this.#handOverListener(pid, descriptor),
          runtime_hooks: (pid) => this.#runHooks(pid),
          ready: (pid) => this.#becomeCreated(pid),
        },
        log: this.#global.log,
      })
    } finally {
      gate?.close()
    }
  }

  #openGate(): Fd {
    const directory = openDirectory(this.#directory)
    try {
      return listenAt(directory.number, START_SOCKET)
    } finally {
      directory.close()
    }
  }

  /** Only remembered: until `ready` the process dies with this command, whose pid the record on disk has. */
  #noteProcess(pid: number): void {
    this.#record = { ...this.#record, ...identifyProcess(pid) }
  }

  #moveDevices(pid: number): void {
    const devices = new NetDevices(`/proc/${pid}/ns/net`)
    this.#undo.push('the network devices', () => devices.undo())
    this.#devices = devices
    devices.move(this.#bundle.spec.linux.netDevices)
  }

  #runHooks(pid: number): void {
    const { hooks } = this.#bundle.spec
    const state = hookState(this.#record, 'creating', pid)
    runHooks('prestart', hooks.prestart, state)
    runHooks('createRuntime', hooks.createRuntime, state)
  }

  /** Before there was a process, no hook has run that they could undo. */
  #runPoststopHooks(): void {
    if (this.#record.pid !== 0) runPoststopHooks(this.#record, this.#global.log)
  }

  #handOverListener(pid: number, descriptor: number): void {
    const { seccomp } = this.#bundle.spec.linux
    if (seccomp) handOverListener(seccomp, { pid, descriptor, state: hookState(this.#record, 'creating', pid) })
  }

  #becomeCreated(pid: number): void {
    this.#resctrl?.enter(pid)
    const { pidFile } = this.#request
    if (pidFile !== undefined) {
      this.#undo.push('the pid file', writePidFile(pidFile, pid))
    }
    this.#record = { ...this.#record, phase: 'created' }
    writeRecord(this.#directory, this.#record)
  }
}

/** Where a record is, another command deleted the new directory and a third has made one of the same name. */
function lockMade(directory: string): ContainerLock {
  const lock = lockContainer(directory, tryLockExclusive)
  if (!hasRecord(directory)) return lock
  lock.release()
  throw new RuntimeError('CONTAINER_EXISTS', RUNC_PHRASES.containerExists)
}

/** What runc says about terminals and callers that stay or go (its sentences are matched on). */
function checkTerminal({ process }: ValidatedSpec, request: CreateRequest & { readonly detach?: boolean }): void {
  const detach = request.detach ?? true
  const terminal = process?.terminal ?? false
  const socket = request.consoleSocket !== undefined
  if (detach && terminal && !socket) throw new RuntimeError('TERMINAL_USAGE', RUNC_PHRASES.detachedTerminal)
  if ((!detach || !terminal) && socket) throw new RuntimeError('TERMINAL_USAGE', RUNC_PHRASES.uselessConsoleSocket)
}

/** Flags of `create` and `run` that this build knows but cannot serve yet. */
function refuseUnbuilt(request: CreateRequest): void {
  const asked = [
    ['--console-socket', request.consoleSocket !== undefined],
    ['--pidfd-socket', request.pidfdSocket !== undefined],
    ['--preserve-fds', request.preserveFds > 0],
  ] as const
  const flag = asked.find(([, given]) => given)?.[0]
  if (flag !== undefined) throw new RuntimeError('SPEC_UNSUPPORTED', `cannot use ${flag}: it is not built yet`)
}
