import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { dayFilePath, openDayFileReadonly } from './day-file.ts'
import { readDeadLetters } from './dead-letter.ts'
import type { Appended } from './event-store.ts'
import { readCatalogue } from './intake-read.ts'
import { openMatchFeed } from './match-feed.ts'
import { readMatches } from './sealed-matches.ts'

import {
  batch,
  bench,
  DAY_MS,
  event,
  expectStored,
  many,
  readIntake,
  start,
  stop,
  stored,
  useWriters,
} from './writer.support.ts'

useWriters()

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
    bench.clock += 7 * DAY_MS + 1
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
      { ...letter, at: bench.clock },
      { ...letter, at: bench.clock, eventId: '20261121-000000000001' },
    ])
  })
})

describe('matches', () => {
  test('are followed from the intake, with the pivots and the keys that the rule names', () => {
    const writer = start()
    const events = many(3)
    const match = { index: 2, ruleId: 'r', ruleHash: 'h', keys: { Image: 'x' } }
    writer.append([batch(events, { matches: [match, { ...match, index: 0 }] })])
    const feed = openMatchFeed(bench.folder)
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
    bench.clock += 2000
    writer.tick()
    const feed = openMatchFeed(bench.folder)
    expect(feed.matches(0, 10)).toHaveLength(1)
    writer.seal()
    bench.clock += 10_001
    writer.tick()
    expect(feed.matches(0, 10)).toEqual([])
    expect(feed.event('20261121-000000000280')).toBeDefined()
    feed.close()
    const [name] = readIntake(readCatalogue)
    const db = openDayFileReadonly(bench.folder, name!)!
    expect(readMatches(db, 0, 1000)).toEqual([{ number: 280, ruleId: 'r', ruleHash: 'h' }])
    db.close()
  })

  test('have the same epoch until the intake is another', () => {
    stop(start())
    const feed = openMatchFeed(bench.folder)
    const epoch = feed.epoch()
    feed.close()
    stop(start())
    const again = openMatchFeed(bench.folder)
    expect(again.epoch()).toBe(epoch)
    again.close()
  })
})

describe('retention', () => {
  test('removes whole days, their files some seconds later, and never uses a name again', () => {
    const writer = start()
    const old = event({ time: bench.clock - 10 * DAY_MS })
    const young = event()
    writer.append([batch([old, young])])
    writer.seal()
    const paths = writer.retain(5, bench.clock)
    expect(paths).toEqual([])
    bench.clock += 6 * DAY_MS
    writer.append([batch([event()])])
    writer.seal()
    const [path] = writer.retain(5, bench.clock)
    expect(path).toBe(dayFilePath(bench.folder, { day: '20261111', generation: 1, fileId: '' }))
    expect(stored().map((e) => e.id.slice(0, 8))).not.toContain('20261111')
    expect(existsSync(path!)).toBe(true)
    bench.clock += 10_000
    writer.tick()
    expect(existsSync(path!)).toBe(false)
    const [again] = writer.append([batch([event({ time: old.time })], { import: true })]) as [
      Appended,
    ]
    expect(again.ids).toEqual(['20261111-500000000001'])
    writer.seal()
    expect(readdirSync(join(bench.folder, 'events'))).toContain('2026-11-11.2.db')
  })

  test('events older than it become dead letters and make no day', () => {
    const writer = start({ retention_days: 30 })
    const old = event({ time: bench.clock - 40 * DAY_MS })
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
