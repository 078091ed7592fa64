// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Features } from '@opencontainers/runtime-spec-types'
import { HOOK_NAMES } from '../spec/hook-names.ts'
import { findUnsupported } from '../spec/unsupported-fields.ts'
import { validateSpec } from '../spec/validate-spec.ts'
import { features } from './features.ts'

const document: Features = JSON.parse(features())
const sample = (name: string) => readFileSync(`spec-fixtures/features/${name}.json`, 'utf8')

/** Whether nothing of a config with these fields is found unsupported. */
function isSupported(fields: object): boolean {
  const process = { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/' }
  const { spec } = validateSpec({ ociVersion: '1.3.0', root: { path: 'rootfs' }, process, ...fields })
  return findUnsupported(spec).length === 0
}

const ofProcess = (fields: object) => ({ process: { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/', ...fields } })
const ofLinux = (fields: object) => ({ linux: { namespaces: [{ type: 'mount' }, { type: 'network' }], ...fields } })
const mapping = [{ containerID: 0, hostID: 1000, size: 1 }]
const mountWith = (fields: object) => ({
  mounts: [{ destination: '/x', source: '/y', type: 'none', ...fields }],
  ...ofLinux({}),
})

test('the sample of the features document is up to date', () => {
  assert.equal(features(), sample('runts'), 'npm run fixtures:update writes it')
})

test('the document has every property of the one of runc, with the same type', () => {
  assert.deepEqual(missing(JSON.parse(sample('runc-1.1.5')), document, ''), [])
})

/** Pointers of what one document has and the other has not, the names of annotations aside. */
function missing(theirs: unknown, ours: unknown, at: string): string[] {
  if (Array.isArray(theirs)) return Array.isArray(ours) ? [] : [at]
  if (typeof theirs !== 'object' || theirs === null) return typeof theirs === typeof ours ? [] : [at]
  if (typeof ours !== 'object' || ours === null) return [at]
  if (at === '/annotations') return []
  return Object.entries(theirs).flatMap(([name, value]) =>
    missing(value, (ours as Record<string, unknown>)[name], `${at}/${name}`),
  )
}

test('both ends of the range of versions are accepted', () => {
  for (const ociVersion of [document.ociVersionMin, document.ociVersionMax])
    assert.ok(isSupported({ ociVersion }), ociVersion)
})

test('a hook is listed exactly when a config with it is accepted', () => {
  const accepted = HOOK_NAMES.filter((name) => isSupported({ hooks: { [name]: [{ path: '/bin/true' }] } }))
  assert.deepEqual(document.hooks, accepted)
})

test('a mount option is listed exactly when a config with it is accepted', () => {
  for (const option of ['ro', 'rro', 'rbind', 'idmap', 'ridmap', 'tmpcopyup']) {
    const mappings = option.endsWith('idmap') ? { uidMappings: mapping, gidMappings: mapping } : {}
    const fields = mountWith({ options: [option, 'bind'], ...mappings })
    assert.equal(document.mountOptions?.includes(option), isSupported(fields), option)
  }
})

test('what is enabled is what a config may ask for', () => {
  const { linux } = document
  const enabled = {
    apparmor: isSupported(ofProcess({ apparmorProfile: 'x' })),
    selinux: isSupported(ofProcess({ selinuxLabel: 'x' })) && isSupported(ofLinux({ mountLabel: 'x' })),
    intelRdt: isSupported(ofLinux({ intelRdt: { closID: 'x' } })),
    schemata: isSupported(ofLinux({ intelRdt: { schemata: ['L3:0=f'] } })),
    monitoring: isSupported(ofLinux({ intelRdt: { enableMonitoring: true } })),
    memoryPolicy: isSupported(ofLinux({ memoryPolicy: { mode: 'MPOL_BIND', nodes: '0' } })),
    idmap: isSupported(mountWith({ options: ['bind', 'idmap'], uidMappings: mapping, gidMappings: mapping })),
    netDevices: isSupported(ofLinux({ netDevices: { eth0: {} } })),
    seccomp: isSupported(ofLinux({ seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } })),
  }
  assert.deepEqual(
    {
      apparmor: linux?.apparmor?.enabled,
      selinux: linux?.selinux?.enabled,
      intelRdt: linux?.intelRdt?.enabled,
      schemata: linux?.intelRdt?.schemata,
      monitoring: linux?.intelRdt?.monitoring,
      memoryPolicy: (linux?.memoryPolicy?.modes ?? []).length > 0,
      idmap: linux?.mountExtensions?.idmap?.enabled,
      netDevices: linux?.netDevices?.enabled,
      seccomp: linux?.seccomp?.enabled,
    },
    enabled,
  )
})

test('a flag that can be applied is one that is known', () => {
  const { knownFlags, supportedFlags } = document.linux?.seccomp ?? {}
  assert.ok(supportedFlags?.length)
  assert.deepEqual(
    supportedFlags?.filter((flag) => !knownFlags?.includes(flag)),
    [],
  )
})
