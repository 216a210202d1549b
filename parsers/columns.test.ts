import { describe, expect, test } from 'bun:test'
import { type Columns, columnsAfter, isHeaderLine } from './columns.ts'

const after = (lines: readonly string[]) => {
  let columns: Columns | undefined
  for (const line of lines) columns = columnsAfter(columns, line)
  return columns
}

test('a Zeek file names its separators, its log and its columns', () => {
  const columns = after([
    '#separator \\x09',
    '#set_separator\t;',
    '#empty_field\t(none)',
    '#unset_field\t?',
    '#path\tdns',
    '#fields\tts\tid.orig_h',
    '#types\ttime\taddr',
  ])
  expect(columns).toEqual({
    format: 'zeek',
    separator: '\t',
    setSeparator: ';',
    empty: '(none)',
    unset: '?',
    path: 'dns',
    names: ['ts', 'id.orig_h'],
    types: ['time', 'addr'],
  })
})

test('another file begins anew', () => {
  const lines = ['#separator \\x09', '#path\tdns', '#separator \\x2c', '#fields,a,b']
  const columns = after(lines)
  expect(columns?.path).toBeUndefined()
  expect(columns?.names).toEqual(['a', 'b'])
})

test('W3C logs name fields and the day', () => {
  const columns = after(['#Software: x', '#Date: 2026-11-20 00:00:00', '#Fields: time c-ip cs-uri'])
  expect(columns).toMatchObject({
    format: 'w3c',
    date: '2026-11-20 00:00:00',
    names: ['time', 'c-ip', 'cs-uri'],
  })
})

test('VPC flow logs name columns without a mark', () => {
  const columns = after(['version account-id interface-id srcaddr dstaddr'])
  expect(columns).toMatchObject({ format: 'vpcflow' })
  expect(columns?.names).toHaveLength(5)
})

describe('other lines leave the columns as they are', () => {
  test.each([
    '1 2 3',
    '# a comment',
    '#include <a>',
    'the srcaddr of a, b and dstaddr',
    '#fieldset',
    '',
  ])('%j', (line) => {
    expect(isHeaderLine(line)).toBe(false)
    expect(columnsAfter(undefined, line)).toBeUndefined()
  })
})
