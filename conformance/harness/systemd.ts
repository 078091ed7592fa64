// SPDX-License-Identifier: Apache-2.0
// What the host's systemd knows of a container's unit.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Requirement } from './requires.ts'

const isRunning = () => existsSync('/run/systemd/system')

export const systemd: Requirement = () => (isRunning() ? undefined : 'needs systemd')
export const noSystemd: Requirement = () => (isRunning() ? 'needs a host without systemd' : undefined)

export function systemctl(...args: string[]): string {
  return execFileSync('systemctl', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    .toString()
    .trim()
}

/** A property of a unit as `systemctl show` prints it; that of no unit is the default. */
export function unitProperty(unit: string, name: string): string {
  return systemctl('show', '--value', `--property=${name}`, unit)
}

/** Units that are in memory with this in their name, failed ones too. */
export function unitsOf(token: string, ...manager: string[]): string[] {
  return systemctl(...manager, 'list-units', '--all', '--plain', '--no-legend', `*${token}*`)
    .split('\n')
    .filter((line) => line !== '')
}
