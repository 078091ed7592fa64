// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Seccomp } from '@opencontainers/runtime-spec-types'
import { utf8 } from '../sys/c-string.ts'
import type { CompiledProfile } from './host-compile-filter.ts'

/** What a compiled profile depends on beside its own text and the library. */
export interface CacheKey {
  /** The version of runts, whose compiler is part of the result. */
  readonly version: string
  /** The profile as config.json has it: only its compiled part, not whom it notifies. */
  readonly profile: Partial<Seccomp>
}

interface Entry extends Pick<CompiledProfile, 'unknownSyscalls'> {
  readonly library: string
  /** What `fileIdentity` said of the library and of the loader's cache, which changes with any library installed. */
  readonly libraryIdentity: string
  readonly loaderIdentity: string
}

const MAGIC = utf8('runts seccomp 1\n')
const HEADER_SIZE = MAGIC.length + 12
const NAME = 'runts-seccomp'
const [PRIVATE_DIRECTORY, PRIVATE_FILE, OTHERS] = [0o700, 0o600, 0o077]
const MOST_BYTES = 1 << 20
const MOST_ENTRIES = 64
const LOADER_CACHE = '/etc/ld.so.cache'

/**
 * Filters that were compiled before, in a directory that only this user can enter: /run/runts-seccomp, or
 * $XDG_RUNTIME_DIR/runts-seccomp. A file counts only if it is a regular file of this user that nobody else may open,
 * holds its content twice in equal copies, was made from this very profile, kernel and version of runts, and if the
 * library that compiled it is still the same file. Whatever is wrong with it, it is then compiled again and replaced.
 */
export class FilterCache {
  readonly #key: Buffer
  readonly #name: string
  readonly #directories: readonly string[]

  constructor(key: CacheKey, directories = cacheDirectories()) {
    this.#directories = directories
    const text = keyText(key)
    this.#key = Buffer.from(text)
    this.#name = fileName(text)
  }

  /** The compiled profile without loading libseccomp; undefined where there is none to trust. */
  find(): CompiledProfile | undefined {
    try {
      const directory = this.#directories.find(isPrivateDirectory)
      const bytes = directory === undefined ? undefined : readPrivateFile(join(directory, this.#name))
      return bytes && this.#parse(bytes)
    } catch {
      // Whatever a file can hold, it must not keep a container from starting.
      return undefined
    }
  }

  /** Puts a compiled profile in the place of whatever is there; a host that does not allow it has no cache. */
  keep(compiled: CompiledProfile, library: string | undefined): void {
    if (library === undefined) return
    try {
      const entry = { library, ...identities(library), unknownSyscalls: compiled.unknownSyscalls }
      const directory = this.#directories.find(makePrivateDirectory)
      if (directory !== undefined) replaceFile(directory, this.#name, this.#format(entry, compiled.filter))
    } catch {
      // The next container compiles again, which costs it milliseconds and nothing else.
    }
  }

  #format(entry: Entry, filter: Uint8Array): Buffer {
    const description = Buffer.from(JSON.stringify(entry))
    const header = Buffer.alloc(HEADER_SIZE)
    header.set(MAGIC)
    header.writeUInt32LE(this.#key.length, MAGIC.length)
    header.writeUInt32LE(description.length, MAGIC.length + 4)
    header.writeUInt32LE(filter.length, MAGIC.length + 8)
    const content = Buffer.concat([header, this.#key, description, filter])
    return Buffer.concat([content, content])
  }

  #parse(bytes: Buffer): CompiledProfile | undefined {
    const half = bytes.length / 2
    const content = bytes.subarray(0, half)
    if (half < HEADER_SIZE || !content.equals(bytes.subarray(half))) return undefined
    const [keySize, descriptionSize, filterSize] = [0, 4, 8].map((at) => content.readUInt32LE(MAGIC.length + at))
    const [descriptionAt = 0, filterAt = 0] = [HEADER_SIZE + Number(keySize), half - Number(filterSize)]
    const fits = descriptionAt + Number(descriptionSize) === filterAt && Number(filterSize) % 8 === 0
    if (!fits || !content.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
    if (!content.subarray(HEADER_SIZE, descriptionAt).equals(this.#key)) return undefined
    const entry: Entry = JSON.parse(content.toString('utf8', descriptionAt, filterAt))
    if (!isCurrent(entry)) return undefined
    return { filter: content.subarray(filterAt), unknownSyscalls: entry.unknownSyscalls }
  }
}

function isCurrent({ library, libraryIdentity, loaderIdentity }: Entry): boolean {
  const now = identities(library)
  return now.libraryIdentity === libraryIdentity && now.loaderIdentity === loaderIdentity
}

function identities(library: string): Pick<Entry, 'libraryIdentity' | 'loaderIdentity'> {
  return { libraryIdentity: fileIdentity(library), loaderIdentity: fileIdentity(LOADER_CACHE) }
}

/** Changes whenever another file takes this name or the file is written to; no version number is that strict. */
function fileIdentity(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(':') : 'none'
}

function keyText({ version, profile }: CacheKey): string {
  const { defaultAction, defaultErrnoRet, architectures, syscalls } = profile
  const kernel = readFileSync('/proc/version', 'latin1')
  // LD_LIBRARY_PATH may lead to another library.
  const host = [version, process.arch, kernel, process.env.LD_LIBRARY_PATH ?? '']
  const parts = [...host, defaultAction, defaultErrnoRet, architectures, syscalls]
  try {
    return JSON.stringify(parts)
  } catch {
    // A bigint; asking a function about every value takes longer.
    return JSON.stringify(parts, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
  }
}

/**
 * Spreads profiles over file names, and no more: the whole key is in the file and is compared. A digest would cost more
 * than all the rest, since loading a module for it or walking the text takes milliseconds in a young process.
 */
function fileName(text: string): string {
  const step = Math.max(1, Math.floor(text.length / 64))
  let spread = text.length
  for (let at = 0; at < text.length; at += step) spread = (spread * 31 + text.charCodeAt(at)) % 0x1fffffffff
  return `${spread.toString(16)}.filter`
}

function cacheDirectories(): string[] {
  const own = process.env.XDG_RUNTIME_DIR
  const perUser = own?.startsWith('/') ? [join(own, NAME)] : []
  // The root of a user namespace may find /run belonging to somebody else.
  return process.geteuid?.() === 0 ? [join('/run', NAME), ...perUser] : perUser
}

function makePrivateDirectory(path: string): boolean {
  if (isPrivateDirectory(path)) return true
  try {
    mkdirSync(path, { mode: PRIVATE_DIRECTORY })
  } catch {
    return false
  }
  return isPrivateDirectory(path)
}

function isPrivateDirectory(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && isPrivate(stats)
}

function isPrivate({ uid, mode }: Stats): boolean {
  return uid === process.geteuid?.() && (mode & OTHERS) === 0
}

function readPrivateFile(path: string): Buffer | undefined {
  let fd: number
  try {
    // O_NONBLOCK: somebody may have put a FIFO there.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile() || !isPrivate(stats) || stats.nlink !== 1 || stats.size > MOST_BYTES) return undefined
    const bytes = Buffer.alloc(stats.size)
    return readSync(fd, bytes) === bytes.length ? bytes : undefined
  } finally {
    closeSync(fd)
  }
}

/** In one step, so that a reader sees the old file or the new one; what stood there before is not followed. */
function replaceFile(directory: string, name: string, bytes: Buffer): void {
  if (bytes.length > MOST_BYTES) return
  makeRoom(directory)
  const temporary = join(directory, `${name}.${process.pid}`)
  try {
    writeFileSync(temporary, bytes, { mode: PRIVATE_FILE, flag: 'wx' })
    const target = join(directory, name)
    if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) rmSync(target, { recursive: true })
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

/** The oldest go first, be it what a killed command had half written. */
function makeRoom(directory: string): void {
  const names = readdirSync(directory)
  if (names.length < MOST_ENTRIES) return
  const age = (name: string) => lstatSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const byAge = names.map((name) => ({ name, time: age(name) })).sort((a, b) => a.time - b.time)
  for (const { name } of byAge.slice(0, names.length - MOST_ENTRIES / 2))
    rmSync(join(directory, name), { recursive: true, force: true })
}
