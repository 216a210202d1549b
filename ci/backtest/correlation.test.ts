import { describe, expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import { loadRules } from '../../sigma/load.ts'
import { changesBetween } from './changes.ts'
import { compareVerdicts } from './judge.ts'
import { createReplay } from './replay.ts'

const FAILED = `title: Failed Login
id: 11111111-1111-4111-8111-111111111111
name: failed
status: test
level: low
logsource: {product: linux, service: sshd}
detection:
  selection: {outcome: failure}
  condition: selection
`
const guessing = (count: number, span = '5m') => `title: Password Guessing
id: 22222222-2222-4222-8222-222222222222
status: test
level: high
correlation:
  type: event_count
  rules: [failed]
  group-by: [user]
  timespan: ${span}
  condition: {gte: ${count}}
`
const load = (...texts: string[]) =>
  loadRules(texts.map((text, at) => ({ path: `detections/${at}.yml`, text })))

const START = Date.UTC(2026, 10, 21, 12)
function failure(n: number, user: string, seconds: number): Event {
  return {
    id: `20261121-${String(n).padStart(12, '0')}`,
    time: START + seconds * 1000,
    ingested: START,
    source: 'sshd',
    parser: 'json',
    logsource: { product: 'linux', category: [], service: ['sshd'], closed: true },
    pivots: { user, host: 'web-1' },
    message: '',
    fields: { outcome: 'failure', user },
    raw: '',
  }
}
/** Six failures of ana in a minute, three of ben, the newest first as a server sends them. */
const EVENTS = [
  ...Array.from({ length: 6 }, (_, n) => failure(n, 'ana', n * 10)),
  ...Array.from({ length: 3 }, (_, n) => failure(10 + n, 'ben', n * 10)),
].toReversed()

function replay(before: string[], after: string[]) {
  const { changed } = changesBetween(load(...before), load(...after))
  const contributed = new Set<string>()
  const run = createReplay(changed, (_change, _event, _was, _is, contributing) => {
    for (const id of contributing?.after ?? []) contributed.add(id)
  })
  for (const event of EVENTS) run.add(event)
  const { tallies } = run.result()
  return { changed, contributed, tally: (id: string) => tallies.find((t) => t.change.id === id) }
}
const ID = '22222222-2222-4222-8222-222222222222'

describe('a correlation that a change reaches', () => {
  test('is run in order of time, whatever the order of events', () => {
    const { tally, contributed } = replay([FAILED, guessing(5)], [FAILED, guessing(3)])
    const { same, added, lost, alertsBefore, alertsAfter, entities } = tally(ID)!
    // ana: the 5th and 6th under both, the 3rd and 4th newly; ben: the 3rd newly.
    expect([same, added, lost]).toEqual([2, 3, 0])
    expect([alertsBefore, alertsAfter]).toEqual([1, 2])
    expect(entities.map(({ user, before, after }) => [user, before, after])).toEqual([
      ['ana', 2, 4],
      ['ben', 0, 1],
    ])
    expect(contributed.size).toBe(9)
  })

  test('falls silent with a rule below it', () => {
    const narrow = FAILED.replace('outcome: failure', 'outcome: failure, user: ben')
    const { changed, tally } = replay([FAILED, guessing(5)], [narrow, guessing(5)])
    expect(changed.map(({ title }) => title)).toEqual(['Failed Login', 'Password Guessing'])
    expect([tally(ID)!.lost, tally(ID)!.same]).toEqual([2, 0])
  })

  test('is new or gone with its file', () => {
    expect(replay([FAILED], [FAILED, guessing(5)]).tally(ID)).toMatchObject({ added: 2, same: 0 })
    expect(replay([FAILED, guessing(5)], [FAILED]).tally(ID)).toMatchObject({ lost: 2, same: 0 })
  })

  test('and nothing else is replayed', () => {
    expect(replay([FAILED, guessing(5)], [FAILED, guessing(5)]).changed).toEqual([])
  })
})

test('an alert of a correlation is kept while one of its events still contributes', () => {
  const alert = {
    ...{ alertId: 'A-1', ruleId: ID, host: '', user: 'ana', status: 'resolved' },
    verdict: 'true_positive',
    eventIds: ['a', 'b', 'c'],
  }
  const seen = new Set(['a', 'b', 'c'])
  const kept = compareVerdicts([alert], new Set(['b']), seen, true)
  expect([kept.keptTruePositives, kept.lostTruePositives.length]).toEqual([1, 0])
  const lost = compareVerdicts([alert], new Set(), seen, true)
  expect(lost.lostTruePositives.map(({ alertId }) => alertId)).toEqual(['A-1'])
})
