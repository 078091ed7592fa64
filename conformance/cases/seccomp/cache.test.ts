// SPDX-License-Identifier: Apache-2.0
// What runts keeps of compiled profiles. Each case has a /run of its own, so that nothing of the host is touched.
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from '../../harness/bundle.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { allowAllBut, dockerProfile, rule } from '../../harness/seccomp.ts'
import { fileTrace, isRunts, strace } from '../executable/traced-run.ts'

const it = casesOf('seccomp', { requires: [isRunts, strace] })

/** Runs a script in a mount namespace of its own, then the command that follows. */
function afterScript(script: string, ...command: string[]): string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${script}; exec "$@"`, 'sh', ...command]
}

/** A /run of this case alone, and the files that runts keeps in it. */
function privateRun(c: Case) {
  const directory = join(c.directory, 'run')
  mkdirSync(directory)
  const cache = join(directory, 'runts-seccomp')
  return {
    script: `mount --bind ${directory} /run`,
    cache,
    files: () => readdirSync(cache).map((name) => join(cache, name)),
  }
}

/** Runs the probe; tells what it printed and whether libseccomp was loaded for that. */
async function tracedCalls(c: Case, script: string, bundle: Bundle) {
  const { wrapper, paths } = fileTrace(c)
  const command = ['run', '--bundle', bundle.probe('calls', 'getppid').path, c.id()]
  const call = await c.succeed(command, { wrapper: afterScript(script, ...wrapper) })
  const loads = paths().some(({ call: name, path }) => name.startsWith('open') && path.includes('libseccomp'))
  return { stdout: call.stdout, loads }
}

const compiled = { stdout: '["EPERM"]\n', loads: true }
const fromCache = { stdout: '["EPERM"]\n', loads: false }

it("does not load libseccomp for the second container with Docker's default profile", async (c) => {
  const { script, files } = privateRun(c)
  const bundle = c.bundle({ linux: { seccomp: dockerProfile() } })
  assert.deepEqual(await tracedCalls(c, script, bundle), { stdout: '[0]\n', loads: true })
  assert.deepEqual(await tracedCalls(c, script, bundle), { stdout: '[0]\n', loads: false })
  assert.equal(files().length, 1)
})

const denying = () => allowAllBut(rule('SCMP_ACT_ERRNO', ['getppid']))

/** What may happen to the file of a profile, given a file of another profile. */
const damages: Record<string, (file: string, other: string) => void> = {
  'a byte is changed': (file) => {
    const bytes = readFileSync(file)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(file, bytes)
  },
  'it is cut off': (file) => writeFileSync(file, readFileSync(file).subarray(0, 100)),
  'it holds the filter of another profile': (file, other) => writeFileSync(file, readFileSync(other)),
  'it belongs to somebody else': (file) => chownSync(file, 1000, 1000),
  'others may write to it': (file) => chmodSync(file, 0o622),
  'it is a symbolic link': (file) => {
    renameSync(file, `${file}.moved`)
    symlinkSync(`${file}.moved`, file)
  },
}

for (const [damage, apply] of Object.entries(damages)) {
  it(`compiles a profile again and replaces its file when ${damage}`, async (c) => {
    const { script, files } = privateRun(c)
    const bundle = c.bundle(denying())
    assert.deepEqual(await tracedCalls(c, script, bundle), compiled)
    const [file = ''] = files()
    const before = readFileSync(file)
    const allowing = c.bundle(allowAllBut(rule('SCMP_ACT_ERRNO', ['setsid'])))
    assert.deepEqual(await tracedCalls(c, script, allowing), { stdout: '[0]\n', loads: true })
    apply(file, files().find((name) => name !== file) ?? '')
    assert.deepEqual(await tracedCalls(c, script, bundle), compiled)
    const { uid, mode } = lstatSync(file)
    assert.deepEqual({ uid, mode }, { uid: 0, mode: 0o100600 })
    assert.deepEqual(readFileSync(file), before)
    assert.deepEqual(await tracedCalls(c, script, bundle), fromCache)
  })
}

it('keeps nothing in a directory that others may enter', async (c) => {
  const { script, cache, files } = privateRun(c)
  mkdirSync(cache)
  chmodSync(cache, 0o755)
  const bundle = c.bundle(denying())
  for (let i = 0; i < 2; i++) assert.deepEqual(await tracedCalls(c, script, bundle), compiled)
  assert.deepEqual(files(), [])
})

it('shows the filter in the plan and keeps nothing of it', async (c) => {
  const { script, cache } = privateRun(c)
  const plan = async (seccomp: object) => {
    const bundle = c.bundle({ linux: { seccomp: { ...seccomp } } })
    return (await c.succeed(['plan', '--bundle', bundle.path], { wrapper: afterScript(script) })).stdout
  }
  const notifying = {
    defaultAction: 'SCMP_ACT_ALLOW',
    listenerPath: '/agent',
    syscalls: [rule('SCMP_ACT_NOTIFY', ['mkdirat'])],
  }
  assert.match(await plan(dockerProfile()), /load_seccomp +\d{3,} instructions, flags spec_allow, no listener/)
  assert.match(
    await plan({ ...notifying, flags: ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'] }),
    /load_seccomp +\d+ instructions, flags log wait_killable_recv, with listener .*\n.*sync +seccomp_listener +← \/linux\/seccomp\/listenerPath/,
  )
  assert.throws(() => lstatSync(cache), { code: 'ENOENT' })
})

it('names the package of libseccomp where it is missing, if and only if there is a profile', async (c) => {
  const { script } = privateRun(c)
  const library = realpathSync(`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libseccomp.so.2`)
  const wrapper = afterScript(`${script}; mount --bind /dev/null ${library}`)
  const bundle = c.bundle(denying()).probe('calls', 'getppid')
  for (const command of [
    ['run', '--bundle', bundle.path, c.id()],
    ['plan', '--bundle', bundle.path],
  ]) {
    const call = await c.runtime(command, { wrapper })
    assert.equal(call.status, 1, String(call))
    assert.match(call.stderr, /libseccomp\.so\.2.*\/linux\/seccomp.*libseccomp2/)
    c.assertNothingLeft()
  }
  const report = await c.report(c.bundle(), ['process'], { wrapper })
  assert.equal(report.process.seccomp, 0)
})
