// SPDX-License-Identifier: Apache-2.0
import { setChildSubreaper } from '../sys/process.ts'
import { runPoststartHooks } from './container-hooks.ts'
import { deleteContainer } from './delete.ts'
import { forwardSignals } from './forward-signals.ts'
import type { LaunchedContainer } from './launch-container.ts'
import { launchContainer } from './launch-container.ts'
import type { GlobalRequest, RunRequest } from './requests.ts'

/**
 * `create` and `start` in one. In the foreground it passes signals on, waits and returns the exit status of the
 * program (128 + N when signal N ended it), and deletes the container unless `keep`; detached it returns 0 at once.
 */
export async function run(global: GlobalRequest, request: RunRequest): Promise<number> {
  if (request.detach) {
    launchAndAnnounce(global, request)
    return 0
  }
  // Orphans of a container without a pid namespace come to this process, as they come to runc.
  if (!request.noSubreaper) setChildSubreaper(true)
  const signals = forwardSignals()
  try {
    const container = launchAndAnnounce(global, request)
    const end = await signals.untilEnd(container.pid)
    if (!request.keep) deleteContainer(global, { id: request.id, force: true })
    return 'signal' in end ? 128 + end.signal : end.exitCode
  } finally {
    signals.stop()
  }
}

/** A failing poststart hook ends the container, as in `start`. */
function launchAndAnnounce(global: GlobalRequest, request: RunRequest): LaunchedContainer {
  const container = launchContainer(global, request, 'program')
  try {
    runPoststartHooks(container.record)
  } catch (error) {
    deleteContainer(global, { id: request.id, force: true })
    throw error
  }
  return container
}
