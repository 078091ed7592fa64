// SPDX-License-Identifier: Apache-2.0

import { ATTR_ATIME, MOUNT_ATTR, MS } from '../plan/kernel-flags.ts'
import { isMountOptionName } from '../spec/mount-option-names.ts'
import { MOUNT_OPTIONS, type MountOptionEffect } from './mount-options.ts'

/** Which attributes to set and to clear; a bit is in at most one of them, except that `clear` may hold all of ATTR_ATIME. */
export interface AttributeChange {
  set: number
  clear: number
}

/** The meaning of a whole list of options; of two that contradict each other the later one wins. */
export interface MountOptions {
  bind: 'no' | 'bind' | 'rbind'
  remount: boolean
  copyUp: boolean
  idmap: 'no' | 'idmap' | 'ridmap'
  attributes: AttributeChange
  recursive: AttributeChange
  /** MS_* flags of the superblock to set, and to take back where it exists already. */
  superblock: AttributeChange
  /** MS_* propagation flags, each its own step after the mount, in this order. */
  propagation: number[]
  /** Everything unknown here: it belongs to the filesystem. */
  filesystem: string[]
}

export function readMountOptions(options: readonly string[]): MountOptions {
  const read: MountOptions = {
    bind: 'no',
    remount: false,
    copyUp: false,
    idmap: 'no',
    attributes: { set: 0, clear: 0 },
    recursive: { set: 0, clear: 0 },
    superblock: { set: 0, clear: 0 },
    propagation: [],
    filesystem: [],
  }
  for (const option of options) {
    if (isMountOptionName(option)) applyEffect(read, MOUNT_OPTIONS[option])
    else if (option !== '') read.filesystem.push(option)
  }
  return read
}

function applyEffect(read: MountOptions, effect: MountOptionEffect): void {
  switch (effect.kind) {
    case 'attribute':
      change(effect.recursive ? read.recursive : read.attributes, effect.bit, effect.on)
      break
    case 'atime':
      changeAtime(effect.recursive ? read.recursive : read.attributes, effect.value, effect.on)
      break
    case 'superblock':
      change(read.superblock, effect.bit, effect.on)
      break
    case 'readonly':
      change(read.attributes, MOUNT_ATTR.RDONLY, effect.on)
      change(read.superblock, MS.RDONLY, effect.on)
      break
    case 'propagation':
      read.propagation.push(effect.flags)
      break
    case 'bind':
      read.bind = effect.recursive || read.bind === 'rbind' ? 'rbind' : 'bind'
      break
    case 'idmap':
      read.idmap = effect.recursive || read.idmap === 'ridmap' ? 'ridmap' : 'idmap'
      break
    case 'remount':
      read.remount = true
      break
    case 'tmpcopyup':
      read.copyUp = true
      break
    case 'nothing':
      break
    default:
      effect satisfies never
  }
}

function change(target: AttributeChange, bit: number, on: boolean): void {
  target.set = on ? target.set | bit : target.set & ~bit
  target.clear = on ? target.clear & ~bit : target.clear | bit
}

/** Taking back a value that an earlier option did not choose changes nothing: `noatime,nostrictatime` is noatime. */
function changeAtime(target: AttributeChange, value: number, on: boolean): void {
  const chosen = target.clear & ATTR_ATIME ? target.set & ATTR_ATIME : undefined
  if (!on && chosen !== undefined && chosen !== value) return
  target.clear |= ATTR_ATIME
  target.set = (target.set & ~ATTR_ATIME) | (on ? value : MOUNT_ATTR.RELATIME)
}
