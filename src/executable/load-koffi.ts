// SPDX-License-Identifier: Apache-2.0
// What sys/load-koffi.ts is in the executable.
import { errnoName } from '../errors/errno-names.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { KoffiModule } from '../sys/load-koffi.ts'
import { embedded } from './embedded.ts'

let loaded: KoffiModule | undefined

/** koffi's addon, from the memfd that executable_entry.c has put it into: no other file is ever opened for it. */
export function loadKoffi(): KoffiModule {
  loaded ??= open()
  return loaded
}

function open(): KoffiModule {
  const { addon } = embedded()
  if (addon < 0) throw cannotLoad(`no memfd for it: ${errnoName(-addon)}`)
  const module = { exports: {} as KoffiModule }
  try {
    process.dlopen(module, `/proc/self/fd/${addon}`)
  } catch (error) {
    throw cannotLoad((error as Error).message)
  }
  return module.exports
}

function cannotLoad(reason: string): RuntimeError {
  return new RuntimeError('EXECUTABLE_BROKEN', `cannot load the embedded koffi addon: ${reason}`, {
    hint: 'runts needs executable memfds (vm.memfd_noexec below 2) of half a megabyte (RLIMIT_FSIZE)',
  })
}
