// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import * as node from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as ours from './fs.ts'

const folder = node.mkdtempSync(join(tmpdir(), 'runts-fs-'))
after(() => node.rmSync(folder, { recursive: true }))
let count = 0

/** A new directory with a file, a directory with a file, a link to each and one to nowhere. */
function place(): string {
  const path = join(folder, String(++count))
  node.mkdirSync(join(path, 'directory'), { recursive: true })
  node.writeFileSync(join(path, 'file'), 'ä\n', { mode: 0o640 })
  node.writeFileSync(join(path, 'directory/inner ü'), 'x'.repeat(70_000))
  node.symlinkSync('file', join(path, 'to-file'))
  node.symlinkSync('directory', join(path, 'to-directory'))
  node.symlinkSync('nowhere', join(path, 'to-nowhere'))
  return path
}

type Fs = typeof node
/** What an action returns or throws, and what the place is like afterwards. */
function outcome(fs: Fs, act: (fs: Fs, path: string) => unknown): unknown {
  const path = place()
  const said = () => {
    try {
      return act(fs, path) ?? 'nothing'
    } catch (error) {
      const { code, syscall, path: at } = error as NodeJS.ErrnoException
      assert.match((error as Error).message, new RegExp(`^${code}: .*, ${syscall}( '|$)`))
      return { code, syscall, at: at?.replace(path, '') }
    }
  }
  const result = said()
  const shown = typeof result === 'string' ? result.replaceAll(path, '') : result
  const entries = node.readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  return { shown, entries: entries.map((name) => [name, node.lstatSync(join(path, name)).mode]) }
}

const NAMES = [
  'file',
  'directory',
  'to-file',
  'to-directory',
  'to-nowhere',
  'missing',
  'file/below',
  'directory/inner ü',
  '',
]
const OF_A_PATH: Readonly<Record<string, (fs: Fs, path: string) => unknown>> = {
  exists: (fs, path) => fs.existsSync(path),
  mayWrite: (fs, path) => fs.accessSync(path, fs.constants.W_OK),
  mayExecute: (fs, path) => fs.accessSync(path, fs.constants.X_OK),
  text: (fs, path) => fs.readFileSync(path, 'utf8'),
  latin1: (fs, path) => fs.readFileSync(path, 'latin1'),
  bytes: (fs, path) => fs.readFileSync(path).toString('hex'),
  replace: (fs, path) => fs.writeFileSync(path, 'other'),
  make: (fs, path) => fs.writeFileSync(path, Buffer.from('new'), { mode: 0o600, flag: 'wx' }),
  mkdir: (fs, path) => fs.mkdirSync(path, { mode: 0o700 }),
  mkdirs: (fs, path) => fs.mkdirSync(path === '' ? '' : `${path}/a/b`, { recursive: true, mode: 0o711 }),
  mkdirSelf: (fs, path) => fs.mkdirSync(path, { recursive: true }),
  rmdir: (fs, path) => fs.rmdirSync(path),
  rm: (fs, path) => fs.rmSync(path, { recursive: true }),
  rmForced: (fs, path) => fs.rmSync(path, { recursive: true, force: true }),
  rename: (fs, path) => fs.renameSync(path, `${path}.moved`),
  readlink: (fs, path) => fs.readlinkSync(path),
  realpath: (fs, path) => fs.realpathSync.native(path),
  readdir: (fs, path) => fs.readdirSync(path).sort().join(),
  entries: (fs, path) =>
    fs
      .readdirSync(path, { withFileTypes: true })
      .map(({ name }) => name)
      .join(),
  chmod: (fs, path) => fs.chmodSync(path, 0o604),
  chown: (fs, path) => fs.chownSync(path, process.getuid?.() ?? 0, -1),
  stat: (fs, path) => seen(fs.statSync(path)),
  lstat: (fs, path) => seen(fs.lstatSync(path, { throwIfNoEntry: false })),
  append: (fs, path) => withOpen(fs, path, 'a', (fd) => fs.writeSync(fd, 'more')),
  overwrite: (fs, path) => withOpen(fs, path, 'r+', (fd) => fs.writeSync(fd, Buffer.from('-12'), 1)),
  openDirectory: (fs, path) => withOpen(fs, path, fs.constants.O_DIRECTORY | fs.constants.O_NOFOLLOW, () => 0),
  part: (fs, path) => withOpen(fs, path, fs.constants.O_RDONLY, (fd) => fs.readSync(fd, Buffer.alloc(9), 1, 2, null)),
  positioned: (fs, path) => withOpen(fs, path, 'r', (fd) => fs.readSync(fd, Buffer.alloc(9), 0, 9, 2)),
  restOfOpen: (fs, path) => withOpen(fs, path, 'r', (fd) => fs.readFileSync(fd, 'utf8')),
  fstat: (fs, path) => withOpen(fs, path, 'r', (fd) => seen(fs.fstatSync(fd))),
  fchmod: (fs, path) => withOpen(fs, path, 'r', (fd) => fs.fchmodSync(fd, 0o601)),
}

/** Node has another system call, or errno, for the same failure. */
const DIFFERENT = new Set(['rm missing', 'rm file/below', 'rm ', 'mkdirs to-nowhere', 'mkdirSelf to-nowhere'])

function withOpen(fs: Fs, path: string, flags: string | number, act: (fd: number) => unknown): unknown {
  const fd = fs.openSync(path, flags)
  try {
    return act(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** What does not differ from file to file. */
function seen(stats: node.Stats | undefined): unknown {
  if (stats === undefined) return 'no entry'
  const kinds = [stats.isFile(), stats.isDirectory(), stats.isSymbolicLink(), stats.isSocket(), stats.isFIFO()]
  return {
    kinds,
    mode: stats.mode,
    nlink: stats.nlink,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.isDirectory() ? 0 : stats.size,
  }
}

for (const [name, act] of Object.entries(OF_A_PATH)) {
  test(`${name} does what node:fs does`, () => {
    for (const entry of NAMES) {
      const of = (fs: Fs) => outcome(fs, (used, path) => act(used, entry === '' ? '' : join(path, entry)))
      if (DIFFERENT.has(`${name} ${entry}`)) continue
      assert.deepEqual(of(ours as unknown as Fs), of(node), `${name} of "${entry}"`)
    }
  })
}

test('every number of a file is the one that node:fs has', () => {
  // A namespace that nobody holds open has the time at which it was looked at.
  const held = node.openSync('/proc/self/ns/mnt', 'r')
  // Not /dev/null: everybody writes to it, and that is its time of modification.
  for (const path of ['/proc/self/ns/mnt', '/dev/full', '/etc/passwd', '/']) {
    for (const bigint of [true, false]) {
      const [own, theirs] = [ours.statSync(path, { bigint }), node.statSync(path, { bigint: bigint as false })]
      for (const field of ['dev', 'ino', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'mtimeMs', 'ctimeMs'] as const) {
        assert.equal(own?.[field], theirs[field], `${field} of ${path}`)
      }
    }
  }
  node.closeSync(held)
})

test('the constants are those of this processor', () => {
  for (const [name, value] of Object.entries(ours.constants)) {
    assert.equal(value, node.constants[name as keyof typeof node.constants], name)
  }
})

test('no path is cut short at a NUL byte', () => {
  const path = join(place(), 'file')
  for (const text of [`${path}\0.moved`, Buffer.from(`${path}\0`)]) {
    assert.throws(() => ours.readFileSync(text), { code: 'ERR_INVALID_ARG_VALUE' })
  }
  assert.equal(ours.readFileSync(Buffer.from(path), 'utf8'), 'ä\n')
})

test('descriptors are not inherited, and a closed one is an error', () => {
  const fd = ours.openSync('/etc/passwd')
  const flags = /^flags:\s+(\d+)$/m.exec(node.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? ''
  assert.notEqual(Number.parseInt(flags, 8) & 0o2000000, 0)
  ours.closeSync(fd)
  assert.throws(() => ours.closeSync(fd), { code: 'EBADF', syscall: 'close' })
})
