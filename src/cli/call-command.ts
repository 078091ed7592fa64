// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import { create } from '../commands/create.ts'
import { deleteContainer } from '../commands/delete.ts'
import { features } from '../commands/features.ts'
import { kill } from '../commands/kill.ts'
import { list } from '../commands/list.ts'
import { plan } from '../commands/plan.ts'
import type { CreateRequest, GlobalRequest } from '../commands/requests.ts'
import { run } from '../commands/run.ts'
import { spec } from '../commands/spec.ts'
import { start } from '../commands/start.ts'
import { state } from '../commands/state.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ParsedArguments } from './argv-dialect.ts'

/** Turns options into a request and calls the verb; what it returns as text goes to stdout. */
export async function callCommand(name: string, parsed: ParsedArguments, global: GlobalRequest): Promise<number> {
  const { options, rest } = parsed
  const id = rest[0] ?? ''
  const isSet = (option: string) => options.get(option) === 'true'
  switch (name) {
    case 'create':
      return done(create(global, createRequest(parsed)))
    case 'run': {
      const how = { detach: isSet('detach'), keep: isSet('keep'), noSubreaper: isSet('no-subreaper') }
      return run(global, { ...createRequest(parsed), ...how })
    }
    case 'start':
      return done(start(global, { id }))
    case 'kill':
      return done(kill(global, { id, signal: rest[1] ?? 'SIGTERM', all: isSet('all') }))
    case 'delete':
      return done(deleteContainer(global, { id, force: isSet('force') }))
    case 'state':
      return printed(state(global, { id }))
    case 'list':
      return printed(list(global, { format: oneOf(options, 'format', ['table', 'json']), quiet: isSet('quiet') }))
    case 'features':
      return printed(features())
    case 'spec':
      return done(spec({ bundle: bundleOf(options), rootless: isSet('rootless') }))
    case 'plan':
      return printed(plan(global, { bundle: bundleOf(options), format: oneOf(options, 'format', ['text', 'json']), noPivot: isSet('no-pivot') }))
    default:
      throw new RuntimeError('BUG', `nothing carries out the command ${name}`)
  }
}

function createRequest({ options, rest }: ParsedArguments): CreateRequest {
  const [pidFile, consoleSocket, pidfdSocket] = ['pid-file', 'console-socket', 'pidfd-socket'].map((name) => options.get(name) || undefined)
  return {
    id: rest[0] ?? '',
    bundle: bundleOf(options),
    ...(pidFile === undefined ? {} : { pidFile: resolve(pidFile) }),
    noPivot: options.get('no-pivot') === 'true',
    noNewKeyring: options.get('no-new-keyring') === 'true',
    ...(consoleSocket === undefined ? {} : { consoleSocket: resolve(consoleSocket) }),
    ...(pidfdSocket === undefined ? {} : { pidfdSocket: resolve(pidfdSocket) }),
    preserveFds: count(options.get('preserve-fds') ?? '0'),
  }
}

function bundleOf(options: ReadonlyMap<string, string>): string {
  return resolve(options.get('bundle') || '.')
}

function count(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new RuntimeError('USAGE', `invalid value ${JSON.stringify(text)} for --preserve-fds: it is a number of descriptors`)
}

function oneOf<T extends string>(options: ReadonlyMap<string, string>, name: string, allowed: readonly [T, ...T[]]): T {
  const value = options.get(name) ?? allowed[0]
  const found = allowed.find((each) => each === value)
  if (found !== undefined) return found
  throw new RuntimeError('USAGE', `invalid ${name} option: ${value}`)
}

function done(_nothing: void): number {
  return 0
}

function printed(text: string): number {
  process.stdout.write(text)
  return 0
}
