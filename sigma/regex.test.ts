import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import type { Diagnostic } from './diagnostic.ts'
import {
  type CompiledRegex,
  compileRegex,
  indexTexts,
  isCompiledRegex,
  REGEX_UNITS_MAX,
} from './regex.ts'
import { fold } from './text/fold.ts'

function compiled(pattern: string, flags = ''): CompiledRegex {
  const outcome = compileRegex(pattern, flags)
  if (!isCompiledRegex(outcome)) throw new Error(`${pattern}: ${outcome.code} ${outcome.message}`)
  return outcome
}

function refused(pattern: string, flags = ''): Diagnostic {
  const outcome = compileRegex(pattern, flags)
  if (isCompiledRegex(outcome)) throw new Error(`${pattern} compiled`)
  return outcome
}

describe('what matches', () => {
  test.each([
    ['', '', 'anything', true],
    ['abc', '', 'xabcx', true],
    ['abc', '', 'xABCx', false],
    ['abc', 'i', 'xABCx', true],
    ['(?i)abc', '', 'xABCx', true],
    ['a(?i)b', '', 'aB', true],
    ['a(?i)b', '', 'AB', false],
    ['(?i:a)b', '', 'Ab', true],
    ['(?i:a)b', '', 'AB', false],
    ['(?-i)abc', 'i', 'ABC', false],
    ['^abc$', '', 'abc', true],
    ['^abc$', '', 'abc\n', false],
    ['^b$', '', 'a\nb\nc', false],
    ['^b$', 'm', 'a\nb\nc', true],
    ['^b$', 'm', 'a\r\nb\r\nc', false],
    ['a.c', '', 'a\nc', false],
    ['a.c', 's', 'a\nc', true],
    ['a.c', '', 'a\u2028c', true],
    ['a.c', '', 'a\u{1F600}c', true],
    ['a..c', '', 'a\u{1F600}c', false],
    ['\\bfoo\\b', '', 'a foo.', true],
    ['\\bfoo\\b', '', 'afoo.', false],
    ['\\Bfoo', '', 'afoo.', true],
    ['\\d{3}', '', '12345', true],
    ['\\d{3}', '', '١٢٣', false],
    ['\\s', '', '\u00a0', false],
    ['[^\\\\]{1,3}$', '', '\\abcd', true],
    ['[[:alpha:]]+\\.\\x41', '', 'x.A', true],
    ['[\\w.-]+@', '', 'a-b.c@', true],
    ['straße', 'i', 'STRAẞE', true],
    ['\u212a', 'i', 'k', true],
    ['οδοσ', 'i', 'ΟΔΟΣ', true],
    ['\\Qa.b\\E', '', 'a.b', true],
    ['\\Qa.b\\E', '', 'axb', false],
    ['a{2,3}b', '', 'aab', true],
    ['a{,3}', '', 'a{,3}', true],
    ['x{0}y', '', 'y', true],
    ['(?P<n>a)(?<m>b)', '', 'ab', true],
    ['\\pL', '', 'é', true],
    ['a||b', '', '', true],
  ] as [string, string, string, boolean][])(
    '/%s/%s on %p: %p',
    (pattern, flags, text, expected) => {
      expect(compiled(pattern, flags).test(text)).toBe(expected)
    },
  )
})

describe('no silent false', () => {
  test('the pattern that JavaScriptCore answers wrongly', () => {
    expect(compiled('^(?:(?:a+)+$|.*!$)').test(`${'a'.repeat(28)}b!`)).toBe(true)
  })

  test.each([
    '(a+)+$',
    '(a|a)*$',
    '(a|aa)+$',
    '(.*a){12}$',
    '(?:x+x+)+y',
    '.*.*.*.*.*=.*',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '\\pL(a+)+$',
  ])('%s ends on a long text', (pattern) => {
    const text = `${'a'.repeat(200_000)}!`
    expect(compiled(pattern).test(text)).toBe(RE2JS.compile(pattern).test(text))
  })

  test('a text that makes the automaton overflow its states is still answered', () => {
    const regex = compiled('[ab]*a[ab]{12}c')
    const noise = Array.from({ length: 60_000 }, (_, i) => ((i * i * 7 + i) % 11 < 5 ? 'a' : 'b'))
    expect(regex.test(noise.join(''))).toBe(false)
    expect(regex.test(`${noise.join('')}a${'b'.repeat(12)}c`)).toBe(true)
  })

  test('millions of characters', () => {
    expect(compiled('x[0-9]+y$').test(`${'x1'.repeat(2_000_000)}y`)).toBe(true)
  })
})

describe('refusals have names', () => {
  test.each([
    ['(?=a)b', 'regex-lookaround-unsupported'],
    ['(?!a)b', 'regex-lookaround-unsupported'],
    ['(?<=a)b', 'regex-lookaround-unsupported'],
    ['(?<!a)b', 'regex-lookaround-unsupported'],
    ['(a)\\1', 'regex-backreference-unsupported'],
    ['(?<n>a)\\k<n>', 'regex-backreference-unsupported'],
    ['(?>a+)b', 'regex-unsupported'],
    ['a++b', 'regex-unsupported'],
    ['(a(?R)?)', 'regex-unsupported'],
    ['(a', 'regex-syntax'],
    ['a)', 'regex-syntax'],
    ['[a', 'regex-syntax'],
    ['*a', 'regex-syntax'],
    ['a{2000}', 'regex-syntax'],
    ['[z-a]', 'regex-syntax'],
    ['[\\1]', 'regex-syntax'],
    ['a'.repeat(REGEX_UNITS_MAX + 1), 'regex-too-long'],
  ])('%s', (pattern, code) => {
    expect(refused(pattern).code).toBe(code)
    expect(refused(pattern).severity).toBe('error')
  })

  test('an unknown flag', () => {
    expect(refused('a', 'g').code).toBe('regex-flag-unknown')
  })

  test('nested repeats that multiply past the limit are left to RE2 or refused, not built', () => {
    const outcome = compileRegex('((((a{100}){100}){100}){100})')
    expect(isCompiledRegex(outcome) ? outcome.engine : outcome.code).toMatch(/re2js|regex-/)
  })
})

describe('required texts', () => {
  test.each([
    ['APT\\d', [['apt']]],
    ['(?:cmd|pwsh)\\.exe', [['cmd.exe', 'pwsh.exe']]],
    ['a+bc', [['a'], ['bc']]],
    ['foo.*bar', [['foo'], ['bar']]],
    ['foo|bar.*x', [['foo', 'bar']]],
    ['foo|.*', []],
    ['(?:foo)?bar', [['foobar', 'bar'].sort()]],
    ['(?:foo)*bar', [['bar']]],
    ['[Pp][Oo]wer', [['power']]],
    ['[ab]c', [['c']]],
    ['^Foo$', [['foo']]],
    ['(ab){2}', [['abab']]],
    ['(ab){2,}', [['abab']]],
    ['', []],
    ['\\d+', []],
    ['\\pL foo', []],
  ] as [string, string[][]][])('%s', (pattern, expected) => {
    expect(compiled(pattern).required.map((group) => [...group].sort())).toEqual(
      expected.map((group) => [...group].sort()),
    )
  })
})

describe('texts for an index', () => {
  test.each([
    ['user4[0-4]1 on', ['user401 on', 'user411 on', 'user421 on', 'user431 on', 'user441 on']],
    ['\\.ps[12]', ['.ps1', '.ps2']],
    ['[Xx]yz', ['xyz']],
    ['ab[0-9]{2}', ['ab']],
    ['foo[^x]bar', ['foo']],
    ['(?<=a)b', undefined],
  ])('of %s', (pattern, expected) => {
    expect([...(indexTexts(pattern)[0] ?? [])].sort()).toEqual(expected ?? [])
  })
})

describe('checks before the automaton never lose a match', () => {
  test.each([
    ['^[a-z]{4}$|^[a-z]{8}$', 'abcdefgh', true],
    ['^[a-z]{4}$|^[a-z]{8}$', 'abcdefg', false],
    ['^.{2}$', '\u{1F600}\u{1F600}', true],
    ['^[\u{1F600}]$', '\u{1F600}', true],
    ['(.){5,}', '\u{1F600}abcd', true],
    ['(?:-k|-K) x', 'a -K x', true],
    ['(?i)-k x', 'a -K X', true],
    ['a{0}b', 'b', true],
    ['^(?:a|^b)$', 'b', true],
    ['^a|b$', 'xxb', true],
    ['(?m)^a$', 'x\na\ny', true],
  ] as [string, string, boolean][])('/%s/ on %p: %p', (pattern, text, expected) => {
    expect(compiled(pattern).test(text)).toBe(expected)
  })
})

const CHARS = ['a', 'b', 'K', 'k', '\u212a', 'é', 'É', ' ', '_', '-', '1', '\n', '\u{1F600}', '.']
const leaf = fc.oneof(
  fc.constantFrom('a', 'b', 'K', 'é', '\\.', '-', '\u{1F600}', 'ab', 'ab1'),
  fc.constantFrom('.', '\\d', '\\w', '\\s', '\\W', '\\S', '^', '$', '\\b', '\\B', '\\A', '\\z'),
  fc.constantFrom('[ab]', '[^a]', '[^\\w]', '[a-k\\d]', '[[:upper:]]', '[é-]', '[\\W_]', '(?i)'),
)
const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'p' },
    leaf,
    fc.array(tie('pattern'), { minLength: 1, maxLength: 4 }).map((items) => items.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '{0}'))
      .map(([item, quantifier]) => `(?:${item})${quantifier}`),
    tie('pattern').map((item) => `(?i:${item})`),
  ),
}))
const flags = fc.constantFrom('', 'i', 'm', 's', 'im', 'ims')
const texts = fc.string({ unit: fc.constantFrom(...CHARS), maxLength: 14 })

describe('against RE2JS', () => {
  test('the automaton says what RE2JS says, and every match holds the required texts', () => {
    let automata = 0
    let matches = 0
    fc.assert(
      fc.property(patterns, flags, fc.array(texts, { minLength: 8 }), (pattern, flag, samples) => {
        const outcome = compileRegex(pattern, flag)
        if (!isCompiledRegex(outcome)) return
        const bits = [
          ['i', RE2JS.CASE_INSENSITIVE],
          ['m', RE2JS.MULTILINE],
          ['s', RE2JS.DOTALL],
        ] as const
        const oracle = RE2JS.compile(
          pattern,
          bits.reduce((sum, [name, bit]) => sum + (flag.includes(name) ? bit : 0), 0),
        )
        if (outcome.engine === 'automaton') automata++
        for (const text of samples) {
          const expected = oracle.test(text)
          if (outcome.test(text) !== expected) {
            throw new Error(`/${pattern}/${flag} on ${JSON.stringify(text)}: RE2 says ${expected}`)
          }
          if (!expected) continue
          matches++
          const folded = fold(text)
          for (const group of [...outcome.required, ...indexTexts(pattern, flag)])
            expect(group.some((wanted) => folded.includes(wanted))).toBe(true)
          for (const wanted of outcome.literals) expect(folded).toContain(wanted)
        }
      }),
      { numRuns: 3000 },
    )
    expect(automata).toBeGreaterThan(2000)
    expect(matches).toBeGreaterThan(1000)
  }, 60_000)
})
