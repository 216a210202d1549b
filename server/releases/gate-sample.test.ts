import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { openEventReader } from '../stores/events/reader.ts'
import { openWriter } from '../stores/events/writer.ts'
import { readSample } from './gate-sample.ts'

const HOUR_MS = 3_600_000
const FROM = Date.UTC(2026, 10, 21, 12)
const RANGE = { from: FROM, to: FROM + HOUR_MS }
const folder = mkdtempSync(join(tmpdir(), 'trapline-sample-'))
let stores = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A real store with one event at each of these times, half of them sealed. */
function storeOf(times: readonly number[]): string {
  const dataFolder = join(folder, `${++stores}`)
  const now = () => RANGE.to
  const writer = openWriter({ dataFolder, retention_days: 0, diskMinFree_bytes: 0, now })
  const events = times.map(
    (time, n): Event => ({
      ...{ id: '', time, ingested: RANGE.to, source: 'test', parser: 'json', pivots: {} },
      ...{ logsource: { category: [], service: [], closed: false }, message: `event ${n}` },
      ...{ fields: {}, raw: '' },
    }),
  )
  const append = (part: readonly Event[]) => {
    for (let at = 0; at < part.length; at += 500)
      writer.append([{ answer: '', events: part.slice(at, at + 500), matches: [] }])
  }
  append(events.slice(0, events.length / 2))
  writer.seal()
  append(events.slice(events.length / 2))
  writer.close()
  return dataFolder
}

async function sampleOf(times: readonly number[], events: number, time_ms = 60_000) {
  const reader = openEventReader(storeOf(times))
  const seen: Event[] = []
  try {
    const read = await readSample(reader, RANGE, { events, time_ms }, (page) => seen.push(...page))
    return { ...read, seen }
  } finally {
    reader.close()
  }
}

const spread = (count: number) =>
  Array.from({ length: count }, (_, n) => FROM + Math.floor((n * HOUR_MS) / count))

test('what fits is taken whole, once', async () => {
  const { events, total, seen } = await sampleOf(spread(5_000), 10_000)
  expect([events, total, new Set(seen.map(({ id }) => id)).size]).toEqual([5_000, 5_000, 5_000])
})

test('a burst is taken whole where it fits', async () => {
  const { events } = await sampleOf(
    Array.from({ length: 4_500 }, () => FROM + 5),
    10_000,
  )
  expect(events).toBe(4_500)
})

test('of too many every part of the hour gives its share', async () => {
  const { events, total, seen } = await sampleOf(spread(10_000), 1_000)
  expect(total).toBe(10_000)
  expect(events).toBeGreaterThan(900)
  expect(events).toBeLessThanOrEqual(1_000)
  const perSixth = Array.from({ length: 6 }, () => 0)
  for (const { time } of seen) perSixth[Math.floor((time - FROM) / (HOUR_MS / 6))]!++
  for (const count of perSixth) expect(Math.abs(count - events / 6)).toBeLessThan(events / 12)
})

test('wherever it stops it has seen all parts of the hour alike', async () => {
  const { seen } = await sampleOf(spread(9_000), 9_000)
  const early = seen.slice(0, 1_000)
  const perQuarter = Map.groupBy(early, ({ time }) => Math.floor((time - FROM) / (HOUR_MS / 4)))
  expect([...perQuarter.values()].map((events) => events.length)).toSatisfy(
    (counts: readonly number[]) => counts.length === 4 && Math.min(...counts) > 150,
  )
})

test('without time nothing is read', async () => {
  expect(await sampleOf(spread(2_000), 1_000, 0)).toMatchObject({ events: 0 })
})

test('an empty store gives an empty sample', async () => {
  expect(await sampleOf([], 100)).toMatchObject({ events: 0, total: 0 })
})
