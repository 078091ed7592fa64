// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { namespaces } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'

const it = casesOf('process')

it('sets the host name and the domain name', async (c) => {
  const report = await c.report(c.bundle({ hostname: 'a-name', domainname: 'a-domain.example' }), ['hostname'])
  assert.deepEqual(report.hostname, { hostname: 'a-name', domainname: 'a-domain.example' })
})

it('sets the host name', async (c) => {
  assert.equal((await c.report(c.bundle({ hostname: 'a-name' }), ['hostname'])).hostname.hostname, 'a-name')
})

it('refuses a host name without a UTS namespace', async (c) => {
  const before = readFileSync('/proc/sys/kernel/hostname', 'utf8')
  await c.refuses(c.bundle({ linux: { namespaces: namespaces('mount', 'pid', 'ipc', 'network') } }), /hostname/i)
  assert.equal(readFileSync('/proc/sys/kernel/hostname', 'utf8'), before)
})

it('refuses a domain name without a UTS namespace', async (c) => {
  const patch = { hostname: undefined, domainname: 'x', linux: { namespaces: namespaces('mount', 'pid') } }
  await c.refuses(c.bundle(patch), /domainname/i)
})

it('sets sysctls of the namespaces the container has', async (c) => {
  const sysctl = {
    'net.ipv4.ip_forward': '1',
    'net/ipv4/ip_unprivileged_port_start': '80',
    'kernel.shmmax': '1048576',
    'kernel.msgmax': '4096',
    'fs.mqueue.msg_max': '50',
    'kernel.domainname': 'by-sysctl',
  }
  const report = await c.report(c.bundle({ linux: { sysctl } }), [
    ...Object.keys(sysctl).map((key) => `read:/proc/sys/${key.replaceAll('.', '/')}`),
  ])
  for (const [key, value] of Object.entries(sysctl)) {
    assert.equal(report[`read:/proc/sys/${key.replaceAll('.', '/')}`]?.text, `${value}\n`)
  }
})

it('sets a sysctl of an interface whose name holds a dot written with slashes', async (c) => {
  const sysctl = { 'net/ipv4/conf/lo/forwarding': '1' }
  const report = await c.report(c.bundle({ linux: { sysctl } }), ['read:/proc/sys/net/ipv4/conf/lo/forwarding'])
  assert.equal(report['read:/proc/sys/net/ipv4/conf/lo/forwarding']?.text, '1\n')
})

for (const [sentence, key, types] of [
  ['kernel.core_pattern', 'kernel.core_pattern', ['pid', 'network', 'ipc', 'uts', 'mount']],
  ['vm.swappiness', 'vm.swappiness', ['pid', 'network', 'ipc', 'uts', 'mount']],
  ['net.* without a network namespace', 'net.ipv4.ip_forward', ['pid', 'ipc', 'uts', 'mount']],
  ['kernel.shmmax without an IPC namespace', 'kernel.shmmax', ['pid', 'network', 'uts', 'mount']],
  ['kernel.domainname without a UTS namespace', 'kernel.domainname', ['pid', 'network', 'ipc', 'mount']],
] as const) {
  it(`refuses the sysctl ${sentence}`, async (c) => {
    const file = `/proc/sys/${key.replaceAll('.', '/')}`
    const before = readFileSync(file, 'utf8')
    const linux = { sysctl: { [key]: '1' }, namespaces: namespaces(...types) }
    await c.refuses(c.bundle({ hostname: undefined, linux, mounts: [] }), key)
    assert.equal(readFileSync(file, 'utf8'), before)
  })
}

it('refuses the sysctl kernel.hostname', async (c) => {
  await c.refuses(c.bundle({ linux: { sysctl: { 'kernel.hostname': 'x' } } }), 'kernel.hostname')
})

it('refuses a sysctl that does not exist', async (c) => {
  await c.refuses(c.bundle({ linux: { sysctl: { 'net.ipv4.no_such_thing': '1' } } }), 'no_such_thing')
})
