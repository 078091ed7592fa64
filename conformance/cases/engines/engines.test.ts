// SPDX-License-Identifier: Apache-2.0
// Documents as Docker, containerd and podman wrote them, with the paths, ids and limits of their machine replaced.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { capabilitySet, ownCapabilities } from '../../harness/capability-names.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces } from '../../harness/held-namespaces.ts'
import { repositoryRoot } from '../../harness/places.ts'
import { mountAt } from '../../harness/probe.ts'

const it = casesOf('engines')

interface Mount {
  destination: string
  type?: string
  source: string
  options?: string[]
}
interface Config {
  process: {
    terminal?: boolean
    args: string[]
    env?: string[]
    cwd: string
    user: { uid: number; gid: number; additionalGids?: number[] }
    capabilities?: Record<string, string[]>
    rlimits?: { type: string; hard: number }[]
    oomScoreAdj?: number
    apparmorProfile?: string
    selinuxLabel?: string
  }
  root: { path: string }
  hostname?: string
  hooks?: Record<string, { path: string; args?: string[] }[]>
  mounts: Mount[]
  linux: {
    namespaces: { type: string; path?: string }[]
    cgroupsPath?: string
    seccomp?: unknown
    mountLabel?: string
    uidMappings?: { containerID: number; hostID: number }[]
  }
}

const directory = join(repositoryRoot, 'spec-fixtures', 'engines')
const documents = readdirSync(directory).flatMap((engine) =>
  readdirSync(join(directory, engine))
    .filter((name) => name.startsWith('config-'))
    .map((name) => join(engine, name)),
)

const ownNofile = Number(/Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])

function fitProcess(config: Config): void {
  const { process } = config
  const own = new Set(ownCapabilities())
  for (const [set, names] of Object.entries(process.capabilities ?? {}))
    if (process.capabilities) process.capabilities[set] = names.filter((name) => own.has(name))
  process.rlimits = (process.rlimits ?? []).filter((limit) => limit.type === 'RLIMIT_NOFILE' && limit.hard <= ownNofile)
  if ((process.oomScoreAdj ?? 0) < 0) delete process.oomScoreAdj
  delete process.apparmorProfile
  delete process.selinuxLabel
}

/** A file or a directory in place of a source that only the engine's machine had. */
function standIn(c: Case, mount: Mount, index: number): string {
  const source = join(c.directory, `source-${index}`)
  const isDirectory =
    ['/dev/shm', '/run/secrets', '/m', '/data'].includes(mount.destination) || mount.destination.endsWith('/')
  if (isDirectory) mkdirSync(source)
  else writeFileSync(source, `in place of ${mount.source}\n`)
  return source
}

async function fitLinux(c: Case, config: Config): Promise<void> {
  const { linux } = config
  for (const namespace of linux.namespaces.filter((each) => each.path !== undefined)) {
    const held = await holdNamespaces(c, [namespace.type as 'network'])
    namespace.path = held.path(namespace.type as 'network')
  }
  if (linux.cgroupsPath !== undefined) linux.cgroupsPath = `/${c.token}/${basename(linux.cgroupsPath)}`
  c.keepsEmptyCgroups = true
  delete linux.mountLabel
}

/** A script in place of programs that only the engine's machine had: it keeps what it is given. */
function fitHooks(c: Case, config: Config): void {
  const path = join(c.directory, 'hook')
  const script = `#!/bin/sh\necho "$@" >>${path}.args\ncat >>${path}.states\necho >>${path}.states\n`
  writeFileSync(path, script, { mode: 0o755 })
  for (const hook of hooksOf(config)) hook.path = path
}

const hooksOf = ({ hooks = {} }: Config) => Object.values(hooks).flat()

function checkHooks(c: Case, config: Config): void {
  const lines = (name: string) => {
    const file = join(c.directory, `hook.${name}`)
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  }
  const expected = hooksOf(config).map(({ args = [] }) => args.slice(1).join(' '))
  assert.deepEqual(lines('args'), expected)
  assert.deepEqual(
    lines('states').map((line) => JSON.parse(line).id),
    expected.map(() => c.id()),
  )
}

/** Engines hand over a root file system that belongs to the container's root. */
function giveTo(config: Config, rootfs: string): void {
  const owner = config.linux.uidMappings?.find((mapping) => mapping.containerID === 0)?.hostID
  if (owner !== undefined) execFileSync('chown', ['-R', `${owner}:${owner}`, rootfs])
}

for (const document of documents) {
  it(`runs ${document}`, async (c) => {
    const config = JSON.parse(readFileSync(join(directory, document), 'utf8')) as Config
    const rootfs = (path: string) => {
      mkdirSync(join(path, config.process.cwd), { recursive: true })
      giveTo(config, path)
    }
    const bundle = c.bundle({}, { busybox: true, rootfs })
    config.root.path = bundle.rootfs
    fitProcess(config)
    await fitLinux(c, config)
    fitHooks(c, config)
    config.mounts.forEach((mount, index) => {
      if (mount.options?.some((option) => option === 'bind' || option === 'rbind'))
        mount.source = standIn(c, mount, index)
    })
    config.process.args = [
      '/bin/probe',
      'report',
      'ids',
      'caps',
      'env',
      'cwd',
      'mounts',
      'hostname',
      'fds',
      'process',
      'tty',
    ]
    bundle.writeText(JSON.stringify(config))

    const hasTerminal = config.process.terminal ?? false
    const wrapper = hasTerminal ? c.wrapper('in-terminal', '--') : []
    const call = await c.succeed(['run', '--bundle', bundle.path, c.id()], { wrapper })
    checkHooks(c, config)
    const report = JSON.parse(call.stdout)
    const { user, env, cwd, capabilities } = config.process
    assert.equal(report.ids.uid, user.uid)
    assert.equal(report.ids.gid, user.gid)
    assert.deepEqual(new Set(report.ids.groups), new Set(user.additionalGids ?? []))
    assert.equal(report.cwd.path, cwd)
    assert.deepEqual(report.fds, [0, 1, 2])
    assert.deepEqual(report.tty, [hasTerminal, hasTerminal, hasTerminal])
    for (const entry of env ?? []) assert.ok(report.env.includes(entry), entry)
    for (const mount of config.mounts) assert.ok(mountAt(report, mount.destination), mount.destination)
    if (config.hostname) assert.equal(report.hostname.hostname, config.hostname)
    assert.equal(report.process.seccomp, config.linux.seccomp === undefined ? 0 : 2)
    const bounding = new Set(capabilitySet(report.caps.bounding))
    assert.deepEqual(bounding, new Set(capabilities?.bounding ?? []))
  })
}
