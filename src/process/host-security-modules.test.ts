// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ModuleFiles, readSecurityModules } from './host-security-modules.ts'

/** A host that has these files, and an SELinux policy that knows labels of two types. */
function host(contents: Record<string, string>): ModuleFiles & { written: string[] } {
  const written: string[] = []
  return {
    written,
    read: (path) => contents[path],
    write: (path, text) => {
      written.push(`${path} ${text}`)
      return /:(container_t|container_file_t):s0$/.test(text) ? undefined : 'EINVAL'
    },
  }
}

const APPARMOR = { '/sys/module/apparmor/parameters/enabled': 'Y\n' }
const SELINUX = { '/sys/fs/selinux/policyvers': '33', '/proc/self/attr/current': 'u:r:kernel_t:s0\0' }

test('a host without security modules has none', () => {
  const files = host({ '/sys/module/apparmor/parameters/enabled': 'N\n', '/proc/self/attr/current': '' })
  assert.deepEqual(readSecurityModules(['a:b:c:s0'], files), {
    apparmor: false,
    selinux: false,
    unknownLabels: new Set(),
  })
  assert.deepEqual(files.written, [])
})

test('loaded profiles are known by name, whatever their mode', () => {
  const profiles = 'docker-default (enforce)\n/usr/bin/man (complain)\na b//c (unconfined)\n'
  const { apparmor, apparmorProfiles } = readSecurityModules(
    [],
    host({ ...APPARMOR, '/sys/kernel/security/apparmor/profiles': profiles }),
  )
  assert.equal(apparmor, true)
  for (const name of ['docker-default', '/usr/bin/man', 'a b//c']) assert.ok(apparmorProfiles?.has(name), name)
  assert.equal(apparmorProfiles?.has('docker'), false)
})

test('where the list of profiles is not shown nobody knows which are loaded', () => {
  assert.deepEqual(readSecurityModules([], host(APPARMOR)), {
    apparmor: true,
    selinux: false,
    unknownLabels: new Set(),
  })
})

test('SELinux is asked about each label', () => {
  const labels = ['u:r:container_t:s0', 'u:object_r:container_file_t:s0', 'u:r:nothing_t:s0']
  const files = host(SELINUX)
  const modules = readSecurityModules(labels, files)
  assert.equal(modules.selinux, true)
  assert.deepEqual([...modules.unknownLabels], ['u:r:nothing_t:s0'])
  assert.deepEqual(
    files.written,
    labels.map((label) => `/sys/fs/selinux/context ${label}`),
  )
})

test('SELinux without a policy counts as disabled', () => {
  const files = host({ ...SELINUX, '/proc/self/attr/current': 'kernel\0' })
  assert.equal(readSecurityModules(['u:r:container_t:s0'], files).selinux, false)
})

test('this host answers without an error', () => {
  assert.equal(typeof readSecurityModules(['no label']).apparmor, 'boolean')
})
