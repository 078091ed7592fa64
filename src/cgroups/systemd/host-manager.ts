// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { RUNC_PHRASES } from '../../errors/runc-phrases.ts'
import { RuntimeError } from '../../errors/runtime-error.ts'
import { Bus, type BusTarget } from '../../sys/sd-bus.ts'
import { BusError, type BusMember, type BusValue } from '../../sys/sd-bus-message.ts'
import type { SystemdInstance } from './placed-unit.ts'

const MANAGER = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
} as const
const BROKER = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const
const JOB_REMOVED = `type='signal',sender='${MANAGER.destination}',path='${MANAGER.path}',interface='${MANAGER.interface}',member='JobRemoved'`

/** What a call and a job may take; runc waits as long for a job. */
const PATIENCE_MS = 30_000

/** systemd over D-Bus (org.freedesktop.systemd1(5)). Its verbs throw BusError. */
export class Manager {
  readonly #bus: Bus
  #hearsJobs: boolean

  constructor(bus: Bus, hearsJobs: boolean) {
    this.#bus = bus
    this.#hearsJobs = hearsJobs
  }

  /** Calls a method; the members of the reply that `reply` lists are returned. */
  call(member: string, signature: string, values: readonly BusValue[], reply = ''): BusMember[] {
    return this.#bus.call(MANAGER, member, { signature, values, reply }, PATIENCE_MS)
  }

  /** A property of an object: the manager itself, or a unit at the path that GetUnit says. */
  read(name: string, signature: string, { path, interface: of }: BusTarget = MANAGER): BusMember {
    const target = { ...MANAGER, path, interface: 'org.freedesktop.DBus.Properties' }
    const request = { signature: 'ss', values: [of, name], reply: `v${signature}` }
    return this.#bus.call(target, 'Get', request, PATIENCE_MS)[0] ?? ''
  }

  /** Calls a method that starts a job and waits for the end of that job; returns its result, which should be `done`. */
  runJob(member: string, signature: string, values: readonly BusValue[]): string {
    this.#hearJobs()
    const [job = ''] = this.call(member, signature, values, 'o')
    const result = this.#bus.waitForSignal(MANAGER, 'JobRemoved', 'uoss', PATIENCE_MS, ([, path, , outcome]) =>
      path === job ? String(outcome) : undefined,
    )
    if (result !== undefined) return result
    throw new BusError('ETIMEDOUT', `systemd has not finished its job ${job} within ${PATIENCE_MS / 1000} s`)
  }

  /** Before the job exists, or its end might go unheard. systemd tells its direct connections everything anyway. */
  #hearJobs(): void {
    if (this.#hearsJobs) return
    this.#bus.call(BROKER, 'AddMatch', { signature: 's', values: [JOB_REMOVED] }, PATIENCE_MS)
    this.#hearsJobs = true
  }
}

/** What went wrong in systemd's words, or the errno of a call that got no answer. */
export function reasonOf({ message, errorName }: BusError): string {
  return (message || errorName).replace(/\.$/, '')
}

/** Connects to systemd for as long as `act` runs. Throws CGROUP_FAILED where that is not possible. */
export function withManager<T>(instance: SystemdInstance, act: (manager: Manager) => T): T {
  if (!existsSync('/run/systemd/system')) throw new RuntimeError('CGROUP_FAILED', RUNC_PHRASES.systemdNotRunning)
  const { bus, isDirect } = connect(instance)
  try {
    return act(new Manager(bus, isDirect))
  } catch (error) {
    if (!(error instanceof BusError)) throw error
    throw new RuntimeError('CGROUP_FAILED', `cannot talk to systemd: ${reasonOf(error)}`, { cause: error })
  } finally {
    bus.close()
  }
}

/** Directly where this process may, as systemctl does: that works without a message bus, and before there is one. */
function connect(instance: SystemdInstance): { bus: Bus; isDirect: boolean } {
  const directory = instance === 'user' ? process.env.XDG_RUNTIME_DIR : '/run'
  try {
    if (directory) return { bus: Bus.connect(`unix:path=${directory}/systemd/private`), isDirect: true }
  } catch (error) {
    if (!(error instanceof BusError)) throw error
  }
  try {
    return { bus: Bus.open(instance), isDirect: false }
  } catch (error) {
    if (!(error instanceof BusError)) throw error
    const whose = instance === 'user' ? 'the systemd instance of this user' : 'systemd'
    throw new RuntimeError('CGROUP_FAILED', `cannot connect to ${whose}: ${error.errorName}`, {
      cause: error,
      ...(instance === 'user' && { hint: 'set XDG_RUNTIME_DIR or DBUS_SESSION_BUS_ADDRESS, as a login does' }),
    })
  }
}
