import { expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import type { EventReader, SearchRequest } from '../stores/events/event-store.ts'
import { readSample } from './gate-sample.ts'

const HOUR_MS = 3_600_000
const FROM = Date.UTC(2026, 10, 21, 12)
const RANGE = { from: FROM, to: FROM + HOUR_MS }
const STATS = {
  ...{ took_ms: 0, scanned: 0, candidates: 0, segments: 0, segments_total: 0, complete: true },
}

/** A store with one event at each of these times; each page costs this long. */
function storeOf(times: readonly number[], page_ms = 0) {
  const events = times.map(
    (time, n): Event => ({
      ...{ id: `20261121-${String(n).padStart(12, '0')}`, time, ingested: time, source: 'test' },
      ...{ parser: 'json', logsource: { category: [], service: [], closed: false }, pivots: {} },
      ...{ message: '', fields: {}, raw: '' },
    }),
  )
  const reader: Pick<EventReader, 'histogram' | 'search'> = {
    histogram: async ({ from, to, bucket_ms }) => {
      const counts = new Map<number, number>()
      for (const { time } of events) {
        const start = Math.floor(time / bucket_ms) * bucket_ms
        if (time >= from && time < to) counts.set(start, (counts.get(start) ?? 0) + 1)
      }
      const buckets = [...counts].sort(([a], [b]) => a - b)
      return {
        buckets: buckets.map(([start, count]) => ({ start, count, bySeverity: {} })),
        exact: true,
        stats: STATS,
      }
    },
    search: async ({ from, to, limit, cursor }: SearchRequest) => {
      if (page_ms > 0) await Bun.sleep(page_ms)
      const found = events
        .filter(({ time }) => time >= from && time < to)
        .sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1))
      const start = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor.id) + 1
      const page = found.slice(start, start + limit)
      const last = page.at(-1)
      const more = page.length === limit && last !== undefined
      return {
        events: page,
        asof: 1,
        stats: STATS,
        ...(more ? { cursor: { time: last.time, id: last.id } } : {}),
      }
    },
  }
  return reader
}

async function sampleOf(reader: ReturnType<typeof storeOf>, events: number, time_ms = 60_000) {
  const seen: Event[] = []
  const read = await readSample(reader, RANGE, { events, time_ms }, (page) => seen.push(...page))
  return { ...read, seen }
}

const spread = (count: number) =>
  Array.from({ length: count }, (_, n) => FROM + Math.floor((n * HOUR_MS) / count))

test('what fits is taken whole, once', async () => {
  const { events, total, seen } = await sampleOf(storeOf(spread(5_000)), 10_000)
  expect([events, total, new Set(seen.map(({ id }) => id)).size]).toEqual([5_000, 5_000, 5_000])
})

test('a burst is taken whole where it fits', async () => {
  const { events } = await sampleOf(storeOf(Array.from({ length: 4_500 }, () => FROM + 5)), 10_000)
  expect(events).toBe(4_500)
})

test('of too many every part of the hour gives its share', async () => {
  const { events, total, seen } = await sampleOf(storeOf(spread(20_000)), 2_000)
  expect(total).toBe(20_000)
  expect(events).toBeGreaterThan(1_800)
  expect(events).toBeLessThanOrEqual(2_000)
  const perSixth = Array.from({ length: 6 }, () => 0)
  for (const { time } of seen) perSixth[Math.floor((time - FROM) / (HOUR_MS / 6))]!++
  for (const count of perSixth) expect(Math.abs(count - events / 6)).toBeLessThan(events / 12)
})

test('stopped early it has still seen all parts of the hour', async () => {
  const { events, total, seen } = await sampleOf(storeOf(spread(20_000), 5), 20_000, 250)
  expect(events).toBeLessThan(total)
  expect(new Set(seen.map(({ time }) => Math.floor((time - FROM) / (HOUR_MS / 4)))).size).toBe(4)
})

test('an empty store gives an empty sample', async () => {
  expect(await sampleOf(storeOf([]), 100)).toMatchObject({ events: 0, total: 0 })
})
