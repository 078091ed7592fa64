// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { casesOf, isAlive, pidFile } from '../../harness/conformance-case.ts'

const it = casesOf('lifecycle')

it('creates without running the program, and start runs it', async (c) => {
  const call = await c.create(c.bundle().probe('wait'))
  const created = await c.state()
  assert.equal(created.status, 'created')
  assert.ok(isAlive(created.pid))
  assert.equal(call.stdout, '')
  await c.succeed(['start', c.id()])
  await call.outputLine('ready')
  const running = await c.state()
  assert.equal(running.status, 'running')
  assert.equal(running.pid, created.pid)
})

it('says nothing on success', async (c) => {
  const bundle = c.bundle().probe('exit', '0')
  const calls = [await c.create(bundle), await c.succeed(['start', c.id()])]
  await c.stopped()
  calls.push(await c.succeed(['delete', c.id()]))
  for (const call of calls) assert.equal(call.stdout + call.stderr, '', String(call))
})

it('goes through created, running, stopped and away', async (c) => {
  await c.create(c.bundle().probe('trap', '15'))
  assert.equal((await c.state()).status, 'created')
  await c.succeed(['start', c.id()])
  assert.equal((await c.state()).status, 'running')
  await c.kill()
  const stopped = await c.state()
  assert.equal(stopped.status, 'stopped')
  assert.equal(stopped.pid, 0)
  await c.succeed(['delete', c.id()])
  await c.fail(['state', c.id()], ['container does not exist'])
  c.assertNothingLeft()
})

it('reuses an id after delete', async (c) => {
  for (const status of ['5', '6']) {
    await c.createAndStart(c.bundle().probe('exit', status))
    await c.stopped()
    await c.succeed(['delete', c.id()])
  }
})

it('refuses an id that exists and leaves the first container alone', async (c) => {
  const bundle = c.bundle().probe('wait')
  await c.create(bundle)
  const before = await c.state()
  await c.fail(['create', '--bundle', bundle.path, c.id()], ['container with given ID already exists'])
  await c.fail(['run', '--bundle', bundle.path, c.id()], ['container with given ID already exists'])
  assert.deepEqual(await c.state(), before)
})

it('refuses an id that exists in every status', async (c) => {
  const bundle = c.bundle().probe('exit', '0')
  await c.createAndStart(bundle)
  await c.stopped()
  await c.fail(['create', '--bundle', bundle.path, c.id()], ['container with given ID already exists'])
})

for (const id of ['a/b', '../a', 'a b', '..', '.', 'ä', 'a:b', 'a\nb', 'a\\b', '/a', 'a?', `${'-'.repeat(2)}x y`]) {
  it(`refuses the id ${JSON.stringify(id)}`, async (c) => {
    const call = await c.runtime(['create', '--bundle', c.bundle().path, '--', id])
    assert.equal(call.status, 1, String(call))
    assert.match(call.stderr, /invalid container ID format/, String(call))
    c.assertNothingLeft()
  })
}

it('refuses an empty id', async (c) => {
  await c.fail(['create', '--bundle', c.bundle().path, ''], ['container id cannot be empty'])
})

it('takes an id of all the letters that are allowed', async (c) => {
  const id = `${c.token}.Az09_+-.`
  await c.createAndStart(c.bundle().probe('exit', '0'), id)
  assert.equal((await c.stopped(id)).id, id)
})

it('takes an id that looks like a number as it is', async (c) => {
  for (const id of ['1e5', '0x10', '007']) {
    await c.create(c.bundle().probe('wait'), id)
    assert.equal((await c.state(id)).id, id)
    await c.succeed(['delete', '--force', id])
  }
})

it('refuses an id that is too long for a file name', async (c) => {
  await c.fail(['create', '--bundle', c.bundle().path, 'x'.repeat(300)])
  c.assertNothingLeft()
})

it('refuses a bundle without a config', async (c) => {
  const bundle = c.bundle()
  rmSync(join(bundle.path, 'config.json'))
  await c.fail(['create', '--bundle', bundle.path, c.id()], ['JSON specification file config.json not found'])
  c.assertNothingLeft()
})

it('refuses a bundle that does not exist', async (c) => {
  await c.fail(['create', '--bundle', '/no/such/bundle', c.id()], ['no such file or directory'])
  c.assertNothingLeft()
})

it('refuses a config that is not JSON', async (c) => {
  await c.fail(['create', '--bundle', c.bundle().writeText('{"ociVersion": "1.0.2",').path, c.id()])
  c.assertNothingLeft()
})

it('creates without a process and refuses to start it', async (c) => {
  await c.create(c.bundle({ process: undefined }))
  assert.equal((await c.state()).status, 'created')
  await c.fail(['start', c.id()], ['process'])
})

it('is not affected by a config that is edited after create', async (c) => {
  const bundle = c.bundle().probe('report', 'hostname')
  const call = await c.create(bundle)
  bundle.probe('exit', '9').change({ hostname: 'edited', root: { path: '/nowhere' } })
  await c.succeed(['start', c.id()])
  await c.stopped()
  assert.equal(JSON.parse(call.stdout).hostname.hostname, 'conformance')
})

it('starts, shows and deletes a container whose bundle is gone', async (c) => {
  const bundle = c.bundle().probe('exit', '0')
  await c.create(bundle)
  rmSync(join(bundle.path, 'config.json'))
  await c.succeed(['start', c.id()])
  await c.stopped()
  await c.succeed(['delete', c.id()])
  c.assertNothingLeft()
})

it('ends with the program still running when its caller goes away', async (c) => {
  const wrapper = ['sh', '-c', '"$@" & wait $!; kill -9 $$', 'sh']
  const bundle = c.bundle().probe('wait')
  const call = await c.runtime(['run', '--detach', '--bundle', bundle.path, c.id()], { wrapper })
  assert.equal(call.signal, 'SIGKILL')
  assert.equal((await c.state()).status, 'running')
})

it('writes the pid as bare digits', async (c) => {
  const bundle = c.bundle().probe('wait')
  await c.create(bundle)
  assert.equal(readFileSync(pidFile(bundle, c.id()), 'utf8'), String(await c.pid()))
})

it('replaces a pid file by another one and leaves no temporary file', async (c) => {
  const bundle = c.bundle().probe('wait')
  const directory = join(c.directory, 'pids')
  mkdirSync(directory)
  const file = join(directory, 'pid')
  writeFileSync(file, 'something longer than a pid')
  const kept = join(c.directory, 'old')
  const before = statSync(file).ino
  await c.succeed(['create', '--bundle', bundle.path, '--pid-file', file, c.id()])
  assert.equal(readFileSync(file, 'utf8'), String(await c.pid()))
  assert.notEqual(statSync(file).ino, before)
  assert.deepEqual(readdirSync(directory), ['pid'])
  assert.ok(!existsSync(kept))
})

it('takes a relative pid file from the current directory, not from the bundle', async (c) => {
  const bundle = c.bundle().probe('wait')
  await c.succeed(['create', '--bundle', bundle.path, '--pid-file', 'the.pid', c.id()], { cwd: c.directory })
  assert.equal(readFileSync(join(c.directory, 'the.pid'), 'utf8'), String(await c.pid()))
})

it('leaves nothing when the pid file cannot be written', async (c) => {
  const bundle = c.bundle().probe('wait')
  await c.fail(
    ['create', '--bundle', bundle.path, '--pid-file', '/no/such/directory/pid', c.id()],
    ['/no/such/directory'],
  )
  c.assertNothingLeft()
})

it('takes a relative bundle', async (c) => {
  const bundle = c.bundle().probe('wait')
  renameSync(bundle.path, join(c.directory, 'here'))
  await c.succeed(['create', '--bundle', 'here', c.id()], { cwd: c.directory })
  assert.equal((await c.state()).bundle, join(c.directory, 'here'))
})

it('takes flags in every way that Go programs do', async (c) => {
  const bundle = c.bundle().probe('exit', '3')
  const pid = join(c.directory, 'pid')
  const ways = [
    ['-b', bundle.path],
    [`-b=${bundle.path}`],
    ['-bundle', bundle.path],
    [`-bundle=${bundle.path}`],
    [`--bundle=${bundle.path}`],
    ['--bundle', '/nowhere', '--bundle', bundle.path],
    ['-no-pivot', '-b', bundle.path],
    ['-no-new-keyring', '-no-subreaper', `-pid-file=${pid}`, '--bundle', bundle.path],
  ]
  bundle.change({ root: { readonly: false } })
  for (const way of ways) {
    const call = await c.runtime(['run', ...way, c.id()])
    assert.equal(call.status, 3, String(call))
  }
})
