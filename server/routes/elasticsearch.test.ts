import { expect, test } from 'bun:test'
import { splitBulk } from './elasticsearch.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const split = (text: string) => splitBulk(bytes(text))

test('documents follow one another as lines, whatever index they name', () => {
  const { documents, actions } = split(
    '{"create":{"_index":"filebeat"}}\n{"message":"a"}\n{"index":{}}\n{"message":"b"}\n',
  )
  expect(new TextDecoder().decode(documents)).toBe('{"message":"a"}\n{"message":"b"}\n')
  expect(actions).toEqual(['create', 'index'])
})

test('a last line without its newline counts', () => {
  expect(split('{"create":{}}\n{"a":1}').actions).toEqual(['create'])
})

test.each([
  ['', 'empty'],
  ['{"delete":{"_id":"1"}}\n', 'line 1'],
  ['{"create":{}}\n{"a":1}\n{"update":{}}\n{"doc":{}}\n', 'line 3'],
  ['{"create":{}}\n', 'document is missing'],
  ['no json\n{"a":1}\n', 'line 1'],
])('%j is refused', (text, message) => {
  expect(() => split(text)).toThrow(message)
})
