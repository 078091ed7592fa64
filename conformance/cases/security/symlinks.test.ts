// SPDX-License-Identifier: Apache-2.0
// Images whose /proc, /sys, /dev or mount targets are symlinks: CVE-2019-16884, 2019-19921, 2023-27561,
// 2025-31133, 2026-41579. Whatever the runtime does, the host's canary stays as it was.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Canary } from '../../harness/canary.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'

const it = casesOf('security', { control: true })
const proc = { destination: '/proc', type: 'proc', source: 'proc' }

for (const name of ['proc', 'sys']) {
  it(`refuses /${name} that is a symlink`, async (c) => {
    const canary = new Canary(c)
    for (const target of [canary.path, '../../../../../tmp', 'real', '/real', '..', '.']) {
      const rootfs = (path: string) => {
        rmdirSync(`${path}/${name}`)
        mkdirSync(`${path}/real`)
        symlinkSync(target, `${path}/${name}`)
      }
      await c.refuses(c.bundle({}, { rootfs }), 'must be mounted on ordinary directory')
    }
    canary.assertUntouched()
  })
}

/** A symlink at this path of the image that leads to the canary, in every way a link can. */
function links(canary: Canary, from: string): string[] {
  const depth = relative('/', from).split('/').length
  return [canary.path, `${'../'.repeat(depth + 12)}${canary.path.slice(1)}`]
}

for (const path of [
  '/dev',
  '/dev/pts',
  '/dev/shm',
  '/dev/mqueue',
  '/dev/console',
  '/dev/ptmx',
  '/dev/fd',
  '/dev/null',
]) {
  for (const withTmpfs of path === '/dev' ? [false] : [true, false]) {
    it(`touches nothing of the host where the image has a symlink at ${path}${withTmpfs ? ' below a tmpfs' : ''}`, async (c) => {
      const canary = new Canary(c)
      for (const target of links(canary, path)) {
        const rootfs = (root: string) => {
          rmSync(root + path, { recursive: true, force: true })
          symlinkSync(target, root + path)
        }
        const others = (mount: { destination: string }) => withTmpfs || mount.destination !== '/dev'
        const bundle = c.bundle({ root: { readonly: false } }, { rootfs }).probe('exit', '0')
        bundle.change({
          mounts: (old) => (Array.isArray(old) ? old.filter((each) => others(each as { destination: string })) : old),
        })
        await c.runtime(['run', '--bundle', bundle.path, c.id()])
        canary.assertUntouched()
        c.assertNothingLeft()
      }
    })
  }
}

it('writes nothing through symlinks at names that a runtime may create', async (c) => {
  const canary = new Canary(c)
  const names = [
    '.krun_config.json',
    'config.json',
    'etc/hostname',
    'etc/mtab',
    'run',
    'tmp/x',
    'var',
    '.dockerenv',
    'new',
  ]
  const rootfs = (path: string) => {
    for (const name of names) symlinkSync(join(canary.path, 'passwd'), join(path, name))
    for (const name of ['core', 'fd', 'stdin', 'stdout', 'stderr', 'ptmx', 'console', 'null'])
      symlinkSync(join(canary.path, name), join(path, 'dev', name))
  }
  for (const mounts of [[proc], undefined]) {
    const bundle = c.bundle({ root: { readonly: false }, ...(mounts && { mounts }) }, { rootfs }).probe('exit', '0')
    await c.runtime(['run', '--bundle', bundle.path, c.id()])
  }
  canary.assertUntouched()
})

it('mounts on nothing of the host through links in destinations', async (c) => {
  const canary = new Canary(c)
  const climbing = `${'../'.repeat(20)}${canary.path.slice(1)}`
  const rootfs = (path: string) => {
    symlinkSync(canary.path, `${path}/absolute`)
    symlinkSync(climbing, `${path}/climbing`)
  }
  const destinations = [
    '/absolute/below',
    '/climbing/below',
    '/absolute/../../canary/x',
    `/tmp/${climbing}/x`,
    `/./../../../..${canary.path}/x`,
    '/a/../../..',
  ]
  for (const destination of destinations) {
    const bundle = c.bundle({ mounts: append({ destination, type: 'tmpfs', source: 'tmpfs' }) }, { rootfs })
    await c.runtime(['run', '--bundle', bundle.probe('exit', '0').path, c.id()])
    canary.assertUntouched()
  }
  c.assertNothingLeft()
})

function bindOn(c: Case, destination: string) {
  const source = join(c.directory, 'source')
  mkdirSync(source, { recursive: true })
  return { destination, type: 'bind', source, options: ['bind'] }
}

const inside = /cannot be mounted because it is inside \/proc|is not of type proc|inside \/proc/

for (const destination of [
  '/proc/self',
  '/proc/self/attr',
  '/proc/sys',
  '/proc/1',
  '/proc/sys/net',
  '/proc/thread-self',
]) {
  it(`refuses a bind on ${destination}`, async (c) => {
    await c.refuses(c.bundle({ mounts: append(bindOn(c, destination)) }), inside)
  })
  it(`refuses a tmpfs on ${destination}`, async (c) => {
    await c.refuses(c.bundle({ mounts: append({ destination, type: 'tmpfs', source: 'tmpfs' }) }), inside)
  })
}

it('refuses a tmpfs on /proc', async (c) => {
  await c.refuses(c.bundle({ mounts: [{ destination: '/proc', type: 'tmpfs', source: 'tmpfs' }] }), inside)
})

it('refuses a bind of anything but procfs on /proc', async (c) => {
  await c.refuses(c.bundle({ mounts: [bindOn(c, '/proc')] }), inside)
})

it('refuses a path that leads into /proc in a roundabout way', async (c) => {
  const rootfs = (path: string) => symlinkSync('/proc/self', `${path}/around`)
  for (const destination of ['/around/attr', '/tmp/../proc/self', '//proc//sys', '/dev/../proc/sys/net'])
    await c.refuses(c.bundle({ mounts: append(bindOn(c, destination)) }, { rootfs }))
})

it('allows a bind of procfs on /proc and of files on the few that programs fake', async (c) => {
  const file = join(c.directory, 'file')
  writeFileSync(file, 'faked\n')
  const faked = ['cpuinfo', 'meminfo', 'stat', 'swaps', 'uptime', 'loadavg', 'diskstats']
  const mounts = append(
    ...faked.map((name) => ({ destination: `/proc/${name}`, source: file, type: 'bind', options: ['bind'] })),
  )
  const report = await c.report(
    c.bundle({ mounts }),
    faked.map((name) => `read:/proc/${name}`),
  )
  for (const name of faked) assert.equal(report[`read:/proc/${name}`]?.text, 'faked\n', name)
  const whole = { destination: '/proc', type: 'bind', source: '/proc', options: ['rbind'] }
  const linux = { namespaces: [{ type: 'mount' }, { type: 'uts' }, { type: 'ipc' }, { type: 'network' }] }
  const bound = await c.report(c.bundle({ mounts: [whole], linux: { ...linux, maskedPaths: [], readonlyPaths: [] } }), [
    'mounts',
  ])
  assert.equal(mountAt(bound, '/proc')?.type, 'proc')
})

/** Starts a container whose image has its own /dev, with a masked file, and says what the mask turned out to be. */
async function maskedWith(c: Case, prepare: (nullPath: string) => void): Promise<void> {
  const canary = new Canary(c)
  const rootfs = (path: string) => {
    writeFileSync(`${path}/etc/key`, 'secret')
    prepare(`${path}/dev/null`)
  }
  const bundle = c.bundle({ mounts: [proc], linux: { maskedPaths: ['/etc/key', '/proc/keys'] } }, { rootfs })
  bundle.probe('report', 'stat:/etc/key', 'read:/etc/key', 'stat:/proc/keys')
  const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
  canary.assertUntouched()
  if (call.status !== 0) return
  const report = JSON.parse(call.stdout)
  for (const item of ['stat:/etc/key', 'stat:/proc/keys'])
    assert.deepEqual([report[item].type, report[item].major, report[item].minor], ['character', 1, 3], String(call))
  assert.equal(report['read:/etc/key'].text, '')
}

it('masks by a real null device when the image links /dev/null elsewhere', async (c) => {
  await maskedWith(c, (path) => symlinkSync('/proc/sys/kernel/core_pattern', path))
})
it('masks by a real null device when the image has none', async (c) => {
  await maskedWith(c, () => undefined)
})
it('masks by a real null device when the image has a file in its place', async (c) => {
  await maskedWith(c, (path) => writeFileSync(path, 'no device'))
})
it('masks by a real null device when the image has another device in its place', async (c) => {
  await maskedWith(c, (path) => void execFileSync('mknod', [path, 'c', '1', '5']))
})

it('hides a masked path in whatever way the image spells it', async (c) => {
  const rootfs = (path: string) => {
    writeFileSync(`${path}/etc/key`, 'secret')
    symlinkSync('/etc/key', `${path}/etc/alias`)
    symlinkSync('/etc', `${path}/directory-alias`)
    symlinkSync('loop', `${path}/loop`)
  }
  for (const masked of ['/etc/alias', '/directory-alias/key', '/etc/../etc/./key', '//etc/key']) {
    const bundle = c.bundle({ linux: { maskedPaths: [masked] } }, { rootfs })
    bundle.probe('report', 'read:/etc/key', 'read:/etc/alias')
    const call = await c.runtime(['run', '--bundle', bundle.path, c.id()])
    assert.doesNotMatch(call.stdout, /secret/, String(call))
  }
})

it('starts nothing when a path cannot be masked for another reason than its absence', async (c) => {
  const rootfs = (path: string) => symlinkSync('loop', `${path}/loop`)
  await c.refuses(c.bundle({ linux: { maskedPaths: ['/loop'] } }, { rootfs }))
  await c.refuses(c.bundle({ linux: { maskedPaths: ['/loop/below'] } }, { rootfs }))
  await c.refuses(c.bundle({ linux: { maskedPaths: ['/bin/probe/below'] } }))
})
