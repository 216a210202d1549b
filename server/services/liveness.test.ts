import { expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import type { Need } from '../../sigma/eval/needs.ts'
import { createLiveness, judge } from './liveness.ts'
import { presentFields, shapesOf } from './liveness-sample.ts'
import type { RuleSummary, SourceCard } from './services.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY_MS = 86_400_000
const CREATION = { product: 'windows', category: 'process_creation' }

const rule = (id: string, logsource: RuleSummary['logsource'] = CREATION): RuleSummary => ({
  ...{ id, title: `Rule ${id}`, level: 'high', status: 'test', logsource, hash: '', path: '' },
  ...{ techniques: [], tags: [], overlay: false, tests: { positive: 0, negative: 0 } },
})

let number = 0
const event = (fields: Event['fields'], more: Partial<Event> = {}): Event => ({
  ...{ id: String(number++), time: NOW - 60_000, ingested: NOW - 60_000, source: 'windows' },
  ...{ parser: 'windows', pivots: {}, message: '', raw: '{}', fields },
  logsource: {
    ...{ product: 'windows', category: ['process_creation'], service: ['sysmon'], closed: true },
  },
  ...more,
})
const open = (fields: Event['fields']) =>
  event(fields, { source: 'app', logsource: { category: [], service: [], closed: false } })

const need: Need = { all: ['Image', { any: ['CommandLine', 'OriginalFileName'] }] }
const full = () => event({ Image: 'a', CommandLine: 'b' })
const many = (count: number, make: () => Event) => Array.from({ length: count }, make)

test.each<[string, readonly Event[], string, string | undefined, string]>([
  ['fields that come', [full()], 'alive', undefined, ''],
  ['no event', [], 'dead', 'no-events', 'windows / process_creation'],
  [
    'other log sources',
    [event({}, { logsource: { product: 'linux', category: [], service: [], closed: true } })],
    'dead',
    'no-events',
    '',
  ],
  [
    'a field that never comes',
    [event({ CommandLine: 'b' })],
    'dead',
    'fields-missing',
    'has Image.',
  ],
  [
    'null is no value',
    [event({ Image: null, CommandLine: 'b' })],
    'dead',
    'fields-missing',
    'Image',
  ],
  [
    'neither of two',
    [event({ Image: 'a' })],
    'dead',
    'fields-missing',
    'CommandLine, OriginalFileName',
  ],
  [
    'never together',
    [event({ Image: 'a' }), event({ CommandLine: 'b' })],
    'dead',
    'fields-missing',
    'together',
  ],
  [
    'hardly ever',
    [full(), ...many(30, () => event({ CommandLine: 'b' }))],
    'rare',
    'fields-rare',
    'Only 3.2% of the newest 31 events of windows / process_creation have Image',
  ],
  ['open events with the fields', [open({ Image: 'a', CommandLine: 'b' })], 'alive', undefined, ''],
  ['open events without them', [open({ msg: 'a' })], 'dead', 'no-events', ''],
  ['a source that stopped', [{ ...full(), ingested: NOW - 3 * DAY_MS }], 'silent', 'silent', '3 d'],
  [
    'old events that were imported now',
    [{ ...full(), time: NOW - 200 * DAY_MS }],
    'alive',
    undefined,
    '',
  ],
])('a rule is judged by %s', (_, events, state, code, part) => {
  const judged = judge(
    rule('r'),
    need,
    shapesOf(events, new Set(['Image', 'CommandLine', 'OriginalFileName'])),
    NOW,
  )
  expect(judged.state).toBe(state as typeof judged.state)
  expect(judged.cause?.code).toBe(code)
  expect(judged.cause?.message ?? '').toContain(part)
})

test('nested fields, arrays of objects and columns count under the names that rules use', () => {
  const one = event({ a: { b: [{ c: 1 }, { d: null }] }, 'x.y': 2 }, { pivots: { host: 'h' } })
  expect([...presentFields(one)].sort()).toEqual(['a', 'a.b', 'a.b.c', 'x.y'])
  expect([...presentFields(one, new Set(['host', 'user', 'a.b.d']))]).toEqual(['host'])
})

function liveness(
  events: readonly Event[],
  needs: Readonly<Record<string, Need>>,
  more: readonly RuleSummary[] = [],
) {
  let searches = 0
  const search = async () => {
    searches++
    const stats = {
      took_ms: 0,
      scanned: 0,
      candidates: 0,
      segments: 0,
      segments_total: 0,
      complete: true,
    }
    return { events, stats, asof: 0 }
  }
  const rules = {
    version: 'v',
    list: () => [...Object.keys(needs).map((id) => rule(id)), ...more],
    needs: (id: string) => needs[id],
  }
  const cards = [{ name: 'windows' } as SourceCard]
  const service = createLiveness({ search }, rules, { list: async () => cards }, () => NOW)
  return { service, searches: () => searches }
}

test('a report is made once a minute, and names refused rules and no correlations', async () => {
  const refused = { ...rule('x'), refused: { code: 'placeholder-unsupported', message: 'no %a%' } }
  const { service, searches } = liveness([full()], { a: 'Image' }, [refused, rule('correlation')])
  expect(service.known()).toBeUndefined()
  const report = await service.report()
  const asked = searches()
  expect(await service.report()).toBe(report)
  expect(searches()).toBe(asked)
  expect(service.known()).toBe(report)
  expect(report.rules.map(({ id, state, cause }) => [id, state, cause?.code])).toEqual([
    ['a', 'alive', undefined],
    ['x', 'dead', 'placeholder-unsupported'],
  ])
})

test('a rule whose fields only older events have is rare, not dead', async () => {
  const { service } = liveness([event({ CommandLine: 'x' })], { a: 'Image' })
  const [judged] = (await service.report()).rules
  expect(judged).toMatchObject({ state: 'rare', cause: { code: 'fields-rare' } })
  expect(judged?.cause?.message).toContain('older')
})

test('the fields of a source, those that rules miss most first', async () => {
  const needs = { a: 'ParentImage', b: { all: ['ParentImage', 'Image'] }, c: 'Image' } as const
  const { service } = liveness(
    [full(), event({ Image: 'x', ParentImage: 'y' }), full(), full()],
    needs,
  )
  const found = await service.fieldsOf('windows')
  expect(found).toMatchObject({ events: 4, rules: 3 })
  expect(found.fields.slice(0, 3)).toEqual([
    { name: 'ParentImage', share: 0.25, rules: 2 },
    { name: 'Image', share: 1, rules: 2 },
    { name: 'CommandLine', share: 0.75, rules: 0 },
  ])
})
