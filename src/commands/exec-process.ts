// SPDX-License-Identifier: Apache-2.0
import type { Capabilities, Process } from '@opencontainers/runtime-spec-types'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import { settleProcess } from '../spec/settle/settle-process.ts'
import type { ValidatedProcess } from '../spec/validated-spec.ts'
import type { ProcessChanges } from './requests.ts'

const MOST_ID = 2 ** 32 - 2

/** The container's own process with another program and what the command line changes; not validated yet. */
export function changedProcess(own: Process | undefined, args: readonly string[], changes: ProcessChanges): Process {
  if (args.length === 0) throw new RuntimeError('OPTION_INVALID', RUNC_PHRASES.execArgsEmpty)
  if (own === undefined) throw new RuntimeError('SPEC_INVALID', RUNC_PHRASES.processMissing)
  const { cwd, noNewPrivileges, selinuxLabel, apparmorProfile } = changes
  return {
    ...own,
    args: [...args],
    env: [...(own.env ?? []), ...changes.env],
    user: changedUser(own.user, changes),
    ...(cwd !== undefined && { cwd }),
    ...(noNewPrivileges !== undefined && { noNewPrivileges }),
    ...(selinuxLabel !== undefined && { selinuxLabel }),
    ...(apparmorProfile !== undefined && { apparmorProfile }),
    ...(changes.capabilities.length > 0 && { capabilities: withCapabilities(own.capabilities, changes.capabilities) }),
  }
}

/** The option that says a member of `process`; `user` has two. */
export const OPTION_OF: Readonly<Record<string, string>> = {
  args: 'COMMAND',
  cwd: '--cwd',
  env: '--env',
  capabilities: '--cap',
  selinuxLabel: '--process-label',
  apparmorProfile: '--apparmor',
}

/** Members of `process` that the command line determines, so that no line of config.json is to blame for them. */
export function changedMembers(changes: ProcessChanges): string[] {
  const members = ['args']
  if (changes.cwd !== undefined) members.push('cwd')
  if (changes.env.length > 0) members.push('env')
  if (changes.user !== undefined || changes.additionalGids.length > 0) members.push('user')
  if (changes.capabilities.length > 0) members.push('capabilities')
  if (changes.noNewPrivileges !== undefined) members.push('noNewPrivileges')
  if (changes.selinuxLabel !== undefined) members.push('selinuxLabel')
  if (changes.apparmorProfile !== undefined) members.push('apparmorProfile')
  return members
}

/** A process file gets from the container what it does not say, as in runc. `raw` is the file before validation. */
export function completedProcess(file: ValidatedProcess, raw: Process, own: Process | undefined): ValidatedProcess {
  if (own === undefined) return file
  const kept = settleProcess(own)
  const { umask = kept.user.umask } = file.user
  return {
    ...kept,
    ...file,
    user: { ...file.user, ...(umask !== undefined && { umask }) },
    capabilities: raw.capabilities === undefined ? kept.capabilities : file.capabilities,
    rlimits: file.rlimits.length > 0 ? file.rlimits : kept.rlimits,
  }
}

function changedUser(own: Process['user'], { user, additionalGids }: ProcessChanges): Process['user'] {
  const groups = additionalGids.map((text) => idOf(text, '--additional-gids'))
  const [uid, gid] = user === undefined ? [] : user.split(/:(.*)/s, 2)
  return {
    ...own,
    ...(uid !== undefined && { uid: idOf(uid, '--user') }),
    ...(gid !== undefined && { gid: idOf(gid, '--user') }),
    ...(groups.length > 0 && { additionalGids: [...(own.additionalGids ?? []), ...groups] }),
  }
}

/** Digits alone are an id: "1x" must not become user 1, nor "" root (CVE-2026-30892). */
function idOf(text: string, option: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= MOST_ID) return Number(text)
  const message = `invalid value ${JSON.stringify(text)} for ${option}: an id is a number from 0 to ${MOST_ID}`
  throw new RuntimeError('OPTION_INVALID', message)
}

/** Neither inheritable nor ambient: a program of another user could inherit them (CVE-2022-29162). */
function withCapabilities(own: Capabilities = {}, added: readonly string[]): Capabilities {
  return {
    ...own,
    bounding: [...(own.bounding ?? []), ...added],
    effective: [...(own.effective ?? []), ...added],
    permitted: [...(own.permitted ?? []), ...added],
  }
}
