// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Spec } from '@opencontainers/runtime-spec-types'
import { isRuntimeError, type RuntimeError, type SpecIssue } from '../errors/runtime-error.ts'
import { parseConfig } from './parse-config.ts'
import { compatibilityWarnings } from './rules/compatibility-warnings.ts'
import { specRules } from './rules/spec-rules.ts'
import { runRules } from './run-rules.ts'
import { settleSpec } from './settle/settle-spec.ts'
import { findUnsupported, UNSUPPORTED_FIELDS } from './unsupported-fields.ts'
import { validateProcess, validateResources, validateSpec } from './validate-spec.ts'

const FIXTURES = 'spec-fixtures'
const VALID = readdirSync(`${FIXTURES}/config/valid`)
const INVALID = readdirSync(`${FIXTURES}/config/invalid`).filter((name) => !name.endsWith('.issues.json'))
const ENGINES = ['containerd', 'docker', 'podman'].flatMap((engine) =>
  readdirSync(`${FIXTURES}/engines/${engine}`).map((name) => `${FIXTURES}/engines/${engine}/${name}`),
)

function read(path: string): unknown {
  return parseConfig(readFileSync(path, 'utf8')).value
}

function readValid(topic: string) {
  return validateSpec(read(`${FIXTURES}/config/valid/${topic}.json`))
}

function refusal(validate: () => unknown): RuntimeError {
  try {
    validate()
  } catch (error) {
    if (isRuntimeError(error) && error.code === 'SPEC_INVALID') return error
    throw error
  }
  assert.fail('the document was accepted')
}

function codesAndPointers(issues: readonly SpecIssue[] = []) {
  return issues.map(({ code, pointer }) => ({ code, pointer }))
}

describe('every invalid document', () => {
  for (const name of INVALID) {
    test(`${name} gives exactly its issues`, () => {
      const error = refusal(() => validateSpec(read(`${FIXTURES}/config/invalid/${name}`)))
      const expected = read(`${FIXTURES}/config/invalid/${name.replace('.json', '.issues.json')}`)
      assert.deepEqual(codesAndPointers(error.details.issues), expected)
      assert.equal(error.message.includes('\n'), false)
    })
  }

  test('together they break every rule', () => {
    const broken = INVALID.flatMap((name) =>
      read(`${FIXTURES}/config/invalid/${name.replace('.json', '.issues.json')}`),
    )
    const codes = new Set((broken as SpecIssue[]).map(({ code }) => code))
    const rules = specRules.flatMap((table) => Object.keys(table))
    assert.deepEqual(
      rules.filter((code) => !codes.has(code)),
      [],
    )
  })
})

describe('every valid document', () => {
  for (const name of VALID) {
    test(`${name} is accepted`, () => {
      validateSpec(read(`${FIXTURES}/config/valid/${name}`))
    })

    // To leave tables out only saves time: a rule of one that is not asked has nothing to say.
    test(`${name} breaks no rule of any table`, () => {
      const settled = settleSpec(read(`${FIXTURES}/config/valid/${name}`) as Spec)
      assert.deepEqual(runRules(specRules, settled, []), [])
    })
  }

  test('together they cause every warning', () => {
    const codes = new Set(
      VALID.flatMap((name) => validateSpec(read(`${FIXTURES}/config/valid/${name}`)).warnings).map(({ code }) => code),
    )
    assert.deepEqual([...codes].sort(), Object.keys(compatibilityWarnings).sort())
  })
})

describe('documents of engines', () => {
  for (const path of ENGINES) {
    test(`${path} is accepted without a warning and holds no unknown field`, () => {
      const validate = path.includes('/process-')
        ? validateProcess
        : path.includes('/update-')
          ? validateResources
          : validateSpec
      const { warnings, unknown } = validate(read(path))
      assert.deepEqual({ warnings, unknown }, { warnings: [], unknown: [] })
    })
  }
})

describe('validateSpec', () => {
  test('says in one line what is wrong first and how much more there is', () => {
    const error = refusal(() =>
      validateSpec({ ...minimal(), process: { cwd: 'tmp', args: [], user: { uid: 0, gid: 0 } } }),
    )
    assert.equal(
      error.message,
      'invalid config.json: /process/cwd: Cwd must be an absolute path, found "tmp" (and 1 more problem)',
    )
    assert.equal(error.details.pointer, '/process/cwd')
  })

  test('refuses what is no object at all', () => {
    for (const value of [null, [], 'x', 5, undefined]) {
      assert.match(
        refusal(() => validateSpec(value)).message,
        /^invalid config.json: the document: must be an object, found/,
      )
    }
  })

  test('does not change the value it is given', () => {
    const value = read(`${FIXTURES}/config/valid/everything.json`)
    const before = structuredClone(value)
    validateSpec(value)
    assert.deepEqual(value, before)
  })

  test('fills in what is absent', () => {
    const { spec } = readValid('linux-missing')
    assert.deepEqual(spec.linux.namespaces, [])
    assert.deepEqual(spec.linux.resources.memory, {
      disableOOMKiller: false,
      useHierarchy: false,
      checkBeforeUpdate: false,
    })
    assert.deepEqual(spec.hooks.poststop, [])
    assert.equal(spec.root.readonly, false)
    assert.equal(spec.process?.terminal, false)
    assert.deepEqual(spec.process?.capabilities, {
      bounding: [],
      effective: [],
      inheritable: [],
      permitted: [],
      ambient: [],
    })
    assert.equal('hostname' in spec, false)
  })

  test('takes an absent user for root', () => {
    assert.deepEqual(readValid('user-missing').spec.process?.user, { uid: 0, gid: 0, additionalGids: [] })
  })

  test('leaves an absent process absent', () => {
    assert.equal(readValid('without-process').spec.process, undefined)
  })

  test('gives 64-bit fields as bigints with every digit', () => {
    const { spec } = readValid('everything')
    assert.equal(spec.process?.rlimits[0]?.hard, 18446744073709551615n)
    assert.equal(spec.process?.rlimits[0]?.soft, 0n)
    assert.equal(spec.linux.resources.cpu.shares, 1024n)
    assert.equal(spec.linux.resources.pids.limit, 0n)
    assert.equal(spec.linux.resources.blockIO.throttleWriteIOPSDevice[0]?.rate, 18446744073709551615n)
    assert.equal(spec.linux.timeOffsets.boottime?.secs, 9223372036854775807n)
    assert.equal(spec.linux.timeOffsets.monotonic?.secs, -3600n)
    assert.equal(spec.linux.seccomp?.syscalls[1]?.args[0]?.value, 2114060288n)
    assert.equal(spec.linux.seccomp?.syscalls[1]?.args[1]?.valueTwo, 0n)
    assert.equal(spec.linux.devices[0]?.major, 10)
  })

  test('drops resource values that mean unset', () => {
    const { resources } = readValid('resource-zeros-are-unset').spec.linux
    assert.deepEqual(resources.cpu, { burst: 0n })
    assert.equal('limit' in resources.memory, false)
    assert.equal('weight' in resources.blockIO, false)
    assert.equal('swappiness' in readValid('resource-swappiness-unset').spec.linux.resources.memory, false)
  })

  test('takes the device number -1 for every number', () => {
    assert.deepEqual(readValid('resource-devices').spec.linux.resources.devices, [
      { allow: false, access: 'rwm', type: 'a' },
      { allow: true, access: 'rw', type: 'c', major: 10, minor: 229 },
      { allow: true, access: 'm', type: 'b' },
    ])
  })

  test('strips file type bits from the mode of a device', () => {
    assert.equal(readValid('device-file-mode-with-type-bits').spec.linux.devices[0]?.fileMode, 0o666)
  })

  test('takes an empty path of a namespace for an absent one', () => {
    assert.deepEqual(readValid('namespace-path-empty').spec.linux.namespaces[1], { type: 'pid' })
  })

  test('names unknown fields with the nearest known one, and does not look into them', () => {
    assert.deepEqual(readValid('unknown-fields').unknown, [
      { pointer: '/mounts/0/readonly' },
      { pointer: '/process/user/username' },
      { pointer: '/process/nonewprivileges', nearest: 'noNewPrivileges' },
      { pointer: '/windows' },
    ])
  })

  test('is not misled by names that every object inherits', () => {
    const { spec, unknown } = validateSpec(
      JSON.parse(JSON.stringify(minimal()).replace('{', '{"__proto__":{"hostname":"x"},')),
    )
    assert.equal(spec.hostname, undefined)
    assert.deepEqual(unknown, [{ pointer: '/__proto__' }])
    assert.deepEqual(validateSpec({ ...minimal(), constructor: 1 }).unknown, [{ pointer: '/constructor' }])
  })

  test('refuses numbers that lost digits before they came', () => {
    const rlimits = [{ type: 'RLIMIT_CORE', soft: 0, hard: 2 ** 64 }]
    const process = { ...minimal().process, rlimits }
    const error = refusal(() => validateSpec({ ...minimal(), process }))
    assert.deepEqual(codesAndPointers(error.details.issues), [
      { code: 'OUT_OF_RANGE', pointer: '/process/rlimits/0/hard' },
    ])
  })
})

describe('parts of config.json on their own', () => {
  test('point into the process document', () => {
    const error = refusal(() => validateProcess({ cwd: 'x', args: ['a'], env: ['A', 5] }))
    assert.deepEqual(codesAndPointers(error.details.issues), [
      { code: 'WRONG_TYPE', pointer: '/env/1' },
      { code: 'CWD_RELATIVE', pointer: '/cwd' },
      { code: 'ENV_WITHOUT_VALUE', pointer: '/env/0' },
    ])
    assert.match(error.message, /^invalid process document: \/env\/1: /)
  })

  test('may change the swap limit alone when resources are updated', () => {
    assert.equal(validateResources({ memory: { swap: 5 } }).resources.memory.swap, 5n)
    assert.equal(refusal(() => validateResources({ cpu: { idle: 9 } })).details.pointer, '/cpu/idle')
  })
})

describe('findUnsupported', () => {
  test('finds nothing in a document without such fields', () => {
    assert.deepEqual(findUnsupported(readValid('minimal').spec), [])
  })

  test('finds every listed field where everything is asked for', () => {
    const found = findUnsupported(readValid('everything').spec).map(({ pointer }) => pointer.replace(/\/\d+/g, '/*'))
    const listed = UNSUPPORTED_FIELDS.map(({ pointer }) => pointer)
    assert.deepEqual(
      listed.filter((pointer) => !found.includes(pointer)),
      [],
    )
  })
})

function minimal() {
  return read(`${FIXTURES}/config/valid/minimal.json`) as { process: object; ociVersion: string; root: object }
}
