// SPDX-License-Identifier: Apache-2.0
// What a process sees of its terminal.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { namespaces, userNamespace } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces } from '../../harness/held-namespaces.ts'
import type { Json } from '../../harness/json.ts'
import { actAsUser, rootlessNeeds } from '../../harness/ordinary-user.ts'

const it = casesOf('terminal/inside')
const asRoot = { uid: 0, gid: 0 }

/** What the probe sees in a container that runs on a terminal of 24 by 80. */
async function report(c: Case, bundle: Bundle, flags: string[] = [], options: string[] = []) {
  bundle.change({ process: { terminal: true } }).probe('report', 'terminal', 'stat:/dev/console', 'fds')
  const args = ['run', '--bundle', bundle.path, ...flags, c.id()]
  const wrapper = [...c.wrapper('in-terminal', ...options, '--'), ...(c.caller.wrapper ?? [])]
  const call = await c.runtime(args, { wrapper })
  assert.equal(call.status, 0, `should run: ${call}`)
  return JSON.parse(call.stdout)
}

/** Everything is as it should be, apart from what a case is about; sizes have cases of their own. */
function assertTerminal(terminal: Record<string, unknown>, changes: Record<string, unknown> = {}): void {
  const { onlcr: _, rows: __, columns: ___, ...rest } = terminal
  const names = ['/dev/pts/0', '/dev/pts/0', '/dev/pts/0']
  const expected = { names, uid: 0, gid: 5, mode: 0o620, controlling: true, console: true }
  assert.deepEqual(rest, { ...expected, ...changes })
}

it('is of its own devpts, controls its session and is /dev/console', async (c) => {
  const { terminal, fds } = await report(c, c.bundle())
  assertTerminal(terminal)
  assert.deepEqual(fds, [0, 1, 2], 'neither the master nor the slave stays open')
})

it('belongs to the user of the process', async (c) => {
  const user = { uid: 1234, gid: 1234 }
  const { terminal } = await report(c, c.bundle({ process: { user } }))
  assertTerminal(terminal, { uid: 1234 })
})

it('has the size of the terminal it is relayed to before the program starts, whatever consoleSize says', async (c) => {
  const consoleSize = { height: 33, width: 99 }
  const { terminal } = await report(c, c.bundle({ process: { consoleSize } }), [], ['size=11x222'])
  assert.deepEqual([terminal.rows, terminal.columns], [11, 222])
})

it('has the size of consoleSize where that terminal has none', async (c) => {
  const consoleSize = { height: 33, width: 99 }
  const { terminal } = await report(c, c.bundle({ process: { consoleSize } }), [], ['size=0x0'])
  assert.deepEqual([terminal.rows, terminal.columns], [33, 99])
})

it('is there without a mount on /dev, in the directory of the image', async (c) => {
  const onDev = (mount: Json) =>
    typeof mount === 'object' && !!mount && 'destination' in mount && mount.destination === '/dev'
  const mounts = (old: Json | undefined) => (Array.isArray(old) ? old.filter((mount) => !onDev(mount)) : old)
  const bundle = c.bundle({ root: { readonly: false }, mounts }, { rootfs: (path) => mkdirSync(`${path}/dev/pts`) })
  writeFileSync(bundle.file('dev', 'console'), 'of the image')
  assertTerminal((await report(c, bundle)).terminal)
  assert.equal(readFileSync(bundle.file('dev', 'console'), 'utf8'), 'of the image', 'covered, not changed')
})

it('is there with --no-pivot', async (c) => {
  assertTerminal((await report(c, c.bundle(), ['--no-pivot'])).terminal)
})

it('is there in a user namespace', async (c) => {
  const linux = userNamespace()
  assertTerminal((await report(c, c.bundle({ linux, process: { user: { uid: 7, gid: 7 } } }))).terminal, { uid: 7 })
})

it('is there in a joined mount namespace', async (c) => {
  const held = await holdNamespaces(c, ['mount'])
  const linux = { namespaces: namespaces('pid', 'network', 'ipc', 'uts', `mount=${held.path('mount')}`) }
  assertTerminal((await report(c, c.bundle({ linux }))).terminal)
})

it(
  'is there for an ordinary user',
  async (c) => {
    const bundle = actAsUser(c).bundle({ process: { user: asRoot } })
    const { terminal } = await report(c, bundle)
    // gid=5 is not mapped: the group is that of the container's root.
    assertTerminal(terminal, { gid: 0 })
  },
  { requires: rootlessNeeds },
)

it('is refused where no devpts is mounted, whatever the image has there', async (c) => {
  const withoutDevpts = (old: Json | undefined) =>
    Array.isArray(old) ? old.filter((mount) => !JSON.stringify(mount).includes('devpts')) : old
  const bundle = c.bundle({ process: { terminal: true }, mounts: withoutDevpts }).probe('exit', '0')
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { wrapper: c.wrapper('in-terminal', '--') })
  assert.equal(call.status, 1, String(call))
  assert.match(call.stderr, /\/dev\/(pts|ptmx)/)
  assert.match(call.stderr, /^modes restored$/m)
  c.assertNothingLeft()
})

// CVE-2025-52565, CVE-2026-88264: an image decides neither what a terminal is nor what is covered by it.
for (const [what, link] of [
  ['/dev/console', '/victim'],
  ['/dev/pts', '/elsewhere'],
] as const) {
  it(`touches nothing behind a link that the image has as ${what}`, async (c) => {
    const without = (old: Json | undefined) =>
      Array.isArray(old) ? old.filter((mount) => !/"\/dev"|"\/dev\/pts"/.test(JSON.stringify(mount))) : old
    const devpts = { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance'] }
    const mounts = (old: Json | undefined) => [
      ...((without(old) as Json[]) ?? []),
      ...(what === '/dev/pts' ? [] : [devpts]),
    ]
    const bundle = c.bundle({ root: { readonly: false }, mounts, process: { terminal: true } }).probe('exit', '0')
    writeFileSync(bundle.file('victim'), 'of the image')
    mkdirSync(bundle.file('elsewhere'))
    symlinkSync(link, bundle.file(what.slice(1)))
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()], { wrapper: c.wrapper('in-terminal', '--') })
    assert.notEqual(call.status, 0, String(call))
    assert.match(call.stderr, /\/dev\/(console|pts|ptmx)/)
    assert.equal(readFileSync(bundle.file('victim'), 'utf8'), 'of the image')
    c.assertNothingLeft()
  })
}
