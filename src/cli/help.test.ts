// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandHelp, programHelp } from './help.ts'
import { COMMANDS, GLOBAL_OPTIONS, UNBUILT_COMMANDS } from './options.ts'

test('the help of a command begins as callers of runc expect and explains every option', () => {
  for (const command of COMMANDS) {
    const [first, second, ...rest] = commandHelp(command).split('\n')
    assert.equal(first, 'NAME:')
    assert.ok(second?.startsWith(`   runts ${command.name} - `))
    for (const { name, help } of command.options) {
      assert.ok(help.length > 10, `${command.name} --${name} has a text`)
      assert.ok(rest.some((line) => line.includes(`--${name}`) && line.endsWith(help)))
    }
  }
})

test('the help of the program names every command and global option once', () => {
  const lines = programHelp().split('\n')
  for (const { name } of COMMANDS) assert.equal(lines.filter((line) => line.startsWith(`   ${name} `)).length, 1)
  for (const { name } of GLOBAL_OPTIONS)
    assert.equal(lines.filter((line) => new RegExp(`^   --${name}[ ,]`).test(line)).length, 1)
})

test('a command that is not built does not look as if it were', () => {
  assert.deepEqual(
    COMMANDS.filter(({ name }) => UNBUILT_COMMANDS.includes(name)),
    [],
  )
})
