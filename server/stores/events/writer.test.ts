import type { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../../parsers/event.ts'
import { dayFilePath, openDayFileReadonly, readSegments } from './day-file.ts'
import { readDeadLetters } from './dead-letter.ts'
import type { Appended, NewBatch } from './event-store.ts'
import { TIME_MAX_MS, TIME_MIN_MS } from './id.ts'
import { openIntakeReadonly, readCatalogue, readChunks, readDropped } from './intake-read.ts'
import { openMatchFeed } from './match-feed.ts'
import { scanEvents } from './scan.ts'
import { readMatches } from './sealed-matches.ts'
import { TAIL_BYTES_MAX } from './sealed-tail.ts'
import { type DayFileWriter, openWriter, type WriterOptions } from './writer.ts'

const DAY_MS = 86_400_000
const START = Date.UTC(2026, 10, 21, 12)

/** Hundreds of files are made and synced: minutes on a busy disk. */
const SLOW_DISK_MS = 120_000

let folder: string
let clock: number
let open: DayFileWriter[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-writer-'))
  clock = START
  open = []
})
afterEach(() => {
  for (const writer of open) writer.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(over: Partial<WriterOptions> = {}): DayFileWriter {
  const options = { dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0, now: () => clock }
  const writer = openWriter({ ...options, ...over })
  open.push(writer)
  return writer
}

function stop(writer: DayFileWriter): void {
  open = open.filter((other) => other !== writer)
  writer.close()
}

let made = 0
function event(over: Partial<Event> = {}): Event {
  const n = made++
  return {
    id: '',
    time: clock,
    ingested: clock,
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

const many = (count: number, over?: Partial<Event>) =>
  Array.from({ length: count }, () => event(over))

function batch(events: readonly Event[], over: Partial<NewBatch> = {}): NewBatch {
  return { answer: `${events.length} events`, events, matches: [], ...over }
}

const numbersOf = (events: Iterable<Event>) =>
  [...events].map((e) => e.fields.n as number).sort((a, b) => a - b)
const stored = () => [...scanEvents(folder)]

function expectStored(events: readonly Event[]): void {
  const found = stored()
  expect(numbersOf(found)).toEqual(numbersOf(events))
  expect(new Set(found.map((e) => e.id)).size).toBe(found.length)
  for (const e of found)
    expect(e.id.slice(0, 8)).toBe(new Date(e.time).toISOString().slice(0, 10).replaceAll('-', ''))
}

function readIntake<T>(read: (db: Database) => T): T {
  const db = openIntakeReadonly(folder)!
  try {
    return read(db)
  } finally {
    db.close()
  }
}

describe('append', () => {
  test('answers with ids under which the events are found', () => {
    const writer = start()
    const events = many(3)
    const [done] = writer.append([batch(events)]) as [Appended]
    expect(done).toMatchObject({ answer: '3 events', repeated: false })
    expect(done.ids).toEqual([
      '20261121-000000000000',
      '20261121-000000000001',
      '20261121-000000000002',
    ])
    expect(stored()).toEqual(events.map((e, n) => ({ ...e, id: done.ids[n]! })))
  })

  test('stores a batch with the same key once, whatever happened in between', () => {
    const keyed = batch(many(5), { key: 'k', bodyHash: 'aa' })
    const again = () => [batch(many(5), { key: 'k', bodyHash: 'aa', answer: 'other' })]
    let writer = start()
    const [first, twice] = writer.append([keyed, ...again()]) as [Appended, Appended]
    expect([first.repeated, twice.repeated, twice.answer]).toEqual([false, true, '5 events'])
    expect(writer.append(again())).toMatchObject([{ repeated: true, answer: '5 events' }])
    stop(writer)
    writer = start()
    expect(writer.append(again())).toMatchObject([{ repeated: true }])
    expectStored(keyed.events)
  })

  test('refuses a key that came with another body and stores the others of the commit', () => {
    const writer = start()
    writer.append([batch(many(1), { key: 'k', bodyHash: 'aa' })])
    const other = batch(many(2))
    const results = writer.append([batch(many(1), { key: 'k', bodyHash: 'bb' }), other])
    expect(results).toMatchObject([{ conflict: true }, { repeated: false }])
    expect(stored()).toHaveLength(3)
  })

  test('forgets a key after seven days', () => {
    const writer = start()
    writer.append([batch(many(1), { key: 'k', bodyHash: 'aa' })])
    clock += 7 * DAY_MS + 1
    writer.append([batch(many(1))])
    const [done] = writer.append([batch(many(1), { key: 'k', bodyHash: 'bb' })])
    expect(done).toMatchObject({ repeated: false })
  })

  test('an empty batch is answered', () => {
    expect(start().append([batch([])])).toMatchObject([{ answer: '0 events', ids: [] }])
  })

  test('throws disk-full before writing when too little space is free', () => {
    const writer = start({ diskMinFree_bytes: Number.MAX_SAFE_INTEGER })
    expect(() => writer.append([batch(many(1))])).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    )
    expect(stored()).toEqual([])
  })

  test('keeps events and numbers when the transaction fails, and goes on', () => {
    const writer = start()
    writer.append([batch(many(1))])
    const broken = batch(many(1), { matches: [{ index: 0, ruleId: null as never, ruleHash: 'h' }] })
    expect(() => writer.append([broken])).toThrow()
    const [done] = writer.append([batch(many(1))]) as [Appended]
    expect(done.ids).toEqual(['20261121-000000000001'])
    expect(stored()).toHaveLength(2)
  })

  test('keeps dead letters with the id of their event', () => {
    const writer = start()
    const letter = { source: 'x', code: 'bad', message: 'why', sample: 'raw' }
    writer.append([batch(many(2), { deadLetters: [{ ...letter, index: 1 }, letter] })])
    expect(readIntake((db) => readDeadLetters(db, 10, 'x'))).toEqual([
      { ...letter, at: clock },
      { ...letter, at: clock, eventId: '20261121-000000000001' },
    ])
  })
})

describe('sealing', () => {
  test('full segments move at once, the rest after a while', () => {
    const writer = start()
    const events = many(5000)
    writer.append([batch(events)])
    expect(writer.tick()).toEqual(['20261121'])
    expect(writer.unsealed()).toBe(5000 - 2 * 2048)
    expectStored(events)
    clock += 2000
    writer.tick()
    expect(writer.unsealed()).toBe(0)
    expectStored(events)
  })

  test('a few events wait for thirty seconds', () => {
    const writer = start()
    writer.append([batch(many(10))])
    clock += 29_000
    expect(writer.tick()).toEqual([])
    clock += 1000
    expect(writer.tick()).toEqual(['20261121'])
  })

  test('small commits become blocks of up to 256 events', () => {
    const writer = start()
    const events = many(700)
    for (const e of events) writer.append([batch([e])])
    expect(writer.seal()).toBe(700)
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(folder, name!)!
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
        event({ time: clock - 3_600_000 }),
        event(),
        event({ time: clock + 61_000 }),
      ]
      events.push(...mixed)
      writer.append([batch(mixed)])
    }
    writer.seal()
    expectStored(events)
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(folder, name!)!
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
        event({ time: clock - (n % 365) * DAY_MS }),
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
    clock = Date.UTC(2026, 10, 22)
    const writer = start()
    const events = [event({ time: clock - 1 }), event({ time: clock })]
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
    clock += 10_001
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
    const db = openDayFileReadonly(folder, name!)!
    expect(readSegments(db).map((s) => s.count)).toEqual([32, 8])
    db.close()
    expectStored(events)
  })
})

describe('recovery', () => {
  test('replays what was not sealed, under the same ids', () => {
    let writer = start()
    const events = many(3000)
    events.push(event({ time: clock - DAY_MS }))
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
      cpSync(folder, copy, { recursive: true })
      truncateSync(join(copy, 'intake.db-wal'), statSync(join(copy, 'intake.db-wal')).size - 5000)
      const again = openWriter({
        dataFolder: copy,
        retention_days: 0,
        diskMinFree_bytes: 0,
        now: () => clock,
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
    cpSync(join(folder, 'intake.db'), join(kept, 'intake.db'))
    writer = start()
    const between = many(3000)
    writer.append([batch(between)])
    writer.append([batch([event({ time: clock - 9 * DAY_MS })])])
    writer.seal()
    stop(writer)
    for (const suffix of ['-wal', '-shm'])
      rmSync(join(folder, `intake.db${suffix}`), { force: true })
    cpSync(join(kept, 'intake.db'), join(folder, 'intake.db'))
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

describe('matches', () => {
  test('are followed from the intake, with the pivots and the keys that the rule names', () => {
    const writer = start()
    const events = many(3)
    const match = { index: 2, ruleId: 'r', ruleHash: 'h', keys: { Image: 'x' } }
    writer.append([batch(events, { matches: [match, { ...match, index: 0 }] })])
    const feed = openMatchFeed(folder)
    const found = feed.matches(0, 10)
    expect(found.map((m) => [m.sequence, m.eventId])).toEqual([
      [1, '20261121-000000000002'],
      [2, '20261121-000000000000'],
    ])
    expect(found[0]!.keys).toEqual({ host: String(events[2]!.pivots.host), Image: 'x' })
    expect(feed.event(found[0]!.eventId)?.fields).toEqual(events[2]!.fields)
    expect(feed.matches(2, 10)).toEqual([])
    feed.close()
  })

  test('stay until they are acknowledged and their events sealed, then lie in the day file', () => {
    let writer = start()
    writer.append([batch(many(300), { matches: [{ index: 280, ruleId: 'r', ruleHash: 'h' }] })])
    stop(writer)
    writer = start()
    writer.acknowledgeMatches(1)
    clock += 2000
    writer.tick()
    const feed = openMatchFeed(folder)
    expect(feed.matches(0, 10)).toHaveLength(1)
    writer.seal()
    clock += 10_001
    writer.tick()
    expect(feed.matches(0, 10)).toEqual([])
    expect(feed.event('20261121-000000000280')).toBeDefined()
    feed.close()
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(folder, name!)!
    expect(readMatches(db, 0, 1000)).toEqual([{ number: 280, ruleId: 'r', ruleHash: 'h' }])
    db.close()
  })

  test('have the same epoch until the intake is another', () => {
    stop(start())
    const feed = openMatchFeed(folder)
    const epoch = feed.epoch()
    feed.close()
    stop(start())
    const again = openMatchFeed(folder)
    expect(again.epoch()).toBe(epoch)
    again.close()
  })
})

describe('retention', () => {
  test('removes whole days, their files some seconds later, and never uses a name again', () => {
    const writer = start()
    const old = event({ time: clock - 10 * DAY_MS })
    const young = event()
    writer.append([batch([old, young])])
    writer.seal()
    const paths = writer.retain(5, clock)
    expect(paths).toEqual([])
    clock += 6 * DAY_MS
    writer.append([batch([event()])])
    writer.seal()
    const [path] = writer.retain(5, clock)
    expect(path).toBe(dayFilePath(folder, { day: '20261111', generation: 1, fileId: '' }))
    expect(stored().map((e) => e.id.slice(0, 8))).not.toContain('20261111')
    expect(existsSync(path!)).toBe(true)
    clock += 10_000
    writer.tick()
    expect(existsSync(path!)).toBe(false)
    const [again] = writer.append([batch([event({ time: old.time })], { import: true })]) as [
      Appended,
    ]
    expect(again.ids).toEqual(['20261111-500000000001'])
    writer.seal()
    expect(readdirSync(join(folder, 'events'))).toContain('2026-11-11.2.db')
  })

  test('events older than it become dead letters and make no day', () => {
    const writer = start({ retention_days: 30 })
    const old = event({ time: clock - 40 * DAY_MS })
    const match = { index: 0, ruleId: 'r', ruleHash: 'h' }
    const young = event()
    const [done] = writer.append([batch([old, young], { matches: [match] })]) as [Appended]
    expect(done.ids).toEqual(['', '20261121-000000000000'])
    expectStored([young])
    expect(readIntake((db) => readDeadLetters(db, 9))).toMatchObject([
      { code: 'older-than-retention' },
    ])
    expect(readIntake(readCatalogue)).toHaveLength(1)
  })
})
