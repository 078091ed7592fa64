// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readUsage } from './host-usage.ts'
import type { CgroupPlacement, PlacedCgroup } from './place-cgroup.ts'

/** Plain files in place of cgroups, by `controller/file`. */
function usageOf(mode: 'v1' | 'v2', files: Record<string, string>) {
  const mountpoint = mkdtempSync(join(tmpdir(), 'usage-'))
  try {
    const names = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))]
    const cgroups = names.map((name): PlacedCgroup => {
      mkdirSync(join(mountpoint, name))
      return { controllers: mode === 'v2' ? [] : [name], mountpoint, directory: join(mountpoint, name) }
    })
    for (const [file, text] of Object.entries(files)) writeFileSync(join(mountpoint, file), `${text}\n`)
    const [unified] = cgroups
    const placement: CgroupPlacement =
      mode === 'v2' && unified ? { mode, hierarchies: [], unified } : { mode, hierarchies: cgroups }
    return readUsage(placement)
  } finally {
    rmSync(mountpoint, { recursive: true })
  }
}

test('reads what v1 counts, in nanoseconds, and knows its number for no limit', () => {
  const files = {
    'memory/memory.usage_in_bytes': '4096',
    'memory/memory.max_usage_in_bytes': '8192',
    'memory/memory.limit_in_bytes': '9223372036854771712',
    'pids/pids.current': '3',
    'pids/pids.max': '100',
    'cpuacct/cpuacct.usage': '1500000000',
    'cpu/cpu.cfs_quota_us': '50000',
    'cpu/cpu.cfs_period_us': '100000',
    'cpuset/cpuset.effective_cpus': '0-1',
  }
  assert.deepEqual(usageOf('v1', files), {
    memory: { usage: 4096, peak: 8192, limit: null },
    pids: { current: 3, limit: 100 },
    cpu: { usedSeconds: 1.5, limit: 0.5, cpus: '0-1' },
  })
  assert.equal(usageOf('v1', { ...files, 'cpu/cpu.cfs_quota_us': '-1' }).cpu?.limit, null)
})

test('reads what v2 counts, in microseconds', () => {
  const files = {
    'c/memory.current': '4096',
    'c/memory.max': '65536',
    'c/pids.current': '3',
    'c/pids.max': 'max',
    'c/cpu.stat': 'usage_usec 2500000\nuser_usec 1',
    'c/cpu.max': '150000 100000',
  }
  assert.deepEqual(usageOf('v2', files), {
    memory: { usage: 4096, limit: 65536 },
    pids: { current: 3, limit: null },
    cpu: { usedSeconds: 2.5, limit: 1.5 },
  })
  assert.equal(usageOf('v2', { ...files, 'c/cpu.max': 'max 100000' }).cpu?.limit, null)
})

test('tells nothing of what a host does not count', () => {
  assert.deepEqual(usageOf('v2', { 'c/cgroup.procs': '' }), {})
  assert.deepEqual(readUsage({ mode: 'v2', hierarchies: [] }), {})
})
