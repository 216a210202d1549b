// What every event store must do, as one suite: a backend's test calls it with how to open a fresh store.
// It asks only what the interfaces say, so that another backend passes it unchanged.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import type { Expr } from '../../../sigma/ir/expr.ts'
import type { Appended, EventReader, EventWriter, NewBatch } from './event-store.ts'

/** An empty store, written and read by this test alone. */
export interface StoreUnderTest {
  readonly writer: EventWriter
  readonly reader: EventReader
  close(): Promise<void>
}

const HOUR_MS = 3_600_000
const TIMEOUT_MS = 4000

function eventAt(time: number, n: number, over: Partial<Event> = {}): Event {
  return {
    id: '',
    time,
    ingested: time,
    source: n % 2 === 0 ? 'even' : 'odd',
    parser: 'json',
    logsource: { product: 'linux', category: [], service: ['sshd'], closed: false },
    pivots: { host: `h${n % 5}`, severity: n % 4 === 0 ? 'high' : 'low' },
    message: `login number${n} of user${n % 3}`,
    fields: { n, deep: { word: `w${n % 7}` } },
    raw: `raw line ${n}`,
    ...over,
  }
}

const word = (text: string): Expr => ({
  kind: 'match',
  target: { scope: 'any' },
  test: { kind: 'words', words: [text] },
})
const column = (name: 'host' | 'source', value: string): Expr => ({
  kind: 'match',
  target: { scope: 'column', name },
  test: { kind: 'equals', value, cased: false },
})

const batchOf = (events: readonly Event[], over: Partial<NewBatch> = {}): NewBatch => ({
  answer: 'ok',
  events,
  matches: [],
  ...over,
})
const numbers = (events: readonly (Event | undefined)[]) => events.map((e) => e?.fields.n as number)

/** Registers the suite. `sealed`: events are moved out of the tail before they are read. */
export function eventStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe.each([
    ['just committed', false],
    ['sealed', true],
  ])(`${name}, events %s`, (_, sealed) => {
    let store: StoreUnderTest
    let now: number
    let range: { from: number; to: number; timeout_ms: number }

    beforeEach(async () => {
      store = await open()
      now = Date.now()
      range = { from: now - 100 * HOUR_MS, to: now + HOUR_MS, timeout_ms: TIMEOUT_MS }
    })
    afterEach(() => store.close())

    function append(events: readonly Event[], over: Partial<NewBatch> = {}): Appended {
      const [result] = store.writer.append([batchOf(events, over)])
      if (sealed) store.writer.seal()
      return result as Appended
    }
    /** 300 events over three days, newest first by number. */
    const fill = () =>
      append(Array.from({ length: 300 }, (_, n) => eventAt(now - n * 1_000_000, n)))

    test('a search gives the newest first and pages on without gap or repeat', async () => {
      fill()
      const found: number[] = []
      let page = await store.reader.search({ ...range, limit: 70 })
      for (;;) {
        found.push(...numbers(page.events))
        if (page.cursor === undefined) break
        const { cursor, asof } = page
        page = await store.reader.search({ ...range, limit: 70, cursor, asof })
      }
      expect(found).toEqual([...Array(300).keys()])
    })

    test('events of equal time are in the order of their ids, newest first', async () => {
      append([1, 2, 3].map((n) => eventAt(now, n)))
      const { events } = await store.reader.search({ ...range, limit: 10 })
      expect(numbers(events)).toEqual([3, 2, 1])
    })

    test('a range is half open', async () => {
      append([eventAt(now - 2, 1), eventAt(now - 1, 2), eventAt(now, 3)])
      const count = await store.reader.count({ ...range, from: now - 2, to: now })
      expect([count.total, count.exact]).toEqual([2, true])
    })

    test('counts, histograms and tops agree with the rows', async () => {
      fill()
      const expr = word('user1')
      const rows = (await store.reader.search({ ...range, expr, limit: 1000 })).events
      expect(rows).toHaveLength(100)
      expect((await store.reader.count({ ...range, expr })).total).toBe(100)
      const histogram = await store.reader.histogram({ ...range, expr, bucket_ms: HOUR_MS })
      const perHour = Map.groupBy(rows, (e) => Math.floor(e.time / HOUR_MS) * HOUR_MS)
      expect(new Map(histogram.buckets.map((b) => [b.start, b.count]))).toEqual(
        new Map([...perHour].map(([start, events]) => [start, events.length])),
      )
      for (const { count, bySeverity } of histogram.buckets) {
        expect(Object.values(bySeverity).reduce((a, b) => a + b, 0)).toBe(count)
      }
      const request = { ...range, expr, field: 'host', limit: 2, order: 'most' } as const
      const top = await store.reader.top(request)
      expect([top.distinct, top.missing, top.exact]).toEqual([5, 0, true])
      expect(top.values.map((v) => v.count)).toEqual([20, 20])
    })

    test('a column decides like the matcher, in any case', async () => {
      fill()
      expect((await store.reader.count({ ...range, expr: column('host', 'H3') })).total).toBe(60)
      expect((await store.reader.count({ ...range, expr: column('source', 'odd') })).total).toBe(
        150,
      )
    })

    test('what came after a page is not in its pages', async () => {
      fill()
      const { asof } = await store.reader.search({ ...range, limit: 1 })
      append([eventAt(now, 1000)])
      expect((await store.reader.count({ ...range, asof })).total).toBe(300)
      expect((await store.reader.count(range)).total).toBe(301)
    })

    test('a search after a sequence has what was committed since, whatever its time', async () => {
      fill()
      const before = (await store.reader.position())?.sequence ?? 0
      append([eventAt(now - 50 * HOUR_MS, 1000), eventAt(now, 1001)])
      append(Array.from({ length: 600 }, (_, n) => eventAt(now - n, 2000 + n)))
      const after = { ...range, after: before, limit: 1000 }
      expect((await store.reader.search(after)).events).toHaveLength(602)
      const middle = (await store.reader.position())?.sequence ?? 0
      append([eventAt(now, 3000)])
      const between = await store.reader.search({ ...after, asof: middle, order: 'oldest' })
      expect(between.events).toHaveLength(602)
      expect(between.events[0]?.fields.n).toBe(1000)
      const expr = word('user1')
      const some = await store.reader.search({ ...after, after: middle, expr: word('user0') })
      expect(numbers(some.events)).toEqual([3000])
      const found: number[] = []
      for (let from = before; from < middle; from++) {
        const one = { ...after, expr, after: from, asof: from + 1 }
        found.push(...numbers((await store.reader.search(one)).events))
      }
      const once = await store.reader.search({ ...after, expr, asof: middle })
      expect(found.toSorted()).toEqual(numbers(once.events).toSorted())
    })

    test('counts, histograms and facets after a sequence are those of its search', async () => {
      fill()
      const position = async () => (await store.reader.position())?.sequence ?? 0
      const places = [await position()]
      for (const start of [1000, 3000]) {
        append(Array.from({ length: 400 }, (_, n) => eventAt(now - n * 60_000, start + n)))
        places.push(await position())
      }
      for (const expr of [undefined, word('user1'), column('host', 'h3')]) {
        for (const [after, asof] of [
          [places[0], places[1]],
          [places[1], places[2]],
          [places[0], undefined],
        ]) {
          const request = {
            ...{ ...range, limit: 2000 },
            ...(expr === undefined ? {} : { expr }),
            ...(after === undefined ? {} : { after }),
            ...(asof === undefined ? {} : { asof }),
          }
          const { events } = await store.reader.search(request)
          expect(events.length).toBeGreaterThan(0)
          expect((await store.reader.count(request)).total).toBe(events.length)
          const { buckets } = await store.reader.histogram({ ...request, bucket_ms: HOUR_MS })
          expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(events.length)
          const bySeverity = buckets.flatMap((bucket) => Object.values(bucket.bySeverity))
          expect(bySeverity.reduce((sum, count) => sum + count, 0)).toBe(events.length)
          for (const field of ['host', 'severity']) {
            const top = await store.reader.top({ ...request, field, limit: 100, order: 'most' })
            const counted = top.values.reduce((sum, { count }) => sum + count, top.missing)
            expect(counted).toBe(events.length)
          }
        }
      }
    })

    test('ids find their events, in the order asked', async () => {
      const { ids } = append([1, 2, 3].map((n) => eventAt(now - n * 30 * HOUR_MS, n)))
      const unknown = '20200101-000000000000'
      const asked = [ids[2]!, unknown, 'no id', ids[0]!]
      expect(numbers(await store.reader.get(asked))).toEqual([
        3,
        undefined,
        undefined,
        1,
      ] as number[])
    })

    test('an event comes back as it was', async () => {
      const fields = { __proto__: null, 'a.b': [1, 'x', null, { c: true }], n: 1 }
      const given = eventAt(now, 1, { fields, message: 'nul \u0000 \u{1f600}', raw: 'a\nb\r' })
      const { ids } = append([given])
      const [back] = await store.reader.get(ids)
      expect(back).toEqual({ ...given, fields: { ...fields }, id: ids[0]! })
    })

    test('events around one are its neighbours in time', async () => {
      const { ids } = append(Array.from({ length: 9 }, (_, n) => eventAt(now - n * HOUR_MS, n)))
      const { before, after } = await store.reader.around(ids[4]!, 2)
      expect([...numbers(before), ...numbers(after)].sort()).toEqual([2, 3, 5, 6])
    })

    test('rules that matched are known by event', async () => {
      const matches = [
        { index: 0, ruleId: 'a', ruleHash: 'h' },
        { index: 0, ruleId: 'b', ruleHash: 'h' },
      ]
      const { ids } = append([eventAt(now, 1), eventAt(now, 2)], { matches })
      const found = await store.reader.matchesOf(ids)
      expect([...(found[ids[0]!] ?? [])].sort()).toEqual(['a', 'b'])
      expect(found[ids[1]!] ?? []).toEqual([])
    })

    test('a search by rule finds what it matched, and rules are counted over the found events', async () => {
      const matches = Array.from({ length: 40 }, (_, index) => [
        { index, ruleId: 'all', ruleHash: 'h' },
        ...(index % 4 === 0 ? [{ index, ruleId: 'fourth', ruleHash: 'h' }] : []),
      ]).flat()
      const events = Array.from({ length: 60 }, (_, n) => eventAt(now - n * 1000, n))
      append(events, { matches })
      const { events: found } = await store.reader.search({
        ...range,
        rules: ['fourth'],
        limit: 99,
      })
      expect(numbers(found)).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36])
      const expr = word('user1')
      const count = await store.reader.count({ ...range, expr, rules: ['fourth', 'none'] })
      expect([count.total, count.exact]).toEqual([3, true])
      const top = await store.reader.top({
        ...range,
        expr,
        field: '@rule',
        limit: 5,
        order: 'most',
      })
      expect(top.values).toEqual([
        { value: 'all', count: 13 },
        { value: 'fourth', count: 3 },
      ])
      expect([top.distinct, top.missing]).toEqual([2, 7])
    })

    test('the oldest come first where that is asked, and pages go on', async () => {
      fill()
      const request = { ...range, order: 'oldest', limit: 200 } as const
      const { events, cursor, asof } = await store.reader.search(request)
      const next = await store.reader.search({ ...request, asof, cursor: cursor! })
      expect(numbers([...events, ...next.events])).toEqual([...Array(300).keys()].reverse())
      expect(next.cursor).toBeUndefined()
    })

    test('a tail gives what was committed after a sequence, oldest first', async () => {
      const { sequence } = append([eventAt(now, 1)])
      append([eventAt(now, 2), eventAt(now, 3)])
      const tail = await store.reader.tail(sequence, undefined, 10)
      expect(numbers(tail.events)).toEqual([2, 3])
      expect((await store.reader.tail(tail.sequence, undefined, 10)).events).toEqual([])
    })

    test('a key is stored once, and not with another body', async () => {
      append([eventAt(now, 1)], { key: 'k', bodyHash: 'a' })
      expect(append([eventAt(now, 1)], { key: 'k', bodyHash: 'a' }).repeated).toBe(true)
      expect(append([eventAt(now, 1)], { key: 'k', bodyHash: 'b' })).toEqual({
        conflict: true,
        hash: 'a',
      } as never)
      expect((await store.reader.count(range)).total).toBe(1)
    })

    test('retention takes whole days away', async () => {
      fill()
      const before = (await store.reader.stats()).events
      store.writer.retain(0, now + 48 * HOUR_MS)
      const after = await store.reader.stats()
      expect(before).toBe(300)
      expect(after.events).toBe(sealed ? 0 : 300)
      expect((await store.reader.count(range)).total).toBe(after.events)
    })
  })
}
