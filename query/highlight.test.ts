import { expect, test } from 'bun:test'
import { highlightsOf } from './highlight.ts'
import { parseQuery } from './query.ts'

test.each([
  [
    'host:web failed',
    [
      { field: undefined, text: 'failed', words: ['failed'] },
      { field: 'host', text: 'web' },
    ],
  ],
  ['10.0.0.7', [{ field: undefined, text: '10 0 0 7', words: ['10', '0', '0', '7'] }]],
  ['Image:*\\cmd.exe not evil', [{ field: 'Image', text: '\\cmd.exe' }]],
  ['f:/x+/ or g:>5', []],
  ['EventID:4624', [{ field: 'EventID', text: '4624' }]],
])('%s marks what it looks for outside of not', (text, expected) => {
  expect(highlightsOf(parseQuery(text).expr)).toEqual(expected)
})
