// Rule files that somebody broke: whatever is done to them, reading, loading, linting and mending answer with
// findings that have a place. Nothing throws, nothing hangs, nothing is lost.
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { checkContent } from '../../ci/checks/content.ts'
import { readContent } from '../../ci/content-files.ts'
import { fixFile } from '../../sigma/lint/fix.ts'
import { loadRules } from '../../sigma/load.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import { corpusFolder } from './corpus.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 400)
const TIMEOUT_MS = 120_000
/** What YAML, Sigma and our limits have opinions about. */
const PIECES = [
  ':',
  ': ',
  '- ',
  '|',
  '|-',
  '>',
  '&a ',
  '*a',
  '<<: ',
  '!!map ',
  '---\n',
  '...\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '\t',
  '\r\n',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\ud800',
  '😀',
  '%',
  '\\',
  '*',
  '?',
  '|re',
  '|all',
  '|contains',
  '|cidr',
  '|base64offset',
  '|windash',
  '|expand',
  '|neq',
  '|fieldref',
  'condition: 1 of them\n',
  'condition: not (a or (b\n',
  'correlation:\n    type: event_count\n',
  'filter:\n    rules: any\n',
  'action: global\n',
  'null',
  '~',
  '0777',
  '1e309',
  '(a+)+$',
  '[[:alpha:]',
  '(?i)',
  '%x%',
  '10.0.0.0/8',
  'x'.repeat(3000),
  '('.repeat(80),
  '    '.repeat(70),
]

type Mutation = (text: string, at: number, piece: string, other: string) => string
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  insert: (text, at, piece) => text.slice(0, at) + piece + text.slice(at),
  cut: (text, at, piece) => text.slice(0, at) + text.slice(at + piece.length),
  replace: (text, at, piece) => text.slice(0, at) + piece + text.slice(at + 1),
  repeatLine: (text, at) => lines(text, at, (line) => [line, line]),
  dropLine: (text, at) => lines(text, at, () => []),
  indent: (text, at, piece) =>
    lines(text, at, (line) => [' '.repeat(piece.length % 9) + line.trimStart()]),
  splice: (text, at, _piece, other) => text.slice(0, at) + other.slice(at),
  truncate: (text, at) => text.slice(0, at),
  append: (text, _at, _piece, other) => `${text}---\n${other}`,
}

function lines(text: string, at: number, change: (line: string) => string[]): string {
  const all = text.split('\n')
  const n = text.slice(0, at).split('\n').length - 1
  return all.flatMap((line, index) => (index === n ? change(line) : [line])).join('\n')
}

const ROOT = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
const sigmahq = await corpusFolder('sigmahq')
const files =
  sigmahq === undefined
    ? []
    : await readContent([
        `${sigmahq}/rules/linux`,
        `${sigmahq}/rules-emerging-threats`,
        `${sigmahq}/unsupported`,
        `${ROOT}/sigma/pipelines`,
        `${ROOT}/detections`,
      ])

const mutant = fc
  .tuple(
    fc.nat(),
    fc.nat(),
    fc.array(
      fc.tuple(fc.constantFrom(...Object.keys(MUTATIONS)), fc.nat(), fc.constantFrom(...PIECES)),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([first, second, steps]) => {
    const pick = (n: number) =>
      files[n % Math.max(1, files.length)] ?? { path: 'none.yml', text: '' }
    const { path, text } = pick(first)
    const other = pick(second).text
    const broken = steps.reduce(
      (now, [name, at, piece]) => MUTATIONS[name]!(now, at % (now.length + 1), piece, other),
      text,
    )
    return { path, text: broken }
  })

describe.skipIf(sigmahq === undefined)(`${RUNS} broken rule files`, () => {
  test(
    'are answered with findings, never with an exception',
    () => {
      fc.assert(
        fc.property(mutant, ({ path, text }) => {
          const parsed = parseRules(text, { path })
          const loaded = loadRules([{ path, text }])
          const known =
            loaded.rules.length +
            loaded.correlations.length +
            loaded.filters.length +
            loaded.refused.length
          expect(known).toBe(Math.max(1, parsed.documents.length))
          const findings = checkContent([{ path, text }], { today: '2026-11-21' })
          const count = text.split('\n').length
          for (const { line, column, code, message } of findings) {
            expect(line >= 1 && line <= count + 1 && column >= 1).toBe(true)
            expect(code).toMatch(/^[a-z][a-z0-9-]*$/)
            expect(message.length).toBeGreaterThan(0)
          }
          expect(fixFile({ path, text }, findings).path).toBe(path)
        }),
        { numRuns: RUNS },
      )
    },
    TIMEOUT_MS,
  )
})
