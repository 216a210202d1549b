import { expect, test } from 'bun:test'
import type { Event } from '../../../../parsers/event.ts'
import { normalise } from '../../../../parsers/normalise.ts'
import { encodeLine } from '../line.ts'
import { createPathTree, MAX_PATHS, type PathTree } from './paths.ts'
import { scanLine } from './scan.ts'
import type { WordSink } from './scan-text.ts'

const decoder = new TextDecoder()

/** The columns that the line of an event tells, and the field that is its message. */
function scan(event: Event, paths: PathTree = createPathTree()) {
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
  const bytes = new TextEncoder().encode(encodeLine(event, 7))
  scanLine(sink, paths, bytes, 0, bytes.length)
  return { columns, ...told }
}

const eventOf = (raw: string): Event =>
  normalise(raw, { now: 1_795_000_000_000, received: 1_795_000_000_000, timeZone: 'UTC' })

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
