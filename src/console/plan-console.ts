// SPDX-License-Identifier: Apache-2.0
// This room owns terminals: the steps that make one for the process, and what becomes of it on the host.
import type { RootfsPath } from '../plan/op.ts'
import { SYNC_POINTS } from '../plan/phases.ts'
import type { PlanBuilder } from '../plan/plan-builder.ts'
import { pointer } from '../spec/json-pointer.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'

const origin = { pointer: pointer('process', 'terminal') }
const sizeOrigin = { pointer: pointer('process', 'consoleSize') }

/**
 * A pty of the container's own devpts as stdio and controlling terminal (config.md, Process), and as /dev/console where
 * the container is made (config-linux.md, Default Devices). The root may still be written to, the user is root.
 */
export function planTerminal(process: ValidatedProcess, console: 'with console' | 'alone', plan: PlanBuilder): void {
  const { terminal, consoleSize, user } = process
  if (!terminal) return
  plan.append('inside', { op: 'open_terminal', uid: user.uid }, origin)
  if (consoleSize) plan.append('inside', { op: 'set_window_size', ...sizeOf(consoleSize) }, sizeOrigin)
  if (console === 'with console') {
    plan.append('inside', { op: 'bind_console', target: '/dev/console' as RootfsPath }, origin)
  }
  plan.append('inside', { op: 'sync', point: SYNC_POINTS.terminal }, origin)
  plan.append('inside', { op: 'enter_terminal' }, origin)
}

const sizeOf = ({ height, width }: { height: number; width: number }) => ({ height, width })
