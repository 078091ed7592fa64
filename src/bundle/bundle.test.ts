// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { loadBundle } from './load-bundle.ts'
import { resolveRootfs } from './rootfs-path.ts'

let dir = ''

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'runts-bundle-')))
})

afterEach(() => {
  rmSync(dir, { recursive: true })
})

describe('loadBundle', () => {
  test('gives the text of config.json and the real path of the bundle', () => {
    mkdirSync(join(dir, 'b'))
    writeFileSync(join(dir, 'b/config.json'), '{"é":1}')
    symlinkSync('b', join(dir, 'link'))
    assert.deepEqual(loadBundle(join(dir, 'link')), { bundlePath: join(dir, 'b'), configText: '{"é":1}' })
  })

  test('says what runc says where config.json is missing', () => {
    assert.throws(() => loadBundle(dir), {
      code: 'BUNDLE_NOT_FOUND',
      message: 'JSON specification file config.json not found',
    })
  })

  test('names a bundle that does not exist', () => {
    assert.throws(() => loadBundle(join(dir, 'none')), {
      code: 'BUNDLE_NOT_FOUND',
      message: /^cannot open the bundle .*\/none: \w+\(2\) ENOENT \(no such file or directory\)$/,
    })
  })

  test('refuses a bundle that is a file', () => {
    writeFileSync(join(dir, 'file'), '')
    assert.throws(() => loadBundle(join(dir, 'file')), { message: /: it is not a directory$/ })
  })

  test('refuses a config.json that is a directory', () => {
    mkdirSync(join(dir, 'config.json'))
    assert.throws(() => loadBundle(dir), { code: 'BUNDLE_NOT_FOUND', message: /: it is not a regular file$/ })
  })

  test('refuses a config.json that is a FIFO instead of waiting for its writer', () => {
    execFileSync('mkfifo', [join(dir, 'config.json')])
    assert.throws(() => loadBundle(dir), { code: 'BUNDLE_NOT_FOUND', message: /: it is not a regular file$/ })
  })

  test('refuses a config.json that is not UTF-8', () => {
    writeFileSync(join(dir, 'config.json'), Buffer.of(0x22, 0xff, 0x22))
    assert.throws(() => loadBundle(dir), { code: 'CONFIG_NOT_JSON' })
  })
})

describe('resolveRootfs', () => {
  test('takes a relative path from the bundle and an absolute one as it is', () => {
    mkdirSync(join(dir, 'rootfs'))
    assert.equal(resolveRootfs(dir, 'rootfs'), join(dir, 'rootfs'))
    assert.equal(resolveRootfs('/', join(dir, './rootfs/')), join(dir, 'rootfs'))
  })

  test('refuses a symbolic link, a file and nothing, and points at root.path', () => {
    mkdirSync(join(dir, 'real'))
    symlinkSync('real', join(dir, 'link'))
    writeFileSync(join(dir, 'file'), '')
    for (const [path, reason] of [
      ['link', 'it is a symbolic link'],
      ['file', 'it is not a directory'],
      ['none', 'lstat(2) ENOENT (no such file or directory)'],
      ['file/below', 'lstat(2) ENOTDIR (not a directory)'],
    ] as const) {
      assert.throws(
        () => resolveRootfs(dir, path),
        (error: Error & { code: string; details: { pointer: string } }) => {
          assert.equal(error.code, 'ROOTFS_INVALID')
          assert.equal(error.message, `cannot use ${dir}/${path} as root filesystem: ${reason}`)
          assert.equal(error.details.pointer, '/root/path')
          return true
        },
      )
    }
  })

  test('resolves links that lead to the directory', () => {
    mkdirSync(join(dir, 'real/rootfs'), { recursive: true })
    symlinkSync('real', join(dir, 'link'))
    assert.equal(resolveRootfs(dir, 'link/rootfs'), join(dir, 'real/rootfs'))
  })
})
