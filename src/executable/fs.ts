// SPDX-License-Identifier: Apache-2.0
// What `node:fs` is in the executable. Bun takes two milliseconds to make its own, a tenth of a whole `run`; this is
// the part of it that runts uses, as plain system calls. Rare forms of a function are left to Bun's. The errors are
// those of Node.js: `code`, `syscall`, `path`.
import { errnoName } from '../errors/errno-names.ts'
import { errnoText } from '../errors/errno-text.ts'
import { cString, utf8 } from '../sys/c-string.ts'
import { FCNTL, STAT } from '../sys/constants.ts'
import { lastErrno, libc } from '../sys/libc.ts'
import { loadKoffi } from '../sys/load-koffi.ts'
import { allocate, viewOf } from '../sys/struct-layout.ts'
import { callOrErrno, syscallNumber } from '../sys/syscall.ts'

type Path = string | Uint8Array
type Whole = typeof import('node:fs')

const { AT_FDCWD } = FCNTL
const [ENOENT, EINTR, EEXIST, EISDIR] = [2, 4, 17, 21]
const S_IFMT = 0o170000
const FIRST_READ = 16 * 1024
const PATH_MAX = 4096
/** sizeof(struct statx) */
const STATX_BYTES = 256

const isArm = process.arch === 'arm64'

/** <fcntl.h> and <unistd.h>; two differ between processors. */
export const constants = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DIRECTORY: isArm ? 0o40000 : 0o200000,
  O_NOFOLLOW: isArm ? 0o100000 : 0o400000,
  F_OK: 0,
  X_OK: 1,
  W_OK: 2,
  R_OK: 4,
} as const

const OPEN_FLAGS: Readonly<Record<string, number>> = {
  r: constants.O_RDONLY,
  'r+': constants.O_RDWR,
  w: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
  wx: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
  a: constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
}

export function openSync(path: Path, flags: string | number = 'r', mode = 0o666): number {
  const bits = typeof flags === 'number' ? flags : OPEN_FLAGS[flags]
  if (bits === undefined || !hasSystemCalls()) return whole().openSync(path as string, flags, mode)
  return checked('open', path, callOrErrno('openat', AT_FDCWD, cPath(path), bits | FCNTL.O_CLOEXEC, mode))
}

/** Never repeated: whatever it returns, the descriptor is gone, and its number may be another's (close(2)). */
export function closeSync(fd: number): void {
  if (libc('syscall')(syscallNumber('close'), fd, 0, 0, 0, 0, 0) === 0) return
  const errno = lastErrno()
  if (errno !== EINTR) checked('close', undefined, -errno)
}

export function readSync(fd: number, into: Uint8Array, offset = 0, length?: number, position?: number | null): number {
  if (position !== undefined && position !== null) return whole().readSync(fd, into, offset, length ?? 0, position)
  const part = into.subarray(offset, length === undefined ? into.length : offset + length)
  return checked('read', undefined, callOrErrno('read', fd, part, part.length))
}

export function writeSync(fd: number, data: string | Uint8Array, offset = 0): number {
  const bytes = bytesOf(data).subarray(offset)
  if (!hasSystemCalls()) return whole().writeSync(fd, bytes)
  return checked('write', undefined, callOrErrno('write', fd, bytes, bytes.length))
}

type Encoding = 'utf8' | 'latin1' | undefined

export function readFileSync(source: Path | number, encoding?: Encoding): string | Buffer {
  if (typeof source === 'number') return readAll(source, encoding)
  const fd = openSync(source)
  try {
    return readAll(fd, encoding)
  } finally {
    closeSync(fd)
  }
}

function readAll(fd: number, encoding: Encoding): string | Buffer {
  let bytes = Buffer.allocUnsafeSlow(FIRST_READ)
  for (let end = 0; ; ) {
    const length = readSync(fd, bytes, end)
    if (length === 0) return encoding === undefined ? bytes.subarray(0, end) : bytes.toString(encoding, 0, end)
    end += length
    if (end === bytes.length) {
      const longer = Buffer.allocUnsafeSlow(2 * bytes.length)
      longer.set(bytes)
      bytes = longer
    }
  }
}

export function writeFileSync(path: Path, data: string | Uint8Array, how: { mode?: number; flag?: string } = {}): void {
  const bytes = bytesOf(data)
  const fd = openSync(path, how.flag ?? 'w', how.mode)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
  } finally {
    closeSync(fd)
  }
}

export function existsSync(path: Path): boolean {
  return callOrErrno('faccessat', AT_FDCWD, cPath(path), constants.F_OK) === 0
}

export function accessSync(path: Path, mode: number): void {
  checked('access', path, callOrErrno('faccessat', AT_FDCWD, cPath(path), mode))
}

interface StatOptions {
  readonly bigint?: boolean
  readonly throwIfNoEntry?: boolean
}

export function statSync(path: Path, options?: StatOptions): Stats | undefined {
  return statOf('stat', path, 0, options)
}

export function lstatSync(path: Path, options?: StatOptions): Stats | undefined {
  return statOf('lstat', path, STAT.AT_SYMLINK_NOFOLLOW, options)
}

export function fstatSync(fd: number, options?: StatOptions): Stats {
  const memory = allocate(STATX_BYTES)
  const result = callOrErrno('statx', fd, cPath(''), STAT.AT_EMPTY_PATH, STAT.STATX_BASIC_STATS, memory)
  checked('fstat', undefined, result)
  return new Stats(memory, options?.bigint ?? false)
}

function statOf(name: string, path: Path, flags: number, options: StatOptions = {}): Stats | undefined {
  const memory = allocate(STATX_BYTES)
  const result = callOrErrno('statx', AT_FDCWD, cPath(path), flags, STAT.STATX_BASIC_STATS, memory)
  if (result === -ENOENT && options.throwIfNoEntry === false) return undefined
  checked(name, path, result)
  return new Stats(memory, options.bigint ?? false)
}

/** `struct statx`, which is laid out alike on every processor (statx(2)). */
class Stats {
  readonly #view: DataView
  readonly #wide: boolean

  constructor(memory: Uint8Array, wide: boolean) {
    this.#view = viewOf(memory)
    this.#wide = wide
  }

  get nlink(): number | bigint {
    return this.#number(BigInt(this.#u32(16)))
  }
  get uid(): number | bigint {
    return this.#number(BigInt(this.#u32(20)))
  }
  get gid(): number | bigint {
    return this.#number(BigInt(this.#u32(24)))
  }
  get mode(): number | bigint {
    return this.#number(BigInt(this.#view.getUint16(28, true)))
  }
  get ino(): number | bigint {
    return this.#number(this.#view.getBigUint64(32, true))
  }
  get size(): number | bigint {
    return this.#number(this.#view.getBigUint64(40, true))
  }
  get ctimeMs(): number | bigint {
    return this.#milliseconds(96)
  }
  get mtimeMs(): number | bigint {
    return this.#milliseconds(112)
  }
  get rdev(): number | bigint {
    return this.#number(deviceNumber(this.#u32(128), this.#u32(132)))
  }
  get dev(): number | bigint {
    return this.#number(deviceNumber(this.#u32(136), this.#u32(140)))
  }

  isFile(): boolean {
    return this.#type() === 0o100000
  }
  isDirectory(): boolean {
    return this.#type() === 0o040000
  }
  isSymbolicLink(): boolean {
    return this.#type() === 0o120000
  }
  isCharacterDevice(): boolean {
    return this.#type() === 0o020000
  }
  isFIFO(): boolean {
    return this.#type() === 0o010000
  }
  isSocket(): boolean {
    return this.#type() === 0o140000
  }

  #type(): number {
    return this.#view.getUint16(28, true) & S_IFMT
  }
  #u32(offset: number): number {
    return this.#view.getUint32(offset, true)
  }
  /** Of a `struct statx_timestamp`. */
  #milliseconds(offset: number): number | bigint {
    const seconds = this.#view.getBigInt64(offset, true)
    const nanoseconds = this.#u32(offset + 8)
    return this.#wide ? seconds * 1000n + BigInt(nanoseconds) / 1000000n : Number(seconds) * 1000 + nanoseconds / 1e6
  }
  #number(value: bigint): number | bigint {
    return this.#wide ? value : Number(value)
  }
}

/** As makedev(3) packs it. */
function deviceNumber(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)]
  return ((high & ~0xfffn) << 32n) | ((high & 0xfffn) << 8n) | ((low & ~0xffn) << 12n) | (low & 0xffn)
}

export function mkdirSync(path: string, how: { mode?: number; recursive?: boolean } = {}): string | undefined {
  const result = callOrErrno('mkdirat', AT_FDCWD, cPath(path), how.mode ?? 0o777)
  if (!how.recursive) return void checked('mkdir', path, result)
  if (result === 0) return path
  if (result === -EEXIST && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const parent = path.replace(/\/+[^/]*\/*$/, '')
  if (result !== -ENOENT || parent === path || parent === '') checked('mkdir', path, result)
  const first = mkdirSync(parent, how)
  return mkdirSync(path, how) === undefined ? first : (first ?? path)
}

export function rmdirSync(path: Path): void {
  checked('rmdir', path, callOrErrno('unlinkat', AT_FDCWD, cPath(path), STAT.AT_REMOVEDIR))
}

export function rmSync(path: Path, how: { force?: boolean; recursive?: boolean } = {}): void {
  const result = callOrErrno('unlinkat', AT_FDCWD, cPath(path), 0)
  if (result === -EISDIR) whole().rmSync(path as string, how)
  else if (result !== -ENOENT || !how.force) checked('unlink', path, result)
}

export function renameSync(from: Path, to: Path): void {
  checked('rename', from, callOrErrno('renameat2', AT_FDCWD, cPath(from), AT_FDCWD, cPath(to), 0))
}

export function readlinkSync(path: Path): string {
  const memory = Buffer.allocUnsafeSlow(PATH_MAX)
  const result = callOrErrno('readlinkat', AT_FDCWD, cPath(path), memory, memory.length)
  return memory.toString('utf8', 0, checked('readlink', path, result))
}

export const realpathSync = {
  /** Needs /proc, as everything else does. */
  native(path: string): string {
    const fd = checked(
      'realpath',
      path,
      callOrErrno('openat', AT_FDCWD, cPath(path), FCNTL.O_PATH | FCNTL.O_CLOEXEC, 0),
    )
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } finally {
      closeSync(fd)
    }
  },
}

/** Names alone; in the order of the directory. */
export function readdirSync(path: Path, options?: unknown): unknown[] {
  if (options !== undefined) return whole().readdirSync(path as string, options as 'utf8')
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | FCNTL.O_CLOEXEC
  const fd = checked('scandir', path, callOrErrno('openat', AT_FDCWD, cPath(path), flags, 0))
  try {
    return namesIn(fd, path)
  } finally {
    closeSync(fd)
  }
}

/** `struct linux_dirent64`: its length at 16, the name from 19 on (getdents(2)). */
function namesIn(fd: number, path: Path): string[] {
  const names: string[] = []
  const memory = Buffer.allocUnsafeSlow(8 * 1024)
  for (;;) {
    const length = checked('scandir', path, callOrErrno('getdents64', fd, memory, memory.length))
    if (length === 0) return names
    for (let at = 0; at < length; at += memory.readUInt16LE(at + 16)) {
      const name = memory.toString('utf8', at + 19, memory.indexOf(0, at + 19))
      if (name !== '.' && name !== '..') names.push(name)
    }
  }
}

export function chmodSync(path: Path, mode: number): void {
  checked('chmod', path, callOrErrno('fchmodat', AT_FDCWD, cPath(path), mode))
}

export function fchmodSync(fd: number, mode: number): void {
  checked('fchmod', undefined, callOrErrno('fchmod', fd, mode))
}

export function chownSync(path: Path, uid: number, gid: number): void {
  checked('chown', path, callOrErrno('fchownat', AT_FDCWD, cPath(path), uid, gid, 0))
}

let systemCalls: boolean | undefined

/** Where koffi cannot be loaded, the log has to say so all the same. */
function hasSystemCalls(): boolean {
  if (systemCalls !== undefined) return systemCalls
  try {
    loadKoffi()
    systemCalls = true
  } catch {
    systemCalls = false
  }
  return systemCalls
}

/** Bun's own. */
function whole(): Whole {
  return process.getBuiltinModule('node:fs')
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? utf8(data) : data
}

/** With the NUL that ends it; a path that holds one would be cut short by the kernel. */
function cPath(path: Path): Uint8Array {
  if (typeof path === 'string' && !path.includes('\0')) return cString(path)
  const bytes = bytesOf(path)
  if (bytes.includes(0)) throw Object.assign(new Error('a path holds a NUL byte'), { code: 'ERR_INVALID_ARG_VALUE' })
  const terminated = new Uint8Array(bytes.length + 1)
  terminated.set(bytes)
  return terminated
}

/** The result of a system call, or the error that Node.js would throw. */
function checked(syscall: string, path: Path | undefined, result: number): number {
  if (result >= 0) return result
  const code = errnoName(-result)
  const named = path === undefined ? {} : { path: typeof path === 'string' ? path : Buffer.from(path).toString() }
  const place = named.path === undefined ? '' : ` '${named.path}'`
  throw Object.assign(new Error(`${code}: ${errnoText(code)}, ${syscall}${place}`), {
    errno: result,
    code,
    syscall,
    ...named,
  })
}
