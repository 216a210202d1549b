// Columns that are a field's string, by groups of many values: their equality finds every event.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../../../parsers/event.ts'
import { normalise } from '../../../../parsers/normalise.ts'
import type { ColumnName, Expr } from '../../../../sigma/ir/expr.ts'
import { type OpenReader, openEventReader } from '../reader.ts'
import { openWriter } from '../writer.ts'
import { createIndexer } from './indexer.ts'

const START = Date.UTC(2026, 10, 21, 12)
const ALL = { from: START - 1, to: START + 86_400_000, timeout_ms: 60_000 }
const BATCH = 1024
/** More than a path's values are learned for, and more than a column keeps. */
const BATCHES = 20

/** Hashes are one word and differ, addresses are four; some events have neither, or other ones. */
function line(n: number): string {
  const odd = n % 1500
  return JSON.stringify({
    hash: odd === 7 ? '' : odd === 8 ? `two words ${n}` : `h${n}`,
    src_ip: odd === 9 ? undefined : `10.${n >> 8}.${n & 255}.1`,
    host: odd === 10 ? ['a', 'b'] : `ws-${n % 3}`,
    user: odd === 11 ? n : `user${n % 9000}`,
    message: `event ${n}`,
  })
}

let folder: string
let reader: OpenReader
const events: Event[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-derived-'))
  let clock = START
  const writer = openWriter({
    dataFolder: folder,
    retention_days: 0,
    diskMinFree_bytes: 0,
    now: () => clock,
  })
  for (let batch = 0; batch < BATCHES; batch++) {
    const made = Array.from({ length: BATCH }, (_, i) => {
      clock = START + batch * BATCH + i
      return normalise(line(batch * BATCH + i), { now: clock, received: clock, timeZone: 'UTC' })
    })
    events.push(...made)
    writer.append([{ answer: '', events: made, matches: [] }])
  }
  writer.seal()
  writer.close()
  const indexer = createIndexer(folder, 0)
  while (indexer.step()) {
    // until everything is indexed
  }
  indexer.close()
  reader = openEventReader(folder)
})

afterAll(() => {
  reader.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each<[ColumnName, readonly number[]]>([
  ['hash', [0, 7, 8, 1507, 1508, 8190, 8200, 9000, 16_500, 20_000]],
  ['src_ip', [0, 9, 300, 1509, 8191, 8192, 8193, 16_385, 20_479]],
  ['host', [0, 1, 10, 1510, 20_000]],
  ['user', [0, 11, 1511, 8999, 9000, 20_000]],
])('%s equals', async (name, numbers) => {
  for (const n of numbers) {
    const value = String(events[n]!.pivots[name as 'host'] ?? 'none at all')
    const wanted = events.filter((event) => String(event.pivots[name as 'host'] ?? '') === value)
    const expr: Expr = {
      kind: 'match',
      target: { scope: 'column', name },
      test: { kind: 'equals', value, cased: false },
    }
    const count = await reader.count({ ...ALL, expr })
    expect([n, count.total, count.exact]).toEqual([n, wanted.length, true])
  }
})

test('facets count what the events have', async () => {
  for (const field of ['host', 'user', 'hash', 'src_ip']) {
    const having = events.filter((event) => event.pivots[field as 'host'] !== undefined)
    const values = new Set(having.map((event) => String(event.pivots[field as 'host'])))
    const top = await reader.top({ ...ALL, field: `@${field}`, limit: 3, order: 'most' })
    expect([field, top.distinct, top.missing]).toEqual([
      field,
      values.size,
      events.length - having.length,
    ])
  }
})
