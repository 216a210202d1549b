// What every state store must do with mutes and promoted rows.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { AlertWriter, Folded } from './alert-writer.ts'
import { plainAlert, plainEvent } from './feedback.contract.ts'
import type { WritePromotion } from './promotions-store.ts'
import type { ProposalRecord } from './proposals.ts'
import type { ContractStore } from './state-store.contract.ts'
import type { RuleFacts } from './state-store.ts'
import type { NewSuppression } from './suppressions.ts'
import { MERGED_GRACE_MS } from './suppressions-store.ts'

const ANA = { name: 'ana' }
const NOON = Date.UTC(2026, 10, 21)
const HOUR_MS = 3600_000

const mute = (change: Partial<NewSuppression> = {}): NewSuppression => ({
  ruleId: 'r1',
  criteria: { '@user': 'backup', Id: [1, true, 'x'] },
  filterId: crypto.randomUUID(),
  filter: 'filter text',
  tests: 'tests',
  path: 'detections/filters/f.yml',
  owner: 'ops',
  reason: 'nightly',
  effect: { hidden: 1, partly: 2, byVerdict: { none: 3 }, looked: 9, days: 30 },
  expires: NOON + HOUR_MS,
  ...change,
})

const proposal = (id: string): ProposalRecord => ({
  ...{ id, kind: 'filter', title: 'Mute', body: '', branch: `trapline/${id}`, base: 'b' },
  ...{ commit: 'c', paths: [], created: NOON, by: ANA },
})

const facts: RuleFacts = {
  ...{ id: 'manual', title: 'Promoted', level: 'low', hash: 'm', text: '', tags: [] },
  ...{ dedup: ['host'], dedupWindow_ms: HOUR_MS },
}

type Opened = ContractStore & {
  readonly alerts: AlertWriter
  readonly writePromotion: WritePromotion
}

export function suppressionsContract(name: string, open: () => Promise<Opened>): void {
  describe(`mutes on ${name}`, () => {
    let opened: Opened
    let store: ContractStore['store']
    let sequence = 0
    beforeEach(async () => {
      opened = await open()
      store = opened.store
      sequence = 0
    })
    afterEach(() => opened.remove())
    const code = (job: Promise<unknown>) =>
      job.then(
        () => 'done',
        (error) => error.code,
      )
    const raise = (id: string | undefined, count = 1) =>
      opened.alerts.commit({ epoch: 'e', sequence }, ++sequence, {
        missing: () => [],
        fold: (_, next) => ({
          created: Array.from({ length: count }, (_, n) => ({
            ...plainAlert(next + n, 'r1', `host-${next + n}`),
            ...(id === undefined ? {} : { mute: id }),
          })),
          updated: [],
          rules: new Map(),
          mutes: id === undefined ? new Map() : new Map([[id, { matches: count, last: NOON }]]),
        }),
      })
    const status = async (id: string) => (await store.getAlert(id))?.status

    test('are kept whole with their proposal, in one transaction', async () => {
      const one = mute({ eventId: 'e1' })
      const made = await store.addSuppression(one, proposal('p1'), ANA)
      expect(made).toEqual({
        ...{ ...one, id: 'S-1', state: 'active', created: NOON, by: 'ana', proposalId: 'p1' },
        ...{ matches: 0, held: 0 },
      })
      expect(await store.getSuppression('S-1')).toEqual(made)
      expect((await store.getProposal('p1'))?.state).toBe('pending')
      expect(await code(store.addSuppression(one, proposal('p2'), ANA))).not.toBe('done')
      expect(await store.getProposal('p2')).toBeUndefined()
      expect(await store.getSuppression('S-2')).toBeUndefined()
      const [entry] = await store.listAudit({ limit: 1, action: 'mute' })
      expect(entry).toMatchObject({ action: 'mute.add', object: 'mute S-1', who: 'ana' })
    })

    test('are listed by rule and state, newest first', async () => {
      const { ruleId, ...any } = mute()
      await store.addSuppression(mute(), proposal('p1'), ANA)
      await store.addSuppression(mute({ ruleId: 'r2' }), proposal('p2'), ANA)
      await store.addSuppression(any, proposal('p3'), ANA)
      await store.endSuppression('S-1', ANA)
      const ids = async (request: Partial<Parameters<typeof store.listSuppressions>[0]>) =>
        (await store.listSuppressions({ limit: 9, ...request })).map(({ id }) => id)
      expect(await ids({})).toEqual(['S-3', 'S-2', 'S-1'])
      expect(await ids({ ruleId: 'r1' })).toEqual(['S-3', 'S-1'])
      expect(await ids({ states: ['active'] })).toEqual(['S-3', 'S-2'])
      expect(await ids({ limit: 1 })).toEqual(['S-3'])
      expect((await store.activeSuppressions()).map(({ id }) => id)).toEqual(['S-2', 'S-3'])
    })

    test('hold alerts until they end', async () => {
      await store.addSuppression(mute(), proposal('p1'), ANA)
      await raise('S-1', 2)
      await raise(undefined)
      expect([await status('A-1'), await status('A-3')]).toEqual(['held', 'new'])
      expect(await store.getAlert('A-1')).toMatchObject({ muteId: 'S-1' })
      expect(await store.getSuppression('S-1')).toMatchObject({ matches: 2, held: 2, last: NOON })
      expect(await store.endSuppression('S-1', ANA)).toMatchObject({ state: 'ended', held: 0 })
      expect([await status('A-1'), await status('A-2')]).toEqual(['new', 'new'])
      expect((await store.getAlert('A-1'))?.muteId).toBeUndefined()
    })

    test('tell nobody of an alert that they hold before it is back', async () => {
      await store.setAlertDestinations(['webhook'])
      await store.addSuppression(mute(), proposal('p1'), ANA)
      const told = async () =>
        (await store.listOutbox(9)).filter(({ kind }) => kind === 'webhook').length
      await raise('S-1')
      expect(await told()).toBe(0)
      await raise(undefined)
      expect(await told()).toBe(1)
      await store.endSuppression('S-1', ANA)
      expect(await told()).toBe(2)
    })

    test('that ended while a batch was folded hold nothing', async () => {
      await store.addSuppression(mute(), proposal('p1'), ANA)
      await store.endSuppression('S-1', ANA)
      await raise('S-1')
      expect(await status('A-1')).toBe('new')
      expect((await store.getAlert('A-1'))?.muteId).toBeUndefined()
    })

    test('run out by what is stored, not before', async () => {
      await store.addSuppression(mute(), proposal('p1'), ANA)
      await raise('S-1')
      opened.advance(HOUR_MS - 1)
      expect(await store.expireSuppressions()).toEqual([])
      opened.advance(1)
      expect(await store.activeSuppressions()).toEqual([])
      expect(await store.expireSuppressions()).toEqual(['A-1'])
      expect(await store.expireSuppressions()).toEqual([])
      expect((await store.getSuppression('S-1'))?.state).toBe('expired')
    })

    test('are done when their filter is live, and hold what comes late for a moment', async () => {
      const one = mute()
      await store.addSuppression(one, proposal('p1'), ANA)
      expect(await store.suppressionsMerged(['other'])).toEqual([])
      expect(await store.suppressionsMerged([one.filterId])).toEqual(['S-1'])
      await raise('S-1')
      expect(await status('A-1')).toBe('held')
      expect(await store.activeSuppressions()).toHaveLength(1)
      opened.advance(MERGED_GRACE_MS)
      expect(await store.activeSuppressions()).toEqual([])
      expect(await code(store.endSuppression('S-1', ANA))).toBe('conflict')
    })

    test('wait for the person who was asked', async () => {
      await store.addSuppression(mute({ agreedBy: 'ben' }), undefined, ANA)
      expect(await store.activeSuppressions()).toEqual([])
      expect(await code(store.agreeSuppression('S-1', proposal('p1'), ANA))).toBe('forbidden')
      expect(await store.getProposal('p1')).toBeUndefined()
      const ben = { name: 'ben' }
      expect(await store.agreeSuppression('S-1', proposal('p1'), ben)).toMatchObject({
        ...{ state: 'active', agreed: NOON, proposalId: 'p1' },
      })
      expect(await code(store.agreeSuppression('S-1', proposal('p1'), ben))).toBe('conflict')
      await store.addSuppression(mute({ agreedBy: 'ben' }), undefined, ANA)
      opened.advance(HOUR_MS)
      expect(await code(store.agreeSuppression('S-2', proposal('p2'), ben))).toBe('conflict')
    })

    test.each(['S-9', 'A-1', 'x', 'S-'])('there is no mute %s', async (id) => {
      expect(await store.getSuppression(id)).toBeUndefined()
      expect(await code(store.endSuppression(id, ANA))).toBe('not-found')
    })

    test('promoted rows are linked with their alert and its observables', async () => {
      const event = plainEvent('20261121-000000000007')
      const observables = [{ type: 'ip', value: '192.0.2.1' }] as const
      const promotion = { event, rule: facts, keys: {}, observables }
      const folding = {
        missing: () => ['d'],
        fold: (_: unknown, next: number): Folded => ({
          created: [{ ...plainAlert(next, 'manual'), event, dedupHash: 'd' }],
          updated: [],
          rules: new Map(),
        }),
      }
      const first = await opened.writePromotion(promotion, 'd', folding, ANA)
      expect(first).toEqual({ alertId: 'A-1', created: true, repeated: false })
      const again = await opened.writePromotion(promotion, 'd', folding, ANA)
      expect(again).toEqual({ alertId: 'A-1', created: false, repeated: true })
      expect(await store.alertObservables('A-1')).toEqual([...observables])
      expect(await store.alertsOfEvents([event.id, 'other'])).toEqual({
        [event.id]: [{ id: 'A-1', status: 'new' }],
      })
    })
  })
}
