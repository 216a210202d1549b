// Correlations: events a second through the streaming engine, state included, on one core.
import { parseArgs } from 'node:util'
import { createCorrelator } from '../../sigma/correlate/engine.ts'
import type { CorrelatorStats } from '../../sigma/correlate/types.ts'
import type { LoadedCorrelation } from '../../sigma/rule.ts'

export const summary = 'correlations: events a second by type'
export const usage = `bun run bench correlations [--events N] [--repeat N] [--json]
  --events  events of each repetition (default: 2000000)
  --repeat  repetitions; the best counts (default: 3)
Processor time of all threads, the collector's included, not the clock.`

const GROUPS = 10_000
const VALUES = 1_800
const TIMESPAN_MS = 60_000

type Fields = Readonly<Record<string, string>>

interface Lane {
  readonly name: string
  readonly correlation: Partial<LoadedCorrelation>
  readonly inputs: readonly string[]
  readonly events: readonly Fields[]
  /** Between one event and the next, milliseconds. */
  readonly step_ms: number
}

export interface LaneResult {
  readonly lane: string
  readonly events_per_s: number
  readonly stats: CorrelatorStats
}

const grouped = Array.from({ length: GROUPS }, (_, n) => ({ ip: `10.0.${n >> 8}.${n & 255}` }))
const valued = Array.from({ length: VALUES }, (_, n) => ({ ip: '10.0.0.1', user: `user-${n}` }))
const numbered = Array.from({ length: VALUES }, (_, n) => ({
  ip: '10.0.0.1',
  bytes: String(n * 7),
}))
const NEVER = [{ op: 'gte', value: 1e12 }] as const
const three = { ops: [{ op: 'gte', value: 3 }] } as const

/** Every lane is full of live groups or values and never fires, but for `firing`. */
const LANES: readonly Lane[] = [
  lane('event_count', { type: 'event_count' }, ['a'], grouped, 1),
  lane('temporal', { type: 'temporal', ...three }, ['a', 'b', 'c'], grouped, 1, 2),
  lane('temporal_ordered', { type: 'temporal_ordered', ...three }, ['a', 'b', 'c'], grouped, 1, 2),
  lane('value_count', { type: 'value_count', valueFields: ['user'] }, ['a'], valued, 10),
  lane('value_sum', { type: 'value_sum', valueFields: ['bytes'] }, ['a'], numbered, 10),
  lane('value_median', { type: 'value_median', valueFields: ['bytes'] }, ['a'], numbered, 10),
  lane(
    'event_count, firing',
    { type: 'event_count', ops: [{ op: 'gte', value: 5 }] },
    ['a'],
    grouped,
    1,
  ),
]

function lane(
  name: string,
  correlation: Partial<LoadedCorrelation>,
  inputs: readonly string[],
  events: readonly Fields[],
  step_ms: number,
  sent = inputs.length,
): Lane {
  const all = inputs.map((id) => ({ id, kind: 'rule' as const, name: id, aliases: {} }))
  return {
    ...{ name, events, step_ms, inputs: inputs.slice(0, sent) },
    correlation: { ops: NEVER, ...correlation, inputs: all },
  }
}

const BASE: LoadedCorrelation = {
  ...{ id: 'bench', title: 'bench', level: 'low', status: undefined, name: undefined },
  ...{ tags: [], fields: [], falsepositives: [], references: [], author: undefined },
  ...{ description: undefined, date: undefined, modified: undefined, path: '', text: '', line: 1 },
  ...{ trapline: undefined, type: 'event_count', inputs: [], groupBy: ['ip'], ops: NEVER },
  ...{ timespan_ms: TIMESPAN_MS, valueFields: [], percentile: undefined, expression: undefined },
  ...{ generate: false, feedsOnly: false },
}

function measure({ name, correlation, inputs, events, step_ms }: Lane, count: number): LaneResult {
  const read = (fields: Fields, field: string) => fields[field]
  const engine = createCorrelator<Fields>([{ ...BASE, ...correlation }], { read })
  const handles = inputs.map((id) => engine.input(id)!)
  const before = process.cpuUsage()
  for (let n = 0; n < count; n++) {
    const input = handles[n % handles.length]!
    engine.push(input, events[n % events.length]!, n * step_ms, 'bench', n)
  }
  const { user, system } = process.cpuUsage(before)
  const events_per_s = Math.round((count * 1e6) / (user + system))
  return { lane: name, events_per_s, stats: engine.stats() }
}

/** The best of `repeat` repetitions of `events` events for every type. */
export function measureCorrelations(events: number, repeat: number): readonly LaneResult[] {
  return LANES.map((one) => {
    const runs = Array.from({ length: repeat }, () => measure(one, events))
    return runs.reduce((best, next) => (next.events_per_s > best.events_per_s ? next : best))
  })
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '2000000' },
      repeat: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  })
  const events = Number(values.events)
  const results = measureCorrelations(events, Number(values.repeat))
  if (values.json) {
    console.log(JSON.stringify({ events, groups: GROUPS, results }))
    return
  }
  for (const { lane: name, events_per_s, stats } of results) {
    const rate = events_per_s.toLocaleString('en').padStart(12)
    const { groups, entries, firings } = stats
    console.log(
      `${name.padEnd(20)}${rate} events/s  ${groups} groups, ${entries} entries, ${firings} firings`,
    )
  }
}
