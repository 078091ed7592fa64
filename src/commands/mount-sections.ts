// SPDX-License-Identifier: Apache-2.0
import type { SeenMount } from '../proc/mount-table.ts'
import { type Section, wrapWords } from './text-sections.ts'
import { textTable } from './text-table.ts'

type Kind = 'mounts' | 'host devices' | 'masked' | 'read-only'

/** Mounts one a line, cgroup v1 hierarchies in one together; of what hides or binds single files the paths are enough. */
export function mountSections(mounts: readonly SeenMount[], width: number): Section[] {
  const of = (kind: Kind) => mounts.filter((mount) => kindOf(mount) === kind)
  const paths = (kind: Kind): Section => [
    kind,
    wrapWords(
      of(kind)
        .map(({ destination }) => destination)
        .join(' '),
      width,
    ),
  ]
  const hierarchies = of('mounts').filter(({ type }) => type === 'cgroup')
  const shown = of('mounts').filter((mount) => mount === hierarchies[0] || !hierarchies.includes(mount))
  const rows = shown.map((mount) => rowOf(mount, mount === hierarchies[0] ? hierarchies : [mount]))
  const table = rows.length > 0 ? textTable(rows).trimEnd().split('\n') : []
  return [['mounts', table], paths('host devices'), paths('masked'), paths('read-only')]
}

/** The source as findmnt(8) writes it: with the part of the filesystem that is mounted. */
function rowOf({ destination, type, source, root, options }: SeenMount, together: readonly SeenMount[]): string[] {
  if (together.length > 1) return [common(together), type, `${together.length} hierarchies`, options.join(',')]
  return [destination, type, root === '/' ? source : `${source}[${root}]`, options.join(',')]
}

/** `/sys/fs/cgroup/*` for what is mounted side by side. */
function common(mounts: readonly SeenMount[]): string {
  const [first = ''] = mounts.map(({ destination }) => destination)
  return `${first.slice(0, first.lastIndexOf('/'))}/*`
}

function kindOf({ destination, type, root, options, superOptions }: SeenMount): Kind {
  if (type === 'devtmpfs' && root !== '/') return destination.startsWith('/dev/') ? 'host devices' : 'masked'
  const isReadOnly = options.includes('ro')
  // The small tmpfs that runtimes put over directories.
  if (type === 'tmpfs' && isReadOnly && superOptions.includes('nr_inodes=1')) return 'masked'
  const isPart = (type === 'proc' || type === 'sysfs') && root !== '/' && destination.endsWith(root)
  return isPart && isReadOnly ? 'read-only' : 'mounts'
}
