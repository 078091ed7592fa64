// SPDX-License-Identifier: Apache-2.0
// AppArmor profiles and SELinux labels, each where the kernel has them and where it has not.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userNamespace } from '../../harness/base-config.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { append, type JsonObject } from '../../harness/json.ts'
import { mountAt } from '../../harness/probe.ts'
import { apparmor, noApparmor, noSelinux, selinux } from '../../harness/requires.ts'

const it = casesOf('security')
const withApparmor = { requires: [apparmor] }
const withSelinux = { requires: [selinux] }

const current = 'read:/proc/self/attr/current'
const denied = 'create:/denied/x'
const allowed = 'create:/allowed/x'

/** Loads a profile that allows all but writing below /denied, until the end of the case. */
function loadProfile(c: Case, name = c.token): string {
  const file = `${c.directory}/profile`
  const rules = 'file, capability, network, unix, signal, ptrace, mount, umount, pivot_root, deny /denied/** w,'
  writeFileSync(file, `profile "${name}" flags=(attach_disconnected, mediate_deleted) { ${rules} }\n`)
  execFileSync('/sbin/apparmor_parser', ['--replace', '--skip-cache', file], { stdio: 'pipe' })
  c.atEnd(() => {
    execFileSync('/sbin/apparmor_parser', ['--remove', file], { stdio: 'pipe' })
  })
  return name
}

function bundleWith(c: Case, apparmorProfile: string, patch: JsonObject = {}) {
  const rootfs = (path: string) => {
    for (const name of ['allowed', 'denied']) mkdirSync(`${path}/${name}`, { mode: 0o777 })
  }
  const bundle = c.bundle({ root: { readonly: false }, process: { apparmorProfile } }, { rootfs })
  return bundle.change(patch)
}

it(
  'runs the program under its AppArmor profile, which denies what it does not allow',
  async (c) => {
    const name = loadProfile(c)
    const report = await c.report(bundleWith(c, name), [current, allowed, denied])
    assert.equal(report[current]?.text, `${name} (enforce)\n`)
    assert.equal(report[allowed], null)
    assert.equal(report[denied], 'EACCES')
  },
  withApparmor,
)

it(
  'confines a program without privileges and with no_new_privs by its AppArmor profile',
  async (c) => {
    const name = loadProfile(c)
    const process = { user: { uid: 1234, gid: 1234 }, noNewPrivileges: true, capabilities: {} }
    const report = await c.report(bundleWith(c, name, { process }), [current, denied])
    assert.equal(report[current]?.text, `${name} (enforce)\n`)
    assert.equal(report[denied], 'EACCES')
  },
  withApparmor,
)

it(
  'confines a program in a user namespace by its AppArmor profile',
  async (c) => {
    const name = loadProfile(c)
    const report = await c.report(bundleWith(c, name, { linux: userNamespace() }), [current])
    assert.equal(report[current]?.text, `${name} (enforce)\n`)
  },
  withApparmor,
)

it(
  'confines the program of a container that mounts no proc filesystem',
  async (c) => {
    const name = loadProfile(c)
    const bundle = bundleWith(c, name, { mounts: [], linux: { maskedPaths: [], readonlyPaths: [] } })
    await c.createAndStart(bundle.probe('wait'))
    assert.equal(readFileSync(`/proc/${await c.pid()}/attr/current`, 'utf8'), `${name} (enforce)\n`)
    await c.kill()
  },
  withApparmor,
)

it(
  'takes an AppArmor profile with spaces in its name, and no profile by the name unconfined',
  async (c) => {
    const name = loadProfile(c, `${c.token} with spaces`)
    assert.equal((await c.report(bundleWith(c, name), [current]))[current]?.text, `${name} (enforce)\n`)
    const { [denied]: free, [current]: label } = await c.report(bundleWith(c, 'unconfined'), [denied, current])
    assert.deepEqual([free, label?.text], [null, 'unconfined\n'])
  },
  withApparmor,
)

it(
  'refuses an AppArmor profile that is not loaded before anything is made',
  async (c) => {
    await c.report(c.bundle(), ['ids'])
    const call = await c.refuses(bundleWith(c, `${c.token}-missing`), /apparmor/i, `${c.token}-missing`)
    assert.doesNotMatch(call.stderr, /error during container init/)
  },
  withApparmor,
)

it(
  'refuses an AppArmor profile where AppArmor is not enabled',
  async (c) => {
    await c.refuses(
      c.bundle({ process: { apparmorProfile: 'x' } }),
      'apparmor: config provided but apparmor not supported',
    )
  },
  { requires: [noApparmor], control: true },
)

it('runs with an empty AppArmor profile and empty labels', async (c) => {
  const patch = { process: { apparmorProfile: '', selinuxLabel: '' }, linux: { mountLabel: '' } }
  assert.equal((await c.report(c.bundle(patch), ['ids'])).ids.uid, 0)
})

const processLabel = 'system_u:system_r:container_t:s0:c1,c2'
const fileLabel = 'system_u:object_r:container_file_t:s0:c1,c2'

it(
  'runs the program under its SELinux label, with a session keyring of that label',
  async (c) => {
    const report = await c.report(c.bundle({ process: { selinuxLabel: processLabel } }), [current, 'keyring'])
    assert.equal(report[current]?.text?.replace('\0', ''), processLabel)
    assert.equal(report.keyring.label, processLabel)
  },
  withSelinux,
)

it(
  'gives new filesystems the SELinux mount label',
  async (c) => {
    const tmpfs = { destination: '/m', type: 'tmpfs', source: 'tmpfs' }
    const mqueue = { destination: '/q', type: 'mqueue', source: 'mqueue' }
    const bundle = c.bundle({ mounts: append(tmpfs, mqueue), linux: { mountLabel: fileLabel } })
    const masked = (path: string) => mkdirSync(`${path}/masked`)
    bundle.change({ linux: { maskedPaths: append('/masked') } })
    masked(bundle.rootfs)
    const report = await c.report(bundle, ['mounts', 'label:/m', 'label:/q', 'label:/masked', 'label:/proc'])
    assert.ok(mountAt(report, '/m')?.superOptions.join(',').includes(`context="${fileLabel}"`))
    for (const path of ['/m', '/q', '/masked'] as const) assert.equal(report[`label:${path}`], fileLabel, path)
    assert.notEqual(report['label:/proc'], fileLabel)
  },
  withSelinux,
)

it(
  'refuses an SELinux label that the policy does not know',
  async (c) => {
    const process = { selinuxLabel: 'system_u:system_r:no_such_type_t:s0' }
    await c.refuses(c.bundle({ process }), 'no_such_type_t')
  },
  { ...withSelinux, control: true },
)

it(
  'refuses selinuxLabel where SELinux is not enabled',
  async (c) => {
    const bundle = c.bundle({ process: { selinuxLabel: processLabel }, linux: { mountLabel: fileLabel } })
    await c.refuses(bundle, 'selinux label is specified in config')
  },
  { requires: [noSelinux], control: true },
)

it(
  'leaves mountLabel out where SELinux is not enabled, with a warning',
  async (c) => {
    const tmpfs = { destination: '/m', type: 'tmpfs', source: 'tmpfs', options: ['size=1m'] }
    const bundle = c.bundle({ mounts: append(tmpfs), linux: { mountLabel: fileLabel, maskedPaths: ['/m'] } })
    bundle.probe('exit', '0')
    const call = await c.succeed(['run', '--bundle', bundle.path, c.id()])
    assert.equal(call.stderr.match(/level=warning/g)?.length, 1, call.stderr)
    assert.match(call.stderr, /level=warning msg="?\/linux\/mountLabel: .*SELinux/)
  },
  { requires: [noSelinux] },
)
