// SPDX-License-Identifier: Apache-2.0
import { describeFailure } from '../errors/describe-failure.ts'
import { isRuntimeError } from '../errors/runtime-error.ts'
import type { NotifyRelay } from '../notify/host-notify-relay.ts'
import type { ProcessEnd } from '../sys/process.ts'
import type { BegunLaunch } from './begin-launch.ts'
import { runPoststartHooks } from './container-hooks.ts'
import { deleteContainer } from './delete.ts'
import type { SignalForwarding } from './forward-signals.ts'
import { finishLaunch, type LaunchedContainer } from './launch-container.ts'
import { notifyRelay } from './notify-relay.ts'
import type { GlobalRequest, RunRequest } from './requests.ts'

/** The rest of `run`: until the container is made and, with `signals`, until it has ended; returns the exit status. */
export async function finishRun(
  begun: BegunLaunch,
  { id, keep }: RunRequest,
  signals: SignalForwarding | undefined,
): Promise<number> {
  const { notifyDirectory } = begun.bundle
  const notify = notifyDirectory === undefined ? undefined : await notifyRelay(begun.global, notifyDirectory)
  try {
    notify?.listen()
    const container = launchAndAnnounce(begun)
    if (signals === undefined) {
      container.terminal?.close()
      notify?.untilTold(container.pid, container.pid)
      return 0
    }
    const end = await untilEnd(container, signals, notify)
    if (!keep) deleteEnded(begun.global, id)
    return 'signal' in end ? 128 + end.signal : end.exitCode
  } finally {
    notify?.close()
  }
}

/** What cannot be deleted is told, as by runc, and never instead of how the program ended: its caller waits for that. */
function deleteEnded(global: GlobalRequest, id: string): void {
  try {
    deleteContainer(global, { id, force: true })
  } catch (error) {
    if (!isRuntimeError(error)) throw error
    global.log.warn(`cannot delete container ${id}: ${describeFailure(error)}`)
  }
}

/** To the service manager this command is the main process, as with runc: it lives as long as the container. */
async function untilEnd(
  { pid, terminal }: LaunchedContainer,
  signals: SignalForwarding,
  notify: NotifyRelay | undefined,
): Promise<ProcessEnd> {
  const watched = notify && {
    get descriptor() {
      return notify.descriptor
    },
    serve: () => notify.serve(process.pid),
  }
  const end =
    terminal?.kind === 'relayed'
      ? await (await import('./relay-until-end.ts')).relayUntilEnd(pid, terminal, signals, watched)
      : await signals.untilEnd(pid, watched)
  notify?.finish(process.pid)
  return end
}

/** A failing poststart hook ends the container, as in `start`. */
function launchAndAnnounce(begun: BegunLaunch): LaunchedContainer {
  const container = finishLaunch(begun)
  try {
    runPoststartHooks(container.record, container.directory)
  } catch (error) {
    container.terminal?.close()
    deleteContainer(begun.global, { id: begun.request.id, force: true })
    throw error
  }
  return container
}
