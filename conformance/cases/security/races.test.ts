// SPDX-License-Identifier: Apache-2.0
// A neighbour swaps a directory and a symlink in a shared volume while containers start: CVE-2021-30465, 2024-45310.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Canary } from '../../harness/canary.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append, type Json } from '../../harness/json.ts'
import { probeFile } from '../../harness/places.ts'

const it = casesOf('security', { control: true })
const rounds = 40

interface SwappedVolume {
  path: string
  stop: () => Promise<void>
}

/** A volume in which "target" is by turns a directory and a symlink to `link`. */
async function swappedVolume(c: Case, link: string): Promise<SwappedVolume> {
  const volume = join(c.directory, 'volume')
  mkdirSync(join(volume, 'target'), { recursive: true })
  symlinkSync(link, join(volume, 'other'))
  const swapper = spawn(probeFile, ['swap', join(volume, 'target'), join(volume, 'other')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => swapper.once('exit', () => resolve()))
  const stop = () => {
    swapper.kill('SIGKILL')
    return ended
  }
  c.atEnd(stop)
  await new Promise<void>((resolve) => swapper.stdout.once('data', () => resolve()))
  return { path: volume, stop }
}

/** Starts the container again and again; each start may fail, none may reach the host. */
async function race(c: Case, mount: { [key: string]: Json }, link: (canary: Canary) => string): Promise<void> {
  const canary = new Canary(c)
  const volume = await swappedVolume(c, link(canary))
  const mounts = append({ destination: '/volume', type: 'bind', source: volume.path, options: ['rbind'] }, mount)
  const bundle = c
    .bundle({ root: { readonly: false }, mounts })
    .probe('report', 'mounts', 'list:/', 'list:/volume/target')
  const hostMounts = readFileSync('/proc/self/mountinfo', 'utf8')
  for (let round = 0; round < rounds; round++) {
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
    canary.assertUntouched()
    if (call.status !== 0) continue
    const report = JSON.parse(call.stdout)
    // Names that only the host's own root has.
    for (const names of [report['list:/'], report['list:/volume/target']])
      for (const name of ['usr', 'var', 'boot', 'canary']) assert.ok(!names.includes(name), `${name}: ${call}`)
  }
  await volume.stop()
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').split(c.token).length, hostMounts.split(c.token).length)
  c.assertNothingLeft()
}

it('mounts a directory nowhere else while its target is swapped', async (c) => {
  await race(c, { destination: '/volume/target/mounted', type: 'tmpfs', source: 'tmpfs' }, () => '/')
})

it('mounts a file nowhere else while its target is swapped', async (c) => {
  const file = join(c.directory, 'a-file')
  writeFileSync(file, 'mounted')
  await race(
    c,
    { destination: '/volume/target/passwd', type: 'bind', source: file, options: ['bind'] },
    (canary) => canary.path,
  )
})

it('makes directories nowhere else while their parent is swapped', async (c) => {
  const link = (canary: Canary) => `${'../'.repeat(20)}${canary.path.slice(1)}`
  await race(c, { destination: '/volume/target/a/b/c', type: 'tmpfs', source: 'tmpfs' }, link)
})

it('mounts on nothing of the host while the target itself is swapped', async (c) => {
  await race(c, { destination: '/volume/target', type: 'tmpfs', source: 'tmpfs' }, (canary) => canary.path)
})
