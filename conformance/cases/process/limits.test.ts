// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf } from '../../harness/conformance-case.ts'
import { processesOf } from '../../harness/host-snapshot.ts'

const it = casesOf('process')

// Values that root without CAP_SYS_RESOURCE may set: none above the usual hard limits.
const settable: [string, bigint, bigint][] = [
  ['RLIMIT_AS', 2n ** 40n, 2n ** 41n],
  ['RLIMIT_CORE', 0n, 4096n],
  ['RLIMIT_CPU', 1000n, 2000n],
  ['RLIMIT_DATA', 2n ** 33n, 2n ** 53n + 1n],
  ['RLIMIT_FSIZE', 2n ** 30n, 2n ** 31n],
  ['RLIMIT_LOCKS', 10n, 20n],
  ['RLIMIT_MEMLOCK', 4096n, 65536n],
  ['RLIMIT_MSGQUEUE', 1000n, 2000n],
  ['RLIMIT_NICE', 0n, 0n],
  ['RLIMIT_NOFILE', 100n, 200n],
  ['RLIMIT_NPROC', 500n, 600n],
  ['RLIMIT_RSS', 2n ** 40n, 18446744073709551615n],
  ['RLIMIT_RTPRIO', 0n, 0n],
  ['RLIMIT_RTTIME', 2n ** 40n, 2n ** 60n],
  ['RLIMIT_SIGPENDING', 10n, 20n],
  ['RLIMIT_STACK', 2n ** 20n, 2n ** 22n],
]

it('sets all sixteen resource limits to the last digit', async (c) => {
  const rlimits = settable.map(([type, soft, hard]) => ({ type, soft, hard }))
  const { limits } = await c.report(c.bundle({ process: { rlimits } }), ['limits'])
  const expected = settable.map(([type, soft, hard]) => [type, { soft: String(soft), hard: String(hard) }])
  assert.deepEqual(limits, Object.fromEntries(expected))
})

it('leaves the limits of the caller where the config has none', async (c) => {
  const call = await c.report(c.bundle({ process: { rlimits: [] } }), ['limits'])
  const [, soft, hard] = readFileSync('/proc/self/limits', 'utf8').match(/Max locked memory +(\d+) +(\d+)/) ?? []
  assert.deepEqual(call.limits.RLIMIT_MEMLOCK, { soft, hard })
})

it('refuses a limit whose type does not exist', async (c) => {
  await c.refuses(c.bundle({ process: { rlimits: [{ type: 'RLIMIT_BOGUS', soft: 1, hard: 1 }] } }), 'RLIMIT_BOGUS')
})

it('names the limit that the kernel refuses', async (c) => {
  const rlimits = [{ type: 'RLIMIT_NOFILE', soft: 2 ** 40, hard: 2 ** 40 }]
  await c.refuses(c.bundle({ process: { rlimits } }), /RLIMIT_NOFILE.*not permitted.*nr_open/)
})

it('refuses the same limit twice', async (c) => {
  const limit = { type: 'RLIMIT_NOFILE', soft: 10, hard: 10 }
  await c.refuses(c.bundle({ process: { rlimits: [limit, limit] } }), 'RLIMIT_NOFILE')
})

it('refuses a soft limit above the hard one', async (c) => {
  await c.refuses(c.bundle({ process: { rlimits: [{ type: 'RLIMIT_NOFILE', soft: 11, hard: 10 }] } }))
})

for (const oomScoreAdj of [0, 100, 1000]) {
  it(`sets the OOM score adjustment ${oomScoreAdj}`, async (c) => {
    assert.equal((await c.report(c.bundle({ process: { oomScoreAdj } }), ['oom'])).oom, oomScoreAdj)
  })
}

it('leaves the OOM score adjustment of the caller without one in the config', async (c) => {
  const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'))
  assert.equal((await c.report(c.bundle(), ['oom'])).oom, own)
})

it('opens exactly descriptors 0, 1 and 2', async (c) => {
  assert.deepEqual((await c.report(c.bundle(), ['fds'])).fds, [0, 1, 2])
})

it('opens exactly descriptors 0, 1 and 2 when the caller leaks thirty', async (c) => {
  const { fds } = await c.report(c.bundle(), ['fds'], { wrapper: c.wrapper('leak', '30') })
  assert.deepEqual(fds, [0, 1, 2])
})

it('passes the asked descriptors on with --preserve-fds and no other', async (c) => {
  const { fds } = await c.report(c.bundle(), ['fds'], {
    wrapper: c.wrapper('leak', '5'),
    flags: ['--preserve-fds', '2'],
  })
  assert.deepEqual(fds, [0, 1, 2, 3, 4])
})

it('keeps one process of less than a mebibyte between create and start', async (c) => {
  const bundle = c.bundle().probe('wait')
  await c.create(bundle)
  const pid = await c.pid()
  assert.deepEqual(processesOf(c.token), [pid])
  assert.deepEqual(readdirSync(`/proc/${pid}/task`).length, 1)
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kibibytes = Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1])
  assert.ok(kibibytes < 1024, `${kibibytes} KiB`)
})

it('holds no directory open between create and start', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const fds = `/proc/${await c.pid()}/fd`
  for (const fd of readdirSync(fds)) assert.ok(!statSync(join(fds, fd)).isDirectory(), readlinkSync(join(fds, fd)))
})
