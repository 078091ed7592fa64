// SPDX-License-Identifier: Apache-2.0
import { CAPABILITY_NAMES } from '../spec/capability-names.ts'
import type { Inspection, LivingContainer, SeenNamespace } from './inspection.ts'
import { mountSections } from './mount-sections.ts'
import { commandOf, outsideOf } from './process-map.ts'
import { durationText, sizeText } from './quantities.ts'
import { type Section, sectionText, wrapWords } from './text-sections.ts'
import { textTable } from './text-table.ts'

const TEXT_WIDTH = 106

/** The inspection as people read it; `now` in milliseconds since 1970. */
export function inspectionText(inspection: Inspection, now: number): string {
  const { bundle, rootfs, living, notes } = inspection
  const sections: Section[] = [
    [inspection.id, [headline(inspection, now)]],
    ['process', living ? processLines(living, inspection.pids.length) : strayLines(inspection)],
    ['bundle', [bundle]],
    ['rootfs', [rootfs]],
    ['annotations', Object.entries(inspection.annotations).map(([name, value]) => `${name} = ${value}`)],
    ...(living ? livingSections(living) : []),
    ...cgroupSections(inspection),
    ...(living ? securitySections(living) : []),
    ['sockets', inspection.sockets],
    ['hooks', hookLines(inspection)],
    ['note', notes],
  ]
  return sections.map(sectionText).join('')
}

function headline({ status, created, owner, living }: Inspection, now: number): string {
  const age = durationText((now - Date.parse(created)) / 1000)
  const who = owner.name ?? `#${owner.uid}`
  const pid = living ? `, pid ${living.process.pid}` : ''
  return `${status}${pid}, created ${age} ago by ${who} (${created.replace(/\.\d+/, '')})`
}

function processLines({ process }: LivingContainer, count: number): string[] {
  const { pidInContainer, user, threads } = process
  const counted = `${count} ${count === 1 ? 'process' : 'processes'}, ${threads} ${threads === 1 ? 'thread' : 'threads'} in the first`
  const who =
    user.inside === user.outside
      ? `user ${outsideOf(process)}`
      : `user ${user.inside ?? 'unmapped'}, here ${outsideOf(process)}`
  return [commandOf(process), `pid ${pidInContainer ?? '-'} inside, ${who}; ${counted}`]
}

/** What outlived the first process. */
function strayLines({ pids, status }: Inspection): string[] {
  return status === 'stopped' && pids.length > 0
    ? [`ended, but these are left of the container: ${pids.join(' ')}`]
    : []
}

function livingSections({ namespaces, idMappings, mounts }: LivingContainer): Section[] {
  const table = namespaces.map((namespace) => [namespace.type, String(namespace.inode), relationText(namespace)])
  const range = ({ inside, outside, size }: { inside: number; outside: number; size: number }) =>
    size === 1
      ? `${inside} is ${outside} here`
      : `${inside}-${inside + size - 1} are ${outside}-${outside + size - 1} here`
  return [
    ['namespaces', linesOf(textTable(table))],
    ['uids', idMappings ? [idMappings.uid.map(range).join(', ') || 'none'] : []],
    ['gids', idMappings ? [idMappings.gid.map(range).join(', ') || 'none'] : []],
    ...mountSections(mounts, TEXT_WIDTH),
  ]
}

function relationText({ relation, containers = [], path }: SeenNamespace): string {
  const by = path === undefined ? '' : `, joined by ${path}`
  if (relation === 'host') return `the host's${by}`
  if (relation === 'shared') return `shared with ${containers.join(', ')}${by}`
  return relation === 'joined' ? `joined by ${path}` : 'private'
}

/** Controllers whose directories have the same name below their mountpoints are told in one line. */
function cgroupSections({ cgroups, unit, usage: { memory, pids, cpu } }: Inspection): Section[] {
  const byPath = new Map<string, string[]>()
  for (const [name, directory] of Object.entries(cgroups)) {
    const path = directory.replace(/^\/sys\/fs\/cgroup(\/[^/]+(?=\/))?/, '')
    byPath.set(path, [...(byPath.get(path) ?? []), name])
  }
  const paths = [...byPath].map(([path, names]) => `${path} (${names.join(' ')})`)
  return [
    ['cgroup', Object.keys(cgroups).length === 1 ? Object.values(cgroups) : paths],
    ['  unit', unit ? [`${unit.name} in ${unit.slice} (systemd, ${unit.instance})`] : []],
    [
      '  memory',
      memory ? [`${sizeText(memory.usage)}${limitText(memory.limit, sizeText)}${peakText(memory.peak)}`] : [],
    ],
    ['  pids', pids ? [`${pids.current}${limitText(pids.limit, String)}`] : []],
    [
      '  cpu',
      cpu
        ? [`${durationText(cpu.usedSeconds)} used${cpuLimitText(cpu.limit)}${cpu.cpus ? `, on CPU ${cpu.cpus}` : ''}`]
        : [],
    ],
  ]
}

function limitText(limit: number | null, text: (amount: number) => string): string {
  return limit === null ? ', no limit' : ` of ${text(limit)}`
}

function peakText(peak: number | undefined): string {
  return peak === undefined ? '' : `, at most ${sizeText(peak)} so far`
}

function cpuLimitText(limit: number | null): string {
  return limit === null ? ', no quota' : `, quota of ${Number(limit.toFixed(2))} CPUs`
}

function securitySections({ security }: LivingContainer): Section[] {
  const { capabilities, noNewPrivileges, seccomp, label } = security
  const filters = (seccomp.filters ?? 0) < 2 ? '' : ` (${seccomp.filters} filters)`
  return [
    ['capabilities', capabilityLines(capabilities)],
    ['seccomp', [`${seccomp.mode}${filters}; no_new_privs ${noNewPrivileges ? 'on' : 'off'}`]],
    ['label', label === undefined ? [] : [label]],
  ]
}

/** Sets that are the same are told together. */
function capabilityLines(sets: LivingContainer['security']['capabilities']): string[] {
  const byContent = new Map<string, string[]>()
  for (const [name, capabilities] of Object.entries(sets)) {
    const content = contentText(capabilities)
    byContent.set(content, [...(byContent.get(content) ?? []), name])
  }
  return [...byContent].flatMap(([content, names]) => wrapWords(`${names.join(', ')}: ${content}`, TEXT_WIDTH, '  '))
}

function contentText(capabilities: readonly string[]): string {
  if (capabilities.length === 0) return 'none'
  const missing = CAPABILITY_NAMES.filter((name) => !capabilities.includes(name))
  if (missing.length === 0) return 'all'
  return missing.length < 6 ? `all but ${missing.join(' ')}` : capabilities.join(' ')
}

function hookLines({ hooks }: Inspection): string[] {
  return Object.entries(hooks).flatMap(([kind, paths]) => paths.map((path: string) => `${kind} ${path}`))
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n')
}
