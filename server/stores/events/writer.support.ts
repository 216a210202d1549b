// What the tests of the writer share: a data folder of their own, a clock that they set, events.
import type { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../../parsers/event.ts'
import type { NewBatch } from './event-store.ts'
import { openIntakeReadonly } from './intake-read.ts'
import { scanEvents } from './scan.ts'
import { type DayFileWriter, openWriter, type WriterOptions } from './writer.ts'

export const DAY_MS = 86_400_000
export const START = Date.UTC(2026, 10, 21, 12)

/** Of the test that runs. */
export const bench = { folder: '', clock: START }
let open: DayFileWriter[] = []

/** Gives each test of the file that calls it an empty folder. */
export function useWriters(): void {
  beforeEach(() => {
    bench.folder = mkdtempSync(join(tmpdir(), 'trapline-writer-'))
    bench.clock = START
    open = []
  })
  afterEach(() => {
    for (const writer of open) writer.close()
    rmSync(bench.folder, { recursive: true, force: true })
  })
}

export function start(over: Partial<WriterOptions> = {}): DayFileWriter {
  const options = {
    dataFolder: bench.folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => bench.clock,
  }
  const writer = openWriter({ ...options, ...over })
  open.push(writer)
  return writer
}

export function stop(writer: DayFileWriter): void {
  open = open.filter((other) => other !== writer)
  writer.close()
}

let made = 0
export function event(over: Partial<Event> = {}): Event {
  const n = made++
  return {
    id: '',
    time: bench.clock,
    ingested: bench.clock,
    source: 'app',
    parser: 'json',
    logsource: { category: [], service: [], closed: false },
    pivots: { host: `h${n % 7}` },
    message: `event ${n}`,
    fields: { n },
    raw: `{"n":${n}}`,
    ...over,
  }
}

export const many = (count: number, over?: Partial<Event>) =>
  Array.from({ length: count }, () => event(over))

export function batch(events: readonly Event[], over: Partial<NewBatch> = {}): NewBatch {
  return { answer: `${events.length} events`, events, matches: [], ...over }
}

export const numbersOf = (events: Iterable<Event>) =>
  [...events].map((e) => e.fields.n as number).sort((a, b) => a - b)
export const stored = () => [...scanEvents(bench.folder)]

export function expectStored(events: readonly Event[]): void {
  const found = stored()
  expect(numbersOf(found)).toEqual(numbersOf(events))
  expect(new Set(found.map((e) => e.id)).size).toBe(found.length)
  for (const e of found)
    expect(e.id.slice(0, 8)).toBe(new Date(e.time).toISOString().slice(0, 10).replaceAll('-', ''))
}

export function readIntake<T>(read: (db: Database) => T): T {
  const db = openIntakeReadonly(bench.folder)!
  try {
    return read(db)
  } finally {
    db.close()
  }
}
