// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ContainerRecord, findRecord, newRecord, writeRecord } from './container-record.ts'
import { createStateDirectory } from './state-directory.ts'

const RECORD: ContainerRecord = newRecord({
  id: 'c',
  phase: 'created',
  pid: 0,
  startTime: '0',
  creator: { pid: 1, startTime: '1' },
  bundle: '/b',
  rootfs: '/b/rootfs',
  created: '2020-01-01T00:00:00Z',
  ociVersion: '1.0.0',
  owner: 0,
})

function withRoot(act: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'runts-record-'))
  try {
    act(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('a record takes the place of what a killed command with the same pid has left', () => {
  withRoot((root) => {
    const directory = join(root, 'c')
    mkdirSync(directory)
    writeFileSync(join(directory, `state.json.${process.pid}`), '{"longer than a whole record": '.padEnd(4000))
    writeRecord(directory, RECORD)
    assert.deepEqual(findRecord(root, 'c'), RECORD)
    assert.deepEqual(readdirSync(directory), ['state.json'])
  })
})

test('a state root that is no directory is not taken for a container that exists', () => {
  withRoot((root) => {
    const [file, link] = [join(root, 'file'), join(root, 'link')]
    writeFileSync(file, '')
    symlinkSync('nowhere', link)
    const refusal = (path: string) => ({ code: 'STATE_UNREADABLE', message: new RegExp(`directory ${path}: mkdir`) })
    for (const path of [file, link]) assert.throws(() => createStateDirectory(path, 'c'), refusal(path))
    createStateDirectory(root, 'c')
    assert.throws(() => createStateDirectory(root, 'c'), { code: 'CONTAINER_EXISTS' })
  })
})

test('a record whose cgroups nobody could find is a damaged one', () => {
  const place = { controllers: ['pids'], mountpoint: '/m', directory: '/m/c' }
  const v1 = { mode: 'v1', hierarchies: [place] }
  const damages = [
    null,
    'x',
    {},
    { ...v1, hierarchies: place },
    { ...v1, hierarchies: [null] },
    { ...v1, hierarchies: [{ ...place, controllers: 'pids' }] },
    { ...v1, hierarchies: [{ ...place, directory: 'c' }] },
    { ...v1, unified: 5 },
  ]
  withRoot((root) => {
    const directory = createStateDirectory(root, 'c')
    for (const cgroup of [undefined, v1, { mode: 'v2', hierarchies: [], unified: place }]) {
      writeRecord(directory, { ...RECORD, cgroup })
      assert.deepEqual(findRecord(root, 'c')?.cgroup, cgroup)
    }
    for (const cgroup of damages) {
      writeRecord(directory, { ...RECORD, cgroup })
      assert.throws(() => findRecord(root, 'c'), { code: 'STATE_UNREADABLE' }, JSON.stringify(cgroup))
    }
  })
})
