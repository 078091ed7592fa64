// SPDX-License-Identifier: Apache-2.0
// `runts completion` in a real bash, asked in the way that the bash-completion of a prompt asks.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { runtimeFile } from '../../harness/places.ts'
import { path } from '../../harness/requires.ts'
import { isRunts } from './traced-run.ts'

const it = casesOf('executable', { requires: [isRunts, path('/bin/bash')] })

/** Loads the script, finds the function that it registered, and lets it complete the last word of the line. */
const ASK = `
source <(runts completion bash)
read -r _ _ _ _ _ _ ask _ < <(complete -p runts)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"$ask" runts "\${!#}" "\${@: -2:1}"
[ \${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`

/** What bash would offer for the last word, with the login shell that the environment names. */
function offered(c: Case, words: readonly string[], shell = '/bin/bash'): string[] {
  const env = { PATH: `${c.directory}:/usr/bin:/bin`, SHELL: shell }
  const output = execFileSync('bash', ['--norc', '-c', ASK, 'bash', ...words], { cwd: c.directory, env })
  return output.toString().split('\n').filter(Boolean)
}

function installed(c: Case): void {
  symlinkSync(runtimeFile, join(c.directory, 'runts'))
}

it('completes commands, options and words of options in bash', async (c) => {
  installed(c)
  assert.deepEqual(offered(c, ['runts', 'st']), ['start', 'state'])
  assert.deepEqual(offered(c, ['runts', '--log-']), ['--log-format'])
  assert.deepEqual(offered(c, ['runts', 'run', '--de']), ['--detach'])
  assert.deepEqual(offered(c, ['runts', 'list', '--format', 'j']), ['json'])
  assert.deepEqual(offered(c, ['runts', 'kill', 'x', 'WIN']), ['WINCH'])
})

it('completes the ids of the containers that exist', async (c) => {
  installed(c)
  await c.create(c.bundle().probe('wait'), c.id('a'))
  await c.create(c.bundle().probe('wait'), c.id('b'))
  assert.deepEqual(offered(c, ['runts', '--root', c.root, 'delete', '--force', '']), [c.id('a'), c.id('b')])
  assert.deepEqual(offered(c, ['runts', '--root', c.root, 'state', c.id('a')]), [c.id('a')])
  for (const command of ['pause', 'resume', 'ps', 'inspect'])
    assert.deepEqual(offered(c, ['runts', '--root', c.root, command, '']), [c.id('a'), c.id('b')])
  assert.deepEqual(offered(c, ['runts', '--root', join(c.directory, 'none'), 'state', '']), [])
})

it('leaves file names to bash and asks for bash whatever the login shell is', async (c) => {
  installed(c)
  writeFileSync(join(c.directory, 'a-file'), '')
  assert.deepEqual(offered(c, ['runts', 'create', '--bundle', 'a-']), [])
  assert.deepEqual(offered(c, ['runts', 'st'], '/bin/zsh'), ['start', 'state'])
})
