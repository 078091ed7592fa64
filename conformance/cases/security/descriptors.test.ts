// SPDX-License-Identifier: Apache-2.0
// Escapes through descriptors and executables that the runtime leaves open: CVE-2016-9962, 2019-5736, 2024-21626.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { casesOf } from '../../harness/conformance-case.ts'
import { addSelfExecutables, fingerprint } from '../../harness/executable.ts'
import { parseReport } from '../../harness/probe.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('security', { control: true })
it('keeps its executable out of reach of a program that is /proc/self/exe', async (c) => {
  const before = fingerprint()
  for (const program of ['/proc/self/exe', '/bin/script', '/bin/link']) {
    const bundle = c.bundle({ process: { args: [program, 'exit', '0'] } }, { rootfs: addSelfExecutables })
    await c.runtime(['run', '--bundle', bundle.path, c.id()])
    c.assertNothingLeft()
  }
  assert.equal(fingerprint(), before)
})

it('leaves no descriptor to the running program whatever the caller leaks', async (c) => {
  const bundle = c.bundle().probe('wait')
  const wrapper = c.wrapper('leak', '30')
  const call = await c.succeed(['create', '--bundle', bundle.path, c.id()], { wrapper })
  await c.succeed(['start', c.id()], { wrapper })
  await call.outputLine('ready')
  assert.deepEqual(readdirSync(`/proc/${await c.pid()}/fd`).sort(), ['0', '1', '2'])
})

it('starts in no directory of the host through a leaked descriptor as working directory', async (c) => {
  const wrapper = c.wrapper('leak', '30')
  const bundle = c.bundle().probe('report', 'cwd', 'chdir-up')
  for (let fd = 0; fd < 64; fd++) {
    bundle.change({ process: { cwd: `/proc/self/fd/${fd}` } })
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { wrapper })
    if (call.status !== 0) continue
    const report = parseReport(call.stdout)
    assert.ok(report['chdir-up'].inRoot && report.cwd.path.startsWith('/'), String(call))
  }
  c.assertNothingLeft()
})

it('starts in no directory of the host through symlinks and parents of a leaked descriptor', async (c) => {
  const wrapper = c.wrapper('leak', '10')
  const rootfs = (path: string) => {
    for (let fd = 3; fd < 16; fd++) symlinkSync(`/proc/self/fd/${fd}`, `${path}/link${fd}`)
  }
  const bundle = c.bundle({}, { rootfs }).probe('report', 'cwd', 'chdir-up')
  for (let fd = 3; fd < 16; fd++) {
    for (const cwd of [`/link${fd}`, `/proc/self/fd/${fd}/../../..`, `/proc/self/fd/${fd}/..`]) {
      bundle.change({ process: { cwd } })
      const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { wrapper })
      if (call.status !== 0) continue
      const report = parseReport(call.stdout)
      assert.ok(report['chdir-up'].inRoot && report.cwd.path.startsWith('/'), String(call))
    }
  }
})

it('runs no program of the host through a leaked descriptor', async (c) => {
  const wrapper = c.wrapper('leak', '30')
  const bundle = c.bundle()
  for (let fd = 0; fd < 40; fd++) {
    const program = `/proc/self/fd/${fd}/../../../../../../../../bin/busybox`
    bundle.change({ process: { args: [program, 'echo', 'escaped'] } })
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { wrapper })
    assert.notEqual(call.status, 0, String(call))
    assert.doesNotMatch(call.stdout, /escaped/)
  }
  c.assertNothingLeft()
})

it('shows nothing of the host to a container that looks at the waiting process of another', async (c) => {
  // The second container joins the pid namespace of the first while that one waits, as root with every capability.
  await c.create(c.bundle().probe('wait'), c.id('waiting'))
  const pid = await c.pid(c.id('waiting'))
  const names = ['CAP_SYS_PTRACE', 'CAP_SYS_ADMIN', 'CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH']
  const script =
    'for f in /proc/1/fd/*; do if busybox [ -d "$f/." ]; then echo "directory $f"; fi; done; ' +
    'busybox ls /proc/1/cwd/usr /proc/1/root/usr 2>/dev/null; echo done'
  const bundle = c.bundle(
    {
      process: { args: ['sh', '-c', script], capabilities: { bounding: names, effective: names, permitted: names } },
      linux: {
        namespaces: [
          { type: 'pid', path: `/proc/${pid}/ns/pid` },
          { type: 'mount' },
          { type: 'uts' },
          { type: 'ipc' },
          { type: 'network' },
        ],
      },
    },
    { busybox: true },
  )
  const call = await c.succeed(['run', '--bundle', bundle.path, c.id('looking')])
  await until('the end of the output', () => call.stdout.includes('done'))
  assert.equal(call.stdout, 'done\n')
})

it('opens no socket that others could reach', async (c) => {
  const unix = () =>
    readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .filter((line) => / @/.test(line)).length
  const before = unix()
  await c.create(c.bundle().probe('wait'))
  assert.equal(unix(), before)
  assert.equal(statSync(c.root).mode & 0o077, 0)
})
