// SPDX-License-Identifier: Apache-2.0
import { constants, existsSync, openSync, readSync } from 'node:fs'
import { errnoOf, failedTo } from '../errors/runtime-error.ts'
import { POLL } from '../sys/constants.ts'
import { createEventfd, takeEvents } from '../sys/eventfd.ts'
import { Fd } from '../sys/fd.ts'
import { type Wanted, waitReadable } from '../sys/poll.ts'
import { isGone, writeCgroupFile } from './host-cgroup-file.ts'
import { parseKeyedCounters } from './parse-counters.ts'
import type { CgroupPlacement } from './place-cgroup.ts'

/** Tells when a container runs out of memory. */
export interface OomWatch {
  /** What to wait for. */
  readonly request: Wanted
  /** Whether it has, since the last call. */
  take(): boolean
  close(): void
}

/** Watches the memory cgroup; undefined where the container has none. Throws CGROUP_FAILED. */
export function watchOom({ mode, hierarchies, unified }: CgroupPlacement): OomWatch | undefined {
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('memory'))
  const directory = mode === 'v2' ? unified?.directory : v1?.directory
  if (directory === undefined) return undefined
  try {
    return mode === 'v2' ? watchEvents(`${directory}/memory.events`) : watchOomControl(directory)
  } catch (error) {
    if (isGone(error)) return undefined
    throw failedTo('CGROUP_FAILED', `cannot watch ${directory} for lack of memory`, error, { path: directory })
  }
}

/**
 * cgroup v1 counts in an eventfd (cgroup-v1/memory.rst, section 10), and once more when the cgroup is removed, some time
 * after. systemd may do that as soon as the last process is killed: another eventfd, which counts nothing but the removal,
 * tells then whether the first had more to count.
 */
function watchOomControl(directory: string): OomWatch {
  const removal = register(directory, 'memory.usage_in_bytes', MORE_THAN_THERE_IS)
  let events: Fd
  try {
    // The kernel goes from the last one to the first when it tells of the removal.
    events = register(directory, 'memory.oom_control')
  } catch (error) {
    removal.close()
    throw error
  }
  return {
    request: { fd: events.number, events: POLL.POLLIN },
    take() {
      const count = takeEvents(events)
      if (count === 0n || existsSync(`${directory}/memory.oom_control`)) return count > 0n
      waitReadable(removal.number, REMOVAL_MS)
      return count + takeEvents(events) > 1n
    },
    close() {
      removal.close()
      events.close()
    },
  }
}

/** The kernel tells of a removal when nobody looks at the cgroup any more, soon but not at once. */
const REMOVAL_MS = 2_000
/** A threshold of use that is never reached; the kernel takes it for the largest number it has. */
const MORE_THAN_THERE_IS = '-1'

/** An eventfd that counts what `cgroup.event_control` says about a file of this directory. */
function register(directory: string, file: string, argument = ''): Fd {
  const eventfd = createEventfd()
  try {
    const watched = new Fd(openSync(`${directory}/${file}`, constants.O_RDONLY))
    try {
      writeCgroupFile(`${directory}/cgroup.event_control`, `${eventfd.number} ${watched.number} ${argument}`)
    } finally {
      watched.close()
    }
    return eventfd
  } catch (error) {
    eventfd.close()
    throw error
  }
}

/** cgroup v2 marks memory.events as changed, for many reasons, and says in it how many processes were killed. */
function watchEvents(file: string): OomWatch {
  const events = new Fd(openSync(file, constants.O_RDONLY))
  let fd = events.number
  const kills = () => {
    const buffer = Buffer.alloc(4096)
    const length = readSync(fd, buffer, 0, buffer.length, 0)
    return parseKeyedCounters(buffer.toString('utf8', 0, length)).oom_kill ?? 0n
  }
  let before = kills()
  return {
    get request() {
      return { fd, events: POLL.POLLPRI }
    },
    take() {
      if (fd < 0) return false
      try {
        const now = kills()
        const isMore = now > before
        before = now
        return isMore
      } catch (error) {
        if (errnoOf(error) !== 'ENODEV') throw error
        // The cgroup is gone, and its file would be ready for ever.
        fd = -1
        return false
      }
    },
    close: () => events.close(),
  }
}
