// SPDX-License-Identifier: Apache-2.0
// `ps --map` is runts' own.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { namespaces, userNamespace, withCapabilities } from '../../harness/base-config.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { actAsUser, firstSubordinateId, rootlessNeeds, subordinateIds } from '../../harness/ordinary-user.ts'
import { offers } from '../../harness/requires.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('living', { requires: [offers('ps', '--map')] })

interface Mapped {
  pid: number
  pidInContainer: number | null
  pids: number[]
  pidsFurtherIn: number[]
  ppid: number
  user: { inside: number | null; outside: number; name?: string }
  threads: number
  state: string
  name: string
  command: string[]
}

async function mapOf(c: Case): Promise<Mapped[]> {
  const found = JSON.parse((await c.succeed(['ps', '--map', '--format', 'json', c.id()])).stdout)
  assert.equal(found.id, c.id())
  return found.processes
}

const words = (table: string) =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/))

it('maps the pids of a container to those of the host', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('family', '2'))
  await call.outputLine('ready')
  const first = await c.pid()
  const processes = await mapOf(c)
  assert.deepEqual(processes.map(({ pidInContainer }) => pidInContainer).sort(), [1, 2, 3])
  assert.equal(processes.find(({ pidInContainer }) => pidInContainer === 1)?.pid, first)
  for (const { pid, pidInContainer, pids, ppid, user, command, name, threads } of processes) {
    assert.deepEqual(
      pids,
      /^NSpid:\t(.*)$/m
        .exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        ?.split('\t')
        .map(Number),
    )
    assert.equal(pids.at(-1), pidInContainer)
    assert.deepEqual(
      [user, command, name, threads],
      [{ inside: 0, outside: 0, name: 'root' }, ['/bin/probe', 'family', '2'], 'probe', 1],
    )
    if (pid !== first) assert.equal(ppid, first)
  }
})

it('shows the same as a table', async (c) => {
  await c.createAndStart(c.bundle().probe('wait'))
  const pid = await c.pid()
  const { stdout } = await c.succeed(['ps', '--map', c.id()])
  const [title = [], ...rows] = words(stdout)
  assert.deepEqual(title, ['PID', 'IN CONTAINER', 'PPID', 'USER INSIDE', 'USER OUTSIDE', 'THREADS', 'STATE', 'COMMAND'])
  assert.equal(rows.length, 1)
  assert.deepEqual(
    [rows[0]?.[0], rows[0]?.[1], ...(rows[0]?.slice(3, 6) ?? []), rows[0]?.[7]],
    [String(pid), '1', '0', '0 (root)', '1', '/bin/probe wait'],
  )
})

it('maps users through the user namespace', async (c) => {
  const linux = userNamespace()
  await c.createAndStart(c.bundle({ process: { user: { uid: 7, gid: 0 } }, linux }).probe('wait'))
  assert.deepEqual(
    (await mapOf(c)).map(({ user }) => user),
    [{ inside: 7, outside: 100007 }],
  )
})

it('shows pids in namespaces that the container made itself', async (c) => {
  const bundle = c.bundle({ process: withCapabilities('CAP_SYS_ADMIN', 'CAP_KILL') }).probe('unshare', 'pid')
  const call = await c.createAndStart(bundle)
  await until('the child', () => /^\d+\n/.test(call.stdout) || undefined)
  const child = (await mapOf(c)).find(({ pidsFurtherIn }) => pidsFurtherIn.length > 0)
  assert.deepEqual(child?.pidsFurtherIn, [1])
  assert.equal(child?.pidInContainer, Number(call.stdout))
  assert.deepEqual(child?.pids, [child?.pid, Number(call.stdout), 1])
  assert.match((await c.succeed(['ps', '--map', c.id()])).stdout, /^PID +IN CONTAINER +FURTHER IN +PPID /)
})

it('has the pids of the host where the container has no pid namespace', async (c) => {
  await c.createAndStart(
    c.bundle({ linux: { namespaces: namespaces('mount', 'uts', 'ipc', 'network') } }).probe('wait'),
  )
  const pid = await c.pid()
  assert.deepEqual(
    (await mapOf(c)).map(({ pids, pidInContainer }) => [pids, pidInContainer]),
    [[[pid], pid]],
  )
})

it('counts threads, and calls a process without a command line by its name', async (c) => {
  const call = await c.createAndStart(c.bundle().probe('leave-thread'))
  await call.outputLine('ready')
  const pid = await c.pid()
  await until('the end of the first thread', () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')))
  assert.deepEqual(
    (await mapOf(c)).map(({ threads, state, name }) => [threads, state, name]),
    [[2, 'Z', 'probe']],
  )
})

it('shows control characters of a command line harmlessly', async (c) => {
  await c.createAndStart(c.bundle().probe('wait', '\u001b[2J\nfaked line\u009b2J'))
  const { stdout } = await c.succeed(['ps', '--map', c.id()])
  assert.ok(stdout.endsWith('/bin/probe wait \\x1b[2J\\x0afaked line\\x9b2J\n'), stdout)
})

it('lists nobody once the container has ended', async (c) => {
  await c.createAndStart(c.bundle().probe('exit', '0'))
  await c.stopped()
  assert.deepEqual(await mapOf(c), [])
  assert.equal(words((await c.succeed(['ps', '--map', c.id()])).stdout).length, 1)
})

it('refuses what does not go with the map', async (c) => {
  await c.fail(['ps', '--map', c.id()], ['container does not exist'])
  await c.create(c.bundle().probe('wait'))
  await c.fail(['ps', '--map', c.id(), '-ef'], ['cannot use -ef: --map does not run ps'])
  await c.fail(['ps', '--map', '-f', 'xml', c.id()], ['invalid format option'])
})

it(
  'maps pids and users for an ordinary user',
  async (c) => {
    const user = actAsUser(c)
    const bundle = user.bundle({ linux: user.linux(subordinateIds) }).probe('family', '1')
    const call = await c.createAndStart(bundle)
    await call.outputLine('ready')
    const processes = await mapOf(c)
    assert.deepEqual(processes.map(({ pidInContainer }) => pidInContainer).sort(), [1, 2])
    for (const each of processes) {
      assert.deepEqual(each.user, { inside: 0, outside: user.uid, name: `conformance${user.uid}` })
    }
    await c.succeed(['delete', '--force', c.id()])
    const other = user.bundle({ process: { user: { uid: 5, gid: 0 } }, linux: user.linux(subordinateIds) })
    await c.createAndStart(other.probe('wait'))
    assert.deepEqual(
      (await mapOf(c)).map(({ user }) => user),
      [{ inside: 5, outside: firstSubordinateId + 4 }],
    )
  },
  { requires: rootlessNeeds },
)
