// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFilter, type Profile } from '../seccomp/host-compile-filter.ts'
import { libseccomp, libseccompFile } from '../seccomp/host-libseccomp.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { disassemble } from './classic-bpf.ts'
import { makeSpec } from './make-spec.ts'
import { FIXTURES } from './plan-fixtures.ts'

/** A profile as linux.seccomp has it, and where the listing of its filter is. */
export interface FilterFixture {
  readonly profile: Profile
  readonly listingPath: string
}

export function filterFixtures(): FilterFixture[] {
  const directory = join(FIXTURES, 'seccomp')
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => ({
    profile: readProfile(join(directory, name)),
    listingPath: join(directory, name.replace(/json$/, 'bpf.txt')),
  }))
}

/** The filter for x86-64, headed by the library that made it: another version may order it differently. */
export function filterListing(profile: Profile): string {
  const { filter, unknownSyscalls } = compileFilter(profile, 'SCMP_ARCH_X86_64')
  const unknown = unknownSyscalls.length > 0 ? `, unknown: ${unknownSyscalls.join(' ')}` : ''
  return `libseccomp ${libseccompVersion()}${unknown}\n${disassemble(filter)}`
}

/** By the name of its file, such as 2.5.4. */
export function libseccompVersion(): string {
  libseccomp()
  return /\.so\.([\d.]+)$/.exec(libseccompFile() ?? '')?.[1] ?? 'unknown'
}

function readProfile(path: string): Profile {
  const { value } = parseConfig(readFileSync(path, 'utf8'))
  const { seccomp } = makeSpec({ linux: { seccomp: value as Profile } as never }).linux
  if (seccomp === undefined) throw new Error(`${path} holds no profile`)
  return seccomp
}
