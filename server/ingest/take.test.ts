import { describe, expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import { createLineReader } from '../../parsers/line-event.ts'
import { blockLines } from '../stores/events/block.ts'
import { unpackRows } from '../stores/events/column-rows.ts'
import { TEXT_FIELDS } from '../stores/events/columns.ts'
import { encodeEvents } from '../stores/events/event-blocks.ts'
import { decodeLine } from '../stores/events/line.ts'
import { addEvent, buildSegment, createSegment } from '../stores/events/segment.ts'
import { bodyLines } from './body-lines.ts'
import { decodeBody } from './decode.ts'
import { prepareBatch } from './pipeline.ts'
import { openRules } from './rules.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const SETTINGS = { retention_days: 30, timeZone: 'UTC', mappings: new Map() }
const DETECTIONS = new URL('../../detections', import.meta.url).pathname
const rules = openRules([{ path: DETECTIONS, overlay: false }])

/** The batch of a body: its lines read where they stand, or decoded. */
function prepare(body: string, isCut: boolean, own: { source?: string; import?: boolean } = {}) {
  const bytes = new TextEncoder().encode(body)
  const lines = isCut ? bodyLines(bytes) : undefined
  if (isCut) expect(lines).toBeDefined()
  const texts = isCut ? [] : decodeBody(bytes)
  const reader = isCut ? createLineReader(TEXT_FIELDS) : undefined
  const input = { texts, lines, received: NOW, source: 'json', ...own }
  const { batch, unparsed } = prepareBatch(input, rules, SETTINGS, reader)
  const { batch: _batch, ...answer } = JSON.parse(batch.answer)
  const blocks = encodeEvents(batch.events, 1)
  const stored = blocks.flatMap(({ data }) => blockLines(data)).map(decodeLine)
  const { matches, deadLetters } = batch
  const columns = columnsOf(batch.events)
  return { batch, parts: { unparsed, answer, stored, matches, deadLetters, columns } }
}

/** What a segment of these events has beside their lines. */
function columnsOf(events: readonly Event[]) {
  const segment = createSegment(1, false)
  for (const event of events) addEvent(segment, event, 1)
  const { columns, names, severities, ...rest } = buildSegment(segment)
  const rows = columns.map(({ name, packed }): [string, readonly unknown[]] => [
    name,
    unpackRows(structuredClone(packed)),
  ])
  const byName = Object.fromEntries(rows)
  return { columns: byName, names: names?.toSorted(), severities, rest }
}

const LINES = [
  '{"host":"a","user":"u","message":"plain"}',
  '{"host":"b","message":"caf\u00e9"}',
  '{"host":"c","message":"an array","tags":["x"]}',
  '{"host":["c"],"user":["-"],"username":"u","message":["m"],"msg":"one","time":["2027-11-21T12:00:00Z"]}',
  '{"CommandLine":["cmd \\"x\\""],"event":{"action":["a\\/b"]},"src_port":["443"],"severity":["HIGH"]}',
  '{"host":"d","tags":["x","y"],"product":["windows"],"bad":["\\x"]}',
  '{"host":"d","bad":["\\x"]}',
  '{"host":"d","broken":}',
  '{"host":"e","escape":"\\u0041","path":"a\\/b"}',
  '{"host":"f","bad escape":"\\x"}',
  '{"host":"123","user":"45","path":"a\\/b","message":"number-like"}',
  '{"time":"2027-11-21T12:00:00Z","host":"g","message":"ahead"}',
  '{"product":"windows","category":"process_creation","Image":"C:\\\\Windows\\\\System32\\\\cmd.exe","CommandLine":"cmd /c \\"x\\"","EventID":1}',
  '{"Records":[{"eventName":"A"},{"eventName":"B"}]}',
  '{"CommandLine":"","user":"-","src_ip":"::1","dst_ip":"1.2.3","hash":"MD5=ab","outcome":true}',
  '{"CommandLine":7,"host":{"name":"inner"},"hash":"ab","url":"http:\\/\\/x","domain":"d","action":"-"}',
  '{"host":"h","src_ip":"10.0.0.1","src_port":5,"severity":"HIGH"}',
]

describe('lines that are not decoded give what decoded ones give', () => {
  test.each([
    ['from JSON', {}],
    ['from a sender who names nothing known', { source: 'my-label' }],
    ['in an import', { import: true }],
  ])('%s', (_, own) => {
    const body = LINES.join('\n')
    expect(prepare(body, true, own).parts).toEqual(prepare(body, false, own).parts)
  })
})

test('columns of lines that are not decoded are those of decoded ones, one alone and all together', () => {
  for (const line of LINES) {
    expect(prepare(`${LINES[0]}\n${line}`, true).parts.columns).toEqual(
      prepare(`${LINES[0]}\n${line}`, false).parts.columns,
    )
  }
  const plain = Array.from(
    { length: 300 },
    (_, n) => `{"host":"h${n % 7}","user":"u${n}","src_ip":"10.0.0.${n % 256}","src_port":${n}}`,
  )
  const body = [...plain, LINES[1]!, ...plain].join('\n')
  expect(prepare(body, true).parts.columns).toEqual(prepare(body, false).parts.columns)
})

test('matches keep the keys of events that were not decoded', () => {
  const suspicious = {
    product: 'windows',
    category: 'process_creation',
    Image: 'C:\\Windows\\System32\\vssadmin.exe',
    OriginalFileName: 'VSSADMIN.EXE',
    CommandLine: 'vssadmin.exe delete shadows /all /quiet',
    host: 'srv-1',
    user: 'eve',
  }
  const body = `${LINES[0]}\n${JSON.stringify(suspicious)}\n`
  const cut = prepare(body, true)
  expect(cut.batch.events.map((event) => event.line !== undefined)).toEqual([true, true])
  expect(cut.parts.matches).toEqual(prepare(body, false).parts.matches)
  expect(cut.parts.matches.length).toBeGreaterThan(0)
})

test('a matcher that fails on a line fails on its event, which is kept and reported', () => {
  const failing = {
    ...rules,
    matcher: {
      ...rules.matcher,
      match: () => {
        throw new Error('no')
      },
      matchFlat: () => {
        throw new Error('no')
      },
    },
  }
  const bytes = new TextEncoder().encode(LINES[0])
  const input = { texts: [], lines: bodyLines(bytes), received: NOW, source: 'json' }
  const { batch } = prepareBatch(input, failing, SETTINGS, createLineReader(TEXT_FIELDS))
  expect(batch.events.map(({ raw }) => raw)).toEqual([LINES[0]!])
  expect(batch.deadLetters).toMatchObject([{ code: 'match-failed', index: 0 }])
})
