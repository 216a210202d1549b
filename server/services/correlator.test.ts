import { describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadRules } from '../../sigma/load.ts'
import type { MatchFeed, StoredMatch } from '../stores/events/event-store.ts'
import type { RuleFacts, StateStore } from '../stores/state/state-store.ts'
import { createMatchCorrelator, SMALL_STATE_ENTRIES, wholeEvents } from './correlator.ts'
import { openState } from './state.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const RULES = `title: Guessing
id: guessing
level: high
correlation: {type: event_count, rules: [failed], group-by: [src_ip], timespan: 1m, condition: {gte: 3}}
---
title: Failed
id: failed
logsource: {product: linux}
detection: {s: {action: failed}, condition: s}
`
const [loaded] = loadRules([{ path: 'r.yml', text: RULES }]).correlations
const correlations = [{ ...loaded!, hash: 'h-guessing' }]

const factsOf = (id: string, over: Partial<RuleFacts> = {}): RuleFacts => ({
  ...{ id, title: id, level: 'high', hash: `h-${id}`, text: id, tags: [] },
  ...{ dedup: ['src_ip'], dedupWindow_ms: 3600_000 },
  ...over,
})
const FACTS = [factsOf('guessing'), factsOf('failed', { feedsOnly: true })]

const eventId = (sequence: number) => `20261121-${String(sequence).padStart(12, '0')}`
const match = (sequence: number, second: number, ip = '192.0.2.1'): StoredMatch => ({
  sequence,
  eventId: eventId(sequence),
  ruleId: 'failed',
  ruleHash: 'h-failed',
  time: NOON + second * 1000,
  ingested: NOON,
  source: 'sshd',
  keys: { src_ip: ip, user: `u${sequence}` },
})

function createFeed() {
  const list: StoredMatch[] = []
  const feed: MatchFeed = {
    epoch: () => 'e1',
    matches: (after, limit) => list.filter((one) => one.sequence > after).slice(0, limit),
    event: () => undefined,
  }
  return { list, feed }
}

async function withServer<T>(
  url: string,
  feed: MatchFeed,
  job: (state: StateStore, reach: (sequence: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const state = await openState({ url, openFeed: () => feed })
  try {
    await state.setRules(FACTS, correlations)
    return await job(state, async (sequence) => {
      while ((await state.alertMakerStatus()).sequence < sequence) await Bun.sleep(2)
    })
  } finally {
    await state.close()
  }
}

async function withFolder(job: (url: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-test-correlator-'))
  try {
    await job(`file:${join(folder, 'state.db')}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const alertsOf = async (state: StateStore) => {
  const { alerts } = await state.listAlerts({ filter: {}, limit: 99 })
  return alerts.map(({ ruleId, count, firstSeen, lastSeen, eventIds }) => ({
    ...{ ruleId, count, eventIds: [...eventIds].sort() },
    seconds: [(firstSeen - NOON) / 1000, (lastSeen - NOON) / 1000],
  }))
}

describe('correlation alerts', () => {
  test('list the contributing events; rules that only feed raise none', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 0), match(2, 5, '192.0.2.9'), match(3, 10), match(4, 20), match(5, 30))
    await withServer(':memory:', feed, async (state, reach) => {
      await reach(5)
      expect(await alertsOf(state)).toEqual([
        {
          ruleId: 'guessing',
          count: 2,
          eventIds: [eventId(1), eventId(3), eventId(4), eventId(5)],
          seconds: [0, 30],
        },
      ])
      const { correlations: stats } = await state.alertMakerStatus()
      expect(stats).toMatchObject({ matches: 5, firings: 2, groups: 2 })
      expect((await state.ruleCounters())['failed']).toMatchObject({ matches: 5, alerts: 0 })
    })
  })

  test.each([1, 2, 3, 4])(
    'a window cut by a restart after match %d neither misses nor repeats an alert',
    async (cut) => {
      await withFolder(async (url) => {
        const { list, feed } = createFeed()
        const all = [match(1, 0), match(2, 10), match(3, 20), match(4, 30)]
        list.push(...all.slice(0, cut))
        await withServer(url, feed, (_, reach) => reach(cut))
        list.push(...all.slice(cut))
        await withServer(url, feed, async (state, reach) => {
          await reach(4)
          expect(await alertsOf(state)).toEqual([
            {
              ruleId: 'guessing',
              count: 2,
              eventIds: [1, 2, 3, 4].map(eventId),
              seconds: [0, 30],
            },
          ])
        })
      })
    },
  )

  test('what was not stored yet is replayed without alerts', async () => {
    await withFolder(async (url) => {
      const { list, feed } = createFeed()
      const many = SMALL_STATE_ENTRIES * 2
      for (let n = 1; n <= many; n++) list.push(match(n, 0, `10.0.${n >> 8}.${n & 255}`))
      await withServer(url, feed, async (_, reach) => {
        await reach(many)
        list.push(match(many + 1, 1), match(many + 2, 2))
        await reach(many + 2)
      })
      list.push(match(many + 3, 3))
      await withServer(url, feed, async (state, reach) => {
        await reach(many + 3)
        const { needless = 0 } = await state.alertMakerStatus()
        expect(needless).toBeLessThanOrEqual(many + 3)
        expect(await alertsOf(state)).toMatchObject([{ count: 1, seconds: [1, 3] }])
      })
    })
  })
})

describe('matches of one event', () => {
  const pair = [
    { ...match(1, 0), eventId: 'e1' },
    { ...match(2, 0), eventId: 'e1', ruleId: 'other', keys: { host: 'h' } },
  ]

  test('count together, whatever their order', () => {
    const text = `${RULES}---
title: Other
id: other
logsource: {product: linux}
detection: {s: {action: other}, condition: s}
---
title: One alone
id: alone
correlation: {type: temporal, timespan: 1m, condition: failed and not other}
`
    const own = loadRules([{ path: 'r.yml', text }])
    expect(own.refused).toEqual([])
    const open = () => {
      const correlator = createMatchCorrelator()
      correlator.use(own.correlations.map((one) => ({ ...one, hash: one.id })))
      return correlator
    }
    expect(open().push(pair)).toEqual([])
    expect(open().push([pair[1]!, pair[0]!])).toEqual([])
    const [alert, ...more] = open().push([pair[0]!])
    expect(more).toEqual([])
    expect(alert).toMatchObject({ ruleId: 'alone', eventId: 'e1', keys: { user: 'u1' } })
  })

  test('are not cut in two by the limit of a batch', () => {
    expect(wholeEvents([match(0, 0), ...pair])).toEqual([match(0, 0)])
    expect(wholeEvents(pair)).toEqual(pair)
    expect(wholeEvents([])).toEqual([])
  })
})
