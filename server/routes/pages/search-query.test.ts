import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import type { AppEnv } from '../../middleware/env.ts'
import { bucketWidth, chipsOf, readSearch, type SearchInput } from './search-query.ts'

const NOW = Date.UTC(2026, 10, 21, 14, 32)
const HOUR = 3_600_000

async function read(search: string): Promise<SearchInput> {
  let input: SearchInput | undefined
  const app = new Hono<AppEnv>().get('/', (c) => {
    input = readSearch(c, NOW)
    return c.text('')
  })
  await app.request(`/?${search}`)
  if (input === undefined) throw new Error('not read')
  return input
}

test('an empty address is the last hour, open-ended', async () => {
  const input = await read('')
  expect(input.range).toEqual({ start: NOW - HOUR, end: NOW })
  expect(input.openEnded).toBe(true)
  expect(input.valid).toBe(true)
})

test('an edit in the address is applied to the query', async () => {
  const input = await read('q=a+or+b&filterField=host&filterValue=web+1&filterMode=out')
  expect(input.state.q).toBe('(a or b) and not host:"web 1"')
  expect(input.edited).toBe(true)
})

test('only starts the query anew', async () => {
  expect((await read('q=a&filterField=host&filterValue=x&filterMode=only')).state.q).toBe('host:x')
})

test.each([
  ['from=yesterday', 'From: "yesterday"'],
  ['from=now&to=now-1h', 'From must be before To'],
])('%s is explained', async (search, message) => {
  const input = await read(search)
  expect(input.valid).toBe(false)
  expect(input.diagnostics[0]?.message).toContain(message)
})

test('chips carry the query without their part', async () => {
  const chips = chipsOf(await read('q=host%3Aweb+and+not+user%3Abob'))
  expect(chips).toEqual([
    { text: 'host:web', negated: false, without: 'not user:bob' },
    { text: 'user:bob', negated: true, without: 'host:web' },
  ])
})

test.each([
  [15 * 60_000, 30_000],
  [HOUR, 60_000],
  [24 * HOUR, 30 * 60_000],
  [7 * 24 * HOUR, 3 * HOUR],
  [365 * 24 * HOUR, 6 * 24 * HOUR],
])('a range of %d ms has buckets of %d ms', (range_ms, width_ms) => {
  expect(bucketWidth({ start: NOW - range_ms, end: NOW })).toBe(width_ms)
})
