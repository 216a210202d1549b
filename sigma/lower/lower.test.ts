import { describe, expect, test } from 'bun:test'
import type { Expr, Target, Test } from '../ir/expr.ts'
import { parseRules } from '../parse/rules.ts'
import type { SigmaRule } from '../rule.ts'
import { conditionExpr, lowerRule } from './lower.ts'
import { MODIFIERS } from './modifiers.ts'

function ruleOf(selection: string, condition = 'sel'): SigmaRule {
  const text = `title: T\nlogsource: {product: p}\ndetection:\n${selection}\n  condition: ${condition}\n`
  const { documents, diagnostics } = parseRules(text, { path: 'r.yml' })
  const value = documents[0]?.value
  if (value?.kind !== 'rule') throw new Error(JSON.stringify(diagnostics))
  return value
}

const lower = (selection: string, condition?: string) => lowerRule(ruleOf(selection, condition))
/** Lowers one `key: value` line. */
const item = (line: string) => lower(`  sel:\n    ${line}`)

const FIELD: Target = { scope: 'field', name: 'F' }
const match = (t: Test, target: Target = FIELD): Expr => ({ kind: 'match', target, test: t })
const or = (...args: Expr[]): Expr => ({ kind: 'or', args })
const and = (...args: Expr[]): Expr => ({ kind: 'and', args })
const not = (arg: Expr): Expr => ({ kind: 'not', arg })
const text = (
  kind: 'equals' | 'startswith' | 'endswith' | 'contains',
  value: string,
  cased = false,
): Expr => match({ kind, value, cased })
const regex = (pattern: string, flags = '') => match({ kind: 'regex', pattern, flags })

describe('one item', () => {
  test.each([
    ['F: abc', text('equals', 'abc')],
    ["F: ''", text('equals', '')],
    ['F: a*', text('startswith', 'a')],
    ["F: '*a'", text('endswith', 'a')],
    ["F: '*a*'", text('contains', 'a')],
    ["F: '*'", match({ kind: 'any' })],
    [
      "'@host': a",
      match({ kind: 'equals', value: 'a', cased: false }, { scope: 'column', name: 'host' }),
    ],
    ["'@raw|contains': a", match({ kind: 'contains', value: 'a', cased: false }, { scope: 'raw' })],
    ["'@timestamp': '*'", match({ kind: 'any' }, { scope: 'field', name: '@timestamp' })],
    [
      'F: a*b',
      match({ kind: 'wildcard', parts: [{ literal: 'a' }, '*', { literal: 'b' }], cased: false }),
    ],
    ['F: a?', match({ kind: 'wildcard', parts: [{ literal: 'a' }, '?'], cased: false })],
    ['F: a\\*', text('equals', 'a*')],
    ['F: C:\\x\\*', text('equals', 'C:\\x*')],
    ['F: C:\\x\\\\*', text('startswith', 'C:\\x\\')],
    ['F: 5', match({ kind: 'number', value: 5, text: '5' })],
    ['F: 0777', match({ kind: 'number', value: 777, text: '0777' })],
    ["F: '5'", text('equals', '5')],
    ['F: true', match({ kind: 'boolean', value: true })],
    ['F: null', match({ kind: 'null' })],
    ['F:', match({ kind: 'null' })],
    [
      'F: [a, 5, null]',
      or(
        text('equals', 'a'),
        match({ kind: 'number', value: 5, text: '5' }),
        match({ kind: 'null' }),
      ),
    ],
    ['F|contains: a', text('contains', 'a')],
    [
      'F|contains: a*b',
      match({
        kind: 'wildcard',
        parts: ['*', { literal: 'a' }, '*', { literal: 'b' }, '*'],
        cased: false,
      }),
    ],
    ["F|contains: '*a*'", text('contains', 'a')],
    ["F|contains: ''", match({ kind: 'any' })],
    ['F|contains: 46', text('contains', '46')],
    ['F|startswith: a', text('startswith', 'a')],
    ['F|endswith: \\a.exe', text('endswith', '\\a.exe')],
    ['F|contains|all: [a, b]', and(text('contains', 'a'), text('contains', 'b'))],
    ['F|all|contains: [a, b]', and(text('contains', 'a'), text('contains', 'b'))],
    ['F|cased: aB', text('equals', 'aB', true)],
    ['F|contains|cased: aB', text('contains', 'aB', true)],
    ['F|neq: a', not(text('equals', 'a'))],
    ['F|neq: [a, b]', not(or(text('equals', 'a'), text('equals', 'b')))],
    ['F|contains|all|neq: [a, b]', not(and(text('contains', 'a'), text('contains', 'b')))],
    ['F|neq: 5', not(match({ kind: 'number', value: 5, text: '5' }))],
    ['F|re: ^a.*b$', regex('^a.*b$')],
    ['F|re|i: a', regex('a', 'i')],
    ['F|re|i|m|s: a', regex('a', 'ims')],
    ['F|re|ignorecase|multiline|dotall: a', regex('a', 'ims')],
    ['F|re|startswith: a|b', regex('^(?:a|b)')],
    ['F|re|endswith: a', regex('(?:a)$')],
    ['F|re: 5', regex('5')],
    ['F|cidr: 10.0.0.0/8', match({ kind: 'cidr', network: '10.0.0.0/8' })],
    ["F|cidr: 'fe80::/10'", match({ kind: 'cidr', network: 'fe80::/10' })],
    ['F|lt: 5', match({ kind: 'compare', op: 'lt', value: 5 })],
    ['F|lte: 5.5', match({ kind: 'compare', op: 'lte', value: 5.5 })],
    ["F|gt: '5'", match({ kind: 'compare', op: 'gt', value: 5 })],
    ['F|gte: -1', match({ kind: 'compare', op: 'gte', value: -1 })],
    ['F|exists: true', match({ kind: 'exists', value: true })],
    ['F|exists: false', match({ kind: 'exists', value: false })],
    ['F|exists: yes', match({ kind: 'exists', value: true })],
    ['F|exists: Off', match({ kind: 'exists', value: false })],
    ['F|fieldref: G', match({ kind: 'fieldref', name: 'G', op: 'equals', cased: false })],
    [
      'F|fieldref|contains: G',
      match({ kind: 'fieldref', name: 'G', op: 'contains', cased: false }),
    ],
    [
      'F|fieldref|endswith|cased: G.h',
      match({ kind: 'fieldref', name: 'G.h', op: 'endswith', cased: true }),
    ],
    ['F|fieldref|neq: G', not(match({ kind: 'fieldref', name: 'G', op: 'equals', cased: false }))],
    ['F|hour: 3', match({ kind: 'timepart', part: 'hour', op: 'eq', value: 3 })],
    ['F|hour|gte: 22', match({ kind: 'timepart', part: 'hour', op: 'gte', value: 22 })],
    ['F|day: 31', match({ kind: 'timepart', part: 'day', op: 'eq', value: 31 })],
    ['F|year|lt: 2020', match({ kind: 'timepart', part: 'year', op: 'lt', value: 2020 })],
    ['F|week|neq: 53', not(match({ kind: 'timepart', part: 'week', op: 'eq', value: 53 }))],
    ['F|base64: foo', text('equals', 'Zm9v')],
    ['F|base64|contains: foobar', text('contains', 'Zm9vYmFy')],
    [
      'F|base64offset|contains: foobar',
      or(text('contains', 'Zm9vYmFy'), text('contains', 'Zvb2Jhc'), text('contains', 'mb29iYX')),
    ],
    [
      'F|wide|base64offset|contains: ab',
      or(text('contains', 'YQBiA'), text('contains', 'EAYg'), text('contains', 'hAGIA')),
    ],
    ['F|utf16le|base64: ab', text('equals', 'YQBiAA==')],
    ['F|utf16be|base64: ab', text('equals', 'AGEAYg==')],
    ['F|utf16|base64: ab', text('equals', '//5hAGIA')],
    ['F|base64: é', text('equals', 'w6k=')],
    ['F|wide|base64: é', text('equals', '6QA=')],
    ['F|wide|contains: ab', text('contains', 'a\0b\0')],
    ['F|utf16be: ab', text('equals', '\0a\0b')],
    ['F|utf16: ab', text('equals', '\ufeffa\0b\0')],
    ['F|expand: 100\\%', text('equals', '100\\%')],
    ['F|contains|expand: 100%', text('contains', '100%')],
    ["F|expand: '\\%a\\%'", text('equals', '\\%a\\%')],
    ['F: []', match({ kind: 'null' })],
    ['F|contains: []', match({ kind: 'null' })],
    ['F|neq: []', not(match({ kind: 'null' }))],
    ["F|expand: '50% off'", text('equals', '50% off')],
  ] as [string, Expr][])('%s', (line, expected) => {
    const { expr, diagnostics } = item(line)
    expect(diagnostics).toEqual([])
    expect(expr).toEqual(expected)
  })
})

describe('windash', () => {
  const values = (line: string) => {
    const { expr, diagnostics } = item(line)
    expect(diagnostics).toEqual([])
    const args = expr?.kind === 'or' ? expr.args : [expr!]
    return args.map((arg) => (arg.kind === 'match' && 'value' in arg.test ? arg.test.value : arg))
  }

  test.each(['F|windash|contains: " -a"', 'F|contains|windash: " /a"'])('%s', (line) => {
    expect(values(line)).toEqual([' -a', ' /a', ' \u2013a', ' \u2014a', ' \u2015a'])
  })

  test('a dash inside a word stays, and so does one before nothing', () => {
    expect(values('F|windash|contains: a-b -')).toEqual(['a-b -'])
    expect(values('F|windash|contains: -a-b')).toHaveLength(5)
  })

  test('two flags are all pairs', () => {
    expect(new Set(values('F|windash|contains: -a /b')).size).toBe(25)
  })

  test('many flags become one regular expression', () => {
    expect(item('F|windash|contains: -a -b -c -d.e').expr).toEqual(
      regex('[\\-/–—―]a [\\-/–—―]b [\\-/–—―]c [\\-/–—―]d\\.e', 'is'),
    )
    expect(item("F|windash|startswith|cased: '-a -b -c -d*e'").expr).toEqual(
      regex('^[\\-/–—―]a [\\-/–—―]b [\\-/–—―]c [\\-/–—―]d.*e', 's'),
    )
  })

  test('goes before an encoding', () => {
    expect(values('F|windash|base64: -e')).toHaveLength(5)
  })
})

describe('selections and conditions', () => {
  test('maps are AND, lists of maps OR', () => {
    expect(lower('  sel:\n    - {F: a, G: b}\n    - F: c').expr).toEqual(
      or(
        and(
          text('equals', 'a'),
          match({ kind: 'equals', value: 'b', cased: false }, { scope: 'field', name: 'G' }),
        ),
        text('equals', 'c'),
      ),
    )
  })

  test('keywords are found anywhere in the event', () => {
    const keyword = (t: Test) => match(t, { scope: 'keyword' })
    const contains = (value: string) => keyword({ kind: 'contains', value, cased: false })
    expect(lower('  sel: [a b, 5]').expr).toEqual(or(contains('a b'), contains('5')))
    expect(lower('  sel: a').expr).toEqual(contains('a'))
    expect(lower("  sel:\n    '|all': [a, b]").expr).toEqual(and(contains('a'), contains('b')))
    expect(lower("  sel:\n    '|re': a.b").expr).toEqual(
      keyword({ kind: 'regex', pattern: 'a.b', flags: '' }),
    )
    expect(lower("  sel: ['a*b']").expr).toMatchObject({
      test: { kind: 'wildcard', parts: ['*', { literal: 'a' }, '*', { literal: 'b' }, '*'] },
    })
  })

  test('names of fields are kept whole', () => {
    for (const name of ['a b', 'a.b.c', 'a-b', 'winlog.event_data.X', '@timestamp', 'c-uri'])
      expect(item(`"${name}": x`).expr).toMatchObject({ target: { scope: 'field', name } })
  })

  const THREE = '  s1: {F: a}\n  s2: {F: b}\n  s3: {F: c}'
  const [a, b, c] = ['a', 'b', 'c'].map((value) => text('equals', value)) as [Expr, Expr, Expr]
  test.each([
    ['s1 and not s2 or s3', or(and(a, not(b)), c)],
    ['1 of s*', or(a, b, c)],
    ['all of them', and(a, b, c)],
    ['2 of them', or(and(a, b), and(a, c), and(b, c))],
    ['3 of them', and(a, b, c)],
    ['not 1 of s*', not(or(a, b, c))],
    ['[s1, s2 and s3]', or(a, and(b, c))],
  ])('%s', (condition, expected) => {
    expect(lower(THREE, condition).expr).toEqual(expected)
  })

  test('selections are kept by name and shared with the expression', () => {
    const rule = ruleOf(THREE, 's1 and s2 and s3')
    const { expr, selections } = lowerRule(rule)
    expect([...selections.keys()]).toEqual(['s1', 's2', 's3'])
    expect(expr?.kind === 'and' && expr.args[0] === selections.get('s1')).toBe(true)
    expect(conditionExpr(rule.detection.condition!, selections)).toEqual(expr!)
    expect(conditionExpr({ kind: 'selection', name: 'nowhere' }, selections)).toBeUndefined()
  })

  test('N of too many selections is refused', () => {
    const many = Array.from({ length: 30 }, (_, i) => `  s${i}: {F: ${i}}`).join('\n')
    const { expr, diagnostics } = lower(many, '15 of them')
    expect(expr).toBeUndefined()
    expect(diagnostics.map((d) => d.code)).toEqual(['quantifier-too-large'])
  })
})

describe('refused with a name', () => {
  test.each([
    ['F|endswit: a', 'unknown-modifier'],
    ['F|not: a', 'unknown-modifier'],
    ['F|: a', 'unknown-modifier'],
    ['F|contains|contains: a', 'modifier-repeated'],
    ['F|contains: null', 'modifier-combination'],
    ['F|contains|re: a', 'modifier-combination'],
    ['F|re|base64: a', 'modifier-combination'],
    ['F|re|cased: a', 'modifier-combination'],
    ['F|i: a', 'modifier-combination'],
    ['F|re: null', 'modifier-combination'],
    ['F|contains|cidr: 10.0.0.0/8', 'modifier-combination'],
    ['F|cidr|contains: 10.0.0.0/8', 'modifier-combination'],
    ['F|cidr: 10.0.0.0/99', 'cidr-invalid'],
    ['F|cidr: ten', 'cidr-invalid'],
    ['F|lt: abc', 'modifier-combination'],
    ['F|lt|gt: 5', 'modifier-combination'],
    ['F|gte|hour: 5', 'modifier-combination'],
    ['F|hour: 24', 'time-part-range'],
    ['F|minute: 1.5', 'time-part-range'],
    ['F|month: 0', 'time-part-range'],
    ['F|exists: maybe', 'modifier-combination'],
    ['F|contains|exists: true', 'modifier-combination'],
    ['F|fieldref: a*', 'fieldref-invalid'],
    ["F|fieldref: ''", 'fieldref-invalid'],
    ['F|contains|fieldref: G', 'modifier-combination'],
    ['F|fieldref|contains|endswith: G', 'modifier-combination'],
    ['F|fieldref|base64: G', 'modifier-combination'],
    ['F|base64: a*', 'base64-wildcard'],
    ["F|base64: ''", 'base64-empty'],
    ['F|contains|base64: a', 'modifier-combination'],
    ['F|base64offset|contains: a', 'base64-too-short'],
    ['F|wide|utf16be: a', 'modifier-combination'],
    ['F|wide|windash: -a', 'modifier-combination'],
    ['F|wide|contains: é', 'encoding-needs-base64'],
    ['F|windash|base64: -a -b -c -d', 'windash-too-many'],
    ['F|expand: "%admins%"', 'placeholder-unsupported'],
    ['F|contains|expand: "%admins%"', 'placeholder-unsupported'],
    ['F|expand: "%DC-NAME%"', 'placeholder-unsupported'],
    ['F|expand: "\\\\%a%b%"', 'placeholder-unsupported'],
    ["F|expand: 'C:\\Users\\\\%user%'", 'placeholder-unsupported'],
    ["F|contains|expand: 'C:\\Users\\\\%user%'", 'placeholder-unsupported'],
    ["F|contains|expand: 'C:\\Users\\%user%'", 'placeholder-unsupported'],
    ["F|contains|expand: '%a\\b%user%'", 'placeholder-unsupported'],
    ['F|all: []', 'list-empty'],
    ["'|contains': []", 'list-empty'],
    ['F|gt: 9007199254740993', 'number-too-large'],
    ['F|re: (?=a)', 'regex-lookaround-unsupported'],
    ['F|re: (a', 'regex-syntax'],
    ["'|exists': true", 'modifier-needs-field'],
    ["'|cidr': 10.0.0.0/8", 'modifier-needs-field'],
    ["'|all': [null]", 'keyword-null'],
    ["'|all': ['']", 'keyword-empty'],
    [`F|${'a|'.repeat(20)}b: x`, 'modifier-too-many'],
  ])('%s: %s', (line, code) => {
    const { expr, diagnostics } = item(line)
    expect(diagnostics.map((d) => d.code)).toEqual([code])
    expect(expr).toBeUndefined()
  })

  test('with rule, selection, key, place and the likely fix', () => {
    expect(item('F|endswit: a').diagnostics[0]).toEqual({
      code: 'unknown-modifier',
      severity: 'error',
      message: 'rule "T": sel: F|endswit: unknown modifier "endswit", did you mean endswith?',
      path: 'r.yml',
      line: 5,
      column: 5,
    })
  })
})

describe('modifiers of other tools', () => {
  test.each([
    ['eq', 'a value is compared as a whole'],
    ['any', 'any of a list may match'],
    ['regex', 'write re'],
    ['equalsfield', 'write fieldref'],
    ['iequals', 'case does not matter'],
    ['like', '* and ? are wildcards'],
    ['ne', 'use neq'],
  ])('%s: %s', (name, advice) => {
    expect(item(`F|${name}: a`).diagnostics[0]?.message).toContain(`is no modifier: `)
    expect(item(`F|${name}: a`).diagnostics[0]?.message).toContain(advice)
  })
})

test('every modifier is tried above', async () => {
  const source = await Bun.file(new URL(import.meta.url).pathname).text()
  expect(Object.keys(MODIFIERS).filter((name) => !source.includes(`|${name}`))).toEqual([])
})

test('the manual names every modifier', async () => {
  const manual = await Bun.file(new URL('../../docs/sigma.md', import.meta.url).pathname).text()
  expect(Object.keys(MODIFIERS).filter((name) => !manual.includes(`\`${name}\``))).toEqual([])
})
