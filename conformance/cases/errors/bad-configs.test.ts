// SPDX-License-Identifier: Apache-2.0
// Configs that no runtime may accept. Each fails with one message, without a stack trace, and leaves nothing.
import assert from 'node:assert/strict'
import { casesOf } from '../../harness/conformance-case.ts'
import { append, type Patch } from '../../harness/json.ts'
import type { Call } from '../../harness/run-runtime.ts'

const it = casesOf('errors')

const patches: Record<string, Patch> = {
  'no root': { root: undefined },
  'a root that is a string': { root: 'rootfs' },
  'a root path that is a number': { root: { path: 5 } },
  'an ociVersion that is a number': { ociVersion: 1 },
  'an ociVersion that is no version': { ociVersion: 'invalid' },
  'an ociVersion of another major version': { ociVersion: '2.0.0' },
  'no args': { process: { args: undefined } },
  'empty args': { process: { args: [] } },
  'args that are a string': { process: { args: '/bin/probe' } },
  'an argument that is a number': { process: { args: ['/bin/probe', 5] } },
  'an empty name of the program': { process: { args: [''] } },
  'no cwd': { process: { cwd: undefined } },
  'an empty cwd': { process: { cwd: '' } },
  'a relative cwd': { process: { cwd: 'tmp' } },
  'an environment that is an object': { process: { env: { A: 'b' } } },
  'a uid that is negative': { process: { user: { uid: -1 } } },
  'a uid that is a fraction': { process: { user: { uid: 1.5 } } },
  'a uid that is a string': { process: { user: { uid: '0' } } },
  'a uid of 2^32': { process: { user: { uid: 4294967296 } } },
  'a gid of 2^64': { process: { user: { gid: 18446744073709551616n } } },
  'an additional gid of 2^32': { process: { user: { additionalGids: [4294967296] } } },
  'an additional gid that is negative': { process: { user: { additionalGids: [-1] } } },
  'a umask that is a string': { process: { user: { umask: '022' } } },
  'capabilities that are a list': { process: { capabilities: ['CAP_KILL'] } },
  'a capability that is a number': { process: { capabilities: { bounding: [1] } } },
  'a limit of an unknown type': { process: { rlimits: [{ type: 'RLIMIT_X', soft: 1, hard: 1 }] } },
  'a limit that is negative': { process: { rlimits: [{ type: 'RLIMIT_CORE', soft: -1, hard: 1 }] } },
  'a limit of 2^64': { process: { rlimits: [{ type: 'RLIMIT_CORE', soft: 0, hard: 18446744073709551616n }] } },
  'a soft limit above the hard one': { process: { rlimits: [{ type: 'RLIMIT_CORE', soft: 2, hard: 1 }] } },
  'an OOM score above 1000': { process: { oomScoreAdj: 1001 } },
  'an OOM score that is a string': { process: { oomScoreAdj: '0' } },
  'no-new-privileges that is a string': { process: { noNewPrivileges: 'yes' } },
  'a host name that is a number': { hostname: 5 },
  'a host name that is too long': { hostname: 'x'.repeat(65) },
  'mounts that are an object': { mounts: {} },
  'a mount without a destination': { mounts: append({ type: 'tmpfs', source: 'tmpfs' }) },
  'a mount of an unknown file system': { mounts: append({ destination: '/m', type: 'nofs', source: 'x' }) },
  'a mount with options that are a string': { mounts: append({ destination: '/m', type: 'tmpfs', options: 'ro' }) },
  'a bind of a missing source': { mounts: append({ destination: '/m', source: '/no/such', options: ['bind'] }) },
  'a mount with a bad value of an option': {
    mounts: append({ destination: '/m', type: 'tmpfs', options: ['size=x'] }),
  },
  'namespaces that are an object': { linux: { namespaces: {} } },
  'a namespace of an unknown type': { linux: { namespaces: append({ type: 'bogus' }) } },
  'a namespace without a type': { linux: { namespaces: append({}) } },
  'a namespace twice': { linux: { namespaces: append({ type: 'pid' }) } },
  'a namespace at a missing path': { linux: { namespaces: append({ type: 'cgroup', path: '/no/such' }) } },
  'a user namespace without mappings': { linux: { namespaces: append({ type: 'user' }) } },
  'a mapping of size 0': {
    linux: {
      namespaces: append({ type: 'user' }),
      uidMappings: [{ containerID: 0, hostID: 1000, size: 0 }],
      gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
    },
  },
  'a mapping beyond 2^32': {
    linux: {
      namespaces: append({ type: 'user' }),
      uidMappings: [{ containerID: 0, hostID: 4294967295, size: 10 }],
      gidMappings: [{ containerID: 0, hostID: 1000, size: 10 }],
    },
  },
  'a device of an unknown type': { linux: { devices: [{ type: 'z', path: '/dev/x', major: 1, minor: 3 }] } },
  'a device without a path': { linux: { devices: [{ type: 'c', major: 1, minor: 3 }] } },
  'a device number that is a string': { linux: { devices: [{ type: 'c', path: '/dev/x', major: '1', minor: 3 }] } },
  'a sysctl of the host': { linux: { sysctl: { 'vm.swappiness': '1' } } },
  'a sysctl that is a number': { linux: { sysctl: { 'net.ipv4.ip_forward': 1 } } },
  'a sysctl that does not exist': { linux: { sysctl: { 'net.ipv4.bogus': '1' } } },
  'a sysctl with a value that the kernel refuses': { linux: { sysctl: { 'net.ipv4.ip_forward': 'maybe' } } },
  'a sysctl that climbs': { linux: { sysctl: { 'net/../vm/swappiness': '1' } } },
  'an unknown propagation of the root': { linux: { rootfsPropagation: 'sideways' } },
  'masked paths that are a string': { linux: { maskedPaths: '/proc/keys' } },
  'a cgroupsPath that is a number': { linux: { cgroupsPath: 5 } },
  'a memory limit that is a string': { linux: { resources: { memory: { limit: '1G' } } } },
  'a memory limit of 2^63': { linux: { resources: { memory: { limit: 9223372036854775808n } } } },
  'a CPU list that is none': { linux: { resources: { cpu: { cpus: 'a' } } } },
  'a CPU quota that is a string': { linux: { resources: { cpu: { quota: 'x' } } } },
  'a pids limit that is a string': { linux: { resources: { pids: { limit: 'x' } } } },
  'device rules that are an object': { linux: { resources: { devices: {} } } },
}

function assertOneCleanMessage(call: Call): void {
  const text = call.stderr
  assert.equal(text.match(/level=error/g)?.length, 1, `one error: ${call}`)
  assert.doesNotMatch(text, /goroutine|panic|^\s+at |TypeError|ReferenceError|\bundefined\b|\[object/m, String(call))
}

for (const [what, patch] of Object.entries(patches)) {
  it(`refuses ${what}`, async (c) => {
    assertOneCleanMessage(await c.refuses(c.bundle(patch)))
  })
}

for (const [what, text] of Object.entries({
  'an empty file': '',
  'half a document': '{"ociVersion": "1.0.2", "process": {',
  'a list': '[]',
  'a string': '"config"',
  null: 'null',
  'a trailing comma': '{"ociVersion": "1.0.2",}',
  'text after the document': '{"ociVersion": "1.0.2"} more',
  'a comment': '{"ociVersion": "1.0.2" /* so */}',
  'a byte that is no UTF-8 and no JSON': '\u0000',
})) {
  it(`refuses a config that is ${what}`, async (c) => {
    assertOneCleanMessage(await c.refuses(c.bundle().writeText(text)))
  })
}

it('ignores fields that it does not know, as the specification demands', async (c) => {
  const patch = {
    unknown: { a: [1, null] },
    process: { unknown: true },
    linux: { unknown: 'x', resources: { unknown: 5 } },
    root: { unknown: [] },
    mounts: append({ destination: '/m', type: 'tmpfs', source: 'tmpfs', unknown: 1 }),
    annotations: { 'org.example.unknown': 'x' },
  }
  await c.report(c.bundle(patch), ['ids'])
})

it('takes null for absent, as Go programs write it', async (c) => {
  const patch = {
    annotations: null,
    hooks: null,
    process: { rlimits: null, capabilities: null, apparmorProfile: null, oomScoreAdj: null },
    linux: { devices: null, sysctl: null, uidMappings: null, gidMappings: null, seccomp: null, resources: null },
    mounts: append({ destination: '/m', type: 'tmpfs', source: 'tmpfs', options: null }),
  }
  await c.report(c.bundle(patch), ['ids'])
})

for (const version of ['1.0.0', '1.0.2-dev', '1.1.0+dev', '1.2.1', '1.3.0', '1.99.0']) {
  it(`accepts the ociVersion ${version}`, async (c) => {
    await c.report(c.bundle({ ociVersion: version }), ['ids'])
  })
}
