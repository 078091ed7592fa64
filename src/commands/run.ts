// SPDX-License-Identifier: Apache-2.0
import { setChildSubreaper } from '../sys/process.ts'
import { beginLaunch } from './begin-launch.ts'
import { forwardSignals } from './forward-signals.ts'
import type { GlobalRequest, RunRequest } from './requests.ts'

/**
 * `create` and `start` in one. In the foreground it passes signals on, waits and returns the exit status of the
 * program (128 + N when signal N ended it), and deletes the container unless `keep`; detached it returns 0 at once.
 */
export async function run(global: GlobalRequest, request: RunRequest): Promise<number> {
  // Orphans of a container without a pid namespace come to this process, as they come to runc.
  if (!request.detach && !request.noSubreaper) setChildSubreaper(true)
  const signals = request.detach ? undefined : forwardSignals()
  try {
    const begun = await beginLaunch(global, request, 'program')
    // Loaded while the shim works on the other processor.
    const { finishRun } = await import('./finish-run.ts')
    return await finishRun(begun, request, signals)
  } finally {
    signals?.stop()
  }
}
