// SPDX-License-Identifier: Apache-2.0
// Who may import whom, as data. `src/tools/check-imports.ts` enforces it, type-only imports included.

export interface Layer {
  readonly name: string
  /** Paths from the root of the repository; the first layer that matches a file owns it. */
  readonly files: RegExp
  /** Names of layers, besides its own. */
  readonly mayImport: readonly string[]
  /** A pure layer sees no file, clock, environment or process: it is a function of its arguments. */
  readonly pure?: true
}

const BASE = ['errors', 'log', 'types']

/** Rooms whose subject is the host itself: every file of theirs but a planner may make system calls. */
const HOST_ROOMS = ['cgroups', 'console', 'hooks', 'network', 'notify', 'proc', 'rdt', 'seccomp', 'state']
/** Rooms that know and plan; only their `host-*` files touch the host. */
const PLANNING_ROOMS = ['devices', 'mounts', 'namespaces', 'process', 'sysctl']
const ROOMS = [...HOST_ROOMS, ...PLANNING_ROOMS]

function layersOf(room: string): Layer[] {
  const knowledge = [...BASE, 'spec', 'plan']
  const whole = { name: room, files: new RegExp(`^src/${room}/`) }
  return [
    {
      name: `${room}/plan-*`,
      files: new RegExp(`^src/${room}/(.+/)?plan-[^/]+$`),
      mayImport: [...knowledge, room],
      pure: true,
    },
    {
      name: `${room}/host-*`,
      files: new RegExp(`^src/${room}/(.+/)?host-[^/]+$`),
      mayImport: [...knowledge, 'sys', room],
    },
    HOST_ROOMS.includes(room)
      ? { ...whole, mayImport: [...knowledge, 'sys', `${room}/host-*`, `${room}/plan-*`] }
      : { ...whole, mayImport: knowledge },
  ]
}

const everythingOf = (rooms: readonly string[]) => rooms.flatMap((room) => layersOf(room).map((layer) => layer.name))

export const LAYERS: readonly Layer[] = [
  { name: 'conformance', files: /^conformance\//, mayImport: ['types'] },
  { name: 'tests', files: /\.test\.ts$/, mayImport: ['*'] },
  { name: 'tools', files: /^src\/tools\//, mayImport: ['*'] },
  { name: 'import-rules', files: /^src\/import-rules\.ts$/, mayImport: [] },

  { name: 'types', files: /^src\/runtime-spec-types\//, mayImport: [] },
  { name: 'errors', files: /^src\/errors\//, mayImport: ['types'] },
  { name: 'log', files: /^src\/log\//, mayImport: ['errors', 'types'] },

  { name: 'spec/rules', files: /^src\/spec\/rules\//, mayImport: [...BASE, 'spec'], pure: true },
  { name: 'spec', files: /^src\/spec\//, mayImport: [...BASE, 'spec/rules'] },
  { name: 'plan', files: /^src\/plan\//, mayImport: BASE, pure: true },
  { name: 'sys', files: /^src\/sys\//, mayImport: BASE },

  ...ROOMS.flatMap(layersOf),

  { name: 'bundle', files: /^src\/bundle\//, mayImport: [...BASE, 'spec', 'sys'] },
  { name: 'launch', files: /^src\/launch\//, mayImport: [...BASE, 'spec', 'plan', 'sys', ...everythingOf(ROOMS)] },
  {
    name: 'commands',
    files: /^src\/commands\//,
    mayImport: [...BASE, 'bundle', 'launch', 'spec', 'plan', 'sys', ...everythingOf(HOST_ROOMS)],
  },
  { name: 'cli', files: /^src\/cli\//, mayImport: ['commands', 'errors', 'log'] },
  { name: 'index', files: /^src\/index\.ts$/, mayImport: ['commands', 'errors', 'types'] },
  { name: 'main', files: /^src\/main\.ts$/, mayImport: ['cli'] },
  { name: 'executable', files: /^src\/executable\//, mayImport: ['errors', 'sys', 'main'] },
]

/** The packages of the type declarations and of the runtime's own workspace, as layers. */
export const WORKSPACE_PACKAGES: Readonly<Record<string, string>> = { '@opencontainers/runtime-spec-types': 'types' }

/** The one door of each third-party package; a package that is not listed may not be imported. */
export const DOORS: Readonly<Record<string, RegExp>> = {
  koffi: /^src\/sys\/load-koffi\.ts$/,
  yargs: /^src\/cli\//,
  ajv: /^src\/(spec|tools)\//,
  bun: /^src\/tools\//,
}

/** What a pure layer may not import or name. `node:path` is not here: it only computes. */
export const IMPURE_MODULES =
  /^node:(fs|child_process|process|os|net|dgram|http|https|dns|tty|timers|worker_threads|perf_hooks|v8|vm)(\/|$)/
export const IMPURE_NAMES: readonly string[] = [
  'process.env',
  'process.cwd',
  'process.argv',
  'process.platform',
  'Date',
  'Math.random',
  'performance',
]

/** Only these may ask which JavaScript runtime is running. */
export const MAY_NAME_BUN = /^src\/(sys\/load-koffi|launch\/shim-binary)\.ts$|^src\/tools\//
