// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { runtimeFile } from './places.ts'

// The runtime may be given by its name alone.
const executable = runtimeFile.includes('/')
  ? runtimeFile
  : execFileSync('which', [runtimeFile], { encoding: 'utf8' }).trim()

/** Makes programs of a root filesystem that are the executable of whoever executes them: a script and a link. */
export function addSelfExecutables(rootfs: string): void {
  writeFileSync(`${rootfs}/bin/script`, '#!/proc/self/exe\n')
  chmodSync(`${rootfs}/bin/script`, 0o755)
  symlinkSync('/proc/self/exe', `${rootfs}/bin/link`)
}

/** Changes with every change of the runtime's executable, and with a new file in its place. */
export function fingerprint(): string {
  const { ino, mtimeMs, size } = statSync(executable)
  return `${createHash('sha256').update(readFileSync(executable)).digest('hex')} ${ino} ${mtimeMs} ${size}`
}
