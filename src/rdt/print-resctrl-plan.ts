// SPDX-License-Identifier: Apache-2.0
import type { ResctrlPlan } from './resctrl-plan.ts'

/** A plan as a list of what is done below the mount point, for people and for the listings on file. */
export function printResctrlPlan({ group, how, writes, monitor }: ResctrlPlan): string {
  const at = (file: string) => (group === '' ? file : `${group}/${file}`)
  const lines = [
    `${how} ${group === '' ? '/' : group}`,
    ...writes.map(({ value, pointer }) => `${at('schemata')} = ${JSON.stringify(value)}  ← ${pointer}`),
    ...(monitor === undefined ? [] : [`create ${monitor}`]),
    `${at('tasks')} = PID`,
    ...(monitor === undefined ? [] : [`${monitor}/tasks = PID`]),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
