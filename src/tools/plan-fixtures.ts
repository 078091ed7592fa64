// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { CgroupFacts } from '../cgroups/cgroup-facts.ts'
import { entranceOf, placeCgroup } from '../cgroups/place-cgroup.ts'
import { compileCreatePlan } from '../launch/compile-create-plan.ts'
import { compileExecPlan } from '../launch/compile-exec-plan.ts'
import type { HostFacts } from '../launch/host-facts.ts'
import { showPlan } from '../launch/show-plan.ts'
import type { LaunchPlan } from '../plan/launch-plan.ts'
import { loadingOf } from '../seccomp/host-seccomp-filter.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { hasNamespace, hasUserNamespace, joinsNamespace } from '../spec/queries.ts'
import { validateSpec } from '../spec/validate-spec.ts'
import type { ValidatedSpec } from '../spec/validated-spec.ts'

/** Tests run from dist or a temporary directory, but always from the root of the repository. */
export const FIXTURES = 'spec-fixtures'

/** Facts of one host, as they were recorded. */
export interface RecordedFacts {
  readonly name: string
  readonly host: HostFacts
  readonly cgroups: CgroupFacts
}

/** A config.json and facts that together make one golden listing: of `create`, or of `exec` in such a container. */
export interface PlanFixture {
  readonly command: 'create' | 'exec'
  /** Name of the listing below spec-fixtures/plans. */
  readonly name: string
  readonly configPath: string
  readonly facts: RecordedFacts
}

/** Every valid config and every engine's document, each with every recorded host whose user could run it. */
export function planFixtures(root: string): PlanFixture[] {
  const hosts = recordedHosts(root)
  return configsOf(root).flatMap(({ name, configPath }) =>
    hosts
      .filter(({ host }) => host.euid === 0 || hasUserNamespace(readSpec(configPath)))
      .flatMap((facts) => [
        { command: 'create' as const, name: `${name}@${facts.name}.plan`, configPath, facts },
        ...(EXECUTED_IN.includes(name)
          ? [{ command: 'exec' as const, name: `exec-${name}@${facts.name}.plan`, configPath, facts }]
          : []),
      ]),
  )
}

/** Containers whose exec plans differ in more than their arguments. */
const EXECUTED_IN: readonly string[] = [
  'everything',
  'minimal',
  'apparmor-profile',
  'containerd-uidmap',
  'docker-run_true',
  'docker-userns_remap',
  'rootless',
]

function readSpec(configPath: string): ValidatedSpec {
  return validateSpec(parseConfig(readFileSync(configPath, 'utf8')).value).spec
}

export function compileFixture({ command, configPath, facts }: PlanFixture): LaunchPlan {
  const spec = readSpec(configPath)
  return command === 'create' ? compileRecorded(spec, facts) : compileRecordedExec(spec, facts)
}

/** The plan of the container's own process, had it come by `exec`: every namespace of the container is one of its own. */
function compileRecordedExec(spec: ValidatedSpec, facts: RecordedFacts): LaunchPlan {
  const { process, linux } = spec
  if (process === undefined) throw new Error('a container without a process')
  const { namespaces, seccomp } = linux
  const affinity = process.execCPUAffinity
  return compileExecPlan({
    id: 'fixture',
    process,
    linux,
    facts: facts.host,
    container: {
      pid: 4711,
      foreign: namespaces.map(({ type }) => type),
      isChroot: !hasNamespace(spec, 'mount'),
      joinedCgroupNamespace: joinsNamespace(spec, 'cgroup'),
    },
    deniesSetgroups: false,
    noNewKeyring: false,
    cgroup: entranceOf(placeCgroup(linux.cgroupsPath, 'fixture', facts.cgroups)),
    ...(affinity && { cpuAffinity: affinity }),
    ...(seccomp && { seccomp: { filter: new Uint8Array(8), ...loadingOf(seccomp) } }),
  })
}

/** The plan of a spec on a recorded host. */
export function compileRecorded(spec: ValidatedSpec, facts: RecordedFacts): LaunchPlan {
  const placement = placeCgroup(spec.linux.cgroupsPath, 'fixture', facts.cgroups)
  return compileCreatePlan({
    id: 'fixture',
    spec,
    facts: facts.host,
    rootfsPath: '/bundle/rootfs',
    bundlePath: '/bundle',
    noPivot: false,
    noNewKeyring: false,
    gate: true,
    cgroup: { ...entranceOf(placement), placement },
    // A stand-in: compiling the profile is not what the listings are about.
    ...(spec.linux.seccomp ? { seccomp: { filter: new Uint8Array(8), ...loadingOf(spec.linux.seccomp) } } : {}),
  })
}

export function listingOf(fixture: PlanFixture): string {
  return showPlan(compileFixture(fixture), 'text')
}

function configsOf(root: string): { name: string; configPath: string }[] {
  const valid = jsonFiles(join(root, 'config/valid')).map((configPath) => ({
    name: basename(configPath, '.json'),
    configPath,
  }))
  const engines = ['docker', 'containerd', 'podman'].flatMap((engine) =>
    jsonFiles(join(root, 'engines', engine))
      .filter((path) => basename(path).startsWith('config-'))
      .map((configPath) => ({
        name: `${engine}-${basename(configPath, '.json').slice('config-'.length)}`,
        configPath,
      })),
  )
  return [...valid, ...engines]
}

/** The hosts of spec-fixtures/facts. */
export function recordedHosts(root: string): RecordedFacts[] {
  return jsonFiles(join(root, 'facts')).map((path) => {
    const { host, cgroups } = JSON.parse(readFileSync(path, 'utf8'))
    return { name: basename(path, '.json'), host: { ...host, capabilities: BigInt(host.capabilities) }, cgroups }
  })
}

function jsonFiles(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(directory, name))
}
