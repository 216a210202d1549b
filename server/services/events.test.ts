import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEvents } from '../../test/search/events.ts'
import { type DayFileWriter, openWriter } from '../stores/events/writer.ts'
import { type EventsHost, startEvents } from './events.ts'

const START = Date.UTC(2026, 10, 21, 12)
const ALL = { from: 0, to: START * 2, timeout_ms: 4000 }

let folder: string
let writer: DayFileWriter
let host: EventsHost

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-events-'))
  writer = openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })
  host = await startEvents({ dataFolder: folder, workers: 2, diskMinFree_bytes: 0 }, (error) => {
    throw error
  })
})

afterEach(async () => {
  await host.stop()
  writer.close()
  rmSync(folder, { recursive: true, force: true })
})

function append(count: number, seed: number): readonly string[] {
  const events = makeEvents(count, START, seed)
  const [answer] = writer.append([{ answer: '', events, matches: [], import: true }])
  return answer !== undefined && 'ids' in answer ? answer.ids : []
}

/** Waits until the index worker has nothing left. */
async function indexed(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setInterval(async () => {
    const { indexLag_ms } = await host.reader.stats()
    if (indexLag_ms === 0 && sealedFor > 3000) resolve()
    sealedFor += 100
  }, 100)
  let sealedFor = 0
  await promise
  clearInterval(timer)
}

test('workers search what was committed, sealed and indexed, each event once', async () => {
  const ids = [...append(500, 1)]
  expect((await host.reader.count(ALL)).total).toBe(500)
  writer.seal()
  expect((await host.reader.count(ALL)).total).toBe(500)
  await indexed()
  ids.push(...append(300, 2))
  const found = await host.reader.search({ ...ALL, limit: 1000 })
  expect(found.events.map((event) => event.id).sort()).toEqual(ids.toSorted())
  const some = ids.slice(495, 505)
  expect((await host.reader.get(some)).map((event) => event?.id)).toEqual(some)
})

test('a search that is given up answers that it is incomplete', async () => {
  append(2000, 3)
  const controller = new AbortController()
  controller.abort()
  const { stats } = await host.reader.search({ ...ALL, expr: NEVER, limit: 10 }, controller.signal)
  expect(stats.complete).toBe(false)
})

const NEVER = {
  kind: 'match',
  target: { scope: 'any' },
  test: { kind: 'regex', pattern: 'zz+top$', flags: '' },
} as const

test('pages by cursor hold every event once while more arrive', async () => {
  append(700, 4)
  const first = await host.reader.search({ ...ALL, limit: 50 })
  const seen = first.events.map((event) => event.id)
  let { cursor } = first
  while (cursor !== undefined) {
    append(20, 5)
    const page = await host.reader.search({ ...ALL, limit: 50, cursor, asof: first.asof })
    seen.push(...page.events.map((event) => event.id))
    cursor = page.cursor
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBe(700)
  expect((await host.reader.count({ ...ALL, asof: first.asof })).total).toBe(700)
})
