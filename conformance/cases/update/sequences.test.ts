// SPDX-License-Identifier: Apache-2.0
// Random sequences of updates: UPDATE_SEED chooses them, UPDATE_SEQUENCES says how many (4 by default).
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupDirectoryOf, isPureV2 } from '../../harness/cgroup-files.ts'
import { type Case, casesOf } from '../../harness/conformance-case.ts'
import type { Json, JsonObject } from '../../harness/json.ts'
import { controller } from '../../harness/requires.ts'

const it = casesOf('update', { requires: ['memory', 'cpu', 'cpuset', 'pids'].map(controller) })
const seed = Number(process.env.UPDATE_SEED ?? 20_260_801)
const sequences = Number(process.env.UPDATE_SEQUENCES ?? 4)
const STEPS = 7

type Limits = Record<string, number | string>

/** Fields by the name of their flag, and their place in `linux.resources`. */
const PLACES: Record<string, [section: string, field: string]> = {
  memory: ['memory', 'limit'],
  'memory-swap': ['memory', 'swap'],
  'memory-reservation': ['memory', 'reservation'],
  'cpu-share': ['cpu', 'shares'],
  'cpu-quota': ['cpu', 'quota'],
  'cpu-period': ['cpu', 'period'],
  'cpu-burst': ['cpu', 'burst'],
  'cpu-idle': ['cpu', 'idle'],
  'cpuset-cpus': ['cpu', 'cpus'],
  'cpuset-mems': ['cpu', 'mems'],
  'pids-limit': ['pids', 'limit'],
}

const FILES = [
  ...['limit_in_bytes', 'memsw.limit_in_bytes', 'soft_limit_in_bytes', 'swappiness', 'oom_control'],
  ...['max', 'swap.max', 'low', 'high', 'min'],
].map((name) => `memory.${name}`)
const CPU_FILES = ['shares', 'idle', 'cfs_quota_us', 'cfs_period_us', 'cfs_burst_us', 'weight', 'max', 'max.burst']
FILES.push(...CPU_FILES.map((name) => `cpu.${name}`), 'cpuset.cpus', 'cpuset.mems', 'pids.max')

/** mulberry32: the same numbers for the same seed, everywhere. */
function randomNumbers(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

class Dice {
  private readonly next: () => number

  constructor(from: number) {
    this.next = randomNumbers(from)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.between(0, values.length - 1)] as T
  }
}

const MIB = 2 ** 20

/** Some limits; now and then one that the kernel, or the others in force, will not have. */
function someLimits(dice: Dice): Limits {
  const limits: Limits = {}
  const maybe = (name: string, probability: number, value: () => number | string) => {
    if (dice.chance(probability)) limits[name] = value()
  }
  const memory = dice.between(24, 120)
  maybe('memory', 0.5, () => (dice.chance(0.2) ? -1 : memory * MIB))
  maybe('memory-swap', 0.4, () => (dice.chance(0.2) ? -1 : (memory + dice.between(-4, 120)) * MIB))
  maybe('memory-reservation', 0.3, () => dice.between(4, 24) * MIB)
  maybe('cpu-share', 0.4, () => dice.between(2, 4000))
  maybe('cpu-idle', 0.3, () => dice.between(0, 1))
  maybe('cpu-quota', 0.4, () => (dice.chance(0.2) ? -1 : dice.between(10, 90) * 1000))
  maybe('cpu-period', 0.3, () => dice.between(20, 200) * 1000)
  maybe('cpu-burst', 0.3, () => dice.between(0, 50) * 1000)
  maybe('cpuset-cpus', 0.2, () => dice.oneOf(['0', '0-0', '0,0']))
  maybe('cpuset-mems', 0.2, () => '0')
  maybe('pids-limit', 0.4, () => dice.oneOf([-1, 0, dice.between(5, 500)]))
  if (dice.chance(0.15)) Object.assign(limits, dice.oneOf([{ 'cpuset-cpus': '4000' }, { 'cpuset-mems': '900' }]))
  // cgroup v2 takes a limit below what is in use, and kills for it.
  if (dice.chance(0.1) && !isPureV2()) Object.assign(limits, { memory: 4096, 'memory-swap': -1 })
  return limits
}

function resourcesOf(limits: Limits): { [section: string]: JsonObject } {
  const resources: { [section: string]: JsonObject } = {}
  for (const [name, value] of Object.entries(limits)) {
    const [section, field] = PLACES[name] ?? ['', '']
    resources[section] = { ...resources[section], [field]: value }
  }
  return resources
}

/** The limits of a container that was created with `before` and updated with `asked`: the later wish counts. */
function merged(before: Limits, asked: Limits): Limits {
  const after = { ...before, ...asked }
  if (asked.memory === -1 && asked['memory-swap'] === undefined) delete after['memory-swap']
  const idle = asked['cpu-idle']
  const changesIdle = idle !== undefined && idle !== (before['cpu-idle'] ?? 0)
  if (changesIdle && asked['cpu-share'] === undefined) delete after['cpu-share']
  return after
}

function contents(pid: number): string[] {
  return FILES.flatMap((file) => {
    const path = join(cgroupDirectoryOf(pid, file.slice(0, file.indexOf('.'))), file)
    return existsSync(path) ? [`${file} ${readFileSync(path, 'utf8').trim()}`] : []
  })
}

async function created(c: Case, id: string, limits: Limits): Promise<number> {
  const resources: Json = resourcesOf(limits)
  await c.createAndStart(c.bundle({ linux: { resources } }).probe('wait'), id)
  return c.pid(id)
}

/** Flags, or all of them as one document. */
async function update(c: Case, dice: Dice, limits: Limits): Promise<{ accepted: boolean; told: string }> {
  const asDocument = dice.chance(0.5)
  const flags = Object.entries(limits).map(([name, value]) => `--${name}=${value}`)
  const call = asDocument
    ? await c.runtime(['update', '-r', '-', c.id()], { stdin: JSON.stringify(resourcesOf(limits)) })
    : await c.runtime(['update', ...flags, c.id()])
  return { accepted: call.status === 0, told: String(call) }
}

const START: Limits = { memory: 64 * MIB, 'memory-swap': 160 * MIB, 'cpu-quota': 50_000, 'pids-limit': 90 }

for (let sequence = 0; sequence < sequences; sequence += 1) {
  it(`ends like a new container after the random updates ${sequence}, and changes nothing by those that fail`, async (c) => {
    const dice = new Dice(seed + sequence * 7919)
    let limits = dice.chance(0.5) ? START : {}
    const pid = await created(c, c.id(), limits)
    const story = [JSON.stringify(limits)]
    for (let step = 0; step < STEPS; step += 1) {
      const asked = someLimits(dice)
      const before = contents(pid)
      const { accepted, told } = await update(c, dice, asked)
      story.push(`${accepted ? 'accepted' : 'refused'} ${JSON.stringify(asked)}`)
      if (accepted) limits = merged(limits, asked)
      else assert.deepEqual(contents(pid), before, `seed ${seed}: ${story.join('\n')}\n${told}`)
    }
    const fresh = await created(c, c.id('fresh'), limits)
    assert.deepEqual(contents(pid), contents(fresh), `seed ${seed}: ${story.join('\n')}\n${JSON.stringify(limits)}`)
  })
}
