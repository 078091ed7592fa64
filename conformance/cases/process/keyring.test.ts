// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { namespaces, userNamespace } from '../../harness/base-config.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { probeFile } from '../../harness/places.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('process')
const WITHOUT_UTS = ['pid', 'network', 'ipc', 'mount']

/** Name and permissions of the session keyring that the program sees. */
async function keyring(c: Case, patch = {}, ...flags: string[]) {
  const { keyring } = await c.report(c.bundle({ hostname: undefined, ...patch }), ['keyring'], { flags })
  assert.equal(keyring.error, null)
  const [type, uid, , permissions = '', name] = keyring.description.split(';')
  assert.equal(type, 'keyring')
  return { uid, permissions: Number.parseInt(permissions, 16), name }
}

it('gives the container a session keyring of its own that its user may search', async (c) => {
  const { name, permissions } = await keyring(c, { linux: { namespaces: namespaces('mount', 'pid') } })
  assert.equal(name, `_ses.${c.id()}`)
  assert.equal(permissions, 0x3f1b0000)
})

it('lets everybody in a user namespace search the session keyring', async (c) => {
  const { name, permissions } = await keyring(c, { linux: userNamespace(WITHOUT_UTS, 300000) })
  assert.equal(name, `_ses.${c.id()}`)
  assert.equal(permissions, 0x3f130008)
})

it('makes no session keyring with --no-new-keyring', async (c) => {
  const { name } = await keyring(c, { linux: { namespaces: namespaces('mount', 'pid') } }, '--no-new-keyring')
  assert.notEqual(name, `_ses.${c.id()}`)
})

/** Another process of this user that has used up all keys the kernel grants one. */
async function useUpKeys(c: Case, uid: number): Promise<void> {
  const child = spawn(probeFile, ['fill-keys', String(uid)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  c.atEnd(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes
  })
  await until('the key quota to be full', () => said === 'full\n' || child.exitCode !== null)
  assert.equal(said, 'full\n')
}

it('goes on with a warning when the key quota of the user is used up', async (c) => {
  await useUpKeys(c, 301000)
  const bundle = c.bundle({ hostname: undefined, linux: userNamespace(WITHOUT_UTS, 301000) }).probe('exit', '7')
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
  assert.equal(call.status, 7, String(call))
  assert.match(call.stderr, /level=warning msg=.*keyring.*EDQUOT.*kernel\.keys/)
})
