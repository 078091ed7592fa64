// SPDX-License-Identifier: Apache-2.0
// What commands do where the state directory is not as it should be.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'

const it = casesOf('living')

const broken = {
  'no JSON': '{"version":',
  'an empty file': '',
  'another version': '{"version":999,"id":"x"}',
  null: 'null',
}

/** A state directory with this text as its record. */
function damage(c: Case, text: string, id = c.id('damaged')): string {
  const directory = join(c.root, id)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'state.json'), text)
  return id
}

for (const [what, text] of Object.entries(broken)) {
  it(`says that a record is damaged, and frees its id by force: ${what}`, async (c) => {
    await c.create(c.bundle().probe('wait'), c.id('whole'))
    const id = damage(c, text)
    for (const command of ['state', 'start', 'kill', 'pause', 'resume', 'ps', 'delete']) {
      const call = await c.fail([command, id])
      assert.equal(call.stdout, '', String(call))
      assert.doesNotMatch(call.stderr, /^\s+at /m)
    }
    assert.equal((await c.succeed(['list', '--quiet'])).stdout, `${c.id('whole')}\n`)
    assert.equal(JSON.parse((await c.succeed(['list', '--format', 'json'])).stdout).length, 1)
    await c.succeed(['delete', '--force', id])
    assert.ok(!existsSync(join(c.root, id)))
    assert.equal((await c.state(c.id('whole'))).status, 'created')
  })
}

for (const [what, make] of Object.entries({
  'a FIFO': (path: string) => execFileSync('mkfifo', [path]),
  'an endless device': (path: string) => symlinkSync('/dev/zero', path),
})) {
  it(
    `does not wait for a record that is ${what}, and frees its id by force`,
    async (c) => {
      const id = c.id('odd')
      mkdirSync(join(c.root, id), { recursive: true })
      make(join(c.root, id, 'state.json'))
      await c.fail(['state', id], ['state.json: it is not a regular file'])
      assert.match((await c.succeed(['list'])).stderr, /it is not a regular file/)
      await c.succeed(['delete', '--force', id])
      assert.ok(!existsSync(join(c.root, id)))
    },
    { limit: 30 },
  )
}

it('removes a state directory without a record, and says that there is no container', async (c) => {
  const id = c.id('left')
  mkdirSync(join(c.root, id), { recursive: true })
  await c.fail(['delete', id], ['container does not exist'])
  assert.ok(!existsSync(join(c.root, id)))
})

it('takes a pid that was given to another process for nobody', async (c) => {
  await c.createAndStart(c.bundle().probe('exit', '0'))
  await c.stopped()
  // As if the pid of the container had come round: everything is the same but the process.
  const file = join(c.root, c.id(), 'state.json')
  const record = JSON.parse(readFileSync(file, 'utf8'))
  for (const name of ['pid', 'init_process_pid']) if (name in record) record[name] = process.pid
  writeFileSync(file, JSON.stringify(record))
  assert.equal((await c.state()).status, 'stopped')
  await c.fail(['kill', c.id(), '0'], ['container not running'])
  await c.fail(['pause', c.id()], ['container not running'])
  await c.succeed(['delete', '--force', c.id()])
})

it('names the root that is no directory', async (c) => {
  const file = join(c.directory, 'file')
  writeFileSync(file, '')
  const call = await c.runtime(['--root', file, 'create', '--bundle', c.bundle().probe('wait').path, c.id()])
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, new RegExp(`${file}: `), String(call))
})
