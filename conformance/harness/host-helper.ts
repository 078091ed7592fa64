// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from './conformance-case.ts'
import { probeFile } from './places.ts'
import { until } from './until.ts'

/** The probe on the host, for the other end of a socket; it ends with the case. */
export interface HostHelper {
  readonly pid: number
  lines(): string[]
  line(text: string): Promise<true>
}

let counter = 0

/** Starts a verb of the probe on the host and waits until it says "listening". */
export async function startHelper(c: Case, ...verb: string[]): Promise<HostHelper> {
  const output = join(c.directory, `helper${++counter}.out`)
  writeFileSync(output, '')
  const child = spawn('sh', ['-c', 'exec "$0" "$@" >"$OUTPUT"', probeFile, ...verb], {
    stdio: 'ignore',
    env: { OUTPUT: output, CONFORMANCE_TOKEN: c.token },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  c.atEnd(() => {
    child.kill('SIGKILL')
    return ended
  })
  const lines = () => readFileSync(output, 'utf8').split('\n').slice(0, -1)
  const line = (text: string) =>
    until(
      `the line "${text}" of ${verb.join(' ')}, not only ${lines().join(', ')}`,
      () => lines().includes(text) || undefined,
    )
  c.helpers.add(child.pid ?? 0)
  await line('listening')
  return { pid: child.pid ?? 0, lines, line }
}
