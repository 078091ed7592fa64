// SPDX-License-Identifier: Apache-2.0
import {
  ATTR_ATIME,
  CLONE_FLAGS,
  DEVICE_TYPES,
  IO_PRIORITY_CLASSES,
  MEMORY_POLICY_FLAGS,
  MEMORY_POLICY_MODES,
  MOUNT_ATTR,
  MS,
  nameOf,
  PERSONALITIES,
  RLIMITS,
  SCHEDULER_FLAGS,
  SCHEDULER_POLICIES,
  SECCOMP_FLAGS,
} from './kernel-flags.ts'
import type { Op, OpOf } from './op.ts'
import type { OpName } from './op-table.ts'
import { SYNC_POINTS } from './phases.ts'

/** Names by bit number, which the specification's table of capabilities gives. */
export type CapabilityNames = readonly string[]

type Describe = { readonly [N in OpName]: (op: OpOf<N>, capabilities: CapabilityNames) => string }

/** The arguments of a step as people read them: kernel words for bits, octal for modes, quotes where they help. */
export function describeOp(op: Op, capabilities: CapabilityNames): string {
  const describe = DESCRIBE[op.op] as (op: Op, capabilities: CapabilityNames) => string
  return describe(op, capabilities)
}

const DESCRIBE: Describe = {
  open_namespace: ({ path, type }) => `${word(path)} ${cloneFlags(type)}`,
  open_tree: ({ source, recursive }) => `${word(source)}${recursive ? ' recursive' : ''}`,
  open_id_map: ({ uidMap, gidMap }) => `uid ${word(uidMap)} gid ${word(gidMap)}`,
  map_tree: ({ source, idMap, recursive }) => `${word(source)} by ${word(idMap)}${recursive ? ' recursive' : ''}`,
  open_mapped_filesystem: (op) =>
    phrases(
      `${word(op.fstype)}${op.source === op.fstype ? '' : ` ${word(op.source)}`} by ${word(op.idMap)}`,
      attributes(op.attributesSet),
      op.superblockFlags ? `superblock ${superblockFlags(op.superblockFlags)}` : '',
      op.options.map(word).join(','),
    ),
  open_cgroup: ({ path }) => word(path),
  join_namespaces: ({ op: _, tolerate: __, ...slots }) =>
    list(Object.entries(slots).flatMap(([type, slot]) => (slot === '' ? [] : [type]))),
  clone_init: ({ flags, cgroup }) => `${cloneFlags(flags)}${cgroup === '' ? '' : ` into ${word(cgroup)}`}`,
  write_id_map: ({ file, content }) => `${file} ${word(content)}`,
  enter_cgroup: ({ slot }) => word(slot),
  unshare_namespaces: ({ flags }) => cloneFlags(flags),
  set_time_offsets: (op) =>
    `monotonic ${op.monotonicSecs}s ${op.monotonicNanosecs}ns boottime ${op.boottimeSecs}s ${op.boottimeNanosecs}ns`,
  become_root: ({ setgroups }) => (setgroups ? '' : 'keeping groups'),
  set_dumpable: ({ dumpable }) => (dumpable ? 'yes' : 'no'),
  new_session: () => '',
  raise_loopback: () => '',
  open_process_root: ({ pid }) => `process ${pid}`,
  hold_proc: () => '',
  leave_overseer: () => '',
  join_process: ({ flags }) => cloneFlags(flags),
  enter_root: ({ slot }) => (slot === '' ? 'of the mount namespace' : word(slot)),
  set_mount_propagation: ({ target, propagation }) => `${word(target)} ${superblockFlags(propagation)}`,
  bind_rootfs: ({ source, slot, recursive, holdOnly }) =>
    `${word(source)}${opened(slot)}${recursive ? ' recursive' : ''}${holdOnly ? ' held only' : ''}`,
  mount_fs: (op) =>
    phrases(
      `${word(op.fstype)}${op.source === op.fstype ? '' : ` ${word(op.source)}`} → ${word(op.target)}`,
      attributes(op.attributesSet),
      op.superblockFlags ? `superblock ${superblockFlags(op.superblockFlags)}` : '',
      op.options.map(word).join(','),
      op.realDirectory ? 'on a real directory' : '',
      op.copyUp ? 'with a copy of what is there' : '',
      op.keepMode ? 'with the mode of what is there' : '',
    ),
  attach_filesystem: ({ fstype, slot, target }) => `${word(fstype)}${opened(slot)} → ${word(target)}`,
  mount_bind: (op) =>
    phrases(
      `${word(op.source)}${opened(op.slot)} → ${word(op.target)}`,
      op.recursive ? 'recursive' : '',
      change(op.attributesSet, op.attributesClear),
      op.recursiveSet || op.recursiveClear ? `all ${change(op.recursiveSet, op.recursiveClear)}` : '',
      op.requireFsMagic ? `only if its filesystem is 0x${op.requireFsMagic.toString(16)}` : '',
    ),
  set_mount_attributes: (op) =>
    phrases(
      word(op.target),
      op.recursive ? 'all' : '',
      change(op.set, op.clear),
      op.superblockFlags ? `superblock ${superblockFlags(op.superblockFlags)}` : '',
      op.options.map(word).join(','),
    ),
  make_device: (op) => `${word(op.target)} ${device(op)} ${octal(op.mode)} ${op.uid}:${op.gid}`,
  bind_device: (op) => `${word(op.source)}${opened(op.slot)} → ${word(op.target)} ${device(op)}`,
  make_symlink: ({ target, content, replace }) => `${word(target)} → ${word(content)}${replace ? ' replacing' : ''}`,
  pivot_root: () => '',
  move_root: () => '',
  change_root: () => '',
  mask_path: ({ target }) => word(target),
  readonly_path: ({ target }) => word(target),
  write_sysctl: ({ key, value }) => `${word(key)} ${word(value)}`,
  set_hostname: ({ name }) => word(name),
  set_domainname: ({ name }) => word(name),
  sync: ({ point }) => nameOf(SYNC_POINTS, point),
  set_rlimit: ({ resource, soft, hard }) => `${nameOf(RLIMITS, resource)} ${limit(soft)} ${limit(hard)}`,
  set_oom_score_adj: ({ value }) => `${value}`,
  make_working_directory: ({ target }) => word(target),
  set_umask: ({ mask }) => octal(mask),
  change_directory: ({ path }) => word(path),
  own_stdio: ({ uid }) => `uid ${uid}`,
  limit_bounding_set: ({ keep }, names) => `to ${capabilityList(keep, names)}`,
  set_user: ({ uid, gid, groups, setgroups }) =>
    `uid ${uid} gid ${gid} ${setgroups ? `groups ${list(groups.map(String))}` : 'keeping groups'}`,
  set_capabilities: ({ effective, permitted, inheritable, ambient }, names) =>
    Object.entries({ effective, permitted, inheritable, ambient })
      .map(([set, bits]) => `${set} ${capabilityList(bits, names)}`)
      .join(' '),
  set_no_new_privileges: () => '',
  find_executable: ({ file, searchPath }) => `${word(file)} in ${word(searchPath)}`,
  load_seccomp: ({ filter, flags, listener }) =>
    `${filter.length / 8} instructions, flags ${list(bitNames(BigInt(flags), SECCOMP_FLAGS))}, ${listener ? 'with' : 'no'} listener`,
  join_session_keyring: ({ name, permissions }) => `${word(name)} 0x${permissions.toString(16)}`,
  find_home: ({ uid }) => `uid ${uid}`,
  set_scheduler: ({ policy, nice, priority, flags, runtime, deadline, period }) =>
    phrases(
      nameOf(SCHEDULER_POLICIES, policy),
      nice ? `nice ${nice}` : '',
      priority ? `priority ${priority}` : '',
      bitNames(flags, SCHEDULER_FLAGS).join(','),
      runtime || deadline || period ? `runtime ${runtime} deadline ${deadline} period ${period} ns` : '',
    ),
  set_io_priority: (op) => `${nameOf(IO_PRIORITY_CLASSES, op.class)} ${op.priority}`,
  set_personality: ({ domain }) => nameOf(PERSONALITIES, domain),
  set_memory_policy: ({ mode, nodes }) =>
    phrases(
      nameOf(MEMORY_POLICY_MODES, mode & 0xff),
      bitNames(BigInt(mode & ~0xff), MEMORY_POLICY_FLAGS).join(','),
      `nodes ${list(nodes.map(String))}`,
    ),
  reset_cpu_affinity: () => '',
  set_cpu_affinity: ({ cpus }) => list(cpus.map(String)),
  write_label: ({ attribute, label }) => `${attribute} ${JSON.stringify(label)}`,
  label_file: ({ target, label }) => `${word(target)} ${JSON.stringify(label)}`,
  label_masks: ({ option }) => option,
  open_terminal: ({ uid }) => `/dev/pts/ptmx uid ${uid}`,
  set_window_size: ({ height, width }) => `${height} rows, ${width} columns`,
  bind_console: ({ target }) => word(target),
  enter_terminal: () => '',
  guard_terminal: ({ terminal }) => word(terminal),
  await_start: ({ listener }) => word(listener),
  announce_exec: () => '',
  run_hook: ({ path, args, env, timeout }) =>
    phrases(
      `${word(path)} as ${args.map(word).join(' ')} with ${list(env.map(word))}`,
      timeout ? `for at most ${timeout} s` : '',
    ),
  exec: ({ args, env }) => `${args.map(word).join(' ')} with ${list(env.map(word))}`,
}

/** A text as it is where it cannot be misread, in JSON's quotes otherwise. */
function word(text: string): string {
  return /^[\w@%+=:,./#-]+$/.test(text) ? text : JSON.stringify(text)
}

const list = (words: readonly string[]): string => (words.length > 0 ? words.join(' ') : 'none')
const phrases = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ')
const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`
const opened = (slot: string): string => (slot === '' ? '' : ' (opened)')
const limit = (value: bigint): string => (value === 0xffffffffffffffffn ? 'unlimited' : String(value))

function device({ type, major, minor }: { type: number; major: number; minor: number }): string {
  return `${nameOf(DEVICE_TYPES, type)} ${major}:${minor}`
}

/** The names of the bits in lower case; what has no name is shown as a number. */
function bitNames(bits: bigint, table: Readonly<Record<string, number>>): string[] {
  let rest = bits
  const names: string[] = []
  for (const [name, bit] of Object.entries(table)) {
    if (bit === 0 || !(rest & BigInt(bit))) continue
    names.push(name.toLowerCase())
    rest &= ~BigInt(bit)
  }
  return rest ? [...names, `0x${rest.toString(16)}`] : names
}

const cloneFlags = (flags: number | bigint): string => list(bitNames(BigInt(flags), CLONE_FLAGS))
const superblockFlags = (flags: bigint): string => bitNames(flags, MS).join(',')
const attributes = (bits: bigint): string => (bits ? `[${bitNames(bits, MOUNT_ATTR).join(',')}]` : '')

/** `[ro, not noexec, relatime]`: what is set, then what is cleared; access times are one field. */
function change(set: bigint, clear: bigint): string {
  if (set === 0n && clear === 0n) return ''
  const atime = clear & BigInt(ATTR_ATIME) && !(set & BigInt(ATTR_ATIME)) ? ['relatime'] : []
  const cleared = bitNames(clear & ~BigInt(ATTR_ATIME), MOUNT_ATTR).map((name) => `not ${name}`)
  return `[${[...bitNames(set, MOUNT_ATTR), ...atime, ...cleared].join(',')}]`
}

function capabilityList(bits: bigint, names: CapabilityNames): string {
  if (bits === (1n << BigInt(names.length)) - 1n) return 'all'
  const listed = names.filter((_, bit) => bits & (1n << BigInt(bit)))
  return listed.length > 0 ? listed.map((name) => name.slice('CAP_'.length).toLowerCase()).join(',') : 'none'
}
