// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { cgroupsOf, processesOf } from '../../harness/host-snapshot.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'
import { path } from '../../harness/requires.ts'

// Debian's package procps.
const it = casesOf('living', { requires: [path('/usr/bin/ps')] })

const title = /^UID +PID +PPID +C +STIME +TTY +TIME +CMD\n/

const inOrder = (pids: number[]) => pids.sort((a, b) => a - b)
const pidsOf = (c: Case) => inOrder(processesOf(c.token))
const pidsIn = (table: string, column: number) =>
  table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.trim().split(/\s+/)[column]))

it('lists the processes of a container as ps -ef does, and no others', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('family', '3'))
  await call.outputLine('ready')
  for (const args of [['ps'], ['ps', '--format', 'table'], ['ps', '-f', 'table'], ['ps', '-format=table']]) {
    const { stdout, stderr } = await c.succeed([...args, c.id()])
    assert.match(stdout, title)
    assert.deepEqual(inOrder(pidsIn(stdout, 1)), pidsOf(c))
    assert.equal(stdout.match(/\/bin\/probe family 3\n/g)?.length, 4)
    assert.equal(stderr, '')
  }
})

it('lists pids as JSON, as go-runc reads them', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('family', '2'))
  await call.outputLine('ready')
  for (const args of [['--format', 'json'], ['-f', 'json'], ['-f=json']]) {
    const { stdout } = await c.succeed(['ps', ...args, c.id()])
    assert.match(stdout, /^\[\d+,\d+,\d+\]\n$/)
    assert.deepEqual(inOrder(JSON.parse(stdout)), pidsOf(c))
  }
})

it('lists a hundred processes, those in cgroups below that of the container too', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('family', '99'))
  await call.outputLine('ready')
  const [moved] = pidsOf(c).slice(-1)
  // A new cpuset has no CPUs to run on.
  for (const directory of cgroupsOf(c.token).filter((each) => !each.includes('/cpuset/'))) {
    mkdirSync(join(directory, 'below'))
    writeFileSync(join(directory, 'below', 'cgroup.procs'), String(moved))
  }
  assert.deepEqual(inOrder(JSON.parse((await c.succeed(['ps', '-f', 'json', c.id()])).stdout)), pidsOf(c))
  assert.equal(pidsIn((await c.succeed(['ps', c.id()])).stdout, 1).length, 100)
})

it('takes options of ps behind the id', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const pid = await c.pid()
  const short = await c.succeed(['ps', c.id(), '-e', '-x'])
  assert.match(short.stdout, /^ +PID +TTY +STAT +TIME +COMMAND\n/)
  assert.deepEqual(pidsIn(short.stdout, 0), [pid])
  const chosen = await c.succeed(['ps', c.id(), '-e', '-o', 'uid,pid'])
  assert.match(chosen.stdout, new RegExp(`^ +UID +PID\n +0 +${pid}\n$`))
  assert.deepEqual(pidsIn((await c.succeed(['ps', c.id(), 'aux'])).stdout, 1), [pid])
  // Not an option of the runtime any more.
  assert.match((await c.fail(['ps', c.id(), '--format', 'json'])).stderr, /exit status 1/)
})

it('takes options of ps behind two dashes', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const { stdout } = await c.succeed(['ps', c.id(), '--', '-e', '-o', 'pid'])
  assert.deepEqual(pidsIn(stdout, 0), [await c.pid()])
})

it('says that the table needs a column of pids', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const call = await c.fail(['ps', c.id(), '-e', '-o', 'comm'], ["couldn't find PID field in ps output"])
  assert.equal(call.stdout, '')
})

it('passes on what ps says when it fails', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  await c.fail(['ps', c.id(), '-Q'], ['exit status 1: error: unsupported SysV option'])
})

it('says that there is no ps on the host', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const wrapper = ['sh', '-c', 'runtime=$(command -v "$1") && shift && PATH=/nonexistent exec "$runtime" "$@"', 'sh']
  const call = await c.runtime(['ps', c.id()], { wrapper })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /exec: \\?"ps\\?": executable file not found in \$PATH/)
  assert.deepEqual(JSON.parse((await c.succeed(['ps', '-f', 'json', c.id()], { wrapper })).stdout), [await c.pid()])
})

it('runs no ps from a directory that anybody may have made', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  symlinkSync('/bin/false', join(c.directory, 'ps'))
  for (const PATH of ['.:/usr/bin', ':/usr/bin']) {
    const call = await c.succeed(['ps', c.id()], { cwd: c.directory, env: { PATH } })
    assert.match(call.stdout, title)
  }
})

it('lists the process of a created and of a paused container, and nobody once it has ended', async (c) => {
  await c.create(c.bundle().probe('wait'))
  const pid = await c.pid()
  assert.deepEqual(pidsIn((await c.succeed(['ps', c.id()])).stdout, 1), [pid])
  await c.succeed(['start', c.id()])
  await c.succeed(['pause', c.id()])
  assert.deepEqual(pidsIn((await c.succeed(['ps', c.id()])).stdout, 1), [pid])
  await c.kill()
  const { stdout } = await c.succeed(['ps', c.id()])
  assert.match(stdout, title)
  assert.deepEqual(pidsIn(stdout, 1), [])
  assert.equal((await c.succeed(['ps', '-f', 'json', c.id()])).stdout, 'null\n')
})

it('refuses to list processes of nobody, of a container that does not exist, and in another format', async (c) => {
  assert.match((await c.fail(['ps'], [/requires a minimum of 1 argument/])).stdout, /Incorrect Usage/)
  await c.fail(['ps', c.id()], ['container does not exist'])
  await c.create(c.bundle().probe('wait'))
  await c.fail(['ps', '-f', 'xml', c.id()], ['invalid format option'])
  await c.fail(['ps', '--bogus', c.id()], ['bogus'])
})

it(
  'lists the processes of an ordinary user without a cgroup of their own',
  async (c) => {
    const user = actAsUser(c)
    const call = await c.createAndStart(user.bundle().probe('family', '3'))
    await call.outputLine('ready')
    const { stdout } = await c.succeed(['ps', '-f', 'json', c.id()])
    assert.deepEqual(inOrder(JSON.parse(stdout)), pidsOf(c))
    assert.deepEqual(inOrder(pidsIn((await c.succeed(['ps', c.id()])).stdout, 1)), pidsOf(c))
  },
  { requires: rootlessNeeds },
)
