// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LaunchPlan } from './launch-plan.ts'
import type { Op } from './op.ts'
import { printPlan, printPlanJson } from './print-plan.ts'
import { describeOp } from './print-plan-ops.ts'

const names = ['CAP_CHOWN', 'CAP_KILL', 'CAP_SETUID']
const describe = (op: object) => describeOp(op as Op, names)

test('a line has phase, number, verb, arguments and where the step comes from', () => {
  const plan = {
    donated: [],
    steps: [
      { phase: 'setup', op: { op: 'pivot_root' }, origin: { pointer: '/root' } },
      { phase: 'inside', op: { op: 'mask_path', target: '/proc/kcore', tolerate: true }, origin: { reason: 'always' } },
      {
        phase: 'born',
        op: { op: 'join_session_keyring', name: '_ses.box', permissions: 8, tolerate: 'tell' },
        origin: { reason: 'always' },
      },
    ],
  } as unknown as LaunchPlan
  const lines = [
    'setup    1  pivot_root  ← /root\n',
    'inside   2  mask_path             /proc/kcore (ENOENT is fine)  ← (always)\n',
    'born     3  join_session_keyring  _ses.box 0x8 (EDQUOT or ENOSYS is only told)  ← (always)\n',
  ]
  assert.equal(printPlan(plan, names), lines.join(''))
})

test('texts that could be misread are quoted', () => {
  assert.equal(describe({ op: 'write_sysctl', key: 'net/a', value: '1\n← /evil' }), 'net/a "1\\n← /evil"')
  assert.equal(describe({ op: 'set_hostname', name: '' }), '""')
})

test('bits are shown by the words of the kernel', () => {
  assert.equal(describe({ op: 'unshare_namespaces', flags: 0x2000000n }), 'cgroup')
  assert.equal(describe({ op: 'set_mount_propagation', target: '/', propagation: 0x84000n }), '/ rec,slave')
  const change = { recursive: true, set: 0x21n, clear: 0x78n, superblockFlags: 0x10n, options: ['async'] }
  const shown = '/t all [rdonly,strictatime,not noexec] superblock synchronous async'
  assert.equal(describe({ op: 'set_mount_attributes', target: '/t', ...change }), shown)
  assert.match(describe({ op: 'set_mount_attributes', target: '/t', ...change, set: 0n }), /\[relatime,not noexec\]/)
})

test('bits without a name are shown as a number', () => {
  assert.equal(describe({ op: 'unshare_namespaces', flags: 0x2000001n }), 'cgroup 0x1')
})

test('modes are octal, limits can be unlimited and capability sets all or none', () => {
  assert.equal(describe({ op: 'set_umask', mask: 0o22 }), '0022')
  const limit = { op: 'set_rlimit', resource: 7, soft: 5n, hard: 0xffffffffffffffffn }
  assert.equal(describe(limit), 'RLIMIT_NOFILE 5 unlimited')
  const sets = { effective: 0n, permitted: 7n, inheritable: 2n, ambient: 5n }
  assert.equal(
    describe({ op: 'set_capabilities', ...sets }),
    'effective none permitted all inheritable kill ambient chown,setuid',
  )
})

test('JSON keeps the order of fields and every 64-bit value', () => {
  const op = { hard: 0xffffffffffffffffn, op: 'set_rlimit', soft: 5n, resource: 7 }
  const filter = { op: 'load_seccomp', filter: Uint8Array.of(1, 2, 3), flags: 0, listener: false }
  const steps = [op, filter].map((each) => ({ phase: 'seal', op: each, origin: { pointer: '/x' } }))
  const printed = printPlanJson({ donated: [], steps } as unknown as LaunchPlan)
  assert.match(printed, /"resource": 7,\s*"soft": 5,\s*"hard": "18446744073709551615"/)
  assert.match(printed, /"filter": "AQID"/)
  assert.equal(JSON.parse(printed).steps[1].step, 2)
})
