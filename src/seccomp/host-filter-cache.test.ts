// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Seccomp } from '@opencontainers/runtime-spec-types'
import { FilterCache } from './host-filter-cache.ts'

const folder = mkdtempSync(join(tmpdir(), 'runts-filter-cache-'))
after(() => rmSync(folder, { recursive: true }))

const profile: Seccomp = {
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [{ names: ['read', 'write'], action: 'SCMP_ACT_ALLOW' }],
}
const compiled = { filter: Buffer.of(6, 0, 0, 0, 0, 0, 3, 0), unknownSyscalls: ['no_such_call'] }
let count = 0

interface Kept {
  readonly directory: string
  readonly file: string
  readonly library: string
  readonly cache: FilterCache
}

/** A cache of its own with one entry, compiled by a library of its own. */
function keep(): Kept {
  const directory = join(folder, `cache-${++count}`)
  const library = join(folder, `libseccomp.so.2.${count}`)
  writeFileSync(library, 'a library')
  const cache = new FilterCache({ version: '1', profile }, [directory])
  cache.keep(compiled, library)
  return { directory, file: join(directory, readdirSync(directory)[0] ?? 'nothing'), library, cache }
}

const found = ({ cache }: Kept) => cache.find()?.filter

/** What must not be used, and what is there again after the profile was compiled anew. */
function isNotUsedButReplaced(kept: Kept): void {
  assert.equal(found(kept), undefined)
  kept.cache.keep(compiled, kept.library)
  assert.deepEqual(found(kept), compiled.filter)
}

test('gives back what was kept, from a private file in a private directory', () => {
  const kept = keep()
  assert.deepEqual(found(kept), compiled.filter)
  assert.deepEqual(kept.cache.find()?.unknownSyscalls, compiled.unknownSyscalls)
  assert.equal(statSync(kept.directory).mode & 0o7777, 0o700)
  assert.equal(statSync(kept.file).mode & 0o7777, 0o600)
})

test('knows nothing of another profile, another version, or another place', () => {
  const { directory, file } = keep()
  const others = [
    new FilterCache({ version: '2', profile }, [directory]),
    new FilterCache({ version: '1', profile: { ...profile, defaultErrnoRet: 5 } }, [directory]),
    new FilterCache({ version: '1', profile: { ...profile, architectures: ['SCMP_ARCH_X86'] } }, [directory]),
    new FilterCache({ version: '1', profile: { ...profile, syscalls: [] } }, [directory]),
    new FilterCache({ version: '1', profile }, []),
  ]
  for (const cache of others) assert.equal(cache.find(), undefined)
  // Two profiles may come to the same name; the content decides.
  const other = new FilterCache({ version: '2', profile }, [directory])
  other.keep(compiled, file)
  const name = readdirSync(directory).find((each) => join(directory, each) !== file)
  if (name !== undefined) renameSync(join(directory, name), file)
  assert.equal(new FilterCache({ version: '1', profile }, [directory]).find(), undefined)
})

test('takes no notice of whom a profile tells, which the filter does not depend on', () => {
  const { directory } = keep()
  const told = { ...profile, listenerPath: '/run/agent.sock', listenerMetadata: 'x' }
  assert.deepEqual(new FilterCache({ version: '1', profile: told }, [directory]).find()?.filter, compiled.filter)
})

test('a 64-bit value is part of the profile', () => {
  const directory = join(folder, 'big')
  const { library } = keep()
  const withValue = (value: bigint) => {
    const args = [{ index: 0, op: 'SCMP_CMP_EQ' as const, value }]
    const syscalls = [{ names: ['read'], action: 'SCMP_ACT_ALLOW' as const, args }]
    return new FilterCache({ version: '1', profile: { ...profile, syscalls } }, [directory])
  }
  withValue(2n ** 64n - 1n).keep(compiled, library)
  assert.deepEqual(withValue(2n ** 64n - 1n).find()?.filter, compiled.filter)
  assert.equal(withValue(2n ** 64n - 2n).find(), undefined)
})

test('a file with any byte changed is not used and is replaced', () => {
  const size = readFileSync(keep().file).length
  for (let at = 0; at < size; at += 7) {
    const kept = keep()
    const bytes = readFileSync(kept.file)
    bytes[at] = (bytes[at] ?? 0) ^ 0x10
    writeFileSync(kept.file, bytes)
    isNotUsedButReplaced(kept)
  }
})

test('a file that was cut off, is empty or has too much is not used and is replaced', () => {
  const changes = [
    (bytes: Buffer) => bytes.subarray(0, 0),
    (bytes: Buffer) => bytes.subarray(0, bytes.length - 8),
    (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
    (bytes: Buffer) => Buffer.concat([bytes, bytes]),
    (bytes: Buffer) => Buffer.alloc(bytes.length),
  ]
  for (const change of changes) {
    const kept = keep()
    writeFileSync(kept.file, change(readFileSync(kept.file)))
    isNotUsedButReplaced(kept)
  }
})

test('a file that others may open is not used and is replaced', () => {
  for (const mode of [0o604, 0o640, 0o602, 0o620]) {
    const kept = keep()
    chmodSync(kept.file, mode)
    isNotUsedButReplaced(kept)
    assert.equal(statSync(kept.file).mode & 0o7777, 0o600)
  }
})

test('a link in the place of a file is not followed and is replaced', () => {
  const symbolic = keep()
  renameSync(symbolic.file, join(folder, 'elsewhere'))
  symlinkSync(join(folder, 'elsewhere'), symbolic.file)
  isNotUsedButReplaced(symbolic)
  assert.ok(readFileSync(join(folder, 'elsewhere')).length > 0)

  const hard = keep()
  linkSync(hard.file, join(folder, 'second-name'))
  isNotUsedButReplaced(hard)
})

test('a directory in the place of a file is replaced', () => {
  const kept = keep()
  rmSync(kept.file)
  mkdirSync(join(kept.file, 'inside'), { recursive: true })
  isNotUsedButReplaced(kept)
})

test('a cache directory that others may enter, or a link to one, is neither read nor written', () => {
  const open = keep()
  chmodSync(open.directory, 0o755)
  assert.equal(found(open), undefined)
  rmSync(open.file)
  open.cache.keep(compiled, open.library)
  assert.deepEqual(readdirSync(open.directory), [])

  const linked = keep()
  renameSync(linked.directory, `${linked.directory}-moved`)
  symlinkSync(`${linked.directory}-moved`, linked.directory)
  assert.equal(found(linked), undefined)
})

test('another file in the place of the library, or none, makes the entry worthless', () => {
  const changed = keep()
  writeFileSync(changed.library, 'a newer library')
  isNotUsedButReplaced(changed)
  const gone = keep()
  rmSync(gone.library)
  assert.equal(found(gone), undefined)
})

test('a host that has no place for a cache compiles each time', () => {
  const cache = new FilterCache({ version: '1', profile }, [join(folder, 'missing', 'cache')])
  cache.keep(compiled, keep().library)
  assert.equal(cache.find(), undefined)
})

test('the oldest files go before there are too many', () => {
  const { directory, file, library } = keep()
  for (let i = 0; i < 70; i++) {
    const old = join(directory, `half-written-${i}`)
    writeFileSync(old, '')
    utimesSync(old, i, i)
  }
  new FilterCache({ version: '2', profile }, [directory]).keep(compiled, library)
  const names = readdirSync(directory)
  assert.ok(names.length <= 64, String(names.length))
  assert.ok(names.includes(file.slice(directory.length + 1)))
  assert.ok(!names.includes('half-written-0'))
})
