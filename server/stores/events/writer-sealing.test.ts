// How the writer moves events into day files, and what it finds after a crash.
import { describe, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../../parsers/event.ts'
import { openDayFileReadonly, readSegments } from './day-file.ts'
import type { Appended } from './event-store.ts'
import { TIME_MAX_MS, TIME_MIN_MS } from './id.ts'
import { readCatalogue, readChunks, readDropped } from './intake-read.ts'
import { scanEvents } from './scan.ts'
import { TAIL_BYTES_MAX } from './sealed-tail.ts'
import {
  batch,
  bench,
  DAY_MS,
  event,
  expectStored,
  many,
  numbersOf,
  readIntake,
  start,
  stop,
  stored,
  useWriters,
} from './writer.support.ts'
import { openWriter } from './writer.ts'

/** Hundreds of files are made and synced: minutes on a busy disk. */
const SLOW_DISK_MS = 120_000

useWriters()

describe('sealing', () => {
  test('full segments move at once, the rest after a while', () => {
    const writer = start()
    const events = many(5000)
    writer.append([batch(events)])
    expect(writer.tick()).toEqual(['20261121'])
    expect(writer.unsealed()).toBe(5000 - 2 * 2048)
    expectStored(events)
    bench.clock += 2000
    writer.tick()
    expect(writer.unsealed()).toBe(0)
    expectStored(events)
  })

  test('a few events wait for thirty seconds', () => {
    const writer = start()
    writer.append([batch(many(10))])
    bench.clock += 29_000
    expect(writer.tick()).toEqual([])
    bench.clock += 1000
    expect(writer.tick()).toEqual(['20261121'])
  })

  test('small commits become blocks of up to 256 events', () => {
    const writer = start()
    const events = many(700)
    for (const e of events) writer.append([batch([e])])
    expect(writer.seal()).toBe(700)
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(bench.folder, name!)!
    const blocks = db.query('SELECT count FROM blocks ORDER BY id').all()
    db.close()
    expect(blocks).toEqual([{ count: 256 }, { count: 256 }, { count: 188 }])
    expectStored(events)
  })

  test('late events have segments of their own, each a run of numbers', () => {
    const writer = start()
    const events: Event[] = []
    for (let n = 0; n < 50; n++) {
      const mixed = [
        event(),
        event({ time: bench.clock - 3_600_000 }),
        event(),
        event({ time: bench.clock + 61_000 }),
      ]
      events.push(...mixed)
      writer.append([batch(mixed)])
    }
    writer.seal()
    expectStored(events)
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(bench.folder, name!)!
    const segments = readSegments(db)
    db.close()
    expect(segments.map((s) => [s.late, s.count, s.newest - s.oldest > 60_000])).toEqual([
      [false, 100, false],
      [true, 100, true],
    ])
  })

  test(
    '365 days in one batch, and days at both ends of time',
    () => {
      const writer = start()
      const events = Array.from({ length: 730 }, (_, n) =>
        event({ time: bench.clock - (n % 365) * DAY_MS }),
      )
      events.push(event({ time: TIME_MIN_MS }), event({ time: TIME_MAX_MS }))
      writer.append([batch(events)])
      expectStored(events)
      expect(writer.seal()).toBe(732)
      expectStored(events)
      expect(readIntake(readCatalogue)).toHaveLength(367)
    },
    SLOW_DISK_MS,
  )

  test('events on both sides of midnight lie in their own days', () => {
    bench.clock = Date.UTC(2026, 10, 22)
    const writer = start()
    const events = [event({ time: bench.clock - 1 }), event({ time: bench.clock })]
    const [done] = writer.append([batch(events)]) as [Appended]
    expect(done.ids).toEqual(['20261121-000000000000', '20261122-000000000000'])
    writer.seal()
    expectStored(events)
  })

  test('sealed chunks leave the intake after some seconds', () => {
    const writer = start()
    writer.append([batch(many(300))])
    writer.seal()
    expect(readIntake((db) => readChunks(db, 0))).toHaveLength(2)
    bench.clock += 10_001
    writer.tick()
    expect(readIntake((db) => readChunks(db, 0))).toHaveLength(0)
    expect(readIntake(readDropped)).toBe(2)
    expect(stored()).toHaveLength(300)
  })

  test('sealed chunks leave the intake at once when they are many bytes', () => {
    const writer = start()
    const noise = () => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString('hex')
    const kept = () =>
      readIntake((db) => readChunks(db, 0)).reduce((sum, { data }) => sum + data.length, 0)
    for (let n = 0; n < 10; n++) {
      writer.append([batch(Array.from({ length: 40 }, () => event({ raw: noise() })))])
      writer.seal()
    }
    expect(kept()).toBeGreaterThan(TAIL_BYTES_MAX)
    writer.append([batch(many(1))])
    expect(kept()).toBeLessThanOrEqual(TAIL_BYTES_MAX)
    expect(kept()).toBeGreaterThan(TAIL_BYTES_MAX / 2)
    expect(stored()).toHaveLength(401)
  })

  test('1 MiB events close blocks and segments by bytes', () => {
    const writer = start()
    const events = Array.from({ length: 40 }, () => event({ raw: 'é'.repeat(520_000) }))
    for (const e of events) writer.append([batch([e])])
    writer.seal()
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(bench.folder, name!)!
    expect(readSegments(db).map((s) => s.count)).toEqual([32, 8])
    db.close()
    expectStored(events)
  })
})

describe('recovery', () => {
  test('replays what was not sealed, under the same ids', () => {
    let writer = start()
    const events = many(3000)
    events.push(event({ time: bench.clock - DAY_MS }))
    const [done] = writer.append([batch(events)]) as [Appended]
    writer.tick()
    const ids = done.ids
    stop(writer)
    writer = start()
    expect(writer.unsealed()).toBe(3001 - 2048)
    const more = many(10)
    writer.append([batch(more)])
    writer.seal()
    expectStored([...events, ...more])
    const byNumber = new Map(stored().map((e) => [e.fields.n, e.id]))
    expect(events.map((e) => byNumber.get(e.fields.n))).toEqual([...ids])
  })

  test('a torn end of the write-ahead log costs only what was not committed', () => {
    const writer = start()
    const events = many(100)
    writer.append([batch(events)])
    const copy = mkdtempSync(join(tmpdir(), 'trapline-torn-'))
    try {
      writer.append([batch(many(2000, { raw: 'x'.repeat(200) }))])
      cpSync(bench.folder, copy, { recursive: true })
      truncateSync(join(copy, 'intake.db-wal'), statSync(join(copy, 'intake.db-wal')).size - 5000)
      const again = openWriter({
        dataFolder: copy,
        retention_days: 0,
        diskMinFree_bytes: 0,
        now: () => bench.clock,
      })
      again.seal()
      again.close()
      expect(numbersOf(scanEvents(copy))).toEqual(numbersOf(events))
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  })

  test('an intake older than its day files (after a restore) loses nothing that comes later', () => {
    let writer = start()
    const before = many(100)
    writer.append([batch(before)])
    const kept = mkdtempSync(join(tmpdir(), 'trapline-kept-'))
    stop(writer)
    cpSync(join(bench.folder, 'intake.db'), join(kept, 'intake.db'))
    writer = start()
    const between = many(3000)
    writer.append([batch(between)])
    writer.append([batch([event({ time: bench.clock - 9 * DAY_MS })])])
    writer.seal()
    stop(writer)
    for (const suffix of ['-wal', '-shm'])
      rmSync(join(bench.folder, `intake.db${suffix}`), { force: true })
    cpSync(join(kept, 'intake.db'), join(bench.folder, 'intake.db'))
    rmSync(kept, { recursive: true })
    writer = start()
    const after = many(50)
    writer.append([batch(after)])
    expect(stored()).toHaveLength(3151)
    writer.seal()
    expect(stored()).toHaveLength(3151)
    expect(new Set(stored().map((e) => e.id)).size).toBe(3151)
  })
})
