// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileExists } from '../errors/runc-phrases.ts'
import { errnoOf, failedTo, RuntimeError } from '../errors/runtime-error.ts'
import { DEFAULT_SPEC, rootlessSpec } from './default-spec.ts'
import type { SpecRequest } from './requests.ts'

/** Writes a config.json to begin with; an existing one is never replaced. */
export function spec({ bundle, rootless }: SpecRequest): void {
  const document = rootless ? rootlessSpec(process.geteuid?.() ?? 0, process.getegid?.() ?? 0) : DEFAULT_SPEC
  try {
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(document, null, '\t'), { flag: 'wx', mode: 0o666 })
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw new RuntimeError('BUNDLE_NOT_FOUND', fileExists('config.json'))
    throw failedTo('BUNDLE_NOT_FOUND', `cannot write ${join(bundle, 'config.json')}`, error)
  }
}
