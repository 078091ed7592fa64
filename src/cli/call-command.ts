// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import type { CreateRequest, GlobalRequest, UpdateRequest } from '../commands/requests.ts'
import { RUNC_PHRASES } from '../errors/runc-phrases.ts'
import { RuntimeError } from '../errors/runtime-error.ts'
import type { ParsedArguments } from './argv-dialect.ts'
import { descriptorCount } from './descriptor-count.ts'
import { parseDuration } from './duration.ts'
import { stdoutReader, writeOutput } from './write-output.ts'

/** Turns options into a request and calls the verb, whose modules alone are evaluated; text goes to stdout. */
export async function callCommand(name: string, parsed: ParsedArguments, global: GlobalRequest): Promise<number> {
  const { options, rest } = parsed
  const id = rest[0] ?? ''
  const isSet = (option: string) => options.get(option) === 'true'
  switch (name) {
    case 'create':
      return done(await (await import('../commands/create.ts')).create(global, createRequest(parsed)))
    case 'run': {
      const how = { detach: isSet('detach'), keep: isSet('keep'), noSubreaper: isSet('no-subreaper') }
      return (await import('../commands/run.ts')).run(global, { ...createRequest(parsed), ...how })
    }
    case 'exec':
      return (await import('../commands/exec.ts')).exec(global, (await import('./exec-request.ts')).execRequest(parsed))
    case 'start':
      return done(await (await import('../commands/start.ts')).start(global, { id }))
    case 'kill':
      return done(
        (await import('../commands/kill.ts')).kill(global, { id, signal: rest[1] || 'SIGTERM', all: isSet('all') }),
      )
    case 'inspect': {
      const format = oneOf(options.get('format'), 'format option', ['text', 'json'])
      return writeOutput((await import('../commands/inspect.ts')).inspect(global, { id, format }))
    }
    case 'ps':
      return writeOutput(await processes(parsed, global))
    case 'pause':
      return done((await import('../commands/pause.ts')).pause(global, { id }))
    case 'resume':
      return done((await import('../commands/resume.ts')).resume(global, { id }))
    case 'delete':
      return done((await import('../commands/delete.ts')).deleteContainer(global, { id, force: isSet('force') }))
    case 'state':
      return writeOutput((await import('../commands/state.ts')).state(global, { id }))
    case 'list':
      return writeOutput(
        (await import('../commands/list.ts')).list(global, {
          format: oneOf(options.get('format'), 'format option', ['table', 'json']),
          quiet: isSet('quiet'),
        }),
      )
    case 'update':
      return done((await import('../commands/update.ts')).update(global, updateRequest(parsed)))
    case 'events': {
      const { interval, once } = { interval: intervalOf(options.get('interval') ?? '5s'), once: isSet('stats') }
      await (await import('../commands/events.ts')).events(global, { id, once, interval }, stdoutReader)
      return 0
    }
    case 'completion': {
      const shell = oneOf(rest[0] ?? ownShell(), 'shell', ['bash', 'zsh'])
      return writeOutput(await (await import('./completion.ts')).completionScript(shell))
    }
    case 'features':
      return writeOutput((await import('../commands/features.ts')).features())
    case 'spec':
      return done(
        (await import('../commands/spec.ts')).spec({ bundle: bundleOf(options), rootless: isSet('rootless') }),
      )
    case 'plan':
      return writeOutput(
        (await import('../commands/plan.ts')).plan(global, {
          bundle: bundleOf(options),
          format: oneOf(options.get('format'), 'format option', ['text', 'json']),
          noPivot: isSet('no-pivot'),
        }),
      )
    default:
      throw new RuntimeError('BUG', `nothing carries out the command ${name}`)
  }
}

async function processes({ options, rest }: ParsedArguments, global: GlobalRequest): Promise<string> {
  const [id = '', ...words] = rest
  const format = oneOf(options.get('format'), 'format option', ['table', 'json'])
  if (options.get('map') !== 'true') {
    const psOptions = words[0] === '--' ? words.slice(1) : words
    return (await import('../commands/ps.ts')).ps(global, { id, format, options: psOptions })
  }
  if (words.length > 0) throw new RuntimeError('OPTION_INVALID', `cannot use ${words[0]}: --map does not run ps`)
  return (await import('../commands/process-map.ts')).processMap(global, { id, format })
}

function ownShell(): string {
  return process.env.SHELL?.endsWith('/zsh') ? 'zsh' : 'bash'
}

function createRequest({ options, rest }: ParsedArguments): CreateRequest {
  const [pidFile, consoleSocket, pidfdSocket] = ['pid-file', 'console-socket', 'pidfd-socket'].map(
    (name) => options.get(name) || undefined,
  )
  return {
    id: rest[0] ?? '',
    bundle: bundleOf(options),
    ...(pidFile === undefined ? {} : { pidFile: resolve(pidFile) }),
    noPivot: options.get('no-pivot') === 'true',
    noNewKeyring: options.get('no-new-keyring') === 'true',
    ...(consoleSocket === undefined ? {} : { consoleSocket: resolve(consoleSocket) }),
    ...(pidfdSocket === undefined ? {} : { pidfdSocket: resolve(pidfdSocket) }),
    preserveFds: descriptorCount(options.get('preserve-fds') ?? '0'),
  }
}

function updateRequest({ options, rest }: ParsedArguments): UpdateRequest {
  const { resources, 'l3-cache-schema': l3CacheSchema, 'mem-bw-schema': memBwSchema, ...limits } = given(options)
  return {
    id: rest[0] ?? '',
    ...(resources && { resources }),
    ...(l3CacheSchema && { l3CacheSchema }),
    ...(memBwSchema && { memBwSchema }),
    limits,
    obsolete: ['kernel-memory', 'kernel-memory-tcp'].filter((name) => limits[name]),
  }
}

function intervalOf(text: string): number {
  const interval = parseDuration(text)
  if (interval === undefined) {
    throw new RuntimeError('USAGE', `invalid value ${JSON.stringify(text)} for flag -interval: parse error`)
  }
  if (interval > 0) return interval
  throw new RuntimeError('OPTION_INVALID', RUNC_PHRASES.intervalNotPositive)
}

function given(options: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(options)
}

function bundleOf(options: ReadonlyMap<string, string>): string {
  return resolve(options.get('bundle') || '.')
}

/** The word, which has to be one of those allowed; without one, the first. */
function oneOf<T extends string>(word: string | undefined, what: string, allowed: readonly [T, ...T[]]): T {
  const found = word === undefined ? allowed[0] : allowed.find((each) => each === word)
  if (found !== undefined) return found
  throw new RuntimeError('OPTION_INVALID', `invalid ${what}: ${word}`, { hint: `it is one of ${allowed.join(', ')}` })
}

function done(_: unknown): number {
  return 0
}
