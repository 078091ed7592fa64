// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { isRuntimeError } from '../errors/runtime-error.ts'
import { makeLinuxSpec } from '../tools/make-spec.ts'
import { describeMap, parseIdMap, settleIdMaps } from './host-id-maps.ts'

const rights = { euid: 1000, egid: 1001, mapsAnyUid: false, mapsAnyGid: false }
const map = [
  { containerID: 0, hostID: 1000, size: 1 },
  { containerID: 1, hostID: 100000, size: 65536 },
]
const spec = makeLinuxSpec({ namespaces: [{ type: 'user' }], uidMappings: map, gidMappings: map })

let directory = ''
const path = process.env.PATH

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'runts-maps-'))
})

afterEach(() => {
  process.env.PATH = path
  rmSync(directory, { recursive: true, force: true })
})

/** Stand-ins for the setuid programs, which write down how they were called. */
function install(place: string, script: string): void {
  mkdirSync(place, { recursive: true })
  for (const name of ['newuidmap', 'newgidmap']) {
    writeFileSync(join(place, name), `#!/bin/sh\necho "\${0##*/} $*" >>${directory}/calls\n${script}\n`)
    chmodSync(join(place, name), 0o755)
  }
}

function failure(act: () => void) {
  try {
    act()
  } catch (error) {
    if (isRuntimeError(error)) return error
  }
  return assert.fail('it does not fail')
}

test('both programs get the pid and the ranges', () => {
  install(join(directory, 'bin'), '')
  process.env.PATH = join(directory, 'bin')
  settleIdMaps(spec, rights, 42)
  const ranges = '42 0 1000 1 1 100000 65536'
  assert.equal(readFileSync(join(directory, 'calls'), 'utf8'), `newuidmap ${ranges}\nnewgidmap ${ranges}\n`)
})

test('a failing program is reported with its words, the ranges and their place', () => {
  install(join(directory, 'bin'), 'echo "uid range not allowed" >&2; exit 1')
  process.env.PATH = join(directory, 'bin')
  const { code, message, details } = failure(() => settleIdMaps(spec, rights, 42))
  assert.equal(code, 'ID_MAPPING_FAILED')
  assert.match(message, /cannot map 0 1000 1, 1 100000 65536: .*newuidmap: exit status 1: uid range not allowed/)
  assert.equal(details.pointer, '/linux/uidMappings')
  assert.match(details.hint ?? '', /\/etc\/subuid/)
})

test('programs are never taken from the current directory', () => {
  const before = process.cwd()
  install(directory, '')
  process.chdir(directory)
  try {
    for (const list of ['', '.', ':', 'bin:../bin', `:${directory}/missing`]) {
      process.env.PATH = list
      const { message, details } = failure(() => settleIdMaps(spec, rights, 42))
      assert.match(message, /newuidmap is not in \$PATH/, list)
      assert.match(details.hint ?? '', /"hostID": 1000, "size": 1/)
    }
  } finally {
    process.chdir(before)
  }
})

test('the maps of a joined user namespace must be those of config.json', () => {
  const whole = parseIdMap(readFileSync('/proc/self/uid_map', 'utf8'))
  const groups = parseIdMap(readFileSync('/proc/self/gid_map', 'utf8'))
  const joined = (uidMappings: typeof whole, gidMappings: typeof whole) =>
    makeLinuxSpec({ namespaces: [{ type: 'user', path: '/u' }], uidMappings, gidMappings })
  settleIdMaps(joined(whole, groups), rights, process.pid)
  const { details, message } = failure(() => settleIdMaps(joined(whole, map), rights, process.pid))
  assert.equal(details.pointer, '/linux/gidMappings')
  assert.match(message, /has other mappings/)
})

test('maps are compared by what they mean, not by how they are written', () => {
  const [a, b, c] = [
    { containerID: 0, hostID: 10, size: 5 },
    { containerID: 5, hostID: 15, size: 5 },
    { containerID: 10, hostID: 90, size: 1 },
  ]
  assert.equal(describeMap([c, b, a]), '0 10 10, 10 90 1')
  assert.equal(
    describeMap(parseIdMap('         0         10         10\n        10         90          1\n')),
    '0 10 10, 10 90 1',
  )
})

test('a process that has ended is an error like any other', () => {
  const joined = makeLinuxSpec({ namespaces: [{ type: 'user', path: '/proc/1/ns/user' }], uidMappings: map })
  assert.throws(() => settleIdMaps(joined, rights, 0), {
    code: 'ID_MAPPING_FAILED',
    message: /cannot read .*ENOENT/,
  })
})
