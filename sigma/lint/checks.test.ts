import { describe, expect, test } from 'bun:test'
import { ATTACK, LOG_SOURCES } from '../facts/facts.ts'
import type { Check } from './check.ts'
import { exampleFiles } from './example.ts'
import { fixUntilDone, meansTheSame } from './fix.ts'
import { lint } from './lint.ts'
import { CHECKS } from './table.ts'

const facts = { attack: ATTACK, logsources: LOG_SOURCES, today: '2026-11-21', complete: true }
const CHECKS_MIN = 90

function codes(check: Check, snippet: string): string[] {
  return lint(exampleFiles(check, snippet), { facts }).map(({ code }) => code)
}

const own = [...CHECKS].filter(([, check]) => check.on !== 'reading')

describe('the table of checks', () => {
  test(`holds at least ${CHECKS_MIN} checks of the linter's own, ids in kebab case`, () => {
    expect(own.length).toBeGreaterThanOrEqual(CHECKS_MIN)
    expect([...CHECKS.keys()].filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))).toEqual([])
  })

  test('says of each what and why', () => {
    const poor = [...CHECKS].filter(
      ([, { summary, why }]) => summary.length < 10 || why.length < 10,
    )
    expect(poor.map(([id]) => id)).toEqual([])
  })

  test('has examples for nearly all', () => {
    const without = own.filter(([, check]) => check.bad === undefined).map(([id]) => id)
    expect(without.sort()).toEqual([
      'file-byte-order-mark',
      'file-name-duplicate',
      'file-no-final-newline',
      'file-trailing-blanks',
      'file-windows-line-ends',
      'filter-test-missing',
      'hunt-query-invalid',
      'test-missing',
      'test-of-stable-missing',
    ])
  })
})

describe('the rule under all examples', () => {
  test('has no finding but that its tests are missing', () => {
    const check = { on: 'document', severity: 'info', summary: '', why: '', run() {} } as const
    expect(codes(check, '')).toEqual(['test-missing'])
  })
})

const bad = own.flatMap(([id, check]) =>
  check.bad === undefined ? [] : [[id, check, check.bad] as const],
)
const good = own.flatMap(([id, check]) =>
  check.good === undefined ? [] : [[id, check, check.good] as const],
)

test.each(bad)('%s is found in its bad example', (id, check, snippet) => {
  expect(codes(check, snippet)).toContain(id)
})

test.each(good)('%s is not found in its good example', (id, check, snippet) => {
  expect(codes(check, snippet)).not.toContain(id)
})

const fixable = bad.filter(([, check]) => check.fixable)

test.each(fixable)(
  '%s is mended where it can be, and the rule means what it meant',
  (id, check, snippet) => {
    const [file] = exampleFiles(check, snippet)
    const find = (one: { path: string; text: string }) =>
      lint([one], { facts: { ...facts, complete: false } })
    const findings = find(file!).filter(({ code }) => code === id)
    expect(findings.every(({ fix }) => fix !== undefined)).toBe(true)
    if (findings.some(({ fix }) => fix?.safe)) {
      const fixed = fixUntilDone(file!, (one) => find(one).filter(({ code }) => code === id))
      expect(find({ path: file!.path, text: fixed.text }).map(({ code }) => code)).not.toContain(id)
      expect(meansTheSame(file!.text, fixed.text, file!.path)).toBe(true)
    }
  },
)
