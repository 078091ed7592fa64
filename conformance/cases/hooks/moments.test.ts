// SPDX-License-Identifier: Apache-2.0
// When each kind of hook runs and what it is told (config.md, POSIX-platform Hooks; runtime.md, Lifecycle and State).
import assert from 'node:assert/strict'
import { namespaces } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import {
  type Hooks,
  hookedBundle,
  KINDS,
  type Kind,
  note,
  notes,
  readNote,
  shellHook,
  wholeLife,
} from './hooked-bundle.ts'

const it = casesOf('hooks')
const INSIDE: readonly Kind[] = ['createContainer', 'startContainer']

it('runs the hooks of all six kinds in order, each at its moment', async (c) => {
  const events = () => readNote(c, 'events').split('\n').slice(0, -1)
  const hooks: Hooks = {}
  for (const kind of KINDS) hooks[kind] = [1, 2].map((n) => shellHook(c, `echo ${kind} ${n} >>${notes(c, 'events')}`))
  const program = `echo program >>${notes(c, 'events')}; echo >${notes(c, 'ran')}; exec sleep 1000`
  const bundle = hookedBundle(c, hooks, { process: { args: ['/bin/sh', '-c', program] } })
  const twice = (...kinds: Kind[]) => kinds.flatMap((kind) => [`${kind} 1`, `${kind} 2`])

  await c.create(bundle)
  const created = twice('prestart', 'createRuntime', 'createContainer')
  assert.deepEqual(events(), created)
  await c.succeed(['start', c.id()])
  await note(c, 'ran')
  const begun = [...created, ...twice('startContainer')]
  // The program and the hooks after its start run side by side.
  assert.deepEqual(
    events().filter((line) => line !== 'program'),
    [...begun, ...twice('poststart')],
  )
  assert.ok(events().indexOf('program') >= begun.length, events().join())
  await c.kill()
  const before = events()
  await c.succeed(['delete', c.id()])
  assert.deepEqual(events(), [...before, ...twice('poststop')])
})

it('runs the hooks of a container in the foreground too', async (c) => {
  const hooks: Hooks = {}
  for (const kind of KINDS) hooks[kind] = [shellHook(c, `echo ${kind} >>${notes(c, 'events')}`)]
  const bundle = hookedBundle(c, hooks).probe('exit', '0')
  await c.succeed(['run', '--bundle', bundle.path, c.id()])
  assert.deepEqual(readNote(c, 'events').split('\n').slice(0, -1), KINDS)
})

const STATUS: Readonly<Record<Kind, string>> = {
  prestart: 'creating',
  createRuntime: 'creating',
  createContainer: 'creating',
  startContainer: 'created',
  poststart: 'running',
  poststop: 'stopped',
}

for (const kind of KINDS) {
  it(`gives a ${kind} hook the state on its standard input`, async (c) => {
    const annotations = { 'org.example.text': 'a "quoted" ü', 'org.example.empty': '' }
    const hooks = { [kind]: [shellHook(c, `cat >${notes(c, 'state')}`)] }
    const bundle = hookedBundle(c, hooks, { annotations })
    const { ociVersion, pid } = await wholeLife(c, bundle)
    const seen = INSIDE.includes(kind) ? 1 : pid
    assert.deepEqual(JSON.parse(readNote(c, 'state')), {
      ociVersion,
      id: c.id(),
      status: STATUS[kind],
      ...(kind === 'poststop' ? {} : { pid: seen }),
      bundle: bundle.path,
      annotations,
    })
  })
}

for (const kind of INSIDE) {
  it(`tells a ${kind} hook the pid in the pid namespace that the container shares with the host`, async (c) => {
    const hooks = { [kind]: [shellHook(c, `cat >${notes(c, 'state')}`)] }
    const patch = { linux: { namespaces: namespaces('mount', 'uts', 'ipc', 'network') } }
    const { pid } = await wholeLife(c, hookedBundle(c, hooks, patch))
    assert.equal(JSON.parse(readNote(c, 'state')).pid, pid)
  })
}

it('runs poststart hooks when the program is there', async (c) => {
  const script = `pid=$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/'); tr '\\0' ' ' </proc/$pid/cmdline >${notes(c, 'program')}`
  await wholeLife(c, hookedBundle(c, { poststart: [shellHook(c, script)] }))
  assert.equal(readNote(c, 'program'), '/bin/probe wait ')
})

it('gives a state larger than a pipe to hooks that read it, and runs those that do not', async (c) => {
  const annotations = { 'org.example.large': 'x'.repeat(300_000) }
  const hooks: Hooks = {}
  for (const kind of KINDS)
    hooks[kind] = [shellHook(c, 'exit 0'), shellHook(c, 'exec <&-; exit 0'), shellHook(c, `wc -c >${notes(c, kind)}`)]
  await wholeLife(c, hookedBundle(c, hooks, { annotations }))
  for (const kind of KINDS) assert.ok(Number(readNote(c, kind)) > 300_000, kind)
})
