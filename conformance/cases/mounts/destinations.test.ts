// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'

const it = casesOf('mounts')

/** A directory and a file on the host, to be bound. */
function sources(c: Case): { directory: string; file: string } {
  const directory = join(c.directory, 'source')
  mkdirSync(directory)
  writeFileSync(join(directory, 'inside'), 'of the directory')
  const file = join(c.directory, 'a-file')
  writeFileSync(file, 'of the file')
  return { directory, file }
}

it('makes a missing target like its source, with its parents', async (c) => {
  const { directory, file } = sources(c)
  const mounts = append(
    { destination: '/new/deep/directory', type: 'bind', source: directory, options: ['bind'] },
    { destination: '/new/deep/file', type: 'bind', source: file, options: ['bind'] },
    { destination: '/new/tmpfs', type: 'tmpfs', source: 'tmpfs' },
  )
  const bundle = c.bundle({ mounts })
  const report = await c.report(bundle, [
    'read:/new/deep/directory/inside',
    'read:/new/deep/file',
    'stat:/new/tmpfs',
    'stat:/new/deep',
  ])
  assert.equal(report['read:/new/deep/directory/inside']?.text, 'of the directory')
  assert.equal(report['read:/new/deep/file']?.text, 'of the file')
  assert.equal(report['stat:/new/tmpfs']?.type, 'directory')
  assert.equal(report['stat:/new/deep']?.mode, 0o755)
  assert.equal(readFileSync(bundle.file('new/deep/file'), 'utf8'), '')
})

it('binds over a directory and over a file that are there', async (c) => {
  const { directory, file } = sources(c)
  const mounts = append(
    { destination: '/tmp', type: 'bind', source: directory, options: ['bind'] },
    { destination: '/etc/target', type: 'bind', source: file, options: ['bind'] },
  )
  const rootfs = (path: string) => writeFileSync(`${path}/etc/target`, 'of the image')
  const bundle = c.bundle({ mounts }, { rootfs })
  const report = await c.report(bundle, ['list:/tmp', 'read:/etc/target'])
  assert.deepEqual(report['list:/tmp'], ['inside'])
  assert.equal(report['read:/etc/target']?.text, 'of the file')
  assert.equal(readFileSync(bundle.file('etc/target'), 'utf8'), 'of the image')
})

it('takes a relative source from the bundle', async (c) => {
  const bundle = c.bundle({ mounts: append({ destination: '/m', type: 'bind', source: 'beside', options: ['bind'] }) })
  mkdirSync(join(bundle.path, 'beside'))
  writeFileSync(join(bundle.path, 'beside/file'), '')
  assert.deepEqual((await c.report(bundle, ['list:/m'], { cwd: '/' }))['list:/m'], ['file'])
})

it('follows a symlink that is the source', async (c) => {
  const { directory } = sources(c)
  const source = join(c.directory, 'link')
  symlinkSync(directory, source)
  const mounts = append({ destination: '/m', type: 'bind', source, options: ['bind'] })
  assert.deepEqual((await c.report(c.bundle({ mounts }), ['list:/m']))['list:/m'], ['inside'])
})

it('binds by the option, whatever the type says', async (c) => {
  const { directory } = sources(c)
  const mounts = append(
    { destination: '/without-type', source: directory, options: ['rbind'] },
    { destination: '/none', type: 'none', source: directory, options: ['bind'] },
    { destination: '/other', type: 'ext4', source: directory, options: ['bind'] },
  )
  const report = await c.report(c.bundle({ mounts }), ['list:/without-type', 'list:/none', 'list:/other'])
  for (const name of ['without-type', 'none', 'other']) assert.deepEqual(report[`list:/${name}`], ['inside'], name)
})

it('mounts in the order of the list', async (c) => {
  const { directory } = sources(c)
  const mounts = append(
    { destination: '/m', type: 'tmpfs', source: 'tmpfs' },
    { destination: '/m/below', type: 'bind', source: directory, options: ['bind'] },
    { destination: '/m/below', type: 'tmpfs', source: 'tmpfs' },
    { destination: '/m/after', type: 'tmpfs', source: 'tmpfs' },
  )
  const report = await c.report(c.bundle({ mounts }), ['list:/m/below', 'list:/m', 'mounts'])
  assert.deepEqual(report['list:/m/below'], [])
  assert.deepEqual(report['list:/m'], ['after', 'below'])
  const order = report.mounts.map((mount) => mount.target).filter((target) => target.startsWith('/m'))
  assert.deepEqual(order, ['/m', '/m/below', '/m/below', '/m/after'])
})

for (const [destination, seenAt] of [
  ['m', '/m'],
  ['/a//b/./c/', '/a/b/c'],
  ['/../../../m', '/m'],
  ['/a/../../../m', '/m'],
  ['/./../m/x/..', '/m'],
] as const) {
  it(`mounts ${destination} at ${seenAt}`, async (c) => {
    const { directory } = sources(c)
    const rootfs = (path: string) => mkdirSync(`${path}/a`)
    const bundle = c.bundle(
      { mounts: append({ destination, type: 'bind', source: directory, options: ['bind'] }) },
      { rootfs },
    )
    const report = await c.report(bundle, ['mounts', `list:${seenAt}`])
    assert.deepEqual(report[`list:${seenAt}`], ['inside'])
    assert.ok(mountAt(report, seenAt))
  })
}

for (const [sentence, link, seenAt] of [
  ['a relative symlink', 'real', '/real'],
  ['an absolute symlink', '/real', '/real'],
  ['a symlink that climbs out', '../../../../../../real', '/real'],
  ['an absolute symlink to a path of the host', '/usr/share', '/usr/share'],
  ['a symlink that dangles', '/not/there', '/not/there'],
] as const) {
  it(`follows ${sentence} in a destination inside the root only`, async (c) => {
    const { directory } = sources(c)
    const rootfs = (path: string) => {
      mkdirSync(`${path}/real`)
      symlinkSync(link, `${path}/link`)
    }
    const mounts = append({ destination: '/link', type: 'bind', source: directory, options: ['bind'] })
    const report = await c.report(c.bundle({ mounts }, { rootfs }), ['mounts', `list:${seenAt}`])
    assert.ok(mountAt(report, seenAt), seenAt)
    assert.deepEqual(report[`list:${seenAt}`], ['inside'])
    assert.ok(!existsSync('/not/there'))
  })
}

it('follows a symlink in the middle of a destination inside the root only', async (c) => {
  const { file } = sources(c)
  const rootfs = (path: string) => symlinkSync('../../../tmp', `${path}/middle`)
  const mounts = append({ destination: `/middle/${c.token}/file`, type: 'bind', source: file, options: ['bind'] })
  const report = await c.report(c.bundle({ mounts }, { rootfs }), ['mounts'])
  assert.ok(mountAt(report, `/tmp/${c.token}/file`))
  assert.ok(!existsSync(`/tmp/${c.token}`))
})

it('refuses a source that does not exist and names it', async (c) => {
  const mounts = append({ destination: '/m', type: 'bind', source: '/no/such/source', options: ['bind'] })
  await c.refuses(c.bundle({ mounts }), '/no/such/source', 'no such file or directory')
})

it('refuses a directory on a file', async (c) => {
  const { directory } = sources(c)
  const rootfs = (path: string) => writeFileSync(`${path}/etc/target`, '')
  const mounts = append({ destination: '/etc/target', type: 'bind', source: directory, options: ['bind'] })
  await c.refuses(c.bundle({ mounts }, { rootfs }), /not a directory/i, '/etc/target')
})

it('refuses a file on a directory', async (c) => {
  const { file } = sources(c)
  const mounts = append({ destination: '/tmp', type: 'bind', source: file, options: ['bind'] })
  await c.refuses(c.bundle({ mounts }), /not a directory/i, '/tmp')
})

it('refuses a destination below a file', async (c) => {
  const rootfs = (path: string) => writeFileSync(`${path}/etc/target`, '')
  const mounts = append({ destination: '/etc/target/below', type: 'tmpfs', source: 'tmpfs' })
  await c.refuses(c.bundle({ mounts }, { rootfs }), /not a directory/i)
})

it('refuses a mount over the root directory', async (c) => {
  await c.refuses(c.bundle({ mounts: append({ destination: '/', type: 'tmpfs', source: 'tmpfs' }) }))
})
