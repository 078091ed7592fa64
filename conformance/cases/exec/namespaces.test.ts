// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { chownSync, readdirSync } from 'node:fs'
import { namespaces, userNamespace } from '../../harness/base-config.ts'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { execReport, pidIn, startWaiting } from '../../harness/exec.ts'
import type { Patch } from '../../harness/json.ts'
import type { Report } from '../../harness/probe.ts'

const it = casesOf('exec')

/** The first process and a later one, as both see themselves. */
async function both(c: Case, bundle: Bundle): Promise<[Report, Report]> {
  const items = ['ns', 'ids', 'caps', 'hostname', 'stat:/']
  const first = await c.reportAndWait(bundle, items)
  return [first, await execReport(c, items)]
}

async function assertSame(c: Case, bundle: Bundle): Promise<void> {
  const [first, later] = await both(c, bundle)
  assert.deepEqual(later, first)
}

it('joins every namespace of the container', async (c) => {
  await assertSame(
    c,
    c.bundle({ linux: { namespaces: namespaces('pid', 'network', 'ipc', 'uts', 'mount', 'cgroup') } }),
  )
})

/** Owned by the mapped root, as such a container needs it. */
function mappedBundle(c: Case, patch: Patch, ...types: string[]): Bundle {
  const bundle = c.bundle({ linux: userNamespace(types) })
  bundle.change(patch)
  for (const name of readdirSync(bundle.rootfs)) chownSync(bundle.file(name), 100000, 100000)
  return bundle
}

it('joins the user namespace and what it owns', async (c) => {
  await assertSame(c, mappedBundle(c, {}, 'pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'))
})

it('gives a process in a user namespace limits and an oom score that only the host may set', async (c) => {
  const process = {
    rlimits: [{ type: 'RLIMIT_NOFILE', soft: 900, hard: 2000 }],
    oomScoreAdj: 77,
    scheduler: { policy: 'SCHED_BATCH', nice: -5 },
    ioPriority: { class: 'IOPRIO_CLASS_RT', priority: 2 },
  }
  const bundle = mappedBundle(c, { process }, 'pid', 'network', 'ipc', 'uts', 'mount')
  const items = ['limits', 'oom', 'scheduler']
  const first = await c.reportAndWait(bundle, items)
  // The caller has less than the container.
  const later = await execReport(c, items, [], { wrapper: ['sh', '-c', 'ulimit -Sn 500; exec "$@"', 'sh'] })
  assert.deepEqual(later, first)
})

it('joins a container in the pid namespace of the host', async (c) => {
  const bundle = c.bundle({ linux: { namespaces: namespaces('network', 'ipc', 'uts', 'mount') } })
  await assertSame(c, bundle)
  const call = await c.runtime(['exec', c.id(), '/bin/probe', 'exit', '4'])
  assert.equal(call.status, 4)
})

it('enters the root directory of a container without a mount namespace of its own, never that of the host', async (c) => {
  const bundle = c.bundle({
    root: { readonly: false },
    mounts: [],
    linux: { namespaces: namespaces('pid', 'network', 'ipc', 'uts'), maskedPaths: [], readonlyPaths: [] },
  })
  const first = await c.reportAndWait(bundle, ['stat:/', 'stat:/bin/probe'])
  const later = await execReport(c, ['stat:/', 'stat:/bin/probe', 'cwd', 'chdir-up'])
  assert.equal(later['stat:/']?.ino, first['stat:/']?.ino)
  assert.equal(later['stat:/']?.dev, first['stat:/']?.dev)
  assert.ok(later['chdir-up'].inRoot)
})

it('joins a container that shares every namespace with the host', async (c) => {
  const bundle = c.bundle({
    root: { readonly: false },
    hostname: undefined,
    mounts: [],
    linux: { namespaces: [], maskedPaths: [], readonlyPaths: [] },
  })
  const first = await c.reportAndWait(bundle, ['stat:/', 'ids'])
  const later = await execReport(c, ['stat:/', 'ids', 'chdir-up'])
  assert.equal(later['stat:/']?.ino, first['stat:/']?.ino)
  assert.ok(later['chdir-up'].inRoot)
})

it('joins namespaces that the container has joined itself', async (c) => {
  await startWaiting(c)
  const pid = await c.pid()
  const names = ['pid', 'network=net', 'ipc', 'uts'].map((entry) => {
    const [type, file = type] = entry.split('=')
    return `${type}=/proc/${pid}/ns/${file}`
  })
  const bundle = c.bundle({ hostname: undefined, linux: { namespaces: namespaces(...names, 'mount') } })
  bundle.probe('report', '--wait', 'ns')
  const first = await c.reportAndWait(bundle, ['ns'], c.id('second'))
  const call = await c.succeed(['exec', c.id('second'), '/bin/probe', 'report', 'ns'])
  assert.deepEqual(JSON.parse(call.stdout).ns, first.ns)
})

it('enters the cgroup of the container in every hierarchy', async (c) => {
  await startWaiting(c, c.bundle({}, { busybox: true }))
  const { readFileSync } = await import('node:fs')
  const { call, done } = c.start(['exec', '--pid-file', `${c.directory}/pid`, c.id(), '/bin/probe', 'wait'])
  await call.outputLine('ready')
  const groups = (pid: number) => readFileSync(`/proc/${pid}/cgroup`, 'utf8')
  assert.equal(groups(await pidIn(`${c.directory}/pid`)), groups(await c.pid()))
  await c.kill()
  assert.equal((await done).status, 137)
})
