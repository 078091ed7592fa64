// SPDX-License-Identifier: Apache-2.0
// What the security modules make of a process that joins a container, where the kernel has them and where it has not.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import { execFails, execReport, fileReport, startWaiting } from '../../harness/exec.ts'
import { apparmor, noApparmor, noSelinux, selinux } from '../../harness/requires.ts'

const it = casesOf('exec')
const current = 'read:/proc/self/attr/current'

/** Loads a profile that allows everything, until the end of the case. */
function loadProfile(c: Case, suffix = ''): string {
  const name = c.token + suffix
  const file = `${c.directory}/profile${suffix}`
  const rules = 'file, capability, network, unix, signal, ptrace, mount, umount, pivot_root,'
  writeFileSync(file, `profile "${name}" flags=(attach_disconnected, mediate_deleted) { ${rules} }\n`)
  execFileSync('/sbin/apparmor_parser', ['--replace', '--skip-cache', file], { stdio: 'pipe' })
  c.atEnd(() => {
    execFileSync('/sbin/apparmor_parser', ['--remove', file], { stdio: 'pipe' })
  })
  return name
}

it(
  'confines a process by the AppArmor profile of the container, or by another',
  async (c) => {
    const [own, other] = [loadProfile(c), loadProfile(c, 'other')]
    await startWaiting(c, c.bundle({ process: { apparmorProfile: own } }))
    const user = ['--user', '1000:1000']
    for (const flags of [[], user]) {
      assert.equal((await execReport(c, [current], flags))[current]?.text, `${own} (enforce)\n`)
      const report = await execReport(c, [current], [...flags, '--apparmor', other])
      assert.equal(report[current]?.text, `${other} (enforce)\n`)
    }
    assert.equal((await fileReport(c, [current]))[current]?.text, `${own} (enforce)\n`)
    const fromFile = await fileReport(c, [current], { apparmorProfile: other })
    assert.equal(fromFile[current]?.text, `${other} (enforce)\n`)
    await execFails(c, ['--apparmor', 'not-loaded', c.id(), '/bin/probe', 'exit', '0'], 'not-loaded', 'not loaded')
  },
  { requires: [apparmor] },
)

it(
  'confines a process by AppArmor whatever the container has put in the place of /proc',
  async (c) => {
    const name = loadProfile(c)
    const rootfs = (path: string) => {
      for (const directory of ['self', 'thread-self']) {
        mkdirSync(`${path}/fake/${directory}/attr/apparmor`, { recursive: true })
        for (const file of ['exec', 'apparmor/exec']) writeFileSync(`${path}/fake/${directory}/attr/${file}`, '')
      }
    }
    const capabilities = { bounding: ['CAP_SYS_ADMIN'], effective: ['CAP_SYS_ADMIN'], permitted: ['CAP_SYS_ADMIN'] }
    const script = 'busybox mount -o bind /fake /proc; echo covered; exec /bin/probe wait'
    const process = { args: ['sh', '-c', script], apparmorProfile: name, capabilities }
    const bundle = c.bundle({ root: { readonly: false }, process }, { busybox: true, rootfs })
    await (await c.createAndStart(bundle)).outputLine('ready')
    const script2 = 'busybox umount /proc; busybox cat /proc/self/attr/current'
    const call = await c.succeed(['exec', c.id(), 'sh', '-c', script2])
    assert.equal(call.stdout, `${name} (enforce)\n`)
  },
  { requires: [apparmor] },
)

it(
  'refuses an AppArmor profile where there is no AppArmor',
  async (c) => {
    await startWaiting(c)
    await execFails(c, ['--apparmor', 'any', c.id(), '/bin/probe', 'exit', '0'], 'apparmor not supported')
  },
  { requires: [noApparmor] },
)

it(
  'refuses an SELinux label where there is no SELinux',
  async (c) => {
    await startWaiting(c)
    await execFails(c, ['--process-label', 'a:b:c:s0', c.id(), '/bin/probe', 'exit', '0'], /selinux/i)
  },
  { requires: [noSelinux] },
)

it(
  'gives a process the SELinux label of the container, or another',
  async (c) => {
    const [own, other] = ['system_u:system_r:container_t:s0', 'system_u:system_r:container_t:s0:c1,c2']
    await startWaiting(c, c.bundle({ process: { selinuxLabel: own } }))
    assert.equal((await execReport(c, [current]))[current]?.text?.replace('\0', ''), own)
    const report = await execReport(c, [current], ['--process-label', other])
    assert.equal(report[current]?.text?.replace('\0', ''), other)
  },
  { requires: [selinux] },
)
