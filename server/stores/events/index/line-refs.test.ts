import { expect, test } from 'bun:test'
import type { Event } from '../../../../parsers/event.ts'
import { createLineReader } from '../../../../parsers/line-event.ts'
import { normalise } from '../../../../parsers/normalise.ts'
import { blockText } from '../block.ts'
import { encodeEvents } from '../event-blocks.ts'
import { encodeLine } from '../line.ts'
import { createPathTree, MAX_PATHS, type PathTree } from './paths.ts'
import { scanLine } from './scan.ts'
import type { WordSink } from './scan-text.ts'

const decoder = new TextDecoder()

/** The columns that the line of an event tells, and the field that is its message. */
function scan(event: Event, paths?: PathTree) {
  return scanText(encodeLine(event, 7), paths)
}

function scanText(line: string, paths: PathTree = createPathTree()) {
  const columns: Record<string, unknown> = {}
  const told: { message: string[]; words: string[] } = { message: [], words: [] }
  const sink: WordSink = {
    word: (node, bytes, start, end) => {
      if (node === 0) told.words.push(decoder.decode(bytes.slice(start, end)))
    },
    value: (node, bytes, start, end) => {
      columns[paths.nodes[node]!.path] = JSON.parse(decoder.decode(bytes.slice(start, end)))
    },
    sameMessage: (node) => told.message.push(paths.nodes[node]!.path),
    repeats: () => false,
    known: () => false,
    composite: () => {},
    sameValue(column, _, bytes, start, end) {
      sink.value(column, bytes, start, end)
    },
    learned: () => {},
    key: () => {},
    emptyList: () => {},
    always: () => {},
  }
  const bytes = new TextEncoder().encode(line)
  scanLine(sink, paths, bytes, 0, bytes.length)
  return { columns, ...told }
}

const OPTIONS = { now: 1_795_000_000_000, received: 1_795_000_000_000, timeZone: 'UTC' }
const eventOf = (raw: string): Event => normalise(raw, OPTIONS)

test.each([
  '{"host":"ws-1","user":"anna","src_ip":"10.0.0.1","dst_port":443,"message":"signed in"}',
  '{"message":"signed in" , "user" : "anna" ,"host":"ws-1"}',
  '{"host":"C:\\\\users\\\\a","url":"https://x/?q=\\"1\\"","message":"say \\"hi\\""}',
  '{"host":"a","user":"x","host":"b","message":"first","message":"last"}',
  '{"host":"same","user":"same","message":"same"}',
  '{"HOST":{"name":"inner"},"user":"\\u0061nna","message":"a\\/b"}',
])('columns and message of %s are those of the event', (raw) => {
  const event = eventOf(raw)
  const { columns, message, words } = scan(event)
  expect(columns).toMatchObject(event.pivots)
  expect(message.length > 0 || words.length > 0).toBe(true)
})

test.each([
  '{"host":"ws-1","user":"anna","src_ip":"10.0.0.1","dst_port":443,"message":"signed in"}',
  '{"host":"123","user":"45","message":"67"}',
  '{"host":"C:\\\\users\\\\a","message":"say \\"hi\\""}',
  '{"host":"a","path":"b\\/c","msg":"a message"}',
  '{"src_ip":"[::1]","host":{"name":"inner"},"severity":"WARN"}',
])('columns and message of %s that was not decoded are those of the event', (raw) => {
  const reader = createLineReader([])
  const bytes = new TextEncoder().encode(raw)
  reader.open(bytes, { ...OPTIONS, source: 'json' })
  const [block] = encodeEvents([reader.read(0, bytes.length)!], 7)
  const event = eventOf(raw)
  const told = scanText(blockText(block!.data))
  expect(told.columns).toMatchObject(event.pivots)
  expect(told.message.length > 0 || told.words.length > 0).toBe(event.message !== '')
})

test('lines of other names one after another', () => {
  const paths = createPathTree()
  for (const raw of [
    '{"host":"a","user":"b","message":"m"}',
    '{"user":"a","hostname":"c","msg":"m"}',
    '{"host":"a","user":"b","message":"m"}',
    '{"host":1,"user":"b","message":2}',
  ]) {
    const event = eventOf(raw)
    expect(scan(event, paths).columns).toMatchObject(event.pivots)
  }
})

test('names beyond the path tree are told as well', () => {
  const paths = createPathTree()
  while (paths.nodes.length < MAX_PATHS) paths.nodes.push(paths.nodes[0]!)
  const event = eventOf('{"host":"ws-1","user":"anna","message":"signed in"}')
  const { columns, words } = scan(event, paths)
  expect(columns).toMatchObject(event.pivots)
  expect(words).toEqual(['signed', 'in'])
})
