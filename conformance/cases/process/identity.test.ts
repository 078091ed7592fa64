// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { withCapabilities } from '../../harness/base-config.ts'
import { capabilitySet } from '../../harness/capability-names.ts'
import { casesOf } from '../../harness/conformance-case.ts'

const it = casesOf('process')

it('becomes root without groups by default', async (c) => {
  const { ids } = await c.report(c.bundle(), ['ids'])
  assert.deepEqual(ids, { uid: 0, euid: 0, suid: 0, gid: 0, egid: 0, sgid: 0, groups: [] })
})

it('becomes the user, the group and exactly the additional groups', async (c) => {
  const user = { uid: 1000, gid: 2000, additionalGids: [3000, 10, 4000] }
  const { ids } = await c.report(c.bundle({ process: { user } }), ['ids'])
  assert.deepEqual(
    { ...ids, groups: ids.groups.sort() },
    {
      uid: 1000,
      euid: 1000,
      suid: 1000,
      gid: 2000,
      egid: 2000,
      sgid: 2000,
      groups: [10, 3000, 4000],
    },
  )
})

it('becomes the user with the highest id that runc allows', async (c) => {
  const user = { uid: 2147483647, gid: 2147483647 }
  const { ids } = await c.report(c.bundle({ process: { user } }), ['ids'])
  assert.equal(ids.uid, 2147483647)
  assert.equal(ids.gid, 2147483647)
})

it('becomes the user with the highest id there is', async (c) => {
  const user = { uid: 4294967294, gid: 4294967294 }
  const { ids } = await c.report(c.bundle({ process: { user } }), ['ids'])
  assert.equal(ids.uid, 4294967294)
  assert.equal(ids.gid, 4294967294)
})

it('never passes on the groups of the caller', async (c) => {
  const { ids } = await c.report(c.bundle(), ['ids'], { wrapper: c.wrapper('groups', '0,4242') })
  assert.deepEqual(ids.groups, [])
})

for (const umask of [0, 0o027, 0o077]) {
  it(`sets the umask 0${umask.toString(8)}`, async (c) => {
    assert.equal((await c.report(c.bundle({ process: { user: { umask } } }), ['umask'])).umask, umask)
  })
}

it('leaves a umask of 022 when the config has none', async (c) => {
  assert.equal((await c.report(c.bundle(), ['umask'])).umask, 0o022)
})

it('sets the five capability sets as they are listed', async (c) => {
  const capabilities = {
    bounding: ['CAP_KILL', 'CAP_CHOWN', 'CAP_NET_RAW', 'CAP_SETUID'],
    permitted: ['CAP_KILL', 'CAP_CHOWN', 'CAP_NET_RAW'],
    effective: ['CAP_KILL', 'CAP_NET_RAW'],
    inheritable: ['CAP_CHOWN', 'CAP_NET_RAW'],
    ambient: ['CAP_NET_RAW'],
  }
  // As a user other than root execve keeps what the ambient set says; the rest is seen in bounding and inheritable.
  const user = { uid: 1000, gid: 1000 }
  const { caps } = await c.report(c.bundle({ process: { capabilities, user } }), ['caps'])
  assert.deepEqual(capabilitySet(caps.bounding).sort(), capabilities.bounding.sort())
  assert.deepEqual(capabilitySet(caps.inheritable).sort(), capabilities.inheritable.sort())
  assert.deepEqual(capabilitySet(caps.ambient), capabilities.ambient)
  assert.deepEqual(capabilitySet(caps.permitted), capabilities.ambient)
  assert.deepEqual(capabilitySet(caps.effective), capabilities.ambient)
})

it('gives root at most the bounding set', async (c) => {
  const names = ['CAP_CHOWN', 'CAP_KILL', 'CAP_MKNOD']
  const { caps } = await c.report(c.bundle({ process: withCapabilities(...names) }), ['caps'])
  assert.deepEqual(capabilitySet(caps.permitted), names)
  assert.deepEqual(capabilitySet(caps.effective), names)
  assert.deepEqual(capabilitySet(caps.bounding), names)
})

it('leaves no capability to a user other than root without an ambient set', async (c) => {
  const process = { user: { uid: 1000, gid: 1000 }, ...withCapabilities('CAP_KILL', 'CAP_CHOWN') }
  const { caps } = await c.report(c.bundle({ process }), ['caps'])
  assert.deepEqual([caps.permitted, caps.effective, caps.inheritable, caps.ambient], [[], [], [], []])
})

it('drops every capability for empty sets', async (c) => {
  const { caps } = await c.report(c.bundle({ process: withCapabilities() }), ['caps'])
  assert.deepEqual(caps, { effective: [], permitted: [], inheritable: [], bounding: [], ambient: [] })
})

it('only warns about a capability that does not exist', async (c) => {
  const { caps } = await c.report(c.bundle({ process: withCapabilities('CAP_KILL', 'CAP_UNKNOWN') }), ['caps'])
  assert.deepEqual(capabilitySet(caps.effective), ['CAP_KILL'])
})

it('sets and leaves out no-new-privileges', async (c) => {
  assert.equal((await c.report(c.bundle({ process: { noNewPrivileges: false } }), ['nnp'])).nnp, false)
})

it('sets no-new-privileges', async (c) => {
  assert.equal((await c.report(c.bundle({ process: { noNewPrivileges: true } }), ['nnp'])).nnp, true)
})
