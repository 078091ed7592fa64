// SPDX-License-Identifier: Apache-2.0
// This room owns what is remembered of a container between two commands. It never touches the container itself.
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'

const ALLOWED = /^[A-Za-z0-9_+.-]+$/

export function isContainerId(id: string): boolean {
  return ALLOWED.test(id) && id !== '.' && id !== '..'
}

/** Throws CONTAINER_ID_INVALID unless the id can be the name of one directory. */
export function checkContainerId(id: string): void {
  if (id === '') throw new RuntimeError('CONTAINER_ID_INVALID', RUNC_PHRASES.emptyContainerId)
  if (!isContainerId(id)) throw new RuntimeError('CONTAINER_ID_INVALID', RUNC_PHRASES.invalidContainerId)
}
