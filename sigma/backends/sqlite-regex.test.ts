import { Database } from 'bun:sqlite'
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { compileRegex, isCompiledRegex } from '../regex.ts'
import { sqlCondition } from './sql.ts'
import { utf8Runs } from './utf8-ranges.ts'

setDefaultTimeout(60_000)

const PATTERN_UNITS_MAX = 30
const db = new Database(':memory:')
db.run('CREATE TABLE events (id INTEGER, fields TEXT, message TEXT, raw TEXT)')

function conditionOf(pattern: string, flags = '') {
  const target = { scope: 'field', name: 'f' } as const
  const made = sqlCondition(
    { kind: 'match', target, test: { kind: 'regex', pattern, flags } },
    'sqlite',
  )
  if (!('sql' in made)) throw new Error(made.message)
  return made.sql
}

/** Which texts a pattern matches, by SQLite. */
function matches(pattern: string, flags: string, texts: readonly (string | null)[]): boolean[] {
  db.run('DELETE FROM events')
  const insert = db.query("INSERT INTO events VALUES (?, ?, '', '')")
  for (const [id, f] of texts.entries()) insert.run(id, JSON.stringify({ f }))
  const found = new Set(
    db
      .query(`SELECT id FROM events WHERE ${conditionOf(pattern, flags)}`)
      .values()
      .flat(),
  )
  return texts.map((_, id) => found.has(id))
}

function expected(pattern: string, flags: string, texts: readonly string[]): boolean[] {
  const regex = compileRegex(pattern, flags)
  if (!isCompiledRegex(regex)) throw new Error(regex.message)
  return texts.map((text) => regex.test(text))
}

const TEXTS = [
  ...['', 'a', 'A', 'b', 'ab', 'abc', 'xabcx', 'aab', 'AAB', 'a\nb', '\n', 'a\n', '\na', 'a b'],
  ...[
    'é',
    'É',
    'aé',
    'éa',
    'aéb',
    '日本',
    '😀',
    'a😀b',
    'K',
    'k',
    'ſ',
    's',
    '\0',
    'a\0b',
    '_',
    '-',
  ],
  ...['net  use', 'NET USE', 'http://10.1.2.3/x', '\\ntsvcs0f', 'cmd.exe /c x | powershell input'],
  ...['C:\\Users\\x\\NTUSER.DAT', '{0}{1}', 'aaaaaaaa', '12345678901234567', 'a.b', "it's", '%'],
]

describe('regular expressions in SQLite', () => {
  test.each([
    ...['a', 'abc', '^a', 'a$', '^a$', '^$', '', 'a|b', '^(a|b)$', 'a.b', 'a?b', 'a*b', 'a+b'],
    ...[
      '[a-c]',
      '[^a]',
      '^[^a]+$',
      '\\d+',
      '\\w\\s\\w',
      '\\S',
      '\\bA',
      'a\\b',
      '\\B',
      '^\\B$',
      '.',
    ],
    ...[
      '^.$',
      '^..$',
      'é',
      '[é-ü]',
      '^[^é]$',
      '😀',
      '[😀-😂]',
      '\\x00',
      'a\\x{0}b',
      '(?i)k',
      '(?i)É',
    ],
    ...['(?i)[^k]', '(?i)s', 'a{2}', '^a{2,}$', '^(?:ab?){1,3}c?$', '(?m)^a$', '(?s)a.b', '.{5,}'],
    ...['net\\s+use', '://[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}', '\\\\ntsvcs[0-9a-f]{2}$', '%'],
    ...['(?i)^C:\\\\Users\\\\[^\\\\]+\\\\ntuser\\.dat$', 'cmd.{0,5}(?:/c|/r).+powershell', "it's"],
  ])('%p finds what the matcher finds', (pattern) => {
    for (const flags of ['', 'i', 'm', 's']) {
      expect(matches(pattern, flags, TEXTS)).toEqual(expected(pattern, flags, TEXTS))
    }
  })

  test('of generated patterns, too', () => {
    const atom = fc.constantFrom(
      ...[
        'a',
        'b',
        'B',
        '.',
        '[ab]',
        '[^a]',
        '\\w',
        '\\s',
        '\\b',
        '\\B',
        '^',
        '$',
        'é',
        '[à-ü]',
        '😀',
      ],
    )
    const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}')
    const pattern = fc.letrec<{ sequence: string; alternation: string }>((tie) => ({
      sequence: fc
        .array(
          fc
            .tuple(
              fc.oneof(
                { maxDepth: 2, depthIdentifier: 'regex' },
                atom,
                tie('alternation').map((inner) => `(?:${inner})`),
              ),
              quantifier,
            )
            .map(([one, times]) => (/^(?:\\b|\\B|\^|\$)$/.test(one) ? one : one + times)),
          { minLength: 1, maxLength: 4 },
        )
        .map((items) => items.join('')),
      alternation: fc
        .array(tie('sequence'), { minLength: 1, maxLength: 3 })
        .map((items) => items.join('|')),
    })).alternation
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'A', 'B', ' ', '\n', 'é', 'É', '日', '😀', '_', '-'),
      maxLength: 8,
    })
    fc.assert(
      fc.property(
        // Longer ones nest repeats until they are too large.
        pattern.filter((one) => one.length <= PATTERN_UNITS_MAX),
        fc.constantFrom('', 'i', 'm', 's', 'im'),
        fc.array(text, { minLength: 8, maxLength: 8 }),
        (one, flags, texts) => {
          expect(matches(one, flags, texts)).toEqual(expected(one, flags, texts))
        },
      ),
      { numRuns: 300, interruptAfterTimeLimit: 30_000 },
    )
  })

  test('never match null, and objects neither', () => {
    expect(matches('', '', [null])).toEqual([false])
  })

  test('whose automaton is too large are refused by name', () => {
    const target = { scope: 'field', name: 'f' } as const
    const test = { kind: 'regex', pattern: '(?:[a-z]{1,90}é){1,90}', flags: '' } as const
    expect(sqlCondition({ kind: 'match', target, test }, 'sqlite')).toMatchObject({
      code: 'sql-regex-too-large',
    })
  })
})

test('utf8Runs stand for just the code points of a range', () => {
  const code = fc.integer({ min: 0, max: 0x10ffff }).filter((one) => one < 0xd800 || one > 0xdfff)
  fc.assert(
    fc.property(code, code, fc.array(code, { maxLength: 20 }), (a, b, more) => {
      const [lo, hi] = [Math.min(a, b), Math.max(a, b)]
      const runs = utf8Runs(lo, hi)
      for (const one of [lo, hi, ...more, Math.min(0x10ffff, hi + 1)]) {
        if (one >= 0xd800 && one <= 0xdfff) continue
        const bytes = [...new TextEncoder().encode(String.fromCodePoint(one))]
        const isIn = runs.some(
          (run) =>
            run.length === bytes.length &&
            run.every(([from, to], n) => from <= bytes[n]! && bytes[n]! <= to),
        )
        expect(isIn).toBe(one >= lo && one <= hi)
      }
    }),
  )
})
