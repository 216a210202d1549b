import { expect, test } from 'bun:test'
import { spreadLists } from './args.ts'

test.each([
  [
    ['--rules', 'a', 'b', '--events', 'c'],
    ['--rules=a', '--rules=b', '--events=c'],
  ],
  [
    ['--events', '-', '--json', 'x'],
    ['--events=-', '--json', 'x'],
  ],
  [['--rules'], ['--rules']],
  [
    ['--rules', '--json'],
    ['--rules', '--json'],
  ],
  [
    ['--rules=a', 'b'],
    ['--rules=a', 'b'],
  ],
  [
    ['x', '--source', 'nginx'],
    ['x', '--source', 'nginx'],
  ],
])('%j', (args, expected) => {
  expect(spreadLists(args, ['rules', 'events'])).toEqual(expected)
})
