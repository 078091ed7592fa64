// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { casesOf, type State } from '../../harness/conformance-case.ts'
import type { JsonObject } from '../../harness/json.ts'
import { type Agent, allowAllBut, callsIn, rule, startAgent } from '../../harness/seccomp.ts'

const it = casesOf('seccomp')

/** A call that no runtime makes by itself, which only asks when it is given this. */
const PERSONALITY = process.arch === 'arm64' ? 92 : 135
const ASK = 'personality:0xffffffff'

/** The container process state of config-linux.md. */
interface Sent {
  ociVersion: string
  fds: string[]
  pid: number
  metadata?: string
  state: State
}

function notifying(agent: Agent, noNewPrivileges: boolean, names = ['personality'], more: JsonObject = {}) {
  const { linux } = allowAllBut(rule('SCMP_ACT_NOTIFY', names)) as { linux: { seccomp: JsonObject } }
  return {
    process: { noNewPrivileges },
    linux: { seccomp: { ...linux.seccomp, listenerPath: agent.socket, ...more } },
  }
}

for (const noNewPrivileges of [true, false]) {
  const how = noNewPrivileges ? 'with no_new_privs' : 'without no_new_privs'

  it(`SCMP_ACT_NOTIFY lets an agent answer with an errno ${how}`, async (c) => {
    const agent = await startAgent(c, 'errno=95')
    assert.deepEqual(await callsIn(c, c.bundle(notifying(agent, noNewPrivileges)), ASK), ['EOPNOTSUPP'])
    await agent.line('over')
    assert.deepEqual(agent.lines().slice(-2), [`asked ${PERSONALITY} ${0xffffffff}`, 'over'])
  })

  it(`SCMP_ACT_NOTIFY lets an agent answer with a value or let the call go on ${how}`, async (c) => {
    const agent = await startAgent(c, 'value=4242')
    assert.deepEqual(await callsIn(c, c.bundle(notifying(agent, noNewPrivileges)), ASK, 'setsid'), [4242, 'EPERM'])
  })

  it(`hands the listener over at create, and the program is asked about after start ${how}`, async (c) => {
    const agent = await startAgent(c, 'value=4242')
    const bundle = c.bundle(notifying(agent, noNewPrivileges, undefined, { listenerMetadata: 'for the agent' }))
    const call = await c.create(bundle.change({ annotations: { 'org.example.a': 'b' } }).probe('calls', ASK))
    const sent = (await agent.sent()) as unknown as Sent
    const { pid } = await c.state()
    assert.deepEqual(sent.fds, ['seccompFd'])
    assert.equal(sent.pid, pid)
    assert.equal(sent.metadata, 'for the agent')
    assert.equal(typeof sent.ociVersion, 'string')
    const { id, status, bundle: path, annotations } = sent.state
    assert.deepEqual(
      { id, status, path, pid: sent.state.pid },
      { id: c.id(), status: 'creating', path: bundle.path, pid },
    )
    assert.equal(annotations?.['org.example.a'], 'b')
    assert.ok(!agent.lines().some((line) => line.startsWith('asked')))
    await c.succeed(['start', c.id()])
    await call.outputLine('[4242]')
    await agent.line('over')
  })

  it(`lets an agent answer for read, which the runtime itself waits with ${how}`, async (c) => {
    const agent = await startAgent(c, 'continue')
    const bundle = c.bundle(notifying(agent, noNewPrivileges, ['read', 'personality']))
    assert.deepEqual(await callsIn(c, bundle, ASK), [0])
  })
}

it('tells the agent that it is over when a container that was only created is deleted by force', async (c) => {
  const agent = await startAgent(c, 'errno=95')
  const bundle = c.bundle(notifying(agent, true)).probe('calls', ASK)
  await c.create(bundle)
  await agent.sent()
  await c.succeed(['delete', '--force', c.id()])
  await agent.line('over')
})

it('closes the connection to the agent behind the one message', async (c) => {
  const agent = await startAgent(c, 'continue')
  await callsIn(c, c.bundle(notifying(agent, true)), ASK)
  await agent.line('over')
  assert.equal(agent.lines()[2], 'end')
})

it('accepts a listener path without anything to notify about', async (c) => {
  const profile = allowAllBut(rule('SCMP_ACT_ERRNO', ['personality'])) as { linux: { seccomp: JsonObject } }
  const bundle = c.bundle({ linux: { seccomp: { ...profile.linux.seccomp, listenerPath: '/missing/agent.sock' } } })
  assert.deepEqual(await callsIn(c, bundle, ASK), ['EPERM'])
})

for (const noNewPrivileges of [true, false]) {
  it(`refuses a listener whose agent is not there, no_new_privs ${noNewPrivileges}`, async (c) => {
    await c.report(c.bundle(), ['ids'])
    for (const socket of [join(c.directory, 'missing.sock'), join(c.directory, 'missing', 'agent.sock')]) {
      const bundle = c.bundle(notifying({ socket } as Agent, noNewPrivileges)).probe('calls', ASK)
      await c.refuses(bundle, 'failed to connect with seccomp agent')
      await c.fail(['create', '--bundle', bundle.path, c.id()], ['failed to connect with seccomp agent'])
      c.assertNothingLeft()
    }
  })
}

it('names the place of the listener path when the agent is not there', async (c) => {
  await c.report(c.bundle(), ['ids'])
  const socket = join(c.directory, 'missing.sock')
  await c.refuses(c.bundle(notifying({ socket } as Agent, true)), '/linux/seccomp/listenerPath', 'ENOENT')
})
