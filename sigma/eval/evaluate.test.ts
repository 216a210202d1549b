import { describe, expect, test } from 'bun:test'
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import type { Test } from '../ir/expr.ts'
import { evaluateTest } from './evaluate.ts'
import { compareTexts } from './numbers.ts'
import { timePart, timestampOf } from './timestamp.ts'

function holds(test: Test, fields: Fields): boolean {
  const event: SigmaEvent = {
    time: 0,
    source: '',
    logsource: { category: [], service: [], closed: false },
    pivots: {},
    message: '',
    fields,
    raw: '',
  }
  return evaluateTest({ scope: 'field', name: 'f' }, test, event)
}

const text = (kind: 'equals' | 'contains' | 'startswith' | 'endswith', value: string) => ({
  kind,
  value,
  cased: false,
})

const CASES: readonly (readonly [Test, FieldValue, boolean])[] = [
  [text('equals', 'A'), 'a', true],
  [{ ...text('equals', 'A'), cased: true }, 'a', false],
  [text('equals', ''), '', true],
  [text('equals', '4624'), 4624, true],
  [text('equals', 'TRUE'), true, true],
  [text('equals', 'null'), null, false],
  [text('contains', 'ΟΔΟΣ'), 'xοδοςx', true],
  [text('contains', 'a'), { a: 'a' }, false],
  [text('startswith', '1'), 10, true],
  [text('endswith', '\\CMD.exe'), ['x', 'C:\\cmd.EXE'], true],
  [{ kind: 'number', value: 4624, text: '4624' }, '4624', true],
  [{ kind: 'number', value: 4624, text: '4624' }, '4624.0', false],
  [{ kind: 'number', value: 16, text: '0x10' }, 16, true],
  [{ kind: 'number', value: 16, text: '0x10' }, '0x10', true],
  [{ kind: 'number', value: 16, text: '0x10' }, '16', false],
  [{ kind: 'compare', op: 'gt', value: 5 }, '1e1', true],
  [{ kind: 'compare', op: 'gt', value: 5 }, '10 items', false],
  [{ kind: 'compare', op: 'gte', value: 5 }, 5, true],
  [{ kind: 'compare', op: 'lt', value: 5 }, '', false],
  [{ kind: 'compare', op: 'lt', value: 5 }, '-9223372036854775808', true],
  [{ kind: 'textcompare', op: 'lt', value: 'B' }, 'a', true],
  [{ kind: 'boolean', value: true }, 'True', true],
  [{ kind: 'boolean', value: false }, false, true],
  [{ kind: 'boolean', value: false }, 0, false],
  [{ kind: 'cidr', network: '10.0.0.0/8' }, '10.9.8.7', true],
  [{ kind: 'cidr', network: '10.0.0.0/8' }, '::ffff:10.1.1.1', true],
  [{ kind: 'cidr', network: '10.0.0.0/8' }, '10.1', false],
  [{ kind: 'cidr', network: 'fe80::/10' }, 'FE80::1', true],
  [{ kind: 'any' }, '', true],
  [{ kind: 'any' }, null, false],
  [{ kind: 'any' }, {}, true],
  [{ kind: 'exists', value: true }, 0, true],
  [{ kind: 'exists', value: true }, null, true],
  [{ kind: 'exists', value: true }, [], true],
  [{ kind: 'exists', value: true }, '', true],
  [{ kind: 'exists', value: false }, [], false],
  [{ kind: 'null' }, null, true],
  [{ kind: 'null' }, ['x', null], true],
  [{ kind: 'null' }, '', false],
  [{ kind: 'words', words: ['Admin'] }, 'the admin.', true],
  [{ kind: 'words', words: ['admin'] }, 'administrator', false],
  [{ kind: 'regex', pattern: '^a+$', flags: '' }, 'aaa', true],
  [{ kind: 'regex', pattern: '^a+$', flags: '' }, 'AAA', false],
  [{ kind: 'regex', pattern: '^a+$', flags: 'i' }, 'AAA', true],
  [{ kind: 'wildcard', parts: ['*', { literal: 'Cmd' }, '?'], cased: false }, 'x\\CMD2', true],
  [{ kind: 'timepart', part: 'hour', op: 'eq', value: 11 }, '2026-07-28 11:45:48.862', true],
  [{ kind: 'timepart', part: 'hour', op: 'eq', value: 9 }, '2026-07-28T11:45:00+02:00', true],
  [{ kind: 'timepart', part: 'year', op: 'gte', value: 2026 }, 1_785_239_148, true],
  [{ kind: 'timepart', part: 'day', op: 'eq', value: 28 }, 'yesterday', false],
]

describe('a test on a value', () => {
  test.each([...CASES])('%j on %j: %p', (t, value, expected) => {
    expect(holds(t, { f: value })).toBe(expected)
  })

  test('absent fields are null, do not exist and satisfy nothing else', () => {
    expect(holds({ kind: 'null' }, {})).toBe(true)
    expect(holds({ kind: 'exists', value: false }, {})).toBe(true)
    expect(holds({ kind: 'any' }, {})).toBe(false)
    expect(holds(text('contains', ''), {})).toBe(false)
  })

  test('a reference compares with any value of the other field', () => {
    const equals: Test = { kind: 'fieldref', name: 'g', op: 'equals', cased: false }
    expect(holds(equals, { f: 'A', g: ['x', 'a'] })).toBe(true)
    expect(holds({ ...equals, cased: true }, { f: 'A', g: 'a' })).toBe(false)
    expect(holds(equals, { f: null, g: null })).toBe(false)
    expect(holds(equals, { f: 1, g: '1' })).toBe(true)
    expect(holds({ ...equals, op: 'endswith' }, { f: 'x.exe', g: 'EXE' })).toBe(true)
  })

  test('an invalid regex or network is a fault, not a miss', () => {
    expect(() => holds({ kind: 'regex', pattern: '(', flags: '' }, { f: 'x' })).toThrow()
    expect(() => holds({ kind: 'cidr', network: '10/8' }, { f: '10.0.0.1' })).toThrow()
  })
})

test('text order is by code point', () => {
  expect(compareTexts('\uFFFD', '\u{10000}')).toBeLessThan(0)
  expect(compareTexts('a', 'ab')).toBeLessThan(0)
  expect(compareTexts('b', 'ab')).toBeGreaterThan(0)
  expect(compareTexts('', '')).toBe(0)
})

describe('timestamps', () => {
  test.each([
    ['2026-01-01', 1],
    ['2027-01-01', 53],
    ['2024-12-30', 1],
    ['2026-07-28', 31],
  ])('%s lies in ISO week %d', (date, week) => {
    expect(timePart(Date.parse(date), 'week')).toBe(week)
  })

  test.each([
    ['2026-02-30', undefined],
    ['2026-07-28T25:00:00Z', undefined],
    [1_785_239_148_862, 1_785_239_148_862],
    [1_785_239_148_862_000, 1_785_239_148_862],
    ['1785239148', 1_785_239_148_000],
    [-1, undefined],
    [null, undefined],
  ] as [FieldValue, number | undefined][])('%j is at %p', (value, time_ms) => {
    expect(timestampOf(value)).toBe(time_ms)
  })
})
