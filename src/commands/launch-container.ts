// SPDX-License-Identifier: Apache-2.0

import type { OpenedTerminal } from '../console/opened-terminal.ts'
import { runHooks } from '../hooks/host-hooks.ts'
import { converse } from '../launch/session.ts'
import { settleIdMaps } from '../launch/settle-id-maps.ts'
import { NetDevices } from '../network/host-net-devices.ts'
import { handOverListener } from '../seccomp/host-listener.ts'
import type { ContainerRecord } from '../state/container-record.ts'
import { prepareRecord, writeRecord } from '../state/container-record.ts'
import { noteHostHook } from '../state/host-hook.ts'
import { keepConfig } from '../state/kept-config.ts'
import { identifyProcess } from '../state/process-identity.ts'
import type { Fd } from '../sys/fd.ts'
import { type BegunLaunch, beginLaunch, fillCgroup } from './begin-launch.ts'
import { hookState, runPoststopHooks } from './container-hooks.ts'
import { causeOfFailure } from './out-of-memory.ts'
import { writePidFile } from './pid-file.ts'
import { sendPidfd } from './pidfd-socket.ts'
import { withLine } from './prepare-bundle.ts'
import type { CreateRequest, GlobalRequest } from './requests.ts'

/** A container whose process lives; that process is a child of this one. */
export interface LaunchedContainer {
  readonly pid: number
  readonly directory: string
  readonly record: ContainerRecord
  /** Of a process that has one: it may have been handed over, or wait to be relayed. */
  readonly terminal: OpenedTerminal | undefined
}

/** From a bundle to a process that waits at the start gate (`gate`) or runs the program (`program`). */
export async function launchContainer(
  global: GlobalRequest,
  request: CreateRequest,
  until: 'gate' | 'program',
): Promise<LaunchedContainer> {
  return finishLaunch(await beginLaunch(global, request, until))
}

/** Answers the shim until the container is made; on failure nothing of it is left. */
export function finishLaunch(begun: BegunLaunch): LaunchedContainer {
  return withLine(begun.bundle.configText, () => new Launch(begun).finish())
}

class Launch {
  readonly #begun: BegunLaunch
  #record: ContainerRecord
  #putRecord: (() => void) | undefined
  #devices: NetDevices | undefined

  constructor(begun: BegunLaunch) {
    this.#begun = begun
    this.#record = begun.record
  }

  finish(): LaunchedContainer {
    const { directory, undo, lock, global, cgroup, bundle, terminal } = this.#begun
    try {
      const pid = this.#converse()
      undo.forget()
      this.#devices?.close()
      return { pid, directory, record: this.#record, terminal }
    } catch (error) {
      const cause = causeOfFailure(error, cgroup, bundle.spec)
      terminal?.close()
      undo.run(global.log)
      // After everything is destroyed (runtime.md, Lifecycle step 13).
      this.#runPoststopHooks()
      throw cause
    } finally {
      cgroup.close?.()
      lock.release()
    }
  }

  #converse(): number {
    const { shim, bundle, global } = this.#begun
    return converse(shim, {
      plan: bundle.plan,
      onBorn: (pid) => this.#noteProcess(pid),
      actions: {
        cgroup: (pid) => this.#enterUnit(pid),
        id_maps: (pid) => settleIdMaps(bundle.spec, bundle.facts, pid),
        network_devices: (pid) => this.#moveDevices(pid),
        seccomp_listener: (pid, descriptor) => this.#handOverListener(pid, descriptor),
        terminal: (_pid, _descriptor, given) => this.#takeTerminal(given),
        runtime_hooks: (pid) => this.#runHooks(pid),
        ready: (pid) => this.#becomeCreated(pid),
      },
      log: global.log,
    })
  }

  /** Only now: systemd makes a unit for a process that exists. */
  #enterUnit(pid: number): void {
    const { cgroup, bundle } = this.#begun
    cgroup.enter?.(pid)
    if (cgroup.enter) this.#claimCgroup()
    fillCgroup(cgroup, bundle.cgroups)
  }

  /** Not in its place before `ready`: until then the process dies with this command, whose pid the record on disk has. */
  #noteProcess(pid: number): void {
    const { directory, bundle } = this.#begun
    // It may have failed already: it still was there, and poststop hooks are due.
    this.#record = { ...this.#record, pid, ...identifyProcess(pid) }
    if (!this.#begun.cgroup.enter) this.#claimCgroup()
    // Here, because the process is busy now and nobody waits for the file.
    keepConfig(directory, bundle.configText)
  }

  /** On disk too: what is in them after a `kill -9` of this command is from now on for `delete --force` to end. */
  #claimCgroup(): void {
    const { cgroup, directory, record } = this.#begun
    const claim = { cgroup: cgroup.claimed() }
    this.#record = { ...this.#record, ...claim }
    writeRecord(directory, { ...record, ...claim })
    // What `ready` puts into its place; now, because the process is busy.
    this.#putRecord = prepareRecord(directory, { ...this.#record, phase: 'created' })
  }

  #moveDevices(pid: number): void {
    const devices = new NetDevices(`/proc/${pid}/ns/net`)
    this.#begun.undo.push('the network devices', () => devices.undo())
    this.#devices = devices
    devices.move(this.#begun.bundle.spec.linux.netDevices)
  }

  #runHooks(pid: number): void {
    const { hooks } = this.#begun.bundle.spec
    const state = hookState(this.#record, 'creating', pid)
    const note = (hook: number) => noteHostHook(this.#begun.directory, hook)
    runHooks('prestart', hooks.prestart, state, note)
    runHooks('createRuntime', hooks.createRuntime, state, note)
  }

  /** Before there was a process, no hook has run that they could undo. */
  #runPoststopHooks(): void {
    if (this.#record.pid !== 0) runPoststopHooks(this.#record, this.#begun.global.log)
  }

  #handOverListener(pid: number, descriptor: number): void {
    const { seccomp } = this.#begun.bundle.spec.linux
    if (seccomp) handOverListener(seccomp, { pid, descriptor, state: hookState(this.#record, 'creating', pid) })
  }

  #takeTerminal([master, slave]: readonly Fd[]): void {
    if (master && slave) this.#begun.terminal?.take(master, slave)
  }

  #becomeCreated(pid: number): void {
    const { resctrl, request, undo } = this.#begun
    resctrl?.enter(pid)
    const { pidfdSocket, pidFile } = request
    if (pidfdSocket !== undefined) sendPidfd(pidfdSocket, pid, 'standard')
    if (pidFile !== undefined) undo.push('the pid file', writePidFile(pidFile, pid))
    this.#record = { ...this.#record, phase: 'created' }
    this.#putRecord?.()
  }
}
