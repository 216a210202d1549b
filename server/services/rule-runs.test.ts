import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { loadRules } from '../../sigma/load.ts'
import { type OpenReader, openEventReader } from '../stores/events/reader.ts'
import { type DayFileWriter, openWriter } from '../stores/events/writer.ts'
import { stateUrl } from '../stores/state/open.ts'
import type { StateStore } from '../stores/state/state-store.ts'
import { createRuleRunner, RUN_MATCHES_MAX } from './rule-runs.ts'
import { syncRuleSchedules } from './rule-schedules.ts'
import { createSchedules, type ScheduleService } from './schedules.ts'
import { openState } from './state.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const HOUR = 3600_000
const DAY = 24 * HOUR
const WORK = { kind: 'rule', id: 'r1' } as const
const HASH = 'a'.repeat(64)
const ANA = { name: 'ana' }

const { rules } = loadRules([
  {
    path: 'r1.yml',
    text: `title: Marker
id: r1
logsource: {category: test}
detection: {sel: {text|contains: marker}, condition: sel}
level: high
trapline: {schedule: 1h}
`,
  },
])

let folder: string
let clock: number
let writer: DayFileWriter
let reader: OpenReader
const closing: (() => Promise<unknown>)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-rule-runs-'))
  clock = NOON
  writer = openWriter({
    ...{ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0, now: () => clock },
  })
  reader = openEventReader(folder)
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  reader.close()
  writer.close()
  rmSync(folder, { recursive: true, force: true })
})

let made = 0
function event(over: Partial<Event> = {}): Event {
  const n = made++
  return {
    id: '',
    time: clock,
    ingested: clock,
    source: 'app',
    parser: 'json',
    logsource: { category: ['test'], service: [], closed: false },
    pivots: { host: 'web1', user: 'eve' },
    message: '',
    fields: { n, text: `a marker ${n}` },
    raw: `{"n":${n}}`,
    ...over,
  }
}

function ingest(count: number, over: Partial<Event> = {}): void {
  const events = Array.from({ length: count }, () => event(over))
  writer.append([{ answer: 'ok', events, matches: [] }])
}

async function server(): Promise<{ state: StateStore; schedules: ScheduleService }> {
  const state = await openState({ url: stateUrl(folder), now: () => clock })
  await state.setRules([
    {
      ...{ id: 'r1', title: 'Marker', level: 'high', hash: HASH, text: '', tags: [] },
      ...{ dedup: ['host'], dedupWindow_ms: HOUR },
    },
  ])
  const schedules = createSchedules(state, { now: () => clock, poll_ms: 0, beat_ms: HOUR })
  const ruleOf = () => ({ rule: rules[0]!, hash: HASH })
  schedules.register(
    'rule',
    createRuleRunner({
      ...{ events: reader, state, ruleOf, commit: () => 'c0ffee' },
      keep: async (rule, eventIds) => writer.addRunMatches(rule, eventIds),
    }),
  )
  closing.push(async () => {
    await schedules.stop()
    await state.close()
  })
  return { state, schedules }
}

async function schedule(state: StateStore): Promise<void> {
  const position = await reader.position()
  const scheduled = { rules: [{ id: 'r1', schedule: '1h' }], refused: [] }
  await syncRuleSchedules(state, scheduled, position!, clock)
}

const matched = async (state: StateStore) =>
  (await state.listAlerts({ filter: {}, limit: 200 })).alerts.reduce((n, { count }) => n + count, 0)
const lastRun = async (schedules: ScheduleService) => (await schedules.runs(WORK, 1))[0]

describe('a scheduled rule', () => {
  test('covers what came in since its schedule began, old event times included', async () => {
    const { state, schedules } = await server()
    ingest(5)
    await schedule(state)
    ingest(3)
    ingest(2, { time: clock - 40 * DAY })
    ingest(4, { fields: { text: 'something else' } })
    ingest(1, { logsource: { category: ['other'], service: [], closed: false } })
    writer.seal()
    clock += HOUR
    await schedules.tick()
    expect(await lastRun(schedules)).toMatchObject({
      ...{ status: 'ok', matches: 5, alerts: 2, ruleCommit: 'c0ffee', ruleHash: HASH },
    })
    expect(await matched(state)).toBe(5)
  })

  test.each([
    ['forward a day', DAY],
    ['back a day', -DAY],
    ['back and forward', 0],
  ])('loses and repeats nothing when the clock jumps %s', async (_, jump) => {
    const { state, schedules } = await server()
    await schedule(state)
    let total = 0
    const step = async () => {
      ingest(10)
      total += 10
      await schedules.tick()
      clock += HOUR
      await schedules.tick()
    }
    await step()
    clock += jump === 0 ? -3 * DAY : jump
    await step()
    clock += jump === 0 ? 3 * DAY : -jump
    await step()
    clock += 2 * HOUR
    await schedules.tick()
    expect(await matched(state)).toBe(total)
  })

  test('commits many matches in parts, each with its cut-off', async () => {
    const { state, schedules } = await server()
    await schedule(state)
    for (let n = 0; n < 6; n++) ingest(RUN_MATCHES_MAX / 4)
    clock += HOUR
    await schedules.tick()
    expect((await lastRun(schedules))?.matches).toBe((RUN_MATCHES_MAX / 4) * 6)
    expect(await matched(state)).toBe((RUN_MATCHES_MAX / 4) * 6)
    expect((await schedules.get(WORK))?.cutoff).toEqual(await reader.position())
  })

  test('raises nothing once its lease is another server’s', async () => {
    const { state, schedules } = await server()
    await schedule(state)
    ingest(3)
    const cutoff = (await reader.position())!
    const run = await state.claimRun({ ...WORK, trigger: 'schedule', mode: 'detect', by: 'one' })
    const { events } = await reader.search({
      ...{ from: 0, to: clock + 1, limit: 9, timeout_ms: 4000 },
    })
    const matches = events.map(({ id, time, ingested, source }) => ({
      ...{ sequence: 0, eventId: id, ruleId: 'r1', ruleHash: HASH, time, ingested, source },
      keys: { host: 'web1' },
    }))
    const commit = () =>
      state.commitRunMatches({ lease: { ...WORK, run: run!.run }, cutoff, matches, events })
    expect(await state.dropLease(WORK, { run: run!.run, beat: 0 })).toBe(true)
    expect(await commit().catch((error) => error)).toMatchObject({ code: 'conflict' })
    expect(await matched(state)).toBe(0)
    clock += HOUR
    await schedules.tick()
    expect(await matched(state)).toBe(3)
  })

  test('is refused by name over another intake', async () => {
    const { state, schedules } = await server()
    await schedule(state)
    await state.saveSchedules(
      [{ ...WORK, interval_ms: HOUR, nextRunAt: 0, cutoff: { epoch: 'other', sequence: 0 } }],
      [],
    )
    ingest(1)
    await schedules.tick()
    expect(await lastRun(schedules)).toMatchObject({ status: 'failed', matches: 0 })
    expect((await lastRun(schedules))?.error).toContain('other-epoch')
    expect(await matched(state)).toBe(0)
  })

  test('keeps its place while its rule cannot run, and goes on from there', async () => {
    const { state, schedules } = await server()
    await schedule(state)
    ingest(2)
    const position = (await reader.position())!
    await syncRuleSchedules(state, { rules: [], refused: ['r1'] }, position, clock)
    ingest(2)
    await schedule(state)
    clock += HOUR
    await schedules.tick()
    expect(await matched(state)).toBe(4)
  })

  test('that was removed leaves nothing behind', async () => {
    const { state, schedules } = await server()
    await schedule(state)
    ingest(2)
    await syncRuleSchedules(state, { rules: [], refused: [] }, (await reader.position())!, clock)
    clock += HOUR
    await schedules.tick()
    expect(await schedules.get(WORK)).toBeUndefined()
    expect(await matched(state)).toBe(0)
  })
})

test('a replay finds what a range holds and raises nothing', async () => {
  const { state, schedules } = await server()
  ingest(7, { time: clock - 2 * HOUR })
  ingest(3)
  const options = { from: clock - 3 * HOUR, to: clock - HOUR }
  const { done } = await schedules.runNow(WORK, { mode: 'replay', options }, ANA)
  expect(await done).toMatchObject({ status: 'ok', matches: 7, alerts: 0, by: 'ana' })
  expect((await done).sampleEventIds).toHaveLength(7)
  expect(await matched(state)).toBe(0)
})
