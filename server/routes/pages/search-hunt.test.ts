import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { readHunt, writeHunt } from '../../../query/hunt/file.ts'
import { type Hunt, type HuntSearch, NO_FILTERS } from '../../../query/hunt/hunt.ts'
import { parseQuery } from '../../../query/query.ts'
import { SEARCH_TABS, type SearchState, searchHref } from '../../../views/search/state.ts'
import { compileFilters } from '../../services/search-request.ts'
import { huntOfSearch, searchOfHunt } from './search-hunt.ts'
import { searchStateOf } from './search-query.ts'

setDefaultTimeout(60_000)

const RUNS = Number(process.env.PROPERTY_RUNS ?? 300)
const REST = {
  ...{ title: 'T', id: '0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111', sharing: 'team' as const },
  ...{ shared_with_roles: [], tags: [], references: [] },
} as const

/** Through the file and back. */
function refiled(search: HuntSearch): HuntSearch {
  const hunt: Hunt = { ...REST, ...search }
  const again = readHunt(writeHunt(hunt), 'hunts/a.yml')
  if ('problems' in again) throw new Error(again.problems[0]?.message)
  const { query, filters, view } = again
  return { query, filters, ...(view === undefined ? {} : { view }) }
}

const stateOf = (href: string) => searchStateOf(new URL(href, 'http://x').searchParams)

const query = fc.oneof(
  fc.constantFrom('failed', 'a or b', '(a or b) c', 'not host:x', '"a \\"b\\"" \u00fc', 'f:/x+/i'),
  fc.constantFrom(
    '@source:nginx',
    '@source:nginx and @host:(a or "b c") and (x or y)',
    '@host:a b',
  ),
  fc.constantFrom('@severity:high and @host:web-* and failed', '@host:a and @source:b and c'),
  fc
    .string({ minLength: 1 })
    .map((text) => text.trim())
    .filter((text) => text !== ''),
)
const times = fc.constantFrom(
  'now-1h',
  'now',
  'now-7d',
  '15m',
  '2026-11-21',
  '1732197600',
  'now-90m',
)
const name = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !text.includes(','))
const state: fc.Arbitrary<SearchState> = fc
  .record({
    q: query,
    from: times,
    to: times,
    cols: fc.array(name, { minLength: 1, maxLength: 12 }),
    group: fc.oneof(fc.constantFrom('', 'host', 'host,user'), fc.string()),
    rule: fc.oneof(fc.constant(undefined), name),
    sel: fc.constantFrom('', '20261121-000000000042'),
    tab: fc.constantFrom(...SEARCH_TABS),
    live: fc.boolean(),
    since: fc.option(fc.nat(), { nil: undefined }),
    until: fc.option(fc.nat(), { nil: undefined }),
  })
  .map((made) => JSON.parse(JSON.stringify(made)) as SearchState)

describe('a search and its hunt', () => {
  test('lose nothing: address, state, hunt, file, hunt, state, address', () => {
    fc.assert(
      fc.property(state, (wanted) => {
        const href = searchHref(wanted)
        const read = stateOf(href)
        const back = searchOfHunt(refiled(huntOfSearch(read)))
        expect(back).toEqual(read)
        expect(searchHref(back)).toBe(searchHref(read))
      }),
      { numRuns: RUNS },
    )
  })

  test('a hunt that came from an address comes back as it was', () => {
    fc.assert(
      fc.property(state, (wanted) => {
        const hunt = huntOfSearch(stateOf(searchHref(wanted)))
        expect(huntOfSearch(stateOf(searchHref(searchOfHunt(hunt))))).toEqual(hunt)
      }),
      { numRuns: RUNS },
    )
  })

  test('find the same events: filters of a file are terms in the address', () => {
    const hunt: HuntSearch = {
      query: 'failed or denied',
      filters: { ...NO_FILTERS, source: ['nginx', 'sshd'], severity: ['high'], host: ['web-*'] },
    }
    const { q } = searchOfHunt(hunt)
    expect(q).toBe(
      '@source:(nginx or sshd) and @severity:high and @host:web-* and (failed or denied)',
    )
    expect(parseQuery(q).valid).toBe(true)
    expect(huntOfSearch(searchOfHunt(hunt)).filters).toEqual({ ...hunt.filters, range: '24h' })
    expect('expr' in compileFilters({ q })).toBe(true)
  })

  test('a range that no file can say is refused', () => {
    expect(() => huntOfSearch({ ...stateOf('/search?q=a'), from: 'a..b' })).toThrow('time range')
  })
})

test.each(['source=nginx', 'q=a&q=b', 'q=a&start=1&end=2', 'q=a&severity=high&host=x'])(
  'an address with %s is refused, not made wider',
  (search) => {
    expect(() => stateOf(`/search?${search}`)).toThrow('no such parameters')
  },
)
