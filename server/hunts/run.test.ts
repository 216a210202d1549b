// Runs of hunts over real stores: what is new is told by the order of ingest, whatever the clock did.
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { type HuntSearch, NO_FILTERS } from '../../query/hunt/hunt.ts'
import { createSchedules } from '../services/schedules.ts'
import { type OpenReader, openEventReader } from '../stores/events/reader.ts'
import { type DayFileWriter, openWriter } from '../stores/events/writer.ts'
import { openStore, stateUrl } from '../stores/state/open.ts'
import { createHuntRunner, detailOf } from './run.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const HUNT = { kind: 'hunt', id: 'h1' } as const

let folder: string
let clock: number
let writer: DayFileWriter
let reader: OpenReader
let hunt: HuntSearch | undefined
const closing: (() => Promise<unknown>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-hunt-run-'))
  clock = Date.UTC(2026, 10, 21, 12)
  const options = { dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 }
  writer = openWriter({ ...options, now: () => clock })
  reader = openEventReader(folder)
  hunt = { query: 'needle', filters: { ...NO_FILTERS, range: '1h' } }
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  reader.close()
  writer.close()
  rmSync(folder, { recursive: true })
})

const eventOf = (message: string, time: number): Event => ({
  ...{ id: '', time, ingested: clock, source: 'app', parser: 'json', message, raw: message },
  ...{ logsource: { category: [], service: [], closed: false }, pivots: { host: 'web-1' } },
  fields: {},
})
const take = (...events: readonly (readonly [string, number])[]) =>
  writer.append([
    { answer: '', matches: [], events: events.map(([text, ago]) => eventOf(text, clock - ago)) },
  ])

/** A server over the same state file. */
async function server(time_max_ms = HOUR) {
  const { store } = await openStore({ url: stateUrl(folder), now: () => clock })
  const schedules = createSchedules(store, {
    ...{ now: () => clock, steady: () => 0, poll_ms: 0, beat_ms: HOUR },
  })
  schedules.register(
    'hunt',
    createHuntRunner({ events: reader, state: store, huntOf: async () => hunt, time_max_ms }),
  )
  closing.push(async () => {
    await schedules.stop()
    await store.close()
  })
  const run = async () => {
    const { done } = await schedules.runNow(HUNT, { mode: 'replay' }, { name: 'ana' })
    return done
  }
  return { store, schedules, run }
}

test('new is what came in since, not what is more than before', async () => {
  const { run } = await server()
  take(['needle a', 50 * MINUTE], ['needle b', MINUTE], ['hay', 0])
  expect(await run()).toMatchObject({ status: 'ok', matches: 2, fresh: 2, from: 0 })
  clock += 20 * MINUTE
  take(['needle c', MINUTE])
  const next = await run()
  // One left the range and one came: the count is the same, and one is new.
  expect(next).toMatchObject({ matches: 2, fresh: 1 })
  expect(detailOf(next)?.samples.map(({ message }) => message)).toEqual(['needle c'])
  expect(await run()).toMatchObject({ matches: 2, fresh: 0, sampleEventIds: [] })
})

test('what came in while the server was down belongs to the run that catches up', async () => {
  const first = await server()
  await first.schedules.put(HUNT, HOUR)
  take(['needle before', MINUTE])
  await first.run()
  clock += 2 * HOUR
  take(['needle during the downtime', MINUTE])
  clock += 3 * DAY
  const second = await server()
  await second.schedules.tick()
  const [run] = await second.schedules.runs(HUNT, 1)
  expect(run).toMatchObject({ trigger: 'catch-up', status: 'ok', matches: 0, fresh: 1 })
  expect(detailOf(run!)?.samples[0]?.message).toBe('needle during the downtime')
})

test('an event ahead of the clock is new once: when it comes in', async () => {
  const { run } = await server()
  take(['needle ahead', -30 * MINUTE])
  expect(await run()).toMatchObject({ matches: 0, fresh: 1 })
  clock += HOUR
  expect(await run()).toMatchObject({ matches: 1, fresh: 0 })
})

test('the ledger outlives the events: counts, ids and copies stay', async () => {
  const { run, schedules } = await server()
  take(['needle old', MINUTE])
  await run()
  writer.seal()
  clock += 10 * DAY
  writer.retain(1, clock)
  take(['needle new', MINUTE])
  expect(await run()).toMatchObject({ matches: 1, fresh: 1 })
  const [, old] = await schedules.runs(HUNT, 2)
  expect(old).toMatchObject({ matches: 1, fresh: 1, sampleEventIds: [expect.any(String)] })
  expect(detailOf(old!)?.samples[0]).toMatchObject({ message: 'needle old', host: 'web-1' })
  expect(await reader.get(old!.sampleEventIds)).toEqual([undefined])
})

test('a restart forgets nothing', async () => {
  const first = await server()
  take(['needle', MINUTE])
  await first.run()
  const second = await server()
  expect(await second.run()).toMatchObject({ matches: 1, fresh: 0 })
})

test('another search, and another intake, begin anew and say so', async () => {
  const { run, store } = await server()
  take(['needle', MINUTE], ['hay', MINUTE])
  expect(detailOf(await run())?.first).toBe('first-run')
  hunt = { ...hunt!, query: 'hay' }
  const changed = await run()
  expect([changed.fresh, detailOf(changed)?.first]).toEqual([1, 'search-changed'])
  const cutoff = { epoch: 'another', sequence: 99 }
  await store.saveSchedules([{ ...HUNT, interval_ms: null, nextRunAt: null, cutoff }], [])
  expect(detailOf(await run())?.first).toBe('other-intake')
})

test('a failure is recorded by name, and nothing counts as seen', async () => {
  const { run } = await server()
  take(['needle', MINUTE])
  hunt = { query: '(needle', filters: NO_FILTERS }
  expect(await run()).toMatchObject({ status: 'failed', error: expect.stringContaining('closed') })
  hunt = undefined
  expect(await run()).toMatchObject({ status: 'failed', error: 'there is no hunt h1' })
  hunt = { query: 'needle', filters: NO_FILTERS }
  expect(await run()).toMatchObject({ status: 'ok', fresh: 1 })
})

test('a run that takes too long ends and says so', async () => {
  const { run } = await server(0)
  take(['needle', MINUTE])
  expect(await run()).toMatchObject({
    ...{ status: 'failed', error: 'not done after 0 ms: narrow the search' },
  })
})

test('many new events are all counted, the newest are kept', async () => {
  const { run } = await server()
  take(['needle', MINUTE])
  await run()
  for (let batch = 0; batch < 6; batch++)
    take(...Array.from({ length: 500 }, (_, n) => [`needle ${batch}-${n}`, 3000 - n] as const))
  const found = await run()
  expect(found).toMatchObject({ matches: 3001, fresh: 3000 })
  expect(found.sampleEventIds).toHaveLength(20)
})
