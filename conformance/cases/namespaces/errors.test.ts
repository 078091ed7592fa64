// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namespaces } from '../../harness/base-config.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { holdNamespaces } from '../../harness/held-namespaces.ts'
import type { JsonObject } from '../../harness/json.ts'

const it = casesOf('namespaces')
const mapping = [{ containerID: 0, hostID: 100000, size: 65536 }]

function linuxWith(...entries: string[]): JsonObject {
  return { linux: { namespaces: namespaces('mount', 'pid', 'uts', ...entries) } }
}

it('refuses a path of another type of namespace', async (c) => {
  await c.refuses(c.bundle(linuxWith('network=/proc/self/ns/ipc')))
})

it('refuses a path of another type held by another process', async (c) => {
  const held = await holdNamespaces(c, ['network', 'ipc'])
  await c.refuses(c.bundle(linuxWith(`network=${held.path('ipc')}`)), held.path('ipc'))
})

it('refuses a path that is a plain file', async (c) => {
  const file = join(c.directory, 'plain')
  writeFileSync(file, '')
  await c.refuses(c.bundle(linuxWith(`network=${file}`)), file)
})

it('refuses a path that does not exist', async (c) => {
  await c.refuses(c.bundle(linuxWith('network=/run/netns/of-nobody')), '/run/netns/of-nobody')
})

it('refuses the user namespace of the runtime itself, and says to leave it out', async (c) => {
  const bundle = c.bundle(linuxWith('user=/proc/self/ns/user'))
  await c.refuses(bundle, 'leave it out of linux.namespaces')
})

it('refuses an offset that takes a clock below zero, and says so', async (c) => {
  const bundle = c.bundle(linuxWith('time')).change({ linux: { timeOffsets: { boottime: { secs: -99999999999 } } } })
  await c.refuses(bundle, 'no clock may be negative')
})

it('refuses a relative path', async (c) => {
  await c.refuses(c.bundle(linuxWith('network=proc/self/ns/net')), 'proc/self/ns/net')
})

it('refuses the same type twice', async (c) => {
  await c.refuses(c.bundle(linuxWith('ipc', 'ipc')), 'ipc')
})

it('refuses the same type twice, new and joined', async (c) => {
  await c.refuses(c.bundle(linuxWith('ipc', 'ipc=/proc/self/ns/ipc')), 'ipc')
})

it('refuses a type that does not exist', async (c) => {
  await c.refuses(c.bundle(linuxWith('bogus')), 'bogus')
})

it('refuses id mappings without a user namespace', async (c) => {
  const bundle = c.bundle({ linux: { uidMappings: mapping, gidMappings: mapping } })
  await c.refuses(bundle, /user namespace/i)
})

it('refuses a user namespace without id mappings', async (c) => {
  await c.refuses(c.bundle(linuxWith('user')), /mapping/i)
})

it('refuses id mappings that overlap', async (c) => {
  const overlapping = [...mapping, { containerID: 10, hostID: 300000, size: 10 }]
  const bundle = c.bundle(linuxWith('user')).change({ linux: { uidMappings: overlapping, gidMappings: mapping } })
  await c.refuses(bundle)
})

it('refuses a user that is not mapped', async (c) => {
  const few = [{ containerID: 0, hostID: 100000, size: 10 }]
  const bundle = c.bundle(linuxWith('user', 'network', 'ipc')).change({
    linux: { uidMappings: few, gidMappings: few },
    process: { user: { uid: 11, gid: 0 } },
    mounts: [],
  })
  await c.refuses(bundle)
})

it('refuses time offsets without a time namespace', async (c) => {
  await c.refuses(c.bundle({ linux: { timeOffsets: { monotonic: { secs: 1, nanosecs: 0 } } } }), /time/i)
})
