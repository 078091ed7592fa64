// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isRuntimeError, type RuntimeError } from '../errors/runtime-error.ts'
import { parseConfig } from '../spec/parse-config.ts'
import { settleIntelRdt } from '../spec/settle/settle-linux.ts'
import { readRdtStats } from './host-rdt-stats.ts'
import { enterResctrl, makeResctrl, prepareResctrl, removeResctrl } from './host-resctrl-group.ts'
import { findResctrl, resctrlIn } from './host-resctrl-mount.ts'
import { updateSchemata } from './host-update-schemata.ts'
import { planResctrlGroup } from './plan-resctrl-group.ts'
import { printResctrlPlan } from './print-resctrl-plan.ts'
import { findMismatch, parseSchemata } from './schemata.ts'

const FIXTURES = 'spec-fixtures/rdt'

for (const file of readdirSync(FIXTURES).filter((name) => name.endsWith('.json'))) {
  const name = file.slice(0, -'.json'.length)
  test(`the writes of ${name} are those on file`, () => {
    const rdt = settleIntelRdt(parseConfig(readFileSync(`${FIXTURES}/${file}`, 'utf8'), file).value as object)
    const path = `${FIXTURES}/${name}.writes`
    const actual = printResctrlPlan(planResctrlGroup(rdt, 'ID'))
    if (process.env.UPDATE_FIXTURES) writeFileSync(path, actual)
    assert.equal(actual, readFileSync(path, 'utf8'), `${path} differs; UPDATE_FIXTURES=1 writes it anew`)
  })
}

test('values are compared whatever zeros, cases and spaces they have', () => {
  const actual = parseSchemata('    L3:0=07F0;1=001f\n    MB:0= 100;1=  70\nL2:0=0\n')
  const match = (text: string) => findMismatch(parseSchemata(text), actual)
  assert.equal(match('L3:1=0x1f;0=7f0\nMB:1=70\nL2:0=0'), undefined)
  assert.equal(match('L3:0=7f1'), 'L3:0=7f1 is wanted, and it has 7f0')
  assert.equal(match('MB:0=10'), 'MB:0=10 is wanted, and it has 100')
  assert.equal(match('L3:2=f'), 'L3:2=f is wanted, and it has none')
})

test('of two values for one place the later counts', () => {
  assert.equal(findMismatch(parseSchemata('L3:0=1\nL3:0=2'), parseSchemata('L3:0=2')), undefined)
})

test('the mount point of resctrl is found among others, spaces included', () => {
  const proc = '21 1 0:20 / /proc rw,nosuid shared:5 - proc proc rw'
  const misleading = '22 1 0:21 / /resctrl rw - tmpfs resctrl rw'
  assert.equal(resctrlIn(`${proc}\n${misleading}\n`), undefined)
  const resctrl = '30 25 0:40 / /sys/fs/res\\040ctrl rw,relatime shared:9 master:1 - resctrl resctrl rw'
  assert.equal(resctrlIn(`${proc}\n${misleading}\n${resctrl}\n`), '/sys/fs/res ctrl')
})

test('a host without resctrl is told so', { skip: resctrlIn(readFileSync('/proc/self/mountinfo', 'utf8')) }, () => {
  const hint = 'mount -t resctrl resctrl /sys/fs/resctrl, on a processor and kernel that have it'
  assert.throws(findResctrl, { code: 'RDT_FAILED', details: { pointer: '/linux/intelRdt', hint } })
})

/** Stands in for the kernel, which puts files into each directory and takes them with it. */
const directories = {
  make(path: string) {
    mkdirSync(path)
    writeFileSync(join(path, 'tasks'), '')
    writeFileSync(join(path, 'schemata'), 'L3:0=fff\nMB:0=100\n')
    if (!path.includes('mon_groups')) mkdirSync(join(path, 'mon_groups'))
  },
  remove(path: string) {
    // As the kernel has it, and unlike rm.
    readdirSync(path)
    rmSync(path, { recursive: true })
  },
}

/** A stand-in for a mounted resctrl in which groups exist already. */
function standIn(t: { after(act: () => void): void }, ...groups: string[]): string {
  const root = join(mkdtempSync(join(tmpdir(), 'runts-rdt-')), 'resctrl')
  t.after(() => rmSync(join(root, '..'), { recursive: true }))
  directories.make(root)
  mkdirSync(join(root, 'info'))
  for (const group of groups) directories.make(join(root, group))
  return root
}

function create(root: string, rdt: Parameters<typeof planResctrlGroup>[0]) {
  const plan = planResctrlGroup(rdt, 'box')
  return makeResctrl(plan, prepareResctrl(plan, root), root, () => {}, directories)
}

const content = (...path: string[]) => readFileSync(join(...path), 'utf8')

test('a group of the id is made, written, entered and removed with the container', (t) => {
  const root = standIn(t)
  const record = create(root, { l3CacheSchema: 'L3:0=f', enableMonitoring: true })
  enterResctrl(record, 4711)
  assert.match(content(root, 'box/schemata'), /^L3:0=f\n/)
  assert.equal(content(root, 'box/tasks'), '4711')
  assert.equal(content(root, 'box/mon_groups/box/tasks'), '4711')
  removeResctrl(record, false, directories)
  assert.equal(existsSync(join(root, 'box')), false)
})

test('removing what was never made, or is gone, is fine', (t) => {
  const root = standIn(t)
  const plan = planResctrlGroup({ enableMonitoring: true }, 'box')
  removeResctrl(prepareResctrl(plan, root), true, directories)
  assert.deepEqual(readdirSync(root).sort(), ['info', 'mon_groups', 'schemata', 'tasks'])
})

test('a group of the id that exists already is not taken over', (t) => {
  const root = standIn(t, 'box')
  const details = { pointer: '/linux/intelRdt', hint: 'name it as closID to use it' }
  assert.throws(() => create(root, {}), { code: 'RDT_FAILED', details })
})

test('a group with a closID is made where missing and stays, unless the container never came to be', (t) => {
  const root = standIn(t)
  const record = create(root, { closID: 'gold', memBwSchema: 'MB:0=20' })
  removeResctrl(record, false, directories)
  assert.ok(existsSync(join(root, 'gold')))
  removeResctrl(record, true, directories)
  assert.equal(existsSync(join(root, 'gold')), false)
})

test('a group with a closID that was there before is never removed, its monitoring group always', (t) => {
  const root = standIn(t, 'gold')
  const record = create(root, { closID: 'gold', enableMonitoring: true })
  assert.ok(existsSync(join(root, 'gold/mon_groups/box')))
  assert.equal(content(root, 'gold/schemata'), 'L3:0=fff\nMB:0=100\n')
  removeResctrl(record, true, directories)
  assert.deepEqual(readdirSync(join(root, 'gold')).sort(), ['mon_groups', 'schemata', 'tasks'])
  assert.deepEqual(readdirSync(join(root, 'gold/mon_groups')), [])
})

test('a closID without a schema must exist', (t) => {
  const root = standIn(t)
  const details = { pointer: '/linux/intelRdt/closID', hint: 'a new one needs a schema' }
  assert.throws(() => create(root, { closID: 'gold' }), { code: 'RDT_FAILED', details })
})

test('a group is shared only with the same schemata, each of them compared', (t) => {
  const root = standIn(t, 'gold')
  create(root, { closID: 'gold', l3CacheSchema: 'L3:0=0fff', memBwSchema: 'MB:0=100' })
  const refusal = (pointer: string) => ({ code: 'RDT_FAILED', details: { pointer } })
  const share = (rdt: object) => () => create(root, { closID: 'gold', ...rdt })
  assert.throws(share({ l3CacheSchema: 'L3:0=f' }), refusal('/linux/intelRdt/l3CacheSchema'))
  assert.throws(share({ memBwSchema: 'MB:0=10' }), refusal('/linux/intelRdt/memBwSchema'))
  assert.throws(share({ schemata: ['MB:0=10'] }), refusal('/linux/intelRdt/schemata'))
})

test('the root group is used as it is', (t) => {
  const root = standIn(t)
  const record = create(root, { closID: '/', enableMonitoring: true })
  enterResctrl(record, 4711)
  assert.equal(content(root, 'tasks'), '4711')
  assert.equal(content(root, 'mon_groups/box/tasks'), '4711')
  removeResctrl(record, true, directories)
  assert.deepEqual(readdirSync(root).sort(), ['info', 'mon_groups', 'schemata', 'tasks'])
})

test('a group that another create was first with is shared, and not removed', (t) => {
  const root = standIn(t)
  const plan = planResctrlGroup({ closID: 'gold', memBwSchema: 'MB:0=100' }, 'box')
  const record = prepareResctrl(plan, root)
  directories.make(join(root, 'gold'))
  const made = makeResctrl(plan, record, root, () => {}, directories)
  removeResctrl(made, true, directories)
  assert.ok(existsSync(join(root, 'gold')))
})

test('a group that another create came into meanwhile stays when the one that made it fails', (t) => {
  const root = standIn(t)
  const rdt = { closID: 'gold', memBwSchema: 'MB:0=100' }
  const first = create(root, rdt)
  const second = create(root, rdt)
  enterResctrl(second, 4711)
  removeResctrl(first, true, directories)
  assert.equal(content(root, 'gold/tasks'), '4711')
  writeFileSync(join(root, 'gold/tasks'), '')
  removeResctrl(first, true, directories)
  assert.equal(existsSync(join(root, 'gold')), false)
})

test('only what was made is to be taken back: nothing where somebody else was first, and no more than exists', (t) => {
  const root = standIn(t)
  const noted: [boolean, boolean][] = []
  const note = ({ made, monitor }: { made: boolean; monitor?: string }) => {
    noted.push([made, monitor !== undefined])
  }
  const plan = planResctrlGroup({ enableMonitoring: true }, 'box')
  const record = prepareResctrl(plan, root)
  directories.make(join(root, 'box'))
  assert.throws(() => makeResctrl(plan, record, root, note, directories), { code: 'RDT_FAILED' })
  assert.deepEqual(noted, [])
  directories.remove(join(root, 'box'))
  makeResctrl(plan, record, root, note, directories)
  assert.deepEqual(noted, [
    [true, false],
    [true, true],
  ])
})

test('a refused write tells the place, the errno and what resctrl says', (t) => {
  const root = standIn(t)
  writeFileSync(join(root, 'info/last_cmd_status'), 'unknown domain 7\n')
  const plan = planResctrlGroup({ l3CacheSchema: 'L3:7=f' }, 'box')
  const unwritable = { ...directories, make: (path: string) => mkdirSync(path) }
  let error: RuntimeError | undefined
  try {
    makeResctrl(plan, prepareResctrl(plan, root), root, () => {}, unwritable)
  } catch (thrown) {
    if (isRuntimeError(thrown)) error = thrown
  }
  assert.equal(error?.details.pointer, '/linux/intelRdt/l3CacheSchema')
  assert.match(error?.message ?? '', /box\/schemata: open\(2\) ENOENT.*: unknown domain 7$/)
})

/** A resctrl of plain files with one group, in which an update overwrites and so replaces the whole content. */
function updatable(t: { after(clean: () => void): void }): {
  root: string
  record: { group: string; made: true; stays: false }
} {
  const root = mkdtempSync(join(tmpdir(), 'runts-resctrl-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const path of ['info', 'info/L3', 'info/MB', 'group']) mkdirSync(join(root, path))
  writeFileSync(join(root, 'group', 'schemata'), '    L3:0=fff;1=fff\n    MB:0=100\n')
  return { root, record: { group: join(root, 'group'), made: true, stays: false } }
}

test('an update writes one line a resource, and can be taken back', (t) => {
  const { root, record } = updatable(t)
  const schemata = () => readFileSync(join(record.group, 'schemata'), 'utf8')
  const takeBack = updateSchemata(record, { l3CacheSchema: 'L3:0=f', memBwSchema: 'MB:0=50' }, root)
  assert.ok(schemata().startsWith('L3:0=f\nMB:0=50\n'), schemata())
  takeBack()
  assert.ok(schemata().startsWith('    L3:0=fff;1=fff\n    MB:0=100\n'), schemata())
})

test('an update is refused without the resource, without a group and with another line', (t) => {
  const { root, record } = updatable(t)
  const refusal = (...args: Parameters<typeof updateSchemata>) => {
    try {
      updateSchemata(...args)
    } catch (error) {
      return (error as Error).message
    }
    return undefined
  }
  const cat = { l3CacheSchema: 'L3:0=f' }
  assert.equal(refusal(record, cat, undefined), 'Intel RDT/CAT: l3 cache schema is not enabled')
  assert.equal(
    refusal(undefined, cat, root),
    'cannot update Intel RDT: the container was created without linux.intelRdt',
  )
  assert.match(
    refusal(record, { memBwSchema: 'L3:0=f' }, root) ?? '',
    /"L3:0=f" is not one line that starts with "MB:"/,
  )
  assert.match(refusal(record, { l3CacheSchema: 'L3:0=f\nMB:0=9' }, root) ?? '', /is not one line/)
  rmSync(join(root, 'info/MB'), { recursive: true })
  assert.equal(
    refusal(record, { memBwSchema: 'MB:0=5' }, root),
    'Intel RDT/MBA: memory bandwidth schema is not enabled',
  )
  assert.match(readFileSync(join(record.group, 'schemata'), 'utf8'), /L3:0=fff;1=fff/)
})

test('statistics have what resctrl says of the host and of the group, in the order of runc', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'runts-resctrl-'))
  t.after(() => rmSync(root, { recursive: true }))
  const record = { group: join(root, 'group'), made: true, stays: false }
  const put = (path: string, content: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), `${content}\n`)
  }
  assert.deepEqual(readRdtStats(record, root), {})
  put('info/L3/cbm_mask', 'fffff')
  put('info/L3/min_cbm_bits', '1')
  put('info/L3/num_closids', '16')
  put('info/MB/bandwidth_gran', '10')
  put('info/MB/delay_linear', '1')
  put('info/MB/min_bandwidth', '10')
  put('info/MB/num_closids', '8')
  put('info/L3_MON/mon_features', 'llc_occupancy\nmbm_total_bytes\nmbm_local_bytes')
  put('schemata', '    L3:0=fffff\n    MB:0=100')
  put('group/schemata', '    L3:0=f\n    MB:0= 50')
  for (const domain of ['00', '01']) {
    put(`group/mon_data/mon_L3_${domain}/mbm_total_bytes`, '18446744073709551615')
    put(`group/mon_data/mon_L3_${domain}/mbm_local_bytes`, domain === '00' ? '5' : 'Unavailable')
    put(`group/mon_data/mon_L3_${domain}/llc_occupancy`, '0')
  }
  assert.deepEqual(Object.entries(readRdtStats(record, root)), [
    ['l3_cache_info', { cbm_mask: 'fffff', min_cbm_bits: 1n, num_closids: 16n }],
    ['l3_cache_schema_root', 'L3:0=fffff'],
    ['l3_cache_schema', 'L3:0=f'],
    ['mem_bw_info', { bandwidth_gran: 10n, delay_linear: 1n, min_bandwidth: 10n, num_closids: 8n }],
    ['mem_bw_schema_root', 'MB:0=100'],
    ['mem_bw_schema', 'MB:0= 50'],
    ['mbm_stats', [{ mbm_total_bytes: 2n ** 64n - 1n, mbm_local_bytes: 5n }, { mbm_total_bytes: 2n ** 64n - 1n }]],
    ['cmt_stats', [{}, {}]],
  ])
})
