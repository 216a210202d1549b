// Searches over a store of synthetic events: the figures of goal F3. Builds the store through the real
// parser, writer and indexer, then asks each query once with fresh connections and several times after. What the
// index said is looked up anew each time, but for the last figure.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from '../../ci/command.ts'
import { type NormaliseOptions, normalise } from '../../parsers/normalise.ts'
import { parseQuery } from '../../query/query.ts'
import type { QueryStats } from '../../server/stores/events/event-store.ts'
import { createIndexer } from '../../server/stores/events/index/indexer.ts'
import { type OpenReader, openEventReader } from '../../server/stores/events/reader.ts'
import { openWriter } from '../../server/stores/events/writer.ts'
import { eventLine } from './events.ts'
import { type Ask, QUERIES } from './search-queries.ts'

export const summary = 'p50 and p95 of 30 queries over millions of events'
export const usage = `bun run bench search [--events N] [--data DIR] [--repeat N] [--json]
  --events  how many synthetic events of 640 bytes, over one day; default 1000000
  --data    folder of the store; kept, and used again when it exists; default: a temporary one
  --repeat  warm runs of each query; default 9`

const BATCH_EVENTS = 2048
const DAY_START = Date.UTC(2026, 10, 20)
const DAY_MS = 86_400_000
const TIMEOUT_MS = 30_000

interface Row {
  readonly name: string
  readonly query: string
  readonly cold_ms: number
  readonly p50_ms: number
  readonly p95_ms: number
  /** Processor time of one warm run, the median: what the figures above are on a machine of one's own. */
  readonly cpu_ms: number
  /** Asked once more by a reader that remembers what the index said, as the sections of a page do; the median. */
  readonly again_ms: number
  readonly answer: number
  readonly exact: boolean
  readonly scanned: number
}

interface Built {
  readonly append_us: number
  readonly index_us: number
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      data: { type: 'string' },
      repeat: { type: 'string', default: '9' },
      json: { type: 'boolean', default: false },
    },
  })
  const events = Number(values.events)
  const repeat = Number(values.repeat)
  if (!Number.isSafeInteger(events) || events < 1) throw new UsageError('--events: a whole number')
  if (!Number.isSafeInteger(repeat) || repeat < 1) throw new UsageError('--repeat: a whole number')
  const folder = values.data ?? mkdtempSync(join(tmpdir(), 'trapline-bench-'))
  try {
    const built = existsSync(join(folder, 'intake.db')) ? undefined : build(folder, events)
    const bytes = bytesBelow(folder)
    const rows: Row[] = []
    for (const ask of QUERIES) rows.push(await measure(folder, ask, repeat))
    const figures = {
      events,
      bytes_per_event: Math.round((bytes / events) * 10) / 10,
      ...(built === undefined ? {} : { build: built }),
      resident_bytes: process.memoryUsage.rss(),
      queries: rows,
    }
    if (values.json) console.log(JSON.stringify(figures))
    else print(figures)
  } finally {
    if (values.data === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

/** Events spread evenly over the day, received as they happened, then sealed and indexed. */
function build(folder: string, events: number): Built {
  let clock = DAY_START
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => clock,
  })
  const timeOf = (n: number) => DAY_START + Math.floor((n * DAY_MS) / events)
  const started = performance.now()
  for (let first = 0; first < events; first += BATCH_EVENTS) {
    const count = Math.min(BATCH_EVENTS, events - first)
    clock = timeOf(first + count - 1)
    const options: NormaliseOptions = {
      now: clock,
      received: clock,
      timeZone: 'UTC',
      source: 'json',
    }
    const made = Array.from({ length: count }, (_, i) => {
      const n = first + i
      return normalise(eventLine(n, timeOf(n)).trimEnd(), options)
    })
    writer.append([{ answer: '', events: made, matches: [] }])
    writer.tick()
  }
  writer.seal()
  writer.close()
  const appended = performance.now()
  const indexer = createIndexer(folder, 0)
  while (indexer.step()) {
    // until everything is indexed and merged
  }
  indexer.close()
  const indexed = performance.now()
  const perEvent = (ms: number) => Math.round((ms * 100_000) / events) / 100
  return { append_us: perEvent(appended - started), index_us: perEvent(indexed - appended) }
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

async function measure(folder: string, ask: Ask, repeat: number): Promise<Row> {
  const reader = openEventReader(folder, 0)
  try {
    const times: number[] = []
    const cpu: number[] = []
    let last = { answer: 0, exact: true, stats: undefined as QueryStats | undefined }
    for (let i = 0; i <= repeat; i++) {
      const started = performance.now()
      const before = process.cpuUsage()
      last = await answer(reader, ask)
      times.push(performance.now() - started)
      const { user, system } = process.cpuUsage(before)
      if (i > 0) cpu.push((user + system) / 1_000)
    }
    cpu.sort((a, b) => a - b)
    const [cold = 0, ...warm] = times
    warm.sort((a, b) => a - b)
    const at = (share: number) =>
      warm[Math.min(warm.length - 1, Math.ceil(warm.length * share) - 1)]!
    return {
      name: ask.name,
      query: ask.query,
      cold_ms: round(cold),
      p50_ms: round(at(0.5)),
      p95_ms: round(at(0.95)),
      cpu_ms: round(cpu[cpu.length >>> 1]!),
      again_ms: await askAgain(folder, ask, repeat),
      answer: last.answer,
      exact: last.exact,
      scanned: last.stats?.scanned ?? 0,
    }
  } finally {
    reader.close()
  }
}

const round = (ms: number) => Math.round(ms * 10) / 10

/** Median time of a query that was asked before. */
async function askAgain(folder: string, ask: Ask, repeat: number): Promise<number> {
  const reader = openEventReader(folder)
  try {
    const times: number[] = []
    await answer(reader, ask)
    for (let i = 0; i < repeat; i++) {
      const started = performance.now()
      await answer(reader, ask)
      times.push(performance.now() - started)
    }
    return round(times.sort((a, b) => a - b)[times.length >>> 1]!)
  } finally {
    reader.close()
  }
}

async function answer(reader: OpenReader, ask: Ask) {
  const { expr, valid } = parseQuery(ask.query)
  if (!valid) throw new Error(`bench query is not valid: ${ask.query}`)
  const [from = 0, to = 1] = ask.share ?? []
  const range = { from: DAY_START + from * DAY_MS, to: DAY_START + to * DAY_MS }
  const request = { ...range, timeout_ms: TIMEOUT_MS, ...(expr === undefined ? {} : { expr }) }
  switch (ask.kind) {
    case 'search': {
      const { events, stats } = await reader.search({ ...request, limit: ask.limit ?? 100 })
      return { answer: events.length, exact: stats.complete, stats }
    }
    case 'count': {
      const { total, exact, stats } = await reader.count(request)
      return { answer: total, exact, stats }
    }
    case 'histogram': {
      const { buckets, exact, stats } = await reader.histogram({ ...request, bucket_ms: 300_000 })
      return { answer: buckets.length, exact, stats }
    }
    case 'top': {
      const top = { field: ask.field ?? 'host', limit: 10, order: ask.order ?? 'most' } as const
      const { distinct, exact, stats } = await reader.top({ ...request, ...top })
      return { answer: distinct, exact, stats }
    }
  }
}

function print(figures: {
  readonly events: number
  readonly bytes_per_event: number
  readonly build?: Built
  readonly resident_bytes: number
  readonly queries: readonly Row[]
}): void {
  const { events, bytes_per_event, build: built, resident_bytes, queries } = figures
  console.log(`${events.toLocaleString('en')} events, ${bytes_per_event} bytes an event on disk`)
  if (built !== undefined) {
    console.log(
      `built with ${built.append_us} us to store and ${built.index_us} us to index an event`,
    )
  }
  console.log(`resident ${Math.round(resident_bytes / 1_048_576)} MiB\n`)
  console.log('    cold     p50     p95     cpu   again   scanned     answer  query')
  for (const row of queries) {
    const { name, query, answer, exact, scanned } = row
    const numbers = [row.cold_ms, row.p50_ms, row.p95_ms, row.cpu_ms, row.again_ms]
      .map((ms) => ms.toFixed(1).padStart(8))
      .join('')
    const counts = `${String(scanned).padStart(10)} ${String(answer).padStart(10)}`
    console.log(`${numbers}${counts}${exact ? ' ' : '~'} ${name}: ${query}`)
  }
}
