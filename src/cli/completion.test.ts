// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completionScript, completions } from './completion.ts'
import { COMMANDS, GLOBAL_OPTIONS } from './options.ts'

/** What may come in place of the last word of a line, for a shell that shows no descriptions. */
async function after(line: string): Promise<string[]> {
  const shell = process.env.SHELL
  process.env.SHELL = '/bin/bash'
  try {
    const ids = (options: ReadonlyMap<string, string>) => ['web', `in-${options.get('root') ?? 'default'}`]
    return (await completions(line.split(' '), ids)).split('\n').filter(Boolean)
  } finally {
    process.env.SHELL = shell
  }
}

const longNames = (options: readonly { readonly name: string }[]) => options.map(({ name }) => `--${name}`)

test('every command and every option of the table is offered', async () => {
  assert.deepEqual(
    await after('runts '),
    COMMANDS.map(({ name }) => name),
  )
  assert.deepEqual((await after('runts --')).sort(), longNames(GLOBAL_OPTIONS).sort())
  for (const { name, options } of COMMANDS)
    assert.deepEqual((await after(`runts ${name} -`)).sort(), [...longNames(options), '--help'].sort(), name)
})

test('an option that is there is not offered again, and options of the program only before the command', async () => {
  const options = await after('runts --debug run --keep --')
  assert.ok(options.includes('--detach'))
  assert.ok(!options.includes('--keep'))
  assert.ok(!options.includes('--debug'))
  assert.ok(!options.includes('--root'))
})

test('the value of an option is one of its words, or left to the shell', async () => {
  assert.deepEqual(await after('runts list --format '), ['table', 'json'])
  assert.deepEqual(await after('runts list -f t'), ['table'])
  assert.deepEqual(await after('runts --rootless '), ['true', 'false', 'auto'])
  assert.deepEqual(await after('runts create --bundle '), [])
  assert.deepEqual(await after('runts --root '), [])
})

test('an id is one of the containers below the root of the line', async () => {
  for (const command of ['start', 'state', 'kill', 'delete'])
    assert.deepEqual(await after(`runts ${command} `), ['web', 'in-default'])
  assert.deepEqual(await after('runts --root /x delete --force '), ['web', 'in-/x'])
  assert.ok(!(await after('runts create ')).includes('web'))
})

test('a signal follows the id that gets it, and a shell follows completion', async () => {
  const signals = await after('runts kill web ')
  assert.ok(signals.includes('KILL') && signals.includes('USR1'))
  assert.deepEqual(await after('runts completion '), ['bash', 'zsh'])
})

test('words that make no sense are no failure', async () => {
  for (const line of ['runts', 'runts bogus ', 'runts --bogus --', 'runts kill a b c ', 'runts help ', ''])
    assert.ok(Array.isArray(await after(line)))
})

test('the scripts ask in the name of their shell, whatever the login shell is', async () => {
  const shell = process.env.SHELL
  try {
    const markers = { bash: 'complete -o', zsh: '#compdef runts' }
    for (const [name, marker] of Object.entries(markers)) {
      const script = await completionScript(name)
      assert.ok(script.includes(marker), script)
      assert.ok(script.includes(`SHELL=${name} runts --get-yargs-completions`), script)
    }
  } finally {
    process.env.SHELL = shell
  }
})
