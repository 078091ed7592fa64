// SPDX-License-Identifier: Apache-2.0
import type { Logger } from '../log/logger.ts'
import type { ValidatedSeccomp } from '../spec/validated-spec.ts'
import { type CompiledProfile, compileFilter } from './host-compile-filter.ts'
import { type CacheKey, FilterCache } from './host-filter-cache.ts'
import { libseccompFile } from './host-libseccomp.ts'
import { FILTER_FLAGS } from './seccomp-constants.ts'

/** What seccomp(2) is told beside the filter. */
export interface FilterLoading {
  /** SECCOMP_FILTER_FLAG_* of the profile. */
  readonly flags: number
  /** Some rule asks a listener: the filter is loaded with SECCOMP_FILTER_FLAG_NEW_LISTENER. */
  readonly listener: boolean
}

export interface SeccompFilter extends FilterLoading {
  /** struct sock_filter instructions. */
  readonly filter: Uint8Array
}

export interface FilterRequest extends CacheKey {
  readonly log: Logger
  /** What has to be compiled is put into the cache. */
  readonly keep: boolean
}

/** linux.seccomp as the shim loads it, from the cache or through libseccomp. Throws SPEC_UNSUPPORTED. */
export function seccompFilter(seccomp: ValidatedSeccomp, request: FilterRequest): SeccompFilter {
  const { filter, unknownSyscalls } = compiledProfile(seccomp, request)
  for (const name of unknownSyscalls) request.log.debug(`unknown seccomp syscall ${JSON.stringify(name)} ignored`)
  return { filter, ...loadingOf(seccomp) }
}

/** How the filter of a profile is loaded. As in runc, an absent list of flags asks for SPEC_ALLOW. */
export function loadingOf({ flags, syscalls }: Pick<ValidatedSeccomp, 'flags' | 'syscalls'>): FilterLoading {
  const listener = syscalls.some(({ action }) => action === 'SCMP_ACT_NOTIFY')
  if (flags === undefined) return { listener, flags: FILTER_FLAGS.SECCOMP_FILTER_FLAG_SPEC_ALLOW }
  // seccomp(2) refuses WAIT_KILLABLE_RECV without a listener.
  const used = flags.filter((flag) => listener || flag !== 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV')
  return { listener, flags: used.reduce((all, flag) => all | FILTER_FLAGS[flag], 0) }
}

function compiledProfile(seccomp: ValidatedSeccomp, request: FilterRequest): CompiledProfile {
  const cache = new FilterCache(request)
  const found = cache.find()
  if (found !== undefined) return found
  const compiled = compileFilter(seccomp)
  if (request.keep) cache.keep(compiled, libseccompFile())
  return compiled
}
