// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { errnoOf } from '../errors/runtime-error.ts'
import { openPidfd, sendSignal } from './pidfd.ts'
import { untilReadable, waitReadable } from './poll.ts'
import { killProcess, setChildSubreaper, waitForProcess } from './process.ts'
import { receiveMessage } from './socket-message.ts'
import { posixSpawn } from './spawn.ts'
import { socketPair } from './unix-socket.ts'

const sleep = () => posixSpawn('/bin/sleep', ['sleep', '1000'], [], [])

test('tells an exit code from a signal', () => {
  assert.deepEqual(waitForProcess(posixSpawn('/bin/sh', ['sh', '-c', 'exit 200'], [], [])), { exitCode: 200 })
  const pid = sleep()
  killProcess(pid, 9)
  assert.deepEqual(waitForProcess(pid), { signal: 9 })
})

test('a process that is no child any more cannot be waited for', () => {
  const pid = sleep()
  killProcess(pid, 15)
  assert.deepEqual(waitForProcess(pid), { signal: 15 })
  assert.throws(
    () => waitForProcess(pid),
    (error) => errnoOf(error) === 'ECHILD',
  )
})

test('child processes of the JavaScript engine and its own do not take each other away', () => {
  const pid = posixSpawn('/bin/sh', ['sh', '-c', 'exit 3'], [], [])
  assert.equal(spawnSync('/bin/true').status, 0)
  assert.deepEqual(waitForProcess(pid), { exitCode: 3 })
})

test('a pidfd is readable when the process has ended, and takes no signals once it is reaped', () => {
  const pid = sleep()
  const pidfd = openPidfd(pid)
  assert.ok(pidfd)
  assert.equal(waitReadable(pidfd.number, 0), false)
  assert.equal(sendSignal(pidfd, 0), true)
  assert.equal(sendSignal(pidfd, 9), true)
  assert.equal(waitReadable(pidfd.number), true)
  waitForProcess(pid)
  assert.equal(sendSignal(pidfd, 9), false)
  assert.equal(openPidfd(pid), undefined)
  pidfd.close()
})

test('waits for a descriptor while the event loop goes on', async () => {
  const pid = sleep()
  const pidfd = openPidfd(pid)
  assert.ok(pidfd)
  setTimeout(() => sendSignal(pidfd, 15), 1)
  await untilReadable(pidfd.number)
  assert.deepEqual(waitForProcess(pid), { signal: 15 })
  pidfd.close()
})

test('adopts the orphans of its children as a subreaper', () => {
  const [ours, theirs] = socketPair('stream')
  setChildSubreaper(true)
  const script = 'sh -c "exec sleep 1000" >/dev/null 2>&1 & echo $! >&5'
  const child = posixSpawn('/bin/sh', ['sh', '-c', script], [], [{ source: theirs.number, target: 5 }])
  waitForProcess(child)
  setChildSubreaper(false)
  const orphan = Number(Buffer.from(receiveMessage(ours.number)?.bytes ?? []).toString())
  killProcess(orphan, 9)
  assert.deepEqual(waitForProcess(orphan), { signal: 9 })
  ours.close()
  theirs.close()
})
