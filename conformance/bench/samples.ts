// SPDX-License-Identifier: Apache-2.0

/** What one command cost: times in milliseconds, memory in MiB. */
export interface Sample {
  readonly contender: string
  readonly step: string
  readonly wall: number
  readonly cpu: number
  readonly peakMemory: number
}

export interface Spread {
  readonly min: number
  readonly p10: number
  readonly median: number
  readonly p90: number
}

export interface Summary {
  readonly contender: string
  readonly step: string
  readonly count: number
  readonly wall: Spread
  readonly cpu: Spread
  readonly peakMemory: number
}

/** The lines that `interleave` prints. */
export function parseSamples(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseSample)
}

function parseSample(line: string): Sample {
  const [, contender, step, ...numbers] = line.split('\t')
  const [wall, user, system, rss] = numbers.map(Number)
  if (
    contender === undefined ||
    step === undefined ||
    rss === undefined ||
    numbers.some((text) => !/^\d+$/.test(text))
  ) {
    throw new Error(`not a sample: ${line}`)
  }
  return {
    contender,
    step,
    wall: Number(wall) / 1e6,
    cpu: (Number(user) + Number(system)) / 1e3,
    peakMemory: rss / 1024,
  }
}

/** The value below which the given fraction of the numbers lies, between two of them by linear interpolation. */
export function quantile(numbers: readonly number[], fraction: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const place = (sorted.length - 1) * fraction
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export function spreadOf(numbers: readonly number[]): Spread {
  return {
    min: quantile(numbers, 0),
    p10: quantile(numbers, 0.1),
    median: quantile(numbers, 0.5),
    p90: quantile(numbers, 0.9),
  }
}

/** One summary for each contender and step, in the order in which they first appear. */
export function summarize(samples: readonly Sample[]): Summary[] {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = `${sample.step}\t${sample.contender}`
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  return [...groups].map(([key, group]) => {
    const [step = '', contender = ''] = key.split('\t')
    return {
      contender,
      step,
      count: group.length,
      wall: spreadOf(group.map((sample) => sample.wall)),
      cpu: spreadOf(group.map((sample) => sample.cpu)),
      peakMemory: Math.max(...group.map((sample) => sample.peakMemory)),
    }
  })
}

/** Adds a step `total` to samples of several steps: the sum of one round's steps, with the peak memory of the largest. */
export function withTotals(samples: readonly Sample[]): Sample[] {
  const steps = new Set(samples.map((sample) => sample.step))
  if (steps.size < 2) return [...samples]
  const totals = [...new Set(samples.map((sample) => sample.contender))].flatMap((contender) => {
    const own = samples.filter((sample) => sample.contender === contender)
    const rounds = chunk(own, new Set(own.map((sample) => sample.step)).size)
    return rounds.map((round) => ({
      contender,
      step: 'total',
      wall: round.reduce((sum, sample) => sum + sample.wall, 0),
      cpu: round.reduce((sum, sample) => sum + sample.cpu, 0),
      peakMemory: Math.max(...round.map((sample) => sample.peakMemory)),
    }))
  })
  return [...samples, ...totals]
}

function chunk<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  )
}

/** How the median wall time of one contender relates to another's in the same step, or undefined when one is missing. */
export function ratio(summaries: readonly Summary[], step: string, one: string, other: string): number | undefined {
  const median = (contender: string) =>
    summaries.find((summary) => summary.step === step && summary.contender === contender)?.wall.median
  const [a, b] = [median(one), median(other)]
  return a === undefined || b === undefined ? undefined : a / b
}
