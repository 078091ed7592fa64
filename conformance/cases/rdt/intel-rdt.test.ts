// SPDX-License-Identifier: Apache-2.0
// Few machines have resctrl. A cgroup stands in for it where the case only needs directories that the kernel fills and
// tasks that it moves; the runtime finds it through a mount table that exists for that one process.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { JsonObject } from '../../harness/json.ts'
import { killEverywhere } from '../../harness/kill-everywhere.ts'
import { path } from '../../harness/requires.ts'

const it = casesOf('rdt')
const hierarchy = '/sys/fs/cgroup/pids'
const standInNeeds = { requires: [path(`${hierarchy}/tasks`)] }
const withoutResctrl = () =>
  / - resctrl /.test(readFileSync('/proc/self/mountinfo', 'utf8')) ? 'needs a host without resctrl' : undefined

for (const [sentence, intelRdt] of [
  ['anything', {}],
  ['a class of service', { closID: 'guaranteed' }],
  ['a share of the cache', { l3CacheSchema: 'L3:0=f' }],
] as const) {
  it(
    `refuses Intel RDT with ${sentence} where no resctrl is mounted`,
    async (c) => {
      await c.refuses(c.bundle({ linux: { intelRdt } }), /intelRdt|[Ii]ntel ?RDT/)
    },
    { requires: [withoutResctrl], control: true },
  )
}

/** A directory that the runtime takes for a resctrl, with what goes before its command line. */
function standIn(c: Case, ...groups: string[]): { root: string; wrapper: string[] } {
  const root = join(hierarchy, `${c.token}-resctrl`)
  for (const name of ['', ...groups]) mkdirSync(join(root, name))
  c.atEnd(() => {
    for (const name of [...groups, '']) rmdirSync(join(root, name))
  })
  const table = join(c.directory, 'mountinfo')
  const line = `999 1 0:999 / ${root} rw,relatime - resctrl resctrl rw\n`
  writeFileSync(table, readFileSync('/proc/self/mountinfo', 'utf8') + line)
  // The shell becomes the runtime, so that the file is that process's own.
  const script = `mount --make-rprivate / && mount --bind "$0" /proc/$$/mountinfo && exec "$@"`
  return { root, wrapper: ['unshare', '--mount', 'sh', '-c', script, table] }
}

it(
  'puts the container into a group of its id, which goes with it',
  async (c) => {
    const { root, wrapper } = standIn(c)
    const bundle = c.bundle({ linux: { intelRdt: {} } }).probe('wait')
    const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper })
    assert.equal(call.status, 0, String(call))
    const group = join(root, c.id())
    assert.equal(readFileSync(join(group, 'tasks'), 'utf8').trim(), String(await c.pid()))
    await c.succeed(['delete', '--force', c.id()])
    assert.equal(existsSync(group), false)
  },
  standInNeeds,
)

it(
  'puts the container into the group of its closID, which stays',
  async (c) => {
    const { root, wrapper } = standIn(c, 'gold')
    const bundle = c.bundle({ linux: { intelRdt: { closID: 'gold' } } }).probe('wait')
    const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper })
    assert.equal(call.status, 0, String(call))
    assert.equal(readFileSync(join(root, 'gold/tasks'), 'utf8').trim(), String(await c.pid()))
    await c.succeed(['delete', '--force', c.id()])
    assert.ok(existsSync(join(root, 'gold')))
  },
  standInNeeds,
)

const failing: [string, JsonObject][] = [
  ['its program is missing', { process: { args: ['/nowhere'] } }],
  ['there is no monitoring', { linux: { intelRdt: { enableMonitoring: true } } }],
  ['a schema is refused', { linux: { intelRdt: { closID: 'silver', l3CacheSchema: 'L3:0=f' } } }],
]
for (const [sentence, patch] of failing) {
  it(
    `leaves no group behind when a container cannot be created because ${sentence}`,
    async (c) => {
      const { root, wrapper } = standIn(c)
      const bundle = c.bundle({ linux: { intelRdt: {} } }).change(patch)
      const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper })
      assert.notEqual(call.status, 0, String(call))
      assert.equal(existsSync(join(root, c.id())), false)
      assert.equal(existsSync(join(root, 'silver')), false)
    },
    { ...standInNeeds, control: true },
  )
}

it(
  'refuses a closID without a schema that does not exist',
  async (c) => {
    const { wrapper } = standIn(c)
    const bundle = c.bundle({ linux: { intelRdt: { closID: 'gold' } } })
    const call = await c.runtime(['create', '--bundle', bundle.path, c.id()], { wrapper })
    assert.notEqual(call.status, 0, String(call))
    assert.match(call.stderr, /\/linux\/intelRdt\/closID/)
    assert.equal((await c.succeed(['list', '--quiet'])).stdout, '')
  },
  { ...standInNeeds, control: true },
)

it(
  'leaves no group behind of creates that race for one closID and fail',
  async (c) => {
    const { root, wrapper } = standIn(c)
    // The stand-in takes no schema, so that each of them fails after it made the group or found it.
    const bundle = c.bundle({ linux: { intelRdt: { closID: 'silver', l3CacheSchema: 'L3:0=f' } } })
    const ids = ['one', 'two', 'three', 'four'].map((suffix) => c.id(suffix))
    const calls = await Promise.all(ids.map((id) => c.runtime(['create', '--bundle', bundle.path, id], { wrapper })))
    for (const call of calls) assert.match(call.stderr, /resctrl group|schemata/, String(call))
    assert.equal(existsSync(join(root, 'silver')), false)
    assert.equal((await c.succeed(['list', '--quiet'])).stdout, '')
  },
  { ...standInNeeds, control: true },
)

it(
  'is cleaned up by delete by force wherever create was killed',
  async (c) => {
    const { root, wrapper } = standIn(c)
    const bundle = c.bundle({ linux: { intelRdt: {} } }).probe('wait')
    c.caller = { wrapper }
    // Not the stand-in itself, which carries the token of the case.
    const groups = () => readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    await killEverywhere(c, 'create', bundle, { untilMs: 40, stepMs: 4 }, () => assert.deepEqual(groups(), []))
  },
  standInNeeds,
)
