// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { helpText } from './help.ts'
import { COMMANDS, GLOBAL_OPTIONS, UNBUILT_COMMANDS } from './options.ts'

test('the help of a command begins as callers of runc expect and explains every option', async () => {
  for (const command of COMMANDS) {
    const [first, second, ...rest] = (await helpText(command)).split('\n')
    assert.equal(first, 'NAME:')
    assert.ok(second?.startsWith(`   runts ${command.name} - `))
    assert.ok(rest.some((line) => line === `   runts ${command.name} [options] ${command.usage}`.trimEnd()))
    for (const { name, help } of command.options) {
      assert.ok(help.length > 10, `${command.name} --${name} has a text`)
      assert.equal(rest.filter((line) => line.includes(`--${name} `) && line.includes(`  ${help}  [`)).length, 1)
    }
  }
})

test('the help of the program names every command and global option once', async () => {
  const lines = (await helpText()).split('\n')
  assert.deepEqual(lines.slice(0, 2), ['NAME:', '   runts - run containers from OCI bundles'])
  for (const { name, help } of COMMANDS)
    assert.equal(lines.filter((line) => line.startsWith(`  runts ${name} `) && line.endsWith(help)).length, 1, name)
  for (const { name, help } of GLOBAL_OPTIONS)
    assert.equal(lines.filter((line) => line.includes(`--${name} `) && line.includes(`  ${help}  [`)).length, 1, name)
})

test('options and values stand in the help as the argument dialect takes them', async () => {
  const help = await helpText(COMMANDS.find(({ name }) => name === 'list'))
  assert.match(await helpText(), / {6}--log +append .* stderr {2}\[FILE]\n/)
  assert.match(help, / {2}-f, --format +form of the list \(default: table\) {2}\[string] \[choices: "table", "json"]/)
  assert.doesNotMatch(help, /--no-quiet|--no-format/)
})

test('a command that is not built does not look as if it were', () => {
  assert.deepEqual(
    COMMANDS.filter(({ name }) => UNBUILT_COMMANDS.includes(name)),
    [],
  )
})
