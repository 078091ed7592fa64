// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from './conformance-case.ts'

const corePatternFile = '/proc/sys/kernel/core_pattern'
const names = ['ptmx', 'fd', 'stdin', 'null', 'console', 'hostname', 'passwd']

/** A directory of the host with known contents, that an attack would change. */
export class Canary {
  readonly path: string
  private readonly before: string
  private readonly corePattern = readFileSync(corePatternFile, 'utf8')

  constructor(c: Case) {
    this.path = join(c.directory, 'canary')
    mkdirSync(this.path)
    for (const name of names) writeFileSync(join(this.path, name), `canary ${name}\n`)
    this.before = this.contents()
  }

  private contents(): string {
    const entries = readdirSync(this.path).sort()
    return JSON.stringify(
      entries.map((name) => {
        const { mode, uid, gid, size, mtimeMs, ino } = statSync(join(this.path, name))
        return [name, mode, uid, gid, size, mtimeMs, ino]
      }),
    )
  }

  private restoreCorePattern(): string {
    const found = readFileSync(corePatternFile, 'utf8')
    if (found !== this.corePattern) writeFileSync(corePatternFile, this.corePattern)
    return found
  }

  /** Nothing in the directory may have been added, removed, written or mounted on, nor core_pattern changed. */
  assertUntouched(): void {
    assert.equal(this.contents(), this.before)
    assert.equal(this.restoreCorePattern(), this.corePattern)
  }
}
