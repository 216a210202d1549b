// Planned search against the matcher alone: for each query, what the reader finds through index, columns
// and intake is exactly what `evaluate` keeps of all events; counts, histograms and facets equal those
// computed from these rows.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../parsers/event.ts'
import { parseQuery } from '../query/query.ts'
import { compareIds } from '../server/stores/events/id.ts'
import { createIndexer } from '../server/stores/events/index/indexer.ts'
import { type OpenReader, openEventReader } from '../server/stores/events/reader.ts'
import { scanEvents } from '../server/stores/events/scan.ts'
import { type DayFileWriter, openWriter } from '../server/stores/events/writer.ts'
import { evaluate } from '../sigma/eval/evaluate.ts'
import { columnValues, fieldValues, isColumn, textOf } from '../sigma/eval/values.ts'
import type { ColumnName, Expr } from '../sigma/ir/expr.ts'
import { corpusEvents, hasCorpus, searchesFor } from './search/corpus.ts'
import { makeEvents } from './search/events.ts'
import { QUERIES } from './search/queries.ts'

const START = Date.UTC(2026, 10, 21, 12)
const DAY_MS = 86_400_000
const ALL = { from: 0, to: START + 400 * DAY_MS, timeout_ms: 60_000 }
const LIMIT = 100_000
/** Making a store takes seconds on a busy machine. */
const FILL_TIMEOUT_MS = 60_000

interface Store {
  readonly folder: string
  readonly writer: DayFileWriter
  readonly reader: OpenReader
  readonly events: readonly Event[]
}

/** Some events indexed in several groups, some sealed only, some still in the intake. */
function fill(events: readonly Event[]): Store {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-search-'))
  let clock = START
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => clock,
  })
  const indexer = createIndexer(folder, 0)
  const append = (part: readonly Event[]) => {
    for (let at = 0; at < part.length; at += 200) {
      const batch = part.slice(at, at + 200)
      clock = Math.max(clock, batch.at(-1)!.ingested)
      writer.append([{ answer: '', events: batch, matches: [], import: true }])
    }
  }
  const cut = (share: number) => Math.floor(events.length * share)
  for (let part = 0; part < 10; part++) {
    append(events.slice(cut(part * 0.08), cut((part + 1) * 0.08)))
    writer.seal()
    while (indexer.step()) {
      // until everything sealed is indexed and merged
    }
  }
  indexer.close()
  append(events.slice(cut(0.8), cut(0.9)))
  writer.seal()
  append(events.slice(cut(0.9)))
  return { folder, writer, reader: openEventReader(folder), events: [...scanEvents(folder)] }
}

function close(store: Store): void {
  store.reader.close()
  store.writer.close()
  rmSync(store.folder, { recursive: true, force: true })
}

/** Kept by the index, hashed, sets, fields of the JSON, texts, lists. */
const FACETS = [
  'host',
  '@severity',
  'src_ip',
  'category',
  'EventID',
  'a.b.c',
  'CommandLine',
  'tags',
]

const newestFirst = (a: Event, b: Event) => b.time - a.time || compareIds(b.id, a.id)
const idsOf = (events: readonly Event[]) => events.map((event) => event.id)

function exprOf(query: string): Expr | undefined {
  const { expr, valid, diagnostics } = parseQuery(query)
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  expect(valid).toBe(true)
  return expr
}

/** The matcher alone, over everything. */
function wantedOf(store: Store, expr: Expr | undefined): Event[] {
  return store.events
    .filter((event) => expr === undefined || evaluate(expr, event))
    .sort(newestFirst)
}

async function expectSame(store: Store, expr: Expr | undefined): Promise<Event[]> {
  const request = { ...ALL, ...(expr === undefined ? {} : { expr }) }
  const wanted = wantedOf(store, expr)
  const found = await store.reader.search({ ...request, limit: LIMIT })
  expect(found.stats.complete).toBe(true)
  expect(idsOf(found.events)).toEqual(idsOf(wanted))
  const count = await store.reader.count(request)
  expect([count.total, count.exact]).toEqual([wanted.length, true])
  return wanted
}

function histogramOf(events: readonly Event[], bucket_ms: number) {
  const buckets = new Map<number, Record<string, number>>()
  for (const event of events) {
    const start = Math.floor(event.time / bucket_ms) * bucket_ms
    const counts = buckets.getOrInsert(start, {})
    const severity = String(event.pivots.severity ?? '')
    counts[severity] = (counts[severity] ?? 0) + 1
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, bySeverity]) => ({
      start,
      count: Object.values(bySeverity).reduce((sum, n) => sum + n, 0),
      bySeverity,
    }))
}

function topOf(events: readonly Event[], field: string) {
  const name = field.replace(/^@/, '')
  const counts = new Map<string, number>()
  let missing = 0
  for (const event of events) {
    const values = isColumn(name)
      ? columnValues(event, name as ColumnName)
      : fieldValues(event.fields, field)
    const texts = new Set(values.flatMap((value) => textOf(value) ?? []))
    if (texts.size === 0) missing++
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return { counts, missing }
}

async function expectAggregates(store: Store, expr: Expr | undefined, events: readonly Event[]) {
  const request = { ...ALL, ...(expr === undefined ? {} : { expr }) }
  for (const bucket_ms of [60_000, DAY_MS / 2, DAY_MS]) {
    const { buckets } = await store.reader.histogram({ ...request, bucket_ms })
    expect(buckets).toEqual(histogramOf(events, bucket_ms))
  }
  const wantedTops = FACETS.map((field) => topOf(events, field))
  for (const order of ['most', 'fewest'] as const) {
    const facets = FACETS.map((field) => ({ field, limit: 5, order }))
    const tops = await store.reader.tops(request, facets)
    const quick = await store.reader.quickTops(request, facets)
    expect(quick.map((top) => top?.values)).toEqual(tops.map(({ values }) => values))
    for (const [at, top] of tops.entries()) {
      const wanted = wantedTops[at]!
      expect([top.distinct, top.missing, top.exact]).toEqual([
        wanted.counts.size,
        wanted.missing,
        true,
      ])
      const sorted = [...wanted.counts.values()].sort((a, b) => (order === 'most' ? b - a : a - b))
      expect(top.values.map(({ count }) => count)).toEqual(sorted.slice(0, 5))
      for (const { value, count } of top.values) expect(wanted.counts.get(value)).toBe(count)
    }
  }
  const alone = await store.reader.top({ ...request, field: 'host', limit: 5, order: 'most' })
  const [together] = await store.reader.tops(request, [{ field: 'host', limit: 5, order: 'most' }])
  expect(alone.values).toEqual(together!.values)
}

describe('over generated events', () => {
  let store: Store
  beforeAll(() => {
    store = fill(makeEvents(2400, START, 7))
  }, FILL_TIMEOUT_MS)
  afterAll(() => close(store))

  test('the table has at least 300 different queries', () => {
    expect(new Set(QUERIES).size).toBeGreaterThanOrEqual(300)
  })

  test.each(QUERIES.map((query) => [query]))('%p', async (query) => {
    const expr = exprOf(query)
    const wanted = await expectSame(store, expr)
    if (QUERIES.indexOf(query) % 5 === 0) await expectAggregates(store, expr, wanted)
  })
})

if (!hasCorpus) console.warn('search-differential: the corpus is absent, its events are left out')

describe.skipIf(!hasCorpus)('over corpus events', () => {
  const events = hasCorpus ? corpusEvents(200, START) : []
  const searches = searchesFor(hasCorpus ? events : makeEvents(10, START, 1), 300, 42)
  let store: Store
  beforeAll(() => {
    store = fill(events)
  }, FILL_TIMEOUT_MS)
  afterAll(() => close(store))

  test.each(searches.map((expr): [string, Expr] => [JSON.stringify(expr), expr]))(
    '%s',
    async (_, expr) => {
      const wanted = await expectSame(store, expr)
      if (searches.indexOf(expr) % 10 === 0) await expectAggregates(store, expr, wanted)
    },
  )
})
