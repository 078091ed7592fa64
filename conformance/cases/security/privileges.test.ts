// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { userNamespace } from '../../harness/base-config.ts'
import { capabilitySet } from '../../harness/capability-names.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { namespaceInode } from '../../harness/held-namespaces.ts'
import { append } from '../../harness/json.ts'
import { isRunts, strace } from '../executable/traced-run.ts'

const it = casesOf('security', { control: true })

it('raises no inheritable and no ambient capability that is not listed', async (c) => {
  const { caps } = await c.report(c.bundle(), ['caps'])
  assert.deepEqual(caps.inheritable, [])
  assert.deepEqual(caps.ambient, [])
})

it('writes a config without inheritable capabilities', async (c) => {
  await c.succeed(['spec', '--bundle', c.directory])
  const { process } = JSON.parse(readFileSync(join(c.directory, 'config.json'), 'utf8'))
  assert.deepEqual(process.capabilities.inheritable ?? [], [])
  assert.equal(process.noNewPrivileges, true)
})

it('writes a config without ambient capabilities', async (c) => {
  await c.succeed(['spec', '--bundle', c.directory])
  const { process } = JSON.parse(readFileSync(join(c.directory, 'config.json'), 'utf8'))
  assert.deepEqual(process.capabilities.ambient ?? [], [])
})

it('raises no ambient capability that is not inheritable', async (c) => {
  const names = ['CAP_NET_RAW', 'CAP_KILL']
  const capabilities = {
    bounding: names,
    effective: names,
    permitted: names,
    inheritable: ['CAP_KILL'],
    ambient: names,
  }
  const bundle = c.bundle({ process: { user: { uid: 1000, gid: 1000 }, capabilities } })
  const { caps } = await c.report(bundle, ['caps'])
  assert.deepEqual(capabilitySet(caps.ambient), ['CAP_KILL'])
  assert.deepEqual(capabilitySet(caps.effective), ['CAP_KILL'])
})

it('gives the groups of the config and no others, also through create and start', async (c) => {
  const bundle = c.bundle({ process: { user: { uid: 1000, gid: 1000, additionalGids: [7] } } })
  bundle.probe('report', '--wait', 'ids')
  const wrapper = c.wrapper('groups', '0,4242')
  await c.succeed(['create', '--bundle', bundle.path, c.id()], { wrapper })
  await c.succeed(['start', c.id()], { wrapper })
  assert.match(readFileSync(`/proc/${await c.pid()}/status`, 'utf8'), /^Groups:\t7 $/m)
})

for (const value of ['abc', '-1', '1x', '1.5', '', '99999999999', '0x']) {
  it(`refuses ${JSON.stringify(value)} as a number of descriptors`, async (c) => {
    const bundle = c.bundle().probe('exit', '0')
    const call = await c.runtime(['run', '--bundle', bundle.path, `--preserve-fds=${value}`, c.id()])
    assert.notEqual(call.status, 0, String(call))
    c.assertNothingLeft()
  })
}

it('keeps the namespaces that were asked for however large the config is', async (c) => {
  const text = 'x'.repeat(70000)
  for (const length of [65535, 65536, 131071]) {
    const entry = `LARGE=${text.repeat(2)}`.slice(0, Math.min(length, 131071))
    const report = await c.report(c.bundle({ process: { env: ['PATH=/bin', entry] }, annotations: { large: text } }), [
      'ns',
    ])
    for (const type of ['pid', 'network', 'ipc', 'uts', 'mount'] as const) {
      const file = { pid: 'pid', network: 'net', ipc: 'ipc', uts: 'uts', mount: 'mnt' } as const
      assert.notEqual(report.ns[file[type]], namespaceInode(type), type)
    }
  }
})

it('takes a large number of mounts, devices and masked paths', async (c) => {
  const many = Array.from({ length: 200 }, (_, index) => index)
  const patch = {
    mounts: append(
      ...many.map((n) => ({ destination: `/tmp/m${n}`, type: 'tmpfs', source: 'tmpfs', options: ['size=4k'] })),
    ),
    linux: {
      maskedPaths: many.map((n) => `/not/there/${n}`),
      devices: many.map((n) => ({ path: `/dev/many${n}`, type: 'c', major: 1, minor: 3, fileMode: 0o666 })),
    },
  }
  const report = await c.report(c.bundle(patch), ['mounts', 'stat:/dev/many199'])
  assert.equal(report.mounts.filter((mount) => mount.target.startsWith('/tmp/m')).length, 200)
  assert.equal(report['stat:/dev/many199']?.minor, 3)
})

// CVE-2016-9962. Whether a change of uid makes a process dumpable is up to fs.suid_dumpable of the host.
it(
  'cannot be attached to after any change of its user',
  async (c) => {
    const log = join(c.directory, 'trace')
    const wrapper = ['strace', '-f', '-qq', '-e', 'trace=prctl,setresuid', '-e', 'signal=none', '-o', log]
    const bundle = c.bundle({ linux: { ...userNamespace(), resources: undefined } }).probe('exit', '0')
    await c.succeed(['run', '--bundle', bundle.path, c.id()], { wrapper })
    const calls = readFileSync(log, 'utf8').match(/setresuid\(|prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE/g) ?? []
    const changes = calls.flatMap((call, index) => (call === 'setresuid(' ? [calls[index + 1]] : []))
    assert.ok(changes.length >= 2)
    for (const next of changes) assert.match(next ?? '', /^prctl/)
  },
  { requires: [isRunts, strace] },
)
