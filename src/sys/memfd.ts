// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs'
import { cString } from './c-string.ts'
import { FCNTL, MEMFD } from './constants.ts'
import { Fd } from './fd.ts'
import { call, callOrErrno } from './syscall.ts'

const EINVAL = 22

/**
 * A close-on-exec memfd that holds `bytes` and can never change again (memfd_create(2)). `name` is only seen in /proc.
 * An executable one needs MFD_EXEC where vm.memfd_noexec is set (Linux 6.3); older kernels do not know the flag.
 */
export function createSealedMemfd(name: string, bytes: Uint8Array, executable = false): Fd {
  const fd = createMemfd(name, executable)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd.number, bytes, written)
    const seals = FCNTL.F_SEAL_SEAL | FCNTL.F_SEAL_SHRINK | FCNTL.F_SEAL_GROW | FCNTL.F_SEAL_WRITE
    call(`cannot seal memfd "${name}"`, 'fcntl', fd.number, FCNTL.F_ADD_SEALS, seals)
    return fd
  } catch (error) {
    fd.close()
    throw error
  }
}

function createMemfd(name: string, executable: boolean): Fd {
  const cName = cString(name)
  const flags = MEMFD.MFD_CLOEXEC | MEMFD.MFD_ALLOW_SEALING
  if (executable) {
    const number = callOrErrno('memfd_create', cName, flags | MEMFD.MFD_EXEC)
    if (number !== -EINVAL)
      return new Fd(number >= 0 ? number : call(`cannot create memfd "${name}"`, 'memfd_create', cName, flags))
  }
  return new Fd(call(`cannot create memfd "${name}"`, 'memfd_create', cName, flags))
}
