import { expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import { compilePredicate } from '../../sigma/eval/predicate.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { Alert, RuleFacts, StateStore } from '../stores/state/state-store.ts'
import { criteriaExpr } from './mute-filter.ts'
import { openState } from './state.ts'
import { EFFECT_DAYS, measureEffect } from './suppression-effect.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const DAY_MS = 24 * 3600_000
const ANA = { name: 'ana' }
const facts = (id: string): RuleFacts => ({
  ...{ id, title: id, level: 'low', hash: id, text: '', tags: [], dedup: ['host'] },
  dedupWindow_ms: 3600_000,
})

/** Alerts of matches, one after another: rule, host, user, days ago. */
async function stateOf(rows: readonly (readonly [string, string, string, number])[]) {
  const events = rows.map(
    ([, host, user, ago], n): Event => ({
      ...{ id: `20261121-${String(n + 1).padStart(12, '0')}`, time: NOON - ago * DAY_MS },
      ...{
        ingested: NOON,
        source: 'x',
        parser: 'json',
        message: '',
        raw: '',
        fields: { User: user },
      },
      ...{ logsource: { category: [], service: [], closed: false }, pivots: { host } },
    }),
  )
  const matches = rows.map(
    ([ruleId, host], n): StoredMatch => ({
      ...{ sequence: n + 1, eventId: events[n]!.id, ruleId, ruleHash: ruleId, keys: { host } },
      ...{ time: events[n]!.time, ingested: NOON, source: 'x' },
    }),
  )
  const find = (id: string) => events.find((event) => event.id === id)
  let now = NOON - 40 * DAY_MS
  const state = await openState({
    url: ':memory:',
    now: () => now,
    openFeed: () => ({
      epoch: () => 'e',
      matches: (after, limit) => matches.filter((m) => m.sequence > after).slice(0, limit),
      event: find,
    }),
  })
  await state.setRules([facts('r1'), facts('r2')])
  while ((await state.alertMakerStatus()).sequence < rows.length) await Bun.sleep(5)
  now = NOON
  return { state, get: async (ids: readonly string[]) => ids.map(find) }
}

const ask = (
  store: {
    state: StateStore
    get: (ids: readonly string[]) => Promise<readonly (Event | undefined)[]>
  },
  user: string,
  ruleId: string | null = 'r1',
) =>
  measureEffect(
    { state: store.state, events: { get: store.get } },
    {
      ruleId: ruleId ?? undefined,
      means: (id) => id === 'r1' || ruleId === null,
      hides: compilePredicate(criteriaExpr({ User: user })),
    },
    NOON,
  )
const verdict = async (state: StateStore, id: string, given: Alert['verdict']) => {
  const reason = { reason: 'x', version: 1 }
  await state.changeAlert(
    id,
    { ...reason, ...(given === undefined ? {} : { verdict: given }) },
    ANA,
  )
}

test('an alert is hidden when all of its events are, and loses some when some are', async () => {
  const store = await stateOf([
    ['r1', 'a', 'bob', 1],
    ['r1', 'a', 'bob', 1],
    ['r1', 'b', 'bob', 1],
    ['r1', 'b', 'eve', 1],
    ['r1', 'c', 'eve', 1],
    ['r2', 'a', 'bob', 1],
  ])
  const effect = await ask(store, 'BOB')
  expect(effect).toMatchObject({ hidden: 1, partly: 1, looked: 3, days: EFFECT_DAYS })
  expect(effect.alerts.map(({ id, hidden, looked, whole }) => [id, hidden, looked, whole])).toEqual(
    [
      ['A-2', 1, 2, false],
      ['A-1', 2, 2, true],
    ],
  )
  expect(effect.example?.fields.User).toBe('bob')
  expect((await ask(store, 'bob', null)).hidden).toBe(2)
  expect(await ask(store, 'nobody')).toMatchObject({ hidden: 0, alerts: [], truePositives: [] })
  await store.state.close()
})

test('alerts of the last days count by verdict; true positives of any age are named', async () => {
  const store = await stateOf([
    ['r1', 'a', 'bob', 1],
    ['r1', 'b', 'bob', 2],
    ['r1', 'c', 'bob', 35],
    ['r1', 'd', 'eve', 35],
  ])
  await verdict(store.state, 'A-1', 'false_positive_data')
  await verdict(store.state, 'A-3', 'true_positive')
  await verdict(store.state, 'A-4', 'true_positive')
  const effect = await ask(store, 'bob')
  expect(effect.byVerdict).toEqual({ false_positive_data: 1, none: 1 })
  expect(effect.truePositives).toEqual(['A-3'])
  await store.state.close()
})

test('a true positive of feedback is named by its event', async () => {
  const store = await stateOf([['r1', 'a', 'bob', 1]])
  const [event] = await store.get(['20261121-000000000001'])
  const feedback = { ruleId: 'r1', verdict: 'true_positive', reason: '', event: event! } as const
  await store.state.addFeedback(feedback, ANA)
  expect((await ask(store, 'bob')).truePositives).toEqual([`event ${event?.id}`])
  await store.state.close()
})
