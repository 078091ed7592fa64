// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStatus } from './process-status.ts'

const TEXT = `Name:	a:b c
Umask:	0022
State:	S (sleeping)
Tgid:	50
Pid:	50
PPid:	49
Uid:	1	2	3	4
Gid:	5	6	7	8
Groups:	 
NSpid:	50	7	1
Threads:	3
CapInh:	0000000000000000
CapPrm:	00000000a80425fb
CapEff:	0000000000000400
CapBnd:	000001ffffffffff
CapAmb:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
Seccomp_filters:	4
`

test('reads what a process shows of itself', () => {
  const { capabilities, ...rest } = parseStatus(TEXT)
  assert.deepEqual(rest, {
    name: 'a:b c',
    state: 'S',
    ppid: 49,
    uid: 2,
    gid: 6,
    threads: 3,
    nsPids: [50, 7, 1],
    noNewPrivileges: true,
    seccomp: 2,
    seccompFilters: 4,
  })
  assert.equal(capabilities.effective, 1n << 10n)
  assert.equal(capabilities.bounding, (1n << 41n) - 1n)
  assert.equal(capabilities.ambient, 0n)
})

test('kernels before 5.9 do not count filters', () => {
  assert.equal('seccompFilters' in parseStatus(TEXT.replace(/Seccomp_filters.*\n/, '')), false)
})
