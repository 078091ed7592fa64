// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  attachDeviceProgram,
  attachedDevicePrograms,
  detachDeviceProgram,
  loadDeviceProgram,
  openProgram,
} from './bpf.ts'

/** `r0 = verdict; exit`, as linux/bpf.h encodes it. */
function verdictProgram(verdict: 0 | 1): Uint8Array {
  return Uint8Array.of(0xb7, 0, 0, 0, verdict, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0)
}

function cgroup2Mount(): string {
  const line = readFileSync('/proc/self/mounts', 'utf8').match(/^\S+ (\S+) cgroup2 /m)
  assert.ok(line?.[1], 'no cgroup v2 is mounted')
  return line[1]
}

/** Whether a process of the cgroup may read /dev/zero. */
function mayReadDevice(cgroup: string): boolean {
  const script = `echo $$ > ${cgroup}/cgroup.procs && head -c 1 /dev/zero`
  return spawnSync('/bin/sh', ['-c', script]).status === 0
}

test('device programs load, attach, are listed, replaced and detached', () => {
  const path = join(cgroup2Mount(), `runts-bpf-test-${process.pid}`)
  mkdirSync(path)
  const cgroup = openSync(path, 'r')
  try {
    const deny = loadDeviceProgram(verdictProgram(0), 'Apache-2.0')
    const allow = loadDeviceProgram(verdictProgram(1), 'Apache-2.0')
    assert.deepEqual(attachedDevicePrograms(cgroup), [])
    attachDeviceProgram(cgroup, deny.number)
    assert.equal(attachedDevicePrograms(cgroup).length, 1)
    assert.equal(mayReadDevice(path), false)

    const attached = openProgram(attachedDevicePrograms(cgroup)[0] ?? 0)
    attachDeviceProgram(cgroup, allow.number, attached.number)
    assert.equal(attachedDevicePrograms(cgroup).length, 1)
    assert.equal(mayReadDevice(path), true)

    detachDeviceProgram(cgroup, allow.number)
    assert.deepEqual(attachedDevicePrograms(cgroup), [])
    for (const fd of [deny, allow, attached]) fd.close()
  } finally {
    closeSync(cgroup)
    rmdirSync(path)
  }
})

test('says which errno the verifier gave', () => {
  const endless = Uint8Array.of(0x05, 0, 0xff, 0xff, 0, 0, 0, 0)
  assert.throws(
    () => loadDeviceProgram(endless, 'Apache-2.0'),
    /^RuntimeError: cannot load the device filter: bpf\(2\) E/,
  )
})
