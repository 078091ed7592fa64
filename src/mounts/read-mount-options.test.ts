// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOUNT_OPTION_NAMES } from '../spec/mount-option-names.ts'
import { MOUNT_OPTIONS } from './mount-options.ts'
import { readMountOptions } from './read-mount-options.ts'

const unchanged = { set: 0, clear: 0 }

test('the table has an effect for every option of the specification and for no other', () => {
  assert.deepEqual(Object.keys(MOUNT_OPTIONS).sort(), [...MOUNT_OPTION_NAMES].sort())
  assert.equal(MOUNT_OPTION_NAMES.length, 62)
})

test('attribute options set and clear the bits of mount_setattr(2)', () => {
  const bits = { nosuid: 2, nodev: 4, noexec: 8, nodiratime: 0x80, nosymfollow: 0x200000 }
  for (const [option, bit] of Object.entries(bits)) {
    assert.deepEqual(readMountOptions([option]).attributes, { set: bit, clear: 0 }, option)
    assert.deepEqual(readMountOptions([option.slice(2)]).attributes, { set: 0, clear: bit }, option.slice(2))
    assert.deepEqual(readMountOptions([`r${option}`]).recursive, { set: bit, clear: 0 }, `r${option}`)
    assert.deepEqual(readMountOptions([`r${option.slice(2)}`]).recursive, { set: 0, clear: bit }, `r${option.slice(2)}`)
    assert.deepEqual(readMountOptions([`r${option}`]).attributes, unchanged)
  }
})

test('ro and rw speak of the mount and of the superblock, rro and rrw of mounts only', () => {
  assert.deepEqual(readMountOptions(['ro']).attributes, { set: 1, clear: 0 })
  assert.deepEqual(readMountOptions(['ro']).superblock, { set: 1, clear: 0 })
  assert.deepEqual(readMountOptions(['rw']).superblock, { set: 0, clear: 1 })
  assert.deepEqual(readMountOptions(['rro']).recursive, { set: 1, clear: 0 })
  assert.deepEqual(readMountOptions(['rrw']).recursive, { set: 0, clear: 1 })
  assert.deepEqual(readMountOptions(['rro']).superblock, unchanged)
})

test('of options that contradict each other the later wins', () => {
  assert.deepEqual(readMountOptions(['ro', 'rw']).attributes, { set: 0, clear: 1 })
  assert.deepEqual(readMountOptions(['exec', 'noexec']).attributes, { set: 8, clear: 0 })
  assert.deepEqual(readMountOptions(['noatime', 'strictatime']).attributes, { set: 0x20, clear: 0x70 })
  assert.deepEqual(readMountOptions(['sync', 'async']).superblock, { set: 0, clear: 0x10 })
})

test('every access time option clears the whole field', () => {
  const values = { noatime: 0x10, strictatime: 0x20, relatime: 0, atime: 0, nostrictatime: 0, norelatime: 0 }
  for (const [option, value] of Object.entries(values)) {
    assert.deepEqual(readMountOptions([option]).attributes, { set: value, clear: 0x70 }, option)
    assert.deepEqual(readMountOptions([`r${option}`]).recursive, { set: value, clear: 0x70 }, `r${option}`)
  }
})

test('taking back an access time that was not chosen changes nothing', () => {
  assert.deepEqual(readMountOptions(['noatime', 'nostrictatime']).attributes, { set: 0x10, clear: 0x70 })
  assert.deepEqual(readMountOptions(['noatime', 'atime']).attributes, { set: 0, clear: 0x70 })
})

test('superblock options are MS_* flags', () => {
  const flags = { sync: 0x10, mand: 0x40, dirsync: 0x80, silent: 1 << 15, iversion: 1 << 23, lazytime: 1 << 25 }
  for (const [option, flag] of Object.entries(flags)) {
    assert.deepEqual(readMountOptions([option]).superblock, { set: flag, clear: 0 }, option)
  }
  const negatives = { async: 0x10, nomand: 0x40, loud: 1 << 15, noiversion: 1 << 23, nolazytime: 1 << 25 }
  for (const [option, flag] of Object.entries(negatives)) {
    assert.deepEqual(readMountOptions([option]).superblock, { set: 0, clear: flag }, option)
  }
})

test('propagation options keep their order', () => {
  const read = readMountOptions(['rslave', 'shared', 'unbindable', 'rprivate'])
  assert.deepEqual(read.propagation, [0x4000 | (1 << 19), 1 << 20, 1 << 17, 0x4000 | (1 << 18)])
})

test('bind, rbind, remount, tmpcopyup and idmap are told apart', () => {
  assert.equal(readMountOptions(['bind']).bind, 'bind')
  assert.equal(readMountOptions(['rbind', 'bind']).bind, 'rbind')
  assert.equal(readMountOptions([]).bind, 'no')
  assert.equal(readMountOptions(['remount']).remount, true)
  assert.equal(readMountOptions(['tmpcopyup']).copyUp, true)
  assert.equal(readMountOptions(['ridmap']).idmap, 'ridmap')
})

test('unknown options go to the filesystem in their order, defaults and empty ones nowhere', () => {
  assert.deepEqual(readMountOptions(['size=64k', 'defaults', '', 'nr_inodes=5']).filesystem, [
    'size=64k',
    'nr_inodes=5',
  ])
  assert.deepEqual(readMountOptions(['toString', 'constructor']).filesystem, ['toString', 'constructor'])
})
