import { describe, expect, test } from 'bun:test'
import type { Fields, SigmaEvent } from '../event.ts'
import type { Expr } from '../ir/expr.ts'
import type { Condition } from '../rule.ts'
import { explain, matchedFields } from './explain.ts'

function eventOf(fields: Fields): SigmaEvent {
  return {
    time: 0,
    source: '',
    logsource: { category: [], service: [], closed: false },
    pivots: {},
    message: 'a message',
    fields,
    raw: '',
  }
}

const literal = (name: string, kind: 'endswith' | 'contains', value: string): Expr => ({
  kind: 'match',
  target: { scope: 'field', name },
  test: { kind, value, cased: false },
})
const keyword: Expr = {
  kind: 'match',
  target: { scope: 'keyword' },
  test: { kind: 'contains', value: 'MESS', cased: false },
}
const selections = new Map<string, Expr>([
  [
    'selection',
    {
      kind: 'and',
      args: [
        literal('Image', 'endswith', '\\cmd.exe'),
        { kind: 'or', args: ['/c', '/k'].map((v) => literal('CommandLine', 'contains', v)) },
      ],
    },
  ],
  ['filter', literal('User', 'contains', 'SYSTEM')],
  ['unused', keyword],
])
const condition: Condition = {
  kind: 'and',
  args: [
    { kind: 'selection', name: 'selection' },
    { kind: 'not', arg: { kind: 'of', quantity: 1, pattern: 'filter*', names: ['filter'] } },
  ],
}

describe('explain', () => {
  test('shows the tests of the selections that the condition reads, in order', () => {
    const event = eventOf({ Image: 'C:\\CMD.EXE', CommandLine: 'cmd /K dir' })
    expect(explain(selections, condition, event)).toEqual([
      {
        selection: 'selection',
        field: 'Image',
        operator: 'ends with',
        expected: '\\cmd.exe',
        actual: 'C:\\CMD.EXE',
        matched: true,
      },
      {
        selection: 'selection',
        field: 'CommandLine',
        operator: 'contains',
        expected: '/k',
        actual: 'cmd /K dir',
        matched: true,
      },
      {
        selection: 'filter',
        field: 'User',
        operator: 'contains',
        expected: 'SYSTEM',
        matched: false,
      },
    ])
  })

  test('alternatives of which none holds are one row', () => {
    const rows = explain(selections, condition, eventOf({ CommandLine: ['x', 1] }))
    expect(rows[1]).toEqual({
      selection: 'selection',
      field: 'CommandLine',
      operator: 'contains',
      expected: '/c or /k',
      actual: 'x, 1',
      matched: false,
    })
  })
})

describe('matchedFields', () => {
  test('names the fields and values that made the expression hold, not those of failed branches', () => {
    const expr: Expr = {
      kind: 'or',
      args: [
        { kind: 'and', args: [literal('a', 'contains', 'x'), literal('b', 'contains', 'y')] },
        { kind: 'and', args: [literal('c', 'contains', 'z'), keyword] },
      ],
    }
    expect(matchedFields(expr, eventOf({ a: 'x', b: '-', c: ['q', 'Zed'] }))).toEqual([
      { field: 'c', value: 'Zed' },
      { field: 'message', value: 'a message' },
    ])
  })
})
