import { expect, test } from 'bun:test'
import { EVENT_BYTES_MAX } from '../ingest/take.ts'
import { splitBulk } from './bulk.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const split = (text: string) => splitBulk(bytes(text))
const documentsOf = (text: string) => new TextDecoder().decode(split(text).documents)

test('documents follow one another as lines, whatever index they name', () => {
  const body =
    '{"create":{"_index":"filebeat"}}\n{"message":"a"}\n{"index":{"_id":"7"}}\n{"message":"b"}\n'
  expect(documentsOf(body)).toBe('{"message":"a"}\n{"message":"b"}\n')
  expect(split(body).items).toEqual([
    { action: 'create', index: 'filebeat', id: undefined },
    { action: 'index', index: undefined, id: '7' },
  ])
})

test.each([
  ['a number as id', '{"index":{"_index":"x","_id":7}}', 'x', '7'],
  ['nulls', '{"create":{"_index":null,"_id":null}}', undefined, undefined],
  ['nothing', '{"create":null}', undefined, undefined],
  [
    'what is not for us',
    '{"index":{"_index":"x","_type":"_doc","pipeline":"p","dynamic_templates":{"a":"b"}}}',
    'x',
    undefined,
  ],
] as const)('%s beside an action', (_, line, index, id) => {
  const { items } = split(`${line}\r\n{"a":1}\r\n`)
  expect(items).toMatchObject([{ index, id }])
  expect(documentsOf(`${line}\r\n{"a":1}\r\n`)).toBe('{"a":1}\n')
})

test('a last line without its newline counts', () => {
  expect(split('{"create":{}}\n{"a":1}').items).toHaveLength(1)
})

test('what cannot be taken is refused alone', () => {
  const long = `{"message":"${'x'.repeat(EVENT_BYTES_MAX)}"}`
  const body = `{"create":{}}\n${long}\n{"delete":{"_id":"1"}}\n{"update":{"_id":"2"}}\n{"doc":{}}\n{"create":{}}\n{"a":1}\n`
  expect(documentsOf(body)).toBe('{"a":1}\n')
  expect(split(body).items.map(({ action, error }) => [action, error?.type])).toEqual([
    ['create', 'document_parsing_exception'],
    ['delete', 'illegal_argument_exception'],
    ['update', 'illegal_argument_exception'],
    ['create', undefined],
  ])
})

test.each([
  ['', 'empty'],
  ['{"message":"no action"}\n', 'line 1'],
  ['{"create":{}}\n{"a":1}\n{"drop":{}}\n{"doc":{}}\n', 'line 3'],
  ['{"create":{}}\n', 'document is missing'],
  ['no json\n{"a":1}\n', 'line 1'],
])('%j is refused', (text, message) => {
  expect(() => split(text)).toThrow(message)
})
