// SPDX-License-Identifier: Apache-2.0
import type { BegunLaunch } from './begin-launch.ts'
import { runPoststartHooks } from './container-hooks.ts'
import { deleteContainer } from './delete.ts'
import type { SignalForwarding } from './forward-signals.ts'
import { finishLaunch, type LaunchedContainer } from './launch-container.ts'
import type { RunRequest } from './requests.ts'

/** The rest of `run`: until the container is made and, with `signals`, until it has ended; returns the exit status. */
export async function finishRun(
  begun: BegunLaunch,
  { id, keep }: RunRequest,
  signals: SignalForwarding | undefined,
): Promise<number> {
  const container = launchAndAnnounce(begun)
  if (signals === undefined) {
    container.terminal?.close()
    return 0
  }
  const { pid, terminal } = container
  const end =
    terminal?.kind === 'relayed'
      ? await (await import('./relay-until-end.ts')).relayUntilEnd(pid, terminal, signals)
      : await signals.untilEnd(pid)
  if (!keep) deleteContainer(begun.global, { id, force: true })
  return 'signal' in end ? 128 + end.signal : end.exitCode
}

/** A failing poststart hook ends the container, as in `start`. */
function launchAndAnnounce(begun: BegunLaunch): LaunchedContainer {
  const container = finishLaunch(begun)
  try {
    runPoststartHooks(container.record)
  } catch (error) {
    container.terminal?.close()
    deleteContainer(begun.global, { id: begun.request.id, force: true })
    throw error
  }
  return container
}
