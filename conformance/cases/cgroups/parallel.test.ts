// SPDX-License-Identifier: Apache-2.0
// On demand with more: PARALLEL_CONTAINERS=200 sh conformance/run.sh cgroups/parallel
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { isPureV2 } from '../../harness/cgroup-files.ts'
import { casesOf } from '../../harness/conformance-case.ts'
import { probeFile } from '../../harness/places.ts'
import { until } from '../../harness/until.ts'

const it = casesOf('cgroups', { control: true })
const count = Number(process.env.PARALLEL_CONTAINERS ?? 8)

/** How many device filters the kernel holds. They go some time after their cgroup. */
function deviceFilters(): number {
  const { stdout } = spawnSync(probeFile, ['report', 'device-filters'], { encoding: 'utf8' })
  return JSON.parse(stdout)['device-filters']
}

it('leaves no cgroup and no device filter of containers that come and go side by side', async (c) => {
  const before = deviceFilters()
  const lives = Array.from({ length: count }, async (_, index) => {
    const id = c.id(`n${index}`)
    await c.createAndStart(c.bundle().probe('wait'), id)
    // On v1 another program's hierarchy may use filters meanwhile.
    if (isPureV2()) assert.ok(deviceFilters() > before)
    await c.succeed(['delete', '--force', id])
  })
  await Promise.all(lives)
  c.assertNothingLeft()
  if (isPureV2()) await until('the end of all device filters', () => deviceFilters() <= before)
})

it('leaves nothing of containers that share the parents of their cgroupsPath', async (c) => {
  c.keepsEmptyCgroups = true
  const lives = Array.from({ length: count }, async (_, index) => {
    const id = c.id(`n${index}`)
    const cgroupsPath = `/${c.token}/shared/${id}`
    await c.createAndStart(c.bundle({ linux: { cgroupsPath } }).probe('wait'), id)
    await c.succeed(['delete', '--force', id])
  })
  await Promise.all(lives)
})
