import { describe, expect, test } from 'bun:test'
import type { Expr, Target, Test } from '../sigma/ir/expr.ts'
import { parseQuery } from './query.ts'

const match = (target: Target, test: Test): Expr => ({ kind: 'match', target, test })
const auto = (name: string): Target => ({ scope: 'auto', name })
const equals = (name: string, value: string) =>
  match(auto(name), { kind: 'equals', value, cased: false })
const word = (...words: string[]) => match({ scope: 'any' }, { kind: 'words', words })
const and = (...args: Expr[]): Expr => ({ kind: 'and', args })
const or = (...args: Expr[]): Expr => ({ kind: 'or', args })
const not = (arg: Expr): Expr => ({ kind: 'not', arg })

describe('parseQuery', () => {
  const cases: [string, Expr | undefined][] = [
    ['', undefined],
    ['   ', undefined],
    ['failed', word('failed')],
    ['Failed', word('failed')],
    ['failed password', and(word('failed'), word('password'))],
    ['"failed password"', word('failed', 'password')],
    ['ws-0042', word('ws', '0042')],
    ['10.0.0.1', word('10', '0', '0', '1')],
    ['"->"', match({ scope: 'any' }, { kind: 'contains', value: '->', cased: false })],
    ['*mimi*', match({ scope: 'any' }, { kind: 'contains', value: 'mimi', cased: false })],
    [
      'mi?i',
      match(
        { scope: 'any' },
        {
          kind: 'wildcard',
          parts: ['*', { literal: 'mi' }, '?', { literal: 'i' }, '*'],
          cased: false,
        },
      ),
    ],
    ['*', match({ scope: 'any' }, { kind: 'any' })],
    ['host:web-1', equals('host', 'web-1')],
    ['host:"web 1"', equals('host', 'web 1')],
    ['host:web\\ 1', equals('host', 'web 1')],
    [
      'Image:*\\cmd.exe',
      match(auto('Image'), {
        kind: 'wildcard',
        parts: ['*', { literal: '\\cmd.exe' }],
        cased: false,
      }),
    ],
    ['Image:C:\\Windows\\System32\\cmd.exe', equals('Image', 'C:\\Windows\\System32\\cmd.exe')],
    ['path:"C:\\\\Users\\\\"', equals('path', 'C:\\Users\\')],
    ['EventID:4624', match(auto('EventID'), { kind: 'number', value: 4624, text: '4624' })],
    ['code:0777', equals('code', '0777')],
    ['id:-9223372036854775808', equals('id', '-9223372036854775808')],
    [
      '@host:web',
      match({ scope: 'column', name: 'host' }, { kind: 'equals', value: 'web', cased: false }),
    ],
    [
      'message:hello',
      match({ scope: 'message' }, { kind: 'equals', value: 'hello', cased: false }),
    ],
    ['src_ip:10.0.0.0/8', match(auto('src_ip'), { kind: 'cidr', network: '10.0.0.0/8' })],
    ['10.0.0.0/8', match({ scope: 'any' }, { kind: 'cidr', network: '10.0.0.0/8' })],
    ['bytes:>1000', match(auto('bytes'), { kind: 'compare', op: 'gt', value: 1000 })],
    [
      'bytes:[1 TO 5}',
      and(
        match(auto('bytes'), { kind: 'compare', op: 'gte', value: 1 }),
        match(auto('bytes'), { kind: 'compare', op: 'lt', value: 5 }),
      ),
    ],
    ['v:[a TO *]', match(auto('v'), { kind: 'textcompare', op: 'gte', value: 'a' })],
    ['v:[* TO *]', match(auto('v'), { kind: 'any' })],
    ['severity:>=high', or(equals('severity', 'high'), equals('severity', 'critical'))],
    ['user:*', match(auto('user'), { kind: 'any' })],
    ['_exists_:user', match(auto('user'), { kind: 'any' })],
    ['path:/etc/passwd', equals('path', '/etc/passwd')],
    ['url:/ad+min/i', match(auto('url'), { kind: 'regex', pattern: 'ad+min', flags: 'i' })],
    ['a or b and c', or(word('a'), and(word('b'), word('c')))],
    ['(a or b) and c', and(or(word('a'), word('b')), word('c'))],
    ['a AND NOT b', and(word('a'), not(word('b')))],
    ['a -b', and(word('a'), not(word('b')))],
    ['!(a || b) && c', and(not(or(word('a'), word('b'))), word('c'))],
    ['owner:(me or not none)', or(equals('owner', 'me'), not(equals('owner', 'none')))],
    ['http://evil.example/a', word('http', 'evil', 'example', 'a')],
    ['C:\\Temp', word('c', 'temp')],
    ['fe80::1', word('fe80', '1')],
    ['"Event ID":5', match(auto('Event ID'), { kind: 'number', value: 5, text: '5' })],
    ['winlog.event_data.Image:x', equals('winlog.event_data.Image', 'x')],
    ['"and"', word('and')],
    ['Ünïcode', word('ünïcode')],
  ]
  test.each(cases)('%s', (text, expr) => {
    const query = parseQuery(text)
    expect(query.diagnostics.filter((d) => d.severity === 'error')).toEqual([])
    expect(query.expr).toEqual(expr as Expr)
  })

  test.each([
    ['host:', 'missing-value', 6],
    ['(a or b', 'unclosed-parenthesis', 1],
    ['a or b)', 'extra-parenthesis', 7],
    ['a and', 'missing-term', 6],
    ['or a', 'missing-term', 1],
    ['"abc', 'unclosed-quote', 1],
    ['a ()', 'empty-group', 3],
    ['x:/a(/', 'bad-regex', 1],
    ['x:[1 5]', 'bad-range', 3],
    ['src_ip:10.0.0.0/33', 'bad-cidr', 1],
    ['src_ip:>10.0.0.1', 'address-range', 1],
    ['@nope:1', 'unknown-column', 1],
    ['roam~2', 'fuzzy-unsupported', 1],
    ['a:(b:c)', 'nested-field', 4],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'query-too-deep', 102],
    ['a'.repeat(10_001), 'query-too-long', 10_001],
  ])('%s is refused: %s at column %d', (text, code, column) => {
    const query = parseQuery(text)
    expect(query.valid).toBe(false)
    expect(query.expr).toBeUndefined()
    expect(query.diagnostics.find((d) => d.severity === 'error')).toMatchObject({ code, column })
  })

  test('gives the parts that are ANDed at the top as chips', () => {
    expect(parseQuery('host:a and not user:b c').parts).toEqual([
      { text: 'host:a', negated: false, start: 0, end: 6 },
      { text: 'user:b', negated: true, start: 11, end: 21 },
      { text: 'c', negated: false, start: 22, end: 23 },
    ])
    expect(parseQuery('a or b').parts).toHaveLength(1)
  })

  test('never throws, whatever it is given', () => {
    const pieces = [
      '(',
      ')',
      '"',
      '\\',
      '/',
      '*',
      '?',
      ':',
      'a',
      ' ',
      'or',
      '-',
      '[',
      ' TO ',
      ']',
      '>',
      '\u0000',
      '😀',
    ]
    let seed = 42
    for (let round = 0; round < 5000; round++) {
      let text = ''
      for (let n = 0; n < 12; n++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
        text += pieces[seed % pieces.length]
      }
      expect(() => parseQuery(text)).not.toThrow()
    }
  })
})
