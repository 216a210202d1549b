import { describe, expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { RuleFacts, StateStore } from '../stores/state/state-store.ts'
import { openState, type StateServiceOptions } from './state.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const ANA = { name: 'ana' }

const rule: RuleFacts = {
  id: 'r1',
  title: 'Shell',
  level: 'critical',
  hash: 'h1',
  text: 'title: Shell',
  tags: [],
  dedup: ['host'],
  dedupWindow_ms: 3600_000,
  titleTemplate: 'Shell on {host}',
}

const eventId = (sequence: number) => `20261121-${String(sequence).padStart(12, '0')}`

function match(sequence: number, host: string, ruleHash = 'h1'): StoredMatch {
  return {
    sequence,
    eventId: eventId(sequence),
    ruleId: 'r1',
    ruleHash,
    time: NOON + sequence,
    ingested: NOON,
    source: 'nginx',
    keys: { host },
  }
}

function eventOf(one: StoredMatch): Event {
  return {
    id: one.eventId,
    time: one.time,
    ingested: NOON,
    source: one.source,
    parser: 'json',
    logsource: { category: [], service: [], closed: false },
    pivots: one.keys,
    message: '',
    fields: {},
    raw: '',
  }
}

/** A feed over a list that grows. */
function createFeed(epoch = 'e1') {
  const list: StoredMatch[] = []
  return {
    list,
    feed: {
      epoch: () => epoch,
      matches: (after: number, limit: number) =>
        list.filter((one) => one.sequence > after).slice(0, limit),
      event: (id: string) => {
        const one = list.find((other) => other.eventId === id)
        return one && eventOf(one)
      },
    },
  }
}

async function withState(
  options: Omit<StateServiceOptions, 'url'>,
  job: (state: StateStore) => Promise<void>,
): Promise<void> {
  const state = await openState({ url: ':memory:', ...options })
  try {
    await job(state)
  } finally {
    await state.close()
  }
}

async function until(state: StateStore, sequence: number): Promise<void> {
  while ((await state.alertMakerStatus()).sequence < sequence) await Bun.sleep(5)
}

describe('following matches', () => {
  test('waits for the rules, then makes alerts and says so', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 'a'), match(2, 'b'), match(3, 'A'))
    const notices: AlertNotice[] = []
    const options = { openFeed: () => feed, onAlerts: (one: AlertNotice) => notices.push(one) }
    await withState(options, async (state) => {
      expect((await state.alertMakerStatus()).stopped).toBe('waiting-for-rules')
      await state.setRules([rule])
      await until(state, 3)
      const { alerts } = await state.listAlerts({ filter: {}, limit: 9 })
      expect(alerts.map(({ id, title, count }) => [id, title, count])).toEqual([
        ['A-2', 'Shell on b', 1],
        ['A-1', 'Shell on a', 2],
      ])
      expect(alerts[0]?.event).toEqual(eventOf(match(2, 'b')))
      expect(notices).toEqual([{ created: ['A-1', 'A-2'], updated: [], more: false }])
      expect(await state.alertMakerStatus()).toEqual({
        epoch: 'e1',
        sequence: 3,
        matches: 3,
        suppressed: 0,
        alertsCreated: 2,
        alertsUpdated: 0,
        unknownRules: 0,
      })
      expect((await state.ruleCounters()).r1).toMatchObject({ matches: 3, alerts: 2 })
    })
  })

  test('waits for an intake that is not there yet', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 'a'))
    let made = false
    await withState({ openFeed: () => (made ? feed : undefined) }, async (state) => {
      await state.setRules([rule])
      while ((await state.alertMakerStatus()).stopped !== 'no-intake') await Bun.sleep(5)
      made = true
      await until(state, 1)
      expect((await state.countAlerts({})).total).toBe(1)
    })
  })

  test('an alert that someone closed is followed by a new one', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 'a'))
    await withState({ openFeed: () => feed }, async (state) => {
      await state.setRules([rule])
      await until(state, 1)
      await state.changeAlert('A-1', { verdict: 'test', version: 1 }, ANA)
      list.push(match(2, 'a'))
      await until(state, 2)
      expect(await state.getAlert('A-2')).toMatchObject({ previousId: 'A-1', status: 'new' })
      await state.changeAlert('A-1', { status: 'new', version: 2 }, ANA)
      list.push(match(3, 'a'))
      await until(state, 3)
      expect((await state.getAlert('A-2'))?.count).toBe(2)
    })
  })

  test('a rule nobody described makes an alert under its id, counted', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 'a', 'other'))
    await withState({ openFeed: () => feed, ruleWait_ms: 0 }, async (state) => {
      await state.setRules([rule])
      await until(state, 1)
      expect(await state.getAlert('A-1')).toMatchObject({
        title: 'r1',
        severity: 'medium',
        ruleText: '',
      })
      expect((await state.alertMakerStatus()).unknownRules).toBe(1)
    })
  })

  test('matches of a rule that is not described yet wait for it', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 'a', 'h2'))
    await withState({ openFeed: () => feed }, async (state) => {
      await state.setRules([rule])
      while ((await state.alertMakerStatus()).stopped !== 'waiting-for-rules') await Bun.sleep(5)
      await state.setRules([{ ...rule, hash: 'h2', titleTemplate: 'second text' }])
      await until(state, 1)
      expect((await state.getAlert('A-1'))?.title).toBe('second text')
      expect((await state.alertMakerStatus()).unknownRules).toBe(0)
    })
  })

  test('more matches than one transaction takes all arrive', async () => {
    const { list, feed } = createFeed()
    for (let i = 1; i <= 12_000; i++) list.push(match(i, `host-${i % 7}`))
    await withState({ openFeed: () => feed }, async (state) => {
      await state.setRules([rule])
      await until(state, 12_000)
      const { alerts } = await state.listAlerts({ filter: {}, limit: 100 })
      expect(alerts).toHaveLength(7)
      expect(alerts.reduce((sum, alert) => sum + alert.count, 0)).toBe(12_000)
    })
  })

  test('an unreadable intake is tried again', async () => {
    const { list, feed } = createFeed()
    list.push(match(1, 'a'))
    let tries = 0
    const openFeed = () => {
      if (++tries < 3) throw new Error('disk I/O error')
      return feed
    }
    await withState({ openFeed }, async (state) => {
      await state.setRules([rule])
      await until(state, 1)
      expect(tries).toBe(3)
      expect((await state.alertMakerStatus()).stopped).toBeUndefined()
    })
  })
})
