// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { undoValue } from './undo-write.ts'

const cases: readonly [sentence: string, file: string, value: string, before: string, undo: string | undefined][] = [
  ['writes the former number', 'memory.max', '4096', '8192\n', '8192'],
  ['writes nothing where the value was there already', 'pids.max', '7', '7\n', undefined],
  ['writes the former pair', 'cpu.max', '50000 100000', 'max 100000\n', 'max 100000'],
  ['writes an empty line into a cpuset that had nothing', 'cpuset.cpus', '0', '\n', '\n'],
  ['reads the switch of the OOM killer', 'memory.oom_control', '1', 'oom_kill_disable 0\nunder_oom 0\n', '0'],
  ['leaves the weight of an idle group to cpu.idle', 'cpu.weight', '100', '0\n', undefined],
  ['writes the former line of the device', 'blkio.throttle.read_bps_device', '8:0 5', '8:16 1\n8:0 9\n', '8:0 9'],
  ['takes the line of a new device away on v1', 'blkio.throttle.read_bps_device', '8:0 5', '8:16 1\n', '8:0 0'],
  ['takes the weight of a new device away on v1', 'blkio.bfq.weight_device', '8:0 50', '', '8:0 default'],
  [
    'takes the line of a new device away on v2',
    'io.max',
    '8:0 rbps=5',
    '',
    '8:0 rbps=max wbps=max riops=max wiops=max',
  ],
  ['writes the former line of io.max', 'io.max', '8:0 rbps=5', '8:0 rbps=9 wbps=max\n', '8:0 rbps=9 wbps=max'],
  ['takes a bare number for the default weight', 'io.bfq.weight', '200', 'default 100\n8:0 50\n', 'default 100'],
  ['tells a named default weight from a device', 'io.weight', 'default 200', 'default 100\n8:0 5\n', 'default 100'],
  ['writes the former weight of a device', 'io.weight', '8:0 200', 'default 100\n8:0 5\n', '8:0 5'],
  ['writes the former priority of an interface', 'net_prio.ifpriomap', 'eth0 5', 'lo 0\neth0 2\n', 'eth0 2'],
  [
    'does not take one device for another',
    'io.max',
    '8:1 rbps=5',
    '8:16 rbps=9\n',
    '8:1 rbps=max wbps=max riops=max wiops=max',
  ],
]

for (const [sentence, file, value, before, undo] of cases) {
  test(sentence, () => assert.equal(undoValue({ file, value }, before), undo))
}
