// What every state store must do with feedback on rules.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import type { AlertInsert, AlertWriter } from './alert-writer.ts'
import type { ContractStore } from './state-store.contract.ts'

const ANA = { name: 'ana' }
const NOON = Date.UTC(2026, 10, 21, 12)

export const plainEvent = (id: string, host = 'web-1'): Event => ({
  id,
  time: NOON,
  ingested: NOON,
  source: 'nginx',
  parser: 'json',
  logsource: { category: [], service: [], closed: false },
  pivots: { host },
  message: `message of ${id}`,
  fields: { Image: 'sh' },
  raw: '{}',
})

export const plainAlert = (number: number, ruleId: string, host = 'web-1'): AlertInsert => ({
  number,
  ruleId,
  ruleHash: `hash-${ruleId}`,
  ruleTitle: `Rule ${ruleId}`,
  title: `Rule ${ruleId} on ${host}`,
  severity: 'high',
  tags: [],
  dedupHash: `${ruleId} ${host}`,
  previous: null,
  event: plainEvent(`20261121-${String(number).padStart(12, '0')}`, host),
  count: 1,
  firstSeen: NOON,
  lastSeen: NOON,
  eventIds: [`20261121-${String(number).padStart(12, '0')}`],
})

export function feedbackContract(
  name: string,
  open: () => Promise<ContractStore & { readonly alerts: AlertWriter }>,
): void {
  describe(`feedback on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: ContractStore['store']
    let sequence = 0
    beforeEach(async () => {
      opened = await open()
      store = opened.store
      sequence = 0
    })
    afterEach(() => opened.remove())
    const raise = (...rules: readonly string[]) =>
      opened.alerts.commit({ epoch: 'e', sequence }, ++sequence, {
        missing: () => [],
        fold: (_, next) => ({
          created: rules.map((rule, n) => plainAlert(next + n, rule, `host-${n}`)),
          updated: [],
          rules: new Map(),
        }),
      })

    test('is listed newest first, with who gave it, and audited', async () => {
      await store.addFeedback({ ruleId: 'r1', verdict: 'true_positive', reason: 'seen' }, ANA)
      opened.advance(1000)
      const event = plainEvent('20261121-000000000007')
      await store.addFeedback(
        { ruleId: 'r1', verdict: 'false_positive', reason: 'backup', event },
        ANA,
      )
      const list = await store.listFeedback('r1', 10)
      expect(list).toMatchObject([
        { id: 'F-2', verdict: 'false_positive', eventId: event.id, by: 'ana' },
        { id: 'F-1', verdict: 'true_positive', reason: 'seen' },
      ])
      expect(await store.listFeedback('r2', 10)).toEqual([])
      const [entry] = await store.listAudit({ limit: 1, action: 'rule' })
      expect(entry).toMatchObject({ action: 'rule.feedback', object: 'rule r1', who: 'ana' })
    })

    test('names an alert that there is', async () => {
      const missing = store.addFeedback(
        { ruleId: 'r1', verdict: 'true_positive', reason: '', alertId: 'A-9' },
        ANA,
      )
      expect(await missing.catch((error) => error)).toMatchObject({ code: 'not-found' })
    })

    test('an alert counts once, by its verdict', async () => {
      await raise('r1', 'r1', 'r2')
      const about = { ruleId: 'r1', verdict: 'false_positive', reason: 'x' } as const
      await store.addFeedback({ ...about, alertId: 'A-1' }, ANA)
      await store.addFeedback(about, ANA)
      expect(await store.feedbackCounts()).toEqual({
        r1: { truePositive: 0, falsePositive: 2, other: 0 },
      })
      await store.changeAlert('A-1', { verdict: 'true_positive', version: 1 }, ANA)
      await store.changeAlert('A-2', { verdict: 'test', version: 1 }, ANA)
      expect(await store.feedbackCounts()).toEqual({
        r1: { truePositive: 1, falsePositive: 1, other: 1 },
      })
    })

    test('gives the events of verdicts, newest first, as they were', async () => {
      await raise('r1', 'r2', 'r3')
      await store.changeAlert('A-2', { verdict: 'true_positive', version: 1 }, ANA)
      opened.advance(1000)
      const change = { verdict: 'false_positive_data', reason: 'x', version: 1 } as const
      await store.changeAlert('A-1', change, ANA)
      opened.advance(1000)
      const event = plainEvent('20261121-000000000099')
      const about = { ruleId: 'r4', verdict: 'false_positive', reason: 'x', event } as const
      await store.addFeedback(about, ANA)
      await store.changeAlert('A-3', { verdict: 'duplicate', version: 1 }, ANA)
      const found = await store.verdictEvents(10)
      expect(found.map(({ ruleId, verdict, alertId }) => [ruleId, verdict, alertId])).toEqual([
        ['r4', 'false_positive_logic', undefined],
        ['r1', 'false_positive_data', 'A-1'],
        ['r2', 'true_positive', 'A-2'],
      ])
      expect(found[0]?.event).toEqual(event)
      expect(found[1]?.event.pivots.host).toBe('host-0')
      expect(await store.verdictEvents(1)).toHaveLength(1)
    })
  })
}
