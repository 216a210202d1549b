import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { parseQuery } from '../query.ts'
import { editHunt } from './edit.ts'
import { readHunt, writeHunt } from './file.ts'
import { splitFilters, withFilters } from './filters.ts'
import { type Hunt, NO_FILTERS, rangeEnds, rangeOf } from './hunt.ts'

setDefaultTimeout(60_000)

const RUNS = Number(process.env.PROPERTY_RUNS ?? 100)
const ID = '0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111'

const hard = fc.oneof(
  fc.constantFrom(
    'yes',
    '5',
    '0x1f',
    '~',
    'null',
    '2026-11-21',
    ' a',
    'a: b',
    '# c',
    '- d',
    "it's",
  ),
  fc.constantFrom(
    'a\nb',
    'tab\t',
    'x\\',
    '"',
    '日本',
    '%a',
    '@b',
    '`c',
    '{d',
    '[e',
    '&f',
    '*g',
    '!h',
  ),
  fc.string({ minLength: 1, unit: 'grapheme' }),
)
const named = hard.filter((text) => text.trim() === text && text !== '')
const some = fc.array(hard, { maxLength: 3 })

const anyHunt: fc.Arbitrary<Hunt> = fc.record(
  {
    title: named,
    id: fc.constant(ID),
    description: hard,
    hypothesis: hard,
    query: named,
    filters: fc.record(
      { source: some, severity: some, host: some, rule: hard, range: hard },
      { requiredKeys: ['source', 'severity', 'host'] },
    ),
    schedule: fc.constantFrom('15m', '1d'),
    sharing: fc.constantFrom('private', 'team', 'roles'),
    shared_with_roles: some,
    tags: some,
    owner: hard,
    author: hard,
    date: fc.constant('2026-11-21'),
    references: some,
    view: fc.record(
      { columns: fc.array(hard, { minLength: 1, maxLength: 3 }), group: hard, live: fc.boolean() },
      { requiredKeys: [] },
    ),
    lineage: fc.record({ detections: fc.constant([ID]) }),
  },
  {
    requiredKeys: [
      ...(['title', 'id', 'query', 'filters', 'sharing', 'shared_with_roles'] as const),
      ...(['tags', 'references'] as const),
    ],
  },
)

/** An empty object says nothing, so a file leaves it out. */
function withoutEmpty({ view, ...rest }: Hunt): Hunt {
  return view === undefined || Object.keys(view).length === 0 ? rest : { ...rest, view }
}

describe('a hunt file', () => {
  test('holds every hunt without loss', () => {
    fc.assert(
      fc.property(anyHunt, (hunt) => {
        expect(readHunt(writeHunt(hunt), 'hunts/a.yml')).toEqual(withoutEmpty(hunt))
      }),
      { numRuns: RUNS },
    )
  })

  test('is written as someone would write it', () => {
    const hunt: Hunt = {
      ...{ title: 'Shells of web servers', id: ID, query: 'process:*/sh and user:www-data' },
      ...{ filters: { ...NO_FILTERS, source: ['linux'], range: '7d' }, sharing: 'team' },
      ...{ schedule: '1d', shared_with_roles: [], tags: ['attack.t1505.003'], references: [] },
    }
    expect(writeHunt(hunt)).toBe(`title: Shells of web servers
id: ${ID}
query: process:*/sh and user:www-data
filters:
    source: linux
    range: 7d
schedule: 1d
sharing: team
tags:
    - attack.t1505.003
`)
  })

  test.each([
    ['title: T', 'id'],
    [`title: T\nid: ${ID}\nquery: a\nsharing: all`, 'sharing'],
    [`title: T\nid: ${ID}\nquery: a\nfilter: b`, 'the file'],
    ['- a', 'the file'],
    ['a: [', ''],
  ])('%p is refused at %s', (text, where) => {
    const outcome = readHunt(text, 'hunts/a.yml')
    if (!('problems' in outcome)) throw new Error('was read')
    expect(outcome.problems[0]?.message).toContain(where)
  })
})

const value = fc.oneof(
  fc.constantFrom('web-1', 'web-*', 'a b', 'or', '10.0.0.0/8', 'C:\\x', '\\*', 'a\\\\*b', '5', 'ü'),
  fc.string({ minLength: 1 }),
)
const filters = fc.record({
  source: fc.array(value, { maxLength: 2 }),
  severity: fc.array(value, { maxLength: 2 }),
  host: fc.array(value, { maxLength: 3 }),
})
const query = fc.constantFrom('a', 'a or b', '(a or b)', 'host:c and not d', '(a) or (b)', '"x y"')

describe('filters in a query', () => {
  test('are read by the search and mean their values', () => {
    expect(withFilters('a or b', { source: ['nginx'], severity: [], host: ['web-*', 'x y'] })).toBe(
      '@source:nginx and @host:(web-* or "x y") and (a or b)',
    )
  })

  test('give one query that can be read, and are found again in it', () => {
    fc.assert(
      fc.property(query, filters, (text, own) => {
        const whole = withFilters(text, own)
        if (whole === undefined) return
        expect(parseQuery(whole).valid).toBe(true)
        const again = splitFilters(whole)
        expect(withFilters(again.query, again.filters)).toBe(whole)
        expect(parseQuery(again.query).expr).toEqual(parseQuery(text).expr)
      }),
      { numRuns: RUNS },
    )
  })

  test('any query that is split is the same when it is put together', () => {
    const anyQuery = fc.oneof(
      query,
      fc.constantFrom('@source:a', '@source:a b', '@host:(a or b) c'),
    )
    fc.assert(
      fc.property(anyQuery, fc.string(), (text, more) => {
        const whole = `${text} ${more}`.trim()
        const { query: rest, filters: found } = splitFilters(whole)
        expect(withFilters(rest, found)).toBe(whole)
      }),
      { numRuns: RUNS },
    )
  })
})

test.each([
  ['now-24h', 'now', '24h'],
  ['24h', 'now', '24h..now'],
  ['now-7d', 'now-1d', 'now-7d..now-1d'],
  ['2026-11-20', '2026-11-21T12:00Z', '2026-11-20..2026-11-21T12:00Z'],
])('%s to %s is the range %s', (from, to, range) => {
  expect(rangeOf(from, to)).toBe(range)
  expect(rangeEnds(range)).toEqual({ from, to })
})

describe('an edit of a file', () => {
  const text = `# kept
title: T
id: ${ID}
query: >-
    a and
    b
sharing: team   # all of us
tags:
    # why
    - attack.t1059
`
  const hunt = readHunt(text, 'hunts/a.yml') as Hunt

  test('changes the lines of what differs alone', () => {
    const edited = editHunt(text, { ...hunt, title: 'New', schedule: '1d' })
    expect(edited).toBe(
      text.replace('title: T', 'title: New').replace('sharing:', 'schedule: 1d\nsharing:'),
    )
  })

  test('takes keys away', () => {
    expect(editHunt(text, { ...hunt, tags: [] })).toBe(text.slice(0, text.indexOf('tags:')))
  })

  test('always gives the hunt that is wanted', () => {
    fc.assert(
      fc.property(anyHunt, anyHunt, (one, other) => {
        const wanted = withoutEmpty(other)
        expect(readHunt(editHunt(writeHunt(one), wanted), 'a.yml')).toEqual(wanted)
        expect(readHunt(editHunt(text, wanted), 'a.yml')).toEqual(wanted)
      }),
      { numRuns: RUNS },
    )
  })
})
