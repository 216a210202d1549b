import { expect, test } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import { csvCell, csvHeader, csvRow, eventLine } from './export-format.ts'

const EVENT: Event = {
  id: '20261121-000000000001',
  time: Date.UTC(2026, 10, 21, 14, 14, 58, 211),
  ingested: Date.UTC(2026, 10, 21, 14, 15),
  source: 'nginx',
  parser: 'nginx',
  logsource: { product: 'nginx', category: ['webserver'], service: [], closed: true },
  pivots: { host: 'web-3', severity: 'low' },
  message: 'GET /a,b "x"',
  fields: { status: 200, user: { name: 'bob' } },
  raw: 'raw text',
}

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['=cmd()', "'=cmd()"],
  ['two\nlines', '"two\nlines"'],
])('%j becomes the cell %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell)
})

test('a row holds the columns of the page, nested fields among them', () => {
  expect(csvHeader(['host', 'user.name'])).toBe('time,id,severity,host,user.name,message\r\n')
  expect(csvRow(EVENT, ['host', 'user.name'])).toBe(
    '2026-11-21T14:14:58.211Z,20261121-000000000001,low,web-3,bob,"GET /a,b ""x"""\r\n',
  )
})

test('a line of NDJSON keeps fields and raw text', () => {
  const line = JSON.parse(eventLine(EVENT))
  expect(line).toMatchObject({ host: 'web-3', fields: EVENT.fields, raw: 'raw text' })
})
