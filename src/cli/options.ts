// SPDX-License-Identifier: Apache-2.0
// This room owns the command line. It knows every flag and no verb: commands are called through the library's face.

export interface Option {
  readonly name: string
  readonly short?: string
  /** What the value is, or the words it may be, as in `text|json`; absent for a flag without a value. */
  readonly value?: string
  readonly help: string
  /** The value is a whole number. */
  readonly integer?: true
  /** May be given several times, and each one counts. */
  readonly repeatable?: true
}

export interface Command {
  readonly name: string
  /** Positional arguments as the help shows them. */
  readonly usage: string
  readonly help: string
  /** Made when asked for: a start of runts needs those of one command. */
  readonly options: readonly Option[]
  /** How many positional arguments are allowed. */
  readonly least: number
  readonly most: number
  /** Options end at the first argument: those behind it are for another program. */
  readonly optionsFirst?: true
}

export const HELP: Option = { name: 'help', short: 'h', help: 'show this help' }

export const GLOBAL_OPTIONS: readonly Option[] = [
  { name: 'debug', help: 'also log the launch plan, how long each step took, and what has no effect in config.json' },
  { name: 'log', value: 'FILE', help: 'append log lines to this file instead of writing them to stderr' },
  { name: 'log-format', value: 'text|json', help: 'form of the log lines (default: text)' },
  {
    name: 'root',
    value: 'DIR',
    help: 'directory of the container states (default: /run/runts, or $XDG_RUNTIME_DIR/runts)',
  },
  { name: 'systemd-cgroup', help: 'have systemd make the cgroups; cgroupsPath is SLICE:PREFIX:NAME' },
  { name: 'rootless', value: 'true|false|auto', help: 'ignore cgroup permission errors (default: auto)' },
  HELP,
  { name: 'version', short: 'v', help: 'show the version of runts and of the specification' },
]

const BUNDLE: Option = {
  name: 'bundle',
  short: 'b',
  value: 'DIR',
  help: 'directory of the bundle (default: the current directory)',
}

function createOptions(): readonly Option[] {
  return [
    BUNDLE,
    {
      name: 'console-socket',
      value: 'PATH',
      help: 'Unix socket that receives the terminal of a container that is created or detached',
    },
    { name: 'pidfd-socket', value: 'PATH', help: 'socket that receives a pidfd of the container process' },
    { name: 'pid-file', value: 'FILE', help: 'file that receives the pid of the container process' },
    { name: 'no-pivot', help: 'enter the root filesystem without pivot_root, for hosts that run from an initramfs' },
    { name: 'no-new-keyring', help: 'keep the session keyring of the caller' },
    {
      name: 'preserve-fds',
      value: 'N',
      integer: true,
      help: 'pass descriptors 3 to N+2 to the container, counted behind those of LISTEN_FDS',
    },
  ]
}

function execOptions(): readonly Option[] {
  return [
    {
      name: 'process',
      short: 'p',
      value: 'FILE',
      help: 'process as JSON, as in config.json; the options about it are then without effect',
    },
    { name: 'detach', short: 'd', help: 'return as soon as the program runs' },
    { name: 'pid-file', value: 'FILE', help: 'file that receives the pid of the process on the host' },
    { name: 'cwd', value: 'DIR', help: 'working directory in the container' },
    {
      name: 'env',
      short: 'e',
      value: 'NAME=VALUE',
      repeatable: true,
      help: 'add a variable to the environment; may be repeated',
    },
    { name: 'user', short: 'u', value: 'UID[:GID]', help: 'user, and group, of the process' },
    {
      name: 'additional-gids',
      short: 'g',
      value: 'GID',
      integer: true,
      repeatable: true,
      help: 'add a supplementary group; may be repeated',
    },
    {
      name: 'cap',
      short: 'c',
      value: 'CAP',
      repeatable: true,
      help: 'add a capability to the bounding, effective and permitted set; may be repeated',
    },
    { name: 'no-new-privs', help: 'let the process gain no privileges by executing a program' },
    { name: 'process-label', value: 'LABEL', help: 'SELinux label of the process' },
    { name: 'apparmor', value: 'PROFILE', help: 'AppArmor profile of the process' },
    {
      name: 'cgroup',
      value: '[CONTROLLER[,CONTROLLER]:]PATH',
      repeatable: true,
      help: "run in a sub-cgroup of the container's; may be repeated, for cgroup v1 controllers",
    },
    {
      name: 'ignore-paused',
      help: 'also add a process to a paused container: it waits until the container is resumed',
    },
    { name: 'tty', short: 't', help: 'give the process a terminal' },
    { name: 'console-socket', value: 'PATH', help: 'Unix socket that receives the terminal of a detached process' },
    { name: 'pidfd-socket', value: 'PATH', help: 'socket that receives a pidfd of the process' },
    { name: 'preserve-fds', value: 'N', integer: true, help: 'pass descriptors 3 to N+2 to the process' },
  ]
}

function runOptions(): readonly Option[] {
  return [
    ...createOptions(),
    { name: 'detach', short: 'd', help: 'return as soon as the container runs' },
    { name: 'keep', help: 'do not delete the container after it has ended' },
    { name: 'no-subreaper', help: 'do not become the parent of orphaned container processes' },
  ]
}

function updateOptions(): readonly Option[] {
  return [
    {
      name: 'resources',
      short: 'r',
      value: 'FILE',
      help: 'read a JSON object like linux.resources from this file, or from standard input for -; the other limits are ignored then',
    },
    { name: 'blkio-weight', value: 'WEIGHT', help: 'share of block I/O, from 10 to 1000' },
    { name: 'cpu-period', value: 'MICROSECONDS', help: 'length of a CPU period; 0 for the default of the system' },
    { name: 'cpu-quota', value: 'MICROSECONDS', help: 'CPU time in a period; -1 for no limit' },
    { name: 'cpu-burst', value: 'MICROSECONDS', help: 'unused CPU time that may be saved up' },
    { name: 'cpu-share', value: 'SHARES', help: 'share of CPU time beside other containers, from 2 to 262144' },
    {
      name: 'cpu-rt-period',
      value: 'MICROSECONDS',
      help: 'length of a realtime period; 0 for the default of the system',
    },
    { name: 'cpu-rt-runtime', value: 'MICROSECONDS', help: 'realtime CPU time in a period' },
    { name: 'cpuset-cpus', value: 'LIST', help: 'CPUs to use, such as 0-2,7' },
    { name: 'cpuset-mems', value: 'LIST', help: 'memory nodes to use, such as 0-1' },
    { name: 'kernel-memory', value: 'BYTES', help: 'accepted for old callers; has no effect' },
    { name: 'kernel-memory-tcp', value: 'BYTES', help: 'accepted for old callers; has no effect' },
    { name: 'memory', value: 'BYTES', help: 'most memory, such as 512k, 10M or 1g; -1 for no limit' },
    { name: 'cpu-idle', value: '0|1', help: '1 lets the container run when nobody else wants the CPU' },
    { name: 'memory-reservation', value: 'BYTES', help: 'memory to be kept when the host runs short; -1 for no limit' },
    { name: 'memory-swap', value: 'BYTES', help: 'most memory and swap together; -1 for no limit' },
    { name: 'pids-limit', value: 'NUMBER', help: 'most processes and threads; -1 for no limit' },
    { name: 'l3-cache-schema', value: 'LINE', help: 'share of the L3 cache (Intel RDT), such as L3:0=f' },
    { name: 'mem-bw-schema', value: 'LINE', help: 'share of memory bandwidth (Intel RDT), such as MB:0=50' },
  ]
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'completion',
    usage: '[bash|zsh]',
    help: 'print a script that teaches a shell to complete runts (default: the shell in $SHELL)',
    options: [],
    least: 0,
    most: 1,
  },
  {
    name: 'create',
    usage: 'ID',
    help: 'make a container from a bundle; it waits for start',
    get options() {
      return createOptions()
    },
    least: 1,
    most: 1,
  },
  {
    name: 'delete',
    usage: 'ID',
    help: 'remove what is left of a container that is not running',
    get options() {
      return [{ name: 'force', short: 'f', help: 'end a running container first; a missing one is no error' }]
    },
    least: 1,
    most: 1,
  },
  {
    name: 'events',
    usage: 'ID',
    help: 'print what a container uses as JSON, a line each interval, and a line whenever it runs out of memory',
    get options() {
      return [
        { name: 'interval', value: 'DURATION', help: 'time between two lines, such as 500ms or 1m30s (default: 5s)' },
        { name: 'stats', help: 'print one line and end' },
      ]
    },
    least: 1,
    most: 1,
  },
  {
    name: 'exec',
    usage: 'ID [COMMAND] [ARGUMENT...]',
    help: 'run another process in a container, wait for it and return its exit status',
    get options() {
      return execOptions()
    },
    least: 1,
    most: Number.POSITIVE_INFINITY,
    optionsFirst: true,
  },
  { name: 'features', usage: '', help: 'print what this runtime supports, as JSON', options: [], least: 0, most: 0 },
  {
    name: 'inspect',
    usage: 'ID',
    help: 'show namespaces, ids, mounts, cgroups and privileges of a container as they are now',
    get options() {
      return [{ name: 'format', short: 'f', value: 'text|json', help: 'form of the answer (default: text)' }]
    },
    least: 1,
    most: 1,
  },
  {
    name: 'kill',
    usage: 'ID [SIGNAL]',
    help: 'send a signal, by name or number, to the container process (default: SIGTERM)',
    get options() {
      return [{ name: 'all', short: 'a', help: 'for old callers: a container that has ended is no error' }]
    },
    least: 1,
    most: 2,
  },
  {
    name: 'list',
    usage: '',
    help: 'list the containers',
    get options() {
      return [
        { name: 'format', short: 'f', value: 'table|json', help: 'form of the list (default: table)' },
        { name: 'quiet', short: 'q', help: 'print the ids alone' },
      ]
    },
    least: 0,
    most: 0,
  },
  { name: 'pause', usage: 'ID', help: 'stop all processes of a container for a while', options: [], least: 1, most: 1 },
  {
    name: 'plan',
    usage: '',
    help: 'print the launch plan of a bundle: every step, and the place in config.json it comes from; changes nothing',
    get options() {
      return [
        BUNDLE,
        { name: 'format', short: 'f', value: 'text|json', help: 'form of the plan (default: text)' },
        { name: 'no-pivot', help: 'plan as create --no-pivot would' },
      ]
    },
    least: 0,
    most: 0,
  },
  {
    name: 'ps',
    usage: 'ID [PS-OPTIONS..]',
    help: "list the processes of a container with the host's ps (default options: -ef)",
    get options() {
      return [
        {
          name: 'format',
          short: 'f',
          value: 'table|json',
          help: 'form of the list; json has the pids (default: table)',
        },
        { name: 'map', help: 'show pid and user of each process inside and outside of the container; needs no ps' },
      ]
    },
    least: 1,
    most: Number.POSITIVE_INFINITY,
    optionsFirst: true,
  },
  { name: 'resume', usage: 'ID', help: 'let a paused container go on', options: [], least: 1, most: 1 },
  {
    name: 'run',
    usage: 'ID',
    help: 'create and start a container, wait for it and delete it',
    get options() {
      return runOptions()
    },
    least: 1,
    most: 1,
  },
  {
    name: 'spec',
    usage: '',
    help: 'write a config.json to begin with',
    get options() {
      return [
        { ...BUNDLE, help: 'directory that receives config.json (default: the current directory)' },
        { name: 'rootless', help: 'for a bundle that an ordinary user runs' },
      ]
    },
    least: 0,
    most: 0,
  },
  { name: 'start', usage: 'ID', help: 'let a created container run its program', options: [], least: 1, most: 1 },
  { name: 'state', usage: 'ID', help: 'print the state of a container, as JSON', options: [], least: 1, most: 1 },
  {
    name: 'update',
    usage: 'ID',
    help: 'change limits of a container, all that are given or none',
    get options() {
      return updateOptions()
    },
    least: 1,
    most: 1,
  },
]

/** By this first word the scripts of `completion` ask what may come next; yargs has it in its templates. */
export const COMPLETIONS_WORD = '--get-yargs-completions'

/** Commands of runc that this build does not have; they must not look as if they worked. */
export const UNBUILT_COMMANDS = ['checkpoint', 'restore']
