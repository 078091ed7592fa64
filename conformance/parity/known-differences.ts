// SPDX-License-Identifier: Apache-2.0
// Cases a reference runtime is known to fail, each group with its reason. The names are those the cases print.

export interface KnownDifference {
  runtime: 'runc' | 'crun' | 'runts'
  reason: string
  cases: string[]
  /** The failure would change the host itself: the case is not run at all. */
  harmsTheHost?: true
}

const HOOKS_OF_CREATE = ['prestart', 'createRuntime', 'createContainer']
const ALL_HOOKS = [...HOOKS_OF_CREATE, 'startContainer', 'poststart', 'poststop']

/** The cases about a hook that fails, by kind. */
function failingHooks(...kinds: string[]): string[] {
  return kinds.flatMap((kind) => [
    `hooks: tells the exit status and the output of a ${kind} hook that fails`,
    `hooks: tells the signal that ended a ${kind} hook`,
    `hooks: tells that a ${kind} hook cannot be executed`,
    `hooks: keeps the last lines of a ${kind} hook that writes 1 MiB to stderr`,
  ])
}

export const knownDifferences: KnownDifference[] = [
  {
    runtime: 'runc',
    reason: 'runc forgets a container whose cgroup it cannot remove, and leaves that behind',
    cases: ['lifecycle: returns the exit status of the program although the container cannot be deleted'],
  },
  {
    runtime: 'runc',
    reason: 'runc lets the frozen go in the cgroup of the container alone, and waits for those in cgroups below it',
    cases: [
      'cgroups: ends a container by force whose child has frozen itself in a cgroup of its own',
      'cgroups: ends a container by force that has frozen itself in a cgroup of its own',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc names cgroups by whole paths, which may be longer than PATH_MAX, and leaves such cgroups behind',
    cases: ['cgroups: removes cgroups so deep that no path leads to them, and lists what is in them'],
    harmsTheHost: true,
  },
  {
    runtime: 'runc',
    reason: 'runc sets the size of a terminal that it relays after the program has started, be it 0 by 0',
    cases: [
      'terminal/exec: has the size of the terminal it is relayed to before the program starts',
      'terminal/inside: has the size of the terminal it is relayed to before the program starts, whatever consoleSize says',
      'terminal/inside: has the size of consoleSize where that terminal has none',
    ],
  },
  {
    runtime: 'runc',
    reason:
      'runc lets the terminal of the caller process what a container prints, so it changes newlines that programs like vim send, and switches that off inside',
    cases: [
      'terminal/relay: passes large amounts in both directions at once, byte for byte',
      'terminal/relay: leaves the modes of the terminal inside alone where a terminal shows the output',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 follows and truncates what the image has as /dev/console (CVE-2025-52565 is fixed in 1.2.8)',
    cases: [
      'terminal/inside: is there without a mount on /dev, in the directory of the image',
      'terminal/inside: touches nothing behind a link that the image has as /dev/console',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc connects by the whole path, which has no room in a socket address',
    cases: ['terminal/console-socket: may have a path of more than 108 bytes'],
  },
  {
    runtime: 'runc',
    reason: 'runc that relays a terminal ends at once with status 0 on SIGINT and leaves the container behind',
    cases: ['terminal/relay: restores the terminal when the runtime gets SIGINT, which it passes on'],
  },
  {
    runtime: 'runc',
    reason: 'nobody restores the terminal when runc is killed',
    cases: [
      'terminal/session: restores the terminal when the runtime itself is killed: run',
      'terminal/session: restores the terminal when the runtime itself is killed: exec',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc does not hang up inside when the terminal of its caller goes away, and waits on for its program',
    cases: ['terminal/session: hangs up when the terminal of the caller goes away: run'],
  },
  {
    runtime: 'runc',
    reason: 'runc does not make the terminal raw again when it continues after a stop',
    cases: [
      'terminal/session: goes on after it was stopped: run',
      'terminal/session: goes on after it was stopped: exec',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc waits on cgroup v1 until the cgroup is removed, and prints statistics of a container that has ended',
    cases: [
      'events: ends with status 0 when the container ends',
      'events: tells that the container ran out of memory when that ends it',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc notices a reader that went away when it writes the next line',
    cases: ['events: notices that nobody reads any more before there is anything to print'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 does not have the flags --cpu-idle and --cpu-burst of update (added in 1.2)',
    cases: [
      'update: changes the burst, together with the quota that allows it',
      'update: makes a container idle, which gives its shares up, and takes it back',
      'update: refuses "1e5" as the value of --cpu-burst',
      'update: refuses "x" as the value of --cpu-idle',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc keeps the period that is in force on cgroup v1 when update is given a period of 0',
    cases: ['update: takes a period of 0 for the default of the system'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 takes a pids limit of 0 as not given (fixed in 1.4)',
    cases: [
      'update: takes a pids limit of 0 as one that lets nothing be added',
      'update: ends like a new container after the random updates 0, and changes nothing by those that fail',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc stops at the first flag of update that is wrong',
    cases: [
      'update: tells all that is wrong with the flags at once, also what v1 alone cannot express',
      'update: tells every value that has not its form',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc leaves the limits changed that it wrote before something failed',
    cases: [
      'update: refuses a memory limit below what is in use, with the usage',
      'update: refuses memory+swap below the memory limit',
      'update: takes limits back when the state of the container cannot be written',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc drops limits that update cannot set, values out of range, unknown fields and a document that is null',
    cases: [
      'update: changes nothing when the last of all writes is refused',
      'update: refuses --blkio-weight 5',
      'update: refuses empty and broken JSON',
      'update: names a field that it does not know',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc tells the first problem of a resources document, without its place',
    cases: ['update: tells every problem of the resources at once, each with its place'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 kills and signals the whole cgroup with --all alone, and ends nothing once the first process has',
    cases: [
      'living: kills every process of a container without a pid namespace',
      'living: ends a fork bomb without a pid namespace by kill',
      'living: sends other signals to the first process alone',
      'living: kills what is left of a container without a pid namespace, and only what is left',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc ends whoever is in the cgroup of a container that is deleted, another container too',
    cases: ['delete', 'delete by force'].map(
      (what) => `living: spares the container that lives in the cgroup of one that has ended: ${what}`,
    ),
  },
  {
    runtime: 'runc',
    reason:
      'runc knows the cgroup of a container by its name alone, and removes empty ones below it whoever lives there',
    cases: ['cgroups: leaves the cgroup alone that another container has taken since its own ended'],
  },
  {
    runtime: 'runc',
    reason:
      'runc exec reads the process from the bundle, which may have changed since create; runts keeps its own copy',
    cases: ['exec: needs nothing of the bundle any more'],
  },
  {
    runtime: 'runc',
    reason: 'runc exec --detach returns 0 before execve, which may still fail',
    cases: [
      'exec: detaches once the program runs, and writes its pid on the host',
      'exec: reports a program that cannot be executed when detached, and leaves no pid file',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 compares texts to find a sub-cgroup and checks no controller prefix (fixed in 1.3)',
    cases: [
      'exec: --cgroup refuses what is no sub-cgroup of the container',
      'exec: --cgroup refuses controllers that are not there, not named, or named twice',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 depends on the /proc of the container, which may be anything',
    cases: ['exec: asks nothing of a /proc that the container has made itself'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 gives a process of exec the umask of the caller (fixed in 1.2)',
    cases: [
      'exec: gives a process all that the first one has',
      'exec: gives a process file what it does not say from the container',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc takes ids that are no ids modulo 2^32, which makes some of them root',
    cases: ['exec: refuses ids that are no numbers'],
  },
  {
    runtime: 'runc',
    reason:
      'runc tells the first problem of a process file alone, names no file or line, and blames config.json for flags',
    cases: [
      'exec: tells everything that is wrong with a process file, and where',
      'exec: names the line of a process file whose value the kernel refuses',
      'exec: says which directory is not there without blaming config.json for a flag',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 needs getppid(2) after it has loaded the filter, and panics without it',
    cases: ['exec: keeps the seccomp filter of the container'],
  },
  {
    runtime: 'runc',
    reason:
      'runc 1.1 knows no execCPUAffinity (added in 1.3) and passes on what its caller is confined to (fixed in 1.2.7)',
    cases: [
      'exec: confines a process to the CPUs of execCPUAffinity',
      'exec: gives a process every CPU of its cgroup, whatever the caller is confined to',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc exec lets the kernel refuse the AppArmor profile of a host without AppArmor, as an invalid argument',
    cases: ['exec: refuses an AppArmor profile where there is no AppArmor'],
  },
  {
    runtime: 'runc',
    reason:
      "a process of an ordinary user that waits for its start is root's alone in runts, which no other process of his may look into",
    cases: ["exec: says that a container of an ordinary user's own has to be started first"],
  },
  {
    runtime: 'runc',
    reason: "runc looks for the cgroup of the container's first process only on hosts that have cgroup v2 alone",
    cases: ["exec: goes to the cgroup of the container's first process where its own has gone"],
  },
  {
    runtime: 'runc',
    reason: 'runc tells in lines of three of its processes that a container has gone meanwhile',
    cases: ['exec: ends with one error when the container is killed meanwhile'],
  },
  {
    runtime: 'runc',
    reason: 'runc leaves its mounts in the mount namespace that a container shares with its caller',
    cases: [
      'exec: enters the root directory of a container without a mount namespace of its own, never that of the host',
      'exec: joins a container that shares every namespace with the host',
    ],
    harmsTheHost: true,
  },
  {
    runtime: 'runc',
    reason: 'runc knows real-time signals by number alone',
    cases: ['living: sends real-time signals by name'],
  },
  {
    runtime: 'runc',
    reason: 'runc takes a process without its first thread for a zombie, and leaves it behind',
    cases: ['living: still has a container whose first thread has ended while another goes on'],
    harmsTheHost: true,
  },
  {
    runtime: 'runc',
    reason: 'runc deletes no container whose record it cannot read, and ends in a panic for a record of null',
    cases: ['no JSON', 'an empty file', 'another version', 'null'].map(
      (what) => `living: says that a record is damaged, and frees its id by force: ${what}`,
    ),
  },
  {
    runtime: 'runc',
    reason: 'runc opens whatever lies where its record should be, and waits or says that there is no container',
    cases: ['a FIFO', 'an endless device'].map(
      (what) => `living: does not wait for a record that is ${what}, and frees its id by force`,
    ),
  },
  {
    runtime: 'runc',
    reason: 'runc passes two dashes on to ps, and refuses a $PATH that begins with the current directory',
    cases: [
      'living: takes options of ps behind two dashes',
      'living: runs no ps from a directory that anybody may have made',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc lists the processes of a container by its cgroup alone',
    cases: ['living: lists the processes of an ordinary user without a cgroup of their own'],
  },
  {
    runtime: 'runc',
    reason: 'runc called in the cgroup of the container freezes itself and never comes back',
    cases: ['living: does not pause itself'],
    harmsTheHost: true,
  },
  {
    runtime: 'runc',
    reason: 'runc resumes a container that a frozen parent holds, without an effect',
    cases: ['living: says that a parent holds a container that cannot be resumed'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 has no time namespaces (added in 1.2)',
    cases: [
      'namespaces: makes a new time namespace',
      'namespaces: joins the time namespace at a path',
      'namespaces: makes the combination mount, pid, time, uts',
      'namespaces: makes the combination user, time, cgroup, uts, ipc, network, pid, mount',
      'namespaces: sets the offsets of a new time namespace',
      'namespaces: sets a negative offset of a time namespace',
      'namespaces: refuses time offsets without a time namespace',
      'namespaces: gives a new time namespace to the new user namespace',
      'namespaces: leaves a joined time namespace to the host beside a new user namespace',
      'namespaces: leaves a joined time namespace to the host beside a joined user namespace',
      'namespaces: joins a time namespace that the joined user namespace owns',
      'rootless: sets sysctls of its own namespaces and offsets of its own clocks',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc silently drops additional groups where a joined user namespace denies setgroups',
    cases: ['namespaces: joins a user namespace that denies setgroups'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 joins the user namespace first and has no right to what the host owns then (fixed in 1.2)',
    cases: [
      'namespaces: leaves a joined cgroup namespace to the host beside a joined user namespace',
      'namespaces: leaves a joined ipc namespace to the host beside a joined user namespace',
      'namespaces: leaves a joined network namespace to the host beside a joined user namespace',
      'namespaces: leaves a joined pid namespace to the host beside a joined user namespace',
      'namespaces: leaves a joined uts namespace to the host beside a joined user namespace',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc keeps the groups of an ordinary caller and refuses others, even where newgidmap allows setgroups',
    cases: [
      'rootless: maps subordinate ids through newuidmap and newgidmap',
      'rootless: keeps the groups of the caller out where setgroups is allowed',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc reports a failing newuidmap as a descriptor that it cannot use',
    cases: ['rootless: refuses a mapping of ids that are not subordinate'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 does not retain locked attributes of a bind source, and drops the ones to clear (fixed in 1.2)',
    cases: [
      'rootless: keeps the attributes of a bind source that a user namespace may not clear',
      'rootless: never makes a read-only source writable',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 leaves the tmpfs over the cgroups of a rootless container writable on v1',
    cases: ['rootless: writes a bundle with spec that run can run'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 leaves the unified cgroup of a rootless container behind on a hybrid host',
    cases: ['rootless: clones its process into a delegated cgroup of the unified hierarchy'],
  },
  {
    runtime: 'runc',
    reason: 'runc is dumpable while it waits for start, unless it runs as root',
    cases: ['rootless: keeps the waiting process closed to the user, whose it is'],
  },
  {
    runtime: 'runc',
    reason: 'runc takes a relative XDG_RUNTIME_DIR and one that others can write to',
    cases: [
      'rootless: says what is missing without XDG_RUNTIME_DIR',
      'rootless: takes no state directory that somebody else could have made',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 reports a namespace of another type as a pipe that ended, without the path',
    cases: [
      'namespaces: refuses a path of another type held by another process',
      'namespaces: refuses a path that is a plain file',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 ignores id mappings without a user namespace',
    cases: ['namespaces: refuses id mappings without a user namespace'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 does not know domainname (added in 1.2)',
    cases: [
      'process: sets the host name and the domain name',
      'process: refuses a domain name without a UTS namespace',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc takes user ids up to 2147483647 only; the specification has uint32',
    cases: ['process: becomes the user with the highest id there is'],
  },
  {
    runtime: 'runc',
    reason: 'runc does not look for duplicate limits; config.md demands an error',
    cases: ['process: refuses the same limit twice'],
  },
  {
    runtime: 'runc',
    reason: 'the waiting process of runc is runc itself, with several threads and megabytes',
    cases: ['process: keeps one process of less than a mebibyte between create and start'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 demands id mappings for a joined user namespace and does not compare them (since 1.2 it does)',
    cases: [
      'namespaces: joins a user namespace without mappings in the config',
      'namespaces: refuses mappings that are not those of the joined user namespace',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc passes "defaults" to the file system; config.md names it as an option without effect',
    cases: ['mounts: honours defaults on a new file system'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 ignores what it does not know on bind mounts',
    cases: ['mounts: refuses a word on a bind mount that is no option, as a misspelt one'],
  },
  {
    runtime: 'runc',
    reason: 'runc names the source and the target of a mount that fails, not its type',
    cases: ['mounts: names a file system type that the kernel does not know'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 sets recursive atime options without clearing the ones before (fixed in 1.4.1)',
    cases: ['mounts: honours ratime on the whole tree', 'mounts: honours rnostrictatime on the whole tree'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 has no id-mapped mounts outside of a user namespace and no idmap option (added in 1.2)',
    cases: [
      'mounts: maps the ids of a mount with mappings of its own with idmap',
      'mounts: maps the ids of a mount with mappings of its own with ridmap',
      'mounts: maps the ids of a mount by the user namespace of the container with idmap',
      'mounts: refuses idmap without mappings and without a user namespace',
      'mounts: maps only the top of a tree with idmap',
      'mounts: maps the ids of a mount that has mappings but neither idmap nor ridmap',
      'mounts: gives what the container creates in an id-mapped mount to the mapped owner on the host',
      'mounts: gives what root of a user namespace creates in a mount mapped by it to root of the host',
      'mounts: maps a mount of a container with a user namespace by mappings of the mount',
      'mounts: maps a mount by a user namespace that the container joins',
      'mounts: shows ids outside of the mapping of a mount as nobody and lets nobody create with them',
      'mounts: applies mappings of several mounts each to its own',
      'mounts: maps the ids of a single file',
      'mounts: maps the ids of a mount on ext4',
      'mounts: maps the ids of a mount on xfs',
      'mounts: maps the ids of a new tmpfs',
      'mounts: mounts a block device with mapped ids for a container with a user namespace',
      'mounts: names the filesystem that does not support id-mapped mounts',
      'mounts: names the one filesystem of a tree that does not support id-mapped mounts',
      'mounts: names the type of a new filesystem that does not support id-mapped mounts',
      'mounts: refuses to map the ids of a mount that is there already',
      'mounts: refuses to map the ids of a proc filesystem',
      'rootless: refuses to map the ids of a mount',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc finds out about AppArmor only when it writes the profile, and then says "invalid argument"',
    cases: [
      'security: refuses an AppArmor profile where AppArmor is not enabled',
      'security: refuses an AppArmor profile that is not loaded before anything is made',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc mounts with the label whether or not there is SELinux, and the kernel refuses the option',
    cases: ['security: leaves mountLabel out where SELinux is not enabled, with a warning'],
  },
  {
    runtime: 'runc',
    reason: 'runc ends when the key quota is used up',
    cases: ['process: goes on with a warning when the key quota of the user is used up'],
  },
  {
    runtime: 'runc',
    reason: 'runc takes an empty home directory as it is, and opens whatever the image has as its passwd file',
    cases: [
      'process: finds HOME in the passwd file: an empty home directory is /',
      'process: does not wait for a passwd file that is a FIFO',
    ],
  },
  {
    runtime: 'runc',
    reason:
      'runc 1.1 knows no scheduler, I/O priority, personality, execCPUAffinity and memory policy (added from 1.2 to 1.4)',
    cases: [
      'process: sets the scheduler SCHED_OTHER with a nice value',
      'process: sets the scheduler SCHED_OTHER with a negative nice value',
      'process: sets the scheduler SCHED_BATCH',
      'process: sets the scheduler SCHED_IDLE',
      'process: sets the scheduler SCHED_FIFO',
      'process: sets the scheduler SCHED_RR that children do not inherit',
      'process: sets the scheduler SCHED_DEADLINE',
      'process: sets a realtime scheduler in a user namespace too',
      'process: says what a realtime scheduler needs in a cgroup without a budget',
      'process: refuses a scheduler that no kernel has',
      'process: refuses a scheduler with a priority without a realtime policy',
      'process: refuses a scheduler with a nice value beyond 19',
      'process: refuses a scheduler with a runtime without SCHED_DEADLINE',
      'process: refuses a scheduler with a policy it does not know',
      'process: refuses a scheduler with a flag it does not know',
      'process: sets the I/O priority class IOPRIO_CLASS_RT',
      'process: sets the I/O priority class IOPRIO_CLASS_BE',
      'process: sets the I/O priority class IOPRIO_CLASS_IDLE',
      'process: refuses an I/O priority beyond 7',
      'process: sets the personality LINUX32',
      'process: refuses personality flags, of which none is defined',
      'process: sets the memory policy MPOL_LOCAL',
      'process: sets the memory policy MPOL_PREFERRED',
      'process: sets the memory policy MPOL_BIND',
      'process: sets the memory policy MPOL_BIND with static nodes',
      'process: sets the memory policy MPOL_INTERLEAVE',
      'process: sets the memory policy MPOL_INTERLEAVE with relative nodes',
      'process: sets the memory policy MPOL_PREFERRED_MANY',
      'process: names the memory policy when the kernel does not have the node',
      'process: keeps execCPUAffinity for exec and does not apply it to the container',
      'process: refuses an execCPUAffinity that is no list of CPUs',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 keeps the CPUs of its caller (since 1.2.7 it does not)',
    cases: ['process: gives the container every CPU although the caller has one'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 does not know netDevices (added in 1.4)',
    cases: [
      'network: moves a device with its permanent global addresses and brings it up',
      'network: renames devices, also into names that others of them had',
      'network: numbers the devices of a template',
      'network: moves a device into a network namespace that is joined, where it stays',
      'network: moves a device into the network namespace of a user namespace',
      'network: lets sysctls speak of a device that has moved',
      'network: keeps no network namespace alive after the container is gone',
      'network: refuses a device that is not there',
      'network: refuses a name that is taken in the container',
      'network: refuses one name for two devices',
      'network: brings a device back when a later one cannot move',
      "network: refuses to move devices into the runtime's own network namespace",
      'network: refuses devices without a network namespace',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 ignores intelRdt where there is no resctrl and no schema; config-linux.md demands an error',
    cases: [
      'rdt: refuses Intel RDT with anything where no resctrl is mounted',
      'rdt: refuses Intel RDT with a class of service where no resctrl is mounted',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc looks for Intel RDT at the processor first, so a stand-in for resctrl does not do for it',
    cases: [
      'rdt: puts the container into a group of its id, which goes with it',
      'rdt: puts the container into the group of its closID, which stays',
      'rdt: leaves no group behind when a container cannot be created because there is no monitoring',
      'rdt: refuses a closID without a schema that does not exist',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc loses a shared propagation in pivot_root and cannot bind an unbindable root file system',
    cases: [
      'mounts: honours the rootfsPropagation shared',
      'mounts: honours the rootfsPropagation rshared',
      'mounts: honours the rootfsPropagation unbindable',
      'mounts: honours the rootfsPropagation runbindable',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 only warns about a cgroup that holds processes (an error since 1.2)',
    cases: ['cgroups: refuses a cgroup that holds processes'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 knows no cpu.burst and cpu.idle and takes a pids.limit of 0 for none (until 1.2 and 1.4)',
    cases: [
      'cgroups: sets cpu.burst in cpu.cfs_burst_us',
      'cgroups: sets cpu.burst in cpu.max.burst',
      'cgroups: sets cpu.idle in cpu.idle',
      'cgroups: sets pids.limit 0 in pids.max',
    ],
  },
  {
    runtime: 'runc',
    reason:
      'runc sets the memory limit after the setup, so that the kernel refuses the limit instead of killing the process',
    cases: ['cgroups: says that its process was killed for want of memory before it could start'],
  },
  {
    runtime: 'runc',
    reason:
      'runc leaves the parents that it made for a cgroupsPath (runtime.md, Delete, wants them gone), and cuts ".." off',
    cases: [
      'cgroups: removes the parents that it made for a cgroupsPath once they are empty',
      'cgroups: leaves no parents of a cgroupsPath when it fails',
      'cgroups: refuses a cgroupsPath that goes back up',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 puts its process into a frozen cgroup of v1 and waits for ever',
    cases: ['cgroups: refuses a cgroup of v1 whose parent is frozen, and leaves it as it was'],
    harmsTheHost: true,
  },
  {
    runtime: 'runc',
    reason: 'runc takes whatever is at the path of a device; config-linux.md demands an error when it does not match',
    cases: [
      'devices: refuses a device at a path where there is a file',
      'devices: refuses a device at a path where there is a directory',
      'devices: refuses a device at a path where there is a device of another number',
      'devices: refuses a device at a path where there is a fifo',
      'devices: refuses a device at a path where there is a symlink',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc skips letters it does not know in the access of a device rule',
    cases: ['devices: refuses a rule whose access holds another letter'],
  },
  {
    runtime: 'runc',
    reason: 'runc killed between making a cgroup and writing its state leaves the cgroup',
    cases: [
      'lifecycle: is cleaned up by delete by force wherever create was killed',
      'lifecycle: is cleaned up by delete by force wherever run was killed',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc refuses to create without process; runtime.md demands that create succeeds and start fails',
    cases: ['lifecycle: creates without a process and refuses to start it'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 takes any --root and lists nothing for one that is missing (errors since 1.2)',
    cases: ['lifecycle: refuses / as the root', 'lifecycle: refuses to list an explicit root that does not exist'],
  },
  {
    runtime: 'runc',
    reason: 'runc takes no lock: two creates of one id may both succeed, and a start after a killed start may hang',
    cases: [
      'lifecycle: lets one of many creates of one id succeed',
      'lifecycle: lets one of many starts of one container succeed',
      'lifecycle: is started or can be started wherever start was killed',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc does not read ociVersion',
    cases: [
      'errors: refuses an ociVersion that is no version',
      'errors: refuses an ociVersion of another major version',
    ],
  },
  {
    runtime: 'runc',
    reason:
      'runc takes a device without a path for one in the root directory, and ends in a panic for a config of null',
    cases: ['errors: refuses a device without a path', 'errors: refuses a config that is null'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1.5 binds whatever is at /dev/null over a masked path (CVE-2025-31133)',
    harmsTheHost: true,
    cases: ['security: masks by a real null device when the image links /dev/null elsewhere'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1.5 binds whatever is at /dev/null over a masked path (CVE-2025-31133)',
    cases: ['security: masks by a real null device when the image has another device in its place'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1.5 populates the target of a /dev that is a symlink (CVE-2026-41579)',
    cases: ['security: touches nothing of the host where the image has a symlink at /dev'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 looks at bind mounts only when it guards /proc',
    cases: [
      'security: refuses a tmpfs on /proc',
      'security: refuses a tmpfs on /proc/self',
      'security: refuses a tmpfs on /proc/self/attr',
      'security: refuses a tmpfs on /proc/sys',
      'security: refuses a tmpfs on /proc/1',
      'security: refuses a tmpfs on /proc/sys/net',
      'security: refuses a tmpfs on /proc/thread-self',
    ],
  },
  {
    runtime: 'runc',
    reason: 'the template of runc 1.1 has ambient capabilities (gone in 1.2), and it takes -1 descriptors for none',
    cases: [
      'security: writes a config without ambient capabilities',
      'security: refuses "-1" as a number of descriptors',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1.5 makes mount targets by path (CVE-2024-45310)',
    cases: ['security: makes directories nowhere else while their parent is swapped'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 counts hooks from 0, does not name their kind and runs poststart hooks in create',
    cases: [
      ...failingHooks(...HOOKS_OF_CREATE, 'poststart'),
      ...ALL_HOOKS.slice(0, -1).map((kind) => `hooks: ends run in the foreground when a ${kind} hook fails`),
      'hooks: runs the hooks of all six kinds in order, each at its moment',
      'hooks: runs the hooks of a container in the foreground too',
      'hooks: gives a poststart hook the state on its standard input',
      'hooks: runs poststart hooks when the program is there',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc tells a startContainer hook that fails to nobody: start has succeeded by then',
    cases: failingHooks('startContainer'),
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 has no state on disk while hooks of create run, and none that tells a start which was killed',
    cases: [
      'hooks: leaves a container that can be deleted when create is killed during a prestart hook',
      'hooks: leaves a container that can be deleted when create is killed during a createContainer hook',
      'hooks: goes on to the program when start is killed during a startContainer hook',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 passes descriptors that its caller leaks on to hooks',
    cases: [
      'hooks: starts a createContainer hook with no other descriptor than 0, 1 and 2, and with default signals',
      'hooks: starts a poststop hook with no other descriptor than 0, 1 and 2, and with default signals',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 keeps its FIFO for start open while startContainer hooks run',
    cases: ['hooks: keeps what the setup held open from a startContainer hook that may look into other processes'],
  },
  {
    runtime: 'runc',
    reason: 'runc leaves its mounts in the mount namespace that a container shares with its caller',
    cases: ['create fails', 'the container is deleted'].map(
      (how) => `namespaces: takes back its mounts, and no others, in the mount namespace of the caller when ${how}`,
    ),
  },
  {
    runtime: 'runc',
    reason: 'runc tells of a broken pipe when the container process ends during its hooks',
    cases: ['hooks: says that the container process has ended when a hook of create ends it'],
  },
  {
    runtime: 'runc',
    reason: 'runc stops at the first poststop hook that fails, and delete fails; runtime.md wants a warning',
    cases: failingHooks('poststop'),
  },
  {
    runtime: 'runc',
    reason: 'runc kills only the hook itself and waits for children of it that have its pipes, without end',
    cases: ALL_HOOKS.flatMap((kind) => [
      `hooks: ends a ${kind} hook that runs past its timeout with all its children`,
      `hooks: does not wait for what a ${kind} hook leaves running, even with its pipes open`,
    ]),
    harmsTheHost: true,
  },
  {
    runtime: 'runc',
    reason: 'runc makes system calls of its own between loading the filter and executing the program',
    cases: ['seccomp: needs no call of the profile for itself with no_new_privs but execve'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 keeps the connection to the seccomp agent open; config-linux.md has it closed',
    cases: ['seccomp: closes the connection to the agent behind the one message'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 does not know the flags of a profile (added in 1.2)',
    cases: [
      'seccomp: loads the filter with SECCOMP_FILTER_FLAG_LOG',
      'seccomp: takes TSYNC and WAIT_KILLABLE_RECV where they change nothing',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc names no place in config.json, no probable cause and nothing that has no effect',
    cases: [
      'seccomp: names the place of the listener path when the agent is not there',
      'seccomp: says that the profile may be why the program cannot be executed',
      'process: names the limit that the kernel refuses',
      'namespaces: refuses the user namespace of the runtime itself, and says to leave it out',
      'namespaces: refuses an offset that takes a clock below zero, and says so',
      'rootless: names what to do about sysfs without a network namespace',
      'rootless: says what to do about a cgroupsPath where it may not make it',
      'errors: says with --debug what has no effect: unknown fields, properties for a driver that is not in use',
    ],
  },
  {
    runtime: 'runc',
    reason:
      'runc passes on what it has opened itself where the descriptors of --preserve-fds or LISTEN_FDS are missing',
    cases: [
      'descriptors: refuses --preserve-fds where a descriptor is missing',
      'descriptors: refuses exec --preserve-fds where a descriptor is missing',
      'descriptors: never passes on a descriptor that is its own',
      'descriptors: refuses sockets of a service manager that are not there',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc does not tell the program the names of the sockets',
    cases: ['descriptors: passes the names of the sockets on'],
  },
  {
    runtime: 'runc',
    reason: 'runc passes preserved descriptors on to the hooks inside the container as well',
    cases: ['descriptors: passes nothing on to hooks'],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 has no --pidfd-socket (added in 1.2)',
    cases: [
      'descriptors: sends a pidfd of the container process to the socket of create --pidfd-socket',
      'descriptors: sends a pidfd of the container process to the socket of run --detach --pidfd-socket',
      'descriptors: finds the pidfd socket from its own directory, behind a path longer than a socket address',
      'descriptors: leaves nothing where nobody listens at the pidfd socket',
      'descriptors: sends a pidfd of the new process to the socket of exec --pidfd-socket',
      'descriptors: leaves no process where nobody listens at the pidfd socket of exec',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc holds no socket while a startContainer hook runs: the hook of this case finds none to keep',
    cases: ['hooks: returns from start and run although a startContainer hook keeps a copy of their connection'],
  },
  {
    runtime: 'runc',
    reason: 'runc takes any end of the container process after the start gate for that of the program',
    cases: ['start', 'run', 'run --detach'].map(
      (command) =>
        `hooks: says that the program was not executed when ${command} loses the container during a startContainer hook`,
    ),
  },
  {
    runtime: 'runc',
    reason:
      'runc 1.1 sends no BARRIER=1, and waits in the foreground without end for a program that does not say READY=1',
    cases: [
      'notify: mounts a directory for the socket, which the program cannot write to, and names it in the environment',
      'notify: tells the service manager from start that the program is ready, with its pid, and waits for that',
      'notify: tells the service manager from run --detach',
      'notify: names itself as the main process in the foreground, and passes signals on before the program is ready',
      'notify: tells of a program that was ready and has ended since',
      'notify: finds READY=1 among other lines, and passes none of them on',
      'notify: reaches a service manager at an abstract socket',
      'notify: outlives garbage, floods, huge and empty datagrams and descriptors from the container',
      'notify: does not wait for a program that ends without a word',
      'notify: is open to a program of another user, also in a user namespace',
      'notify: follows no link of the image out of its root for the place of the socket',
    ],
  },
  {
    runtime: 'runc',
    reason: "runc 1.1 passes SIGURG on, that of its own language's threads too, and keeps other signals for itself",
    cases: [
      'foreground: passes every signal on that can be passed on',
      'foreground: passes real-time signals on, each as often as it comes',
      'foreground: keeps SIGCHLD, SIGURG and SIGWINCH to itself',
    ],
  },
  {
    runtime: 'runc',
    reason: 'the children of runc are those of any of its threads, and this case looks at the first one',
    cases: [
      'foreground: reaps the orphans of a container without a pid namespace',
      'terminal/relay: reaps the orphans of a container without a pid namespace',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc does not end hooks on the host that hang or were left behind',
    cases: [
      ...['prestart', 'createRuntime', 'poststart'].map(
        (kind) => `hooks: ends a ${kind} hook that hangs, and what it has started, with delete --force`,
      ),
      'hooks: leaves a container that can be deleted when create is killed during a prestart hook',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc 1.1 takes a unit that exists already for its own, whoever is in it (fixed in 1.2)',
    cases: [
      'systemd: makes no unit beside one that another container has',
      'systemd: clears away what is left of a failed unit of the same name',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc leaves cgroups of v1 controllers that systemd does not manage: slices, and all after a killed create',
    cases: [
      'systemd: finds the slice below the slices that its name lists',
      'systemd: is cleaned up by delete --force after create was killed',
    ],
  },
  {
    runtime: 'runc',
    reason: 'runc keeps the limits that were set before one that is refused',
    cases: ['systemd: changes properties and files with update, and neither when one is refused'],
  },
]
