import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normalise } from '../../../parsers/normalise.ts'
import { parseQuery } from '../../../query/query.ts'
import { columnOf, openColumn } from './columns.ts'
import { dayFilePath } from './day-file.ts'
import { openIntakeReadonly, readCatalogue } from './intake-read.ts'
import { openEventReader } from './reader.ts'
import { encodeSegment } from './segment.ts'
import { openWriter } from './writer.ts'

const NOW = Date.now()
const hashOf = (n: number) => new Bun.CryptoHasher('md5').update(`file ${n}`).digest('hex')

/** Events whose hash is their own, or one of a few. */
const events = (count: number, own: boolean) =>
  Array.from({ length: count }, (_, n) => {
    const raw = JSON.stringify({ host: `h${n % 5}`, hash: hashOf(own ? n : n % 7), n })
    return normalise(raw, { now: NOW, received: NOW, timeZone: 'UTC' })
  })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-columns-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a column of long values of which nearly each is new is left out, others are not', () => {
  const blob = (own: boolean, count: number, name: string) =>
    encodeSegment(events(count, own), 0, 1).columns.find((column) => column.name === name)!.data
  expect(blob(true, 2048, 'hash')).toHaveLength(0)
  expect(openColumn(blob(true, 2048, 'host')).values).toHaveLength(5)
  expect(openColumn(blob(false, 2048, 'hash')).values).toHaveLength(7)
  expect(openColumn(blob(true, 100, 'hash')).values).toHaveLength(100)
})

test('a column made from events is the one that a segment would keep', () => {
  const some = events(300, true)
  const kept = new Map(encodeSegment(some, 0, 1).columns.map(({ name, data }) => [name, data]))
  for (const name of ['host', 'hash', 'source', 'severity']) {
    const made = columnOf(some, name)
    const { values, codes } = openColumn(kept.get(name)!)
    expect(made.values).toEqual(values)
    expect([...made.codes]).toEqual([...codes])
  }
})

test('searches, counts and facets by a column that was left out are those of the events', async () => {
  const all = events(2500, true)
  const writer = openWriter({ dataFolder: folder, retention_days: 30, diskMinFree_bytes: 0 })
  writer.append([{ answer: '', events: all, matches: [] }])
  writer.seal()
  writer.close()
  const intake = openIntakeReadonly(folder)!
  expect(await Bun.file(dayFilePath(folder, readCatalogue(intake)[0]!)).exists()).toBe(true)
  intake.close()
  const reader = openEventReader(folder)
  const range = { from: NOW - 86_400_000, to: NOW + 86_400_000, timeout_ms: 60_000 }
  try {
    const { expr } = parseQuery(`hash:${hashOf(1234)}`)
    const found = await reader.search({ ...range, expr: expr!, limit: 10 })
    expect(found.events.map((event) => event.fields.n)).toEqual([1234])
    const none = parseQuery('NOT hash:*')
    expect((await reader.count({ ...range, expr: none.expr! })).total).toBe(0)
    const top = await reader.top({ ...range, field: 'hash', limit: 3, order: 'most' })
    expect(top).toMatchObject({ distinct: 2500, missing: 0, exact: true })
  } finally {
    reader.close()
  }
})
