// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import type { ExecRequest } from '../commands/requests.ts'
import type { ParsedArguments } from './argv-dialect.ts'
import { descriptorCount } from './descriptor-count.ts'

export function execRequest({ options, repeated, rest }: ParsedArguments): ExecRequest {
  const isSet = (name: string) => options.get(name) === 'true'
  const given = <K extends string>(key: K, name: string, make = (text: string) => text) => {
    const text = options.get(name)
    return (text ? { [key]: make(text) } : {}) as { [P in K]?: string }
  }
  return {
    id: rest[0] ?? '',
    args: rest.slice(1),
    ...given('processFile', 'process', resolve),
    detach: isSet('detach'),
    ...given('pidFile', 'pid-file', resolve),
    ignorePaused: isSet('ignore-paused'),
    cgroups: repeated.get('cgroup') ?? [],
    changes: {
      ...given('cwd', 'cwd'),
      env: repeated.get('env') ?? [],
      ...given('user', 'user'),
      additionalGids: repeated.get('additional-gids') ?? [],
      capabilities: repeated.get('cap') ?? [],
      ...(options.has('no-new-privs') ? { noNewPrivileges: isSet('no-new-privs') } : {}),
      ...given('selinuxLabel', 'process-label'),
      ...given('apparmorProfile', 'apparmor'),
    },
    tty: isSet('tty'),
    ...given('consoleSocket', 'console-socket', resolve),
    ...given('pidfdSocket', 'pidfd-socket', resolve),
    preserveFds: descriptorCount(options.get('preserve-fds') ?? '0'),
  }
}
