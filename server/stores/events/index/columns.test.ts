import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../../../parsers/event.ts'
import type { Expr, Test } from '../../../../sigma/ir/expr.ts'
import { type OpenReader, openEventReader } from '../reader.ts'
import { openWriter } from '../writer.ts'
import { KEPT_VALUES_MAX } from './column-builder.ts'
import { createIndexer } from './indexer.ts'

const START = Date.UTC(2026, 10, 21, 12)
const ALL = { from: START - 1000, to: START + 86_400_000, timeout_ms: 30_000 }
const BATCH = 2048
const BATCHES = 16
const EVENTS = BATCH * BATCHES

let folder: string
let reader: OpenReader

/** Addresses differ from event to event, ports come four times, users in two cases. */
function event(n: number): Event {
  return {
    id: '',
    time: START + n,
    ingested: START + n,
    source: 'app',
    parser: 'json',
    logsource: { category: [], service: [], closed: false },
    pivots: {
      hash: `Hash-${n}`,
      src_port: Math.floor(n / 4),
      ...(n % 3 === 0 ? {} : { user: n % 2 === 0 ? `User${n % 50}` : `user${n % 50}` }),
    },
    message: `event ${n}`,
    fields: { n },
    raw: '',
  }
}

// Each batch is a group of its own; eight at a time become one, and of these no column fits as it is.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-columns-'))
  let clock = START
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => clock,
  })
  const indexer = createIndexer(folder, 0)
  for (let batch = 0; batch < BATCHES; batch++) {
    const events = Array.from({ length: BATCH }, (_, i) => event(batch * BATCH + i))
    clock = events.at(-1)!.time
    writer.append([{ answer: '', events, matches: [] }])
    writer.seal()
    while (indexer.step()) {
      // until what was sealed is indexed and merged
    }
  }
  // One more group holds more values than are kept at once.
  const events = Array.from({ length: KEPT_VALUES_MAX + 100 }, (_, i) => event(EVENTS + i))
  clock = events.at(-1)!.time
  writer.append([{ answer: '', events, matches: [] }])
  writer.seal()
  while (indexer.step()) {
    // the same
  }
  indexer.close()
  writer.close()
  reader = openEventReader(folder)
})

afterAll(() => {
  reader.close()
  rmSync(folder, { recursive: true, force: true })
})

const TOTAL = EVENTS + KEPT_VALUES_MAX + 100
const column = (name: 'hash' | 'src_port' | 'user', test: Test): Expr => ({
  kind: 'match',
  target: { scope: 'column', name },
  test,
})
const equals = (value: string, cased = false): Test => ({ kind: 'equals', value, cased })

describe('a column is answered exactly', () => {
  test.each<[string, Expr, number]>([
    ['one of many values', column('hash', equals('hash-7')), 1],
    ['one of many values in another case', column('hash', equals('HASH-16999')), 1],
    ['the last group', column('hash', equals(`Hash-${TOTAL - 1}`)), 1],
    ['a cased value', column('hash', equals('hash-7', true)), 0],
    ['an absent value', column('hash', equals('hash-x')), 0],
    ['a number', column('src_port', { kind: 'number', value: 4096, text: '4096' }), 4],
    ['part of many values', column('hash', { kind: 'endswith', value: '-1234', cased: false }), 1],
    ['a range', column('src_port', { kind: 'compare', op: 'lt', value: 10 }), 40],
    ['absence', column('user', { kind: 'exists', value: false }), Math.ceil(TOTAL / 3)],
    ['what it is not', { kind: 'not', arg: column('hash', equals('hash-7')) }, TOTAL - 1],
  ])('%s', async (_, expr, total) => {
    const count = await reader.count({ ...ALL, expr })
    expect([count.total, count.exact]).toEqual([total, true])
    // Where a hash leaves a few rows, they are read.
    expect(count.stats.scanned).toBeLessThan(16)
  })
})

test('facets count values of many groups', async () => {
  const hashes = await reader.top({ ...ALL, field: 'hash', limit: 3, order: 'most' })
  expect([hashes.distinct, hashes.missing]).toEqual([TOTAL, 0])
  const users = await reader.top({ ...ALL, field: 'user', limit: 100, order: 'fewest' })
  const wanted = Array.from({ length: TOTAL }, (_, n) => event(n).pivots.user)
  expect(users.missing).toBe(wanted.filter((user) => user === undefined).length)
  for (const { value, count } of users.values) {
    expect(count).toBe(wanted.filter((user) => user === value).length)
  }
})
