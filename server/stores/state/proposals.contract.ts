// What every state store must do with proposals and the outbox.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { OutboxItem } from './outbox.ts'
import { WAIT_POSSIBLE_MS } from './outbox-store.ts'
import type { ProposalRecord } from './proposals.ts'
import type { ContractStore } from './state-store.contract.ts'

const ANA = { name: 'ana', ip: '10.0.0.1' }
const NOON = Date.UTC(2026, 10, 21)
const LEASE_MS = 1_000

const record = (n: number): ProposalRecord => ({
  id: `id-${n}`,
  kind: 'rule',
  title: `Title ${n}`,
  body: 'Text',
  branch: `trapline/rule-${n}`,
  base: 'a'.repeat(40),
  commit: 'b'.repeat(40),
  paths: ['detections/a.yml'],
  created: NOON - 10 + n,
  by: ANA,
})

export function proposalsContract(name: string, open: () => Promise<ContractStore>): void {
  describe(`proposals and outbox on ${name}`, () => {
    let opened: ContractStore
    let store: ContractStore['store']
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.remove())
    const lease = () => store.leaseOutbox('proposal', 10, LEASE_MS)
    const only = async (): Promise<OutboxItem> => (await store.listOutbox(1))[0]!

    test('a proposal is stored once with one row to send and one audit entry', async () => {
      const stored = await store.addProposal(record(1))
      expect(stored).toMatchObject({ ...record(1), by: 'ana', state: 'pending' })
      expect(await store.addProposal({ ...record(1), title: 'Other' })).toEqual(stored)
      expect(await store.countOutbox()).toEqual({ pending: 1, sent: 0, skipped: 0, dead: 0 })
      expect(await only()).toMatchObject({ kind: 'proposal', payload: { proposal: 'id-1' } })
      const entries = await store.listAudit({ limit: 10 })
      expect(entries.map(({ action }) => action)).toEqual(['proposal.open'])
    })

    test('proposals are listed newest first, by state, and found by branch', async () => {
      for (const n of [1, 2, 3]) await store.addProposal(record(n))
      await store.changeProposal('id-2', { state: 'open' }, ANA)
      const ids = async (...args: Parameters<typeof store.listProposals>) =>
        (await store.listProposals(...args)).map(({ id }) => id)
      expect(await ids(10)).toEqual(['id-3', 'id-2', 'id-1'])
      expect(await ids(2)).toEqual(['id-3', 'id-2'])
      expect(await ids(10, ['open'])).toEqual(['id-2'])
      expect((await store.findProposalByBranch('trapline/rule-3'))?.id).toBe('id-3')
      expect(await store.findProposalByBranch('main')).toBeUndefined()
      expect(await store.getProposal('id-9')).toBeUndefined()
    })

    test('a change keeps what it does not name; only a new state is audited', async () => {
      await store.addProposal(record(1))
      const url = 'https://example.org/1'
      await store.changeProposal('id-1', { error: 'down' }, ANA)
      await store.changeProposal('id-1', { state: 'open', url, number: 1, error: null }, ANA)
      const merged = await store.changeProposal('id-1', { state: 'merged' }, ANA)
      expect(merged).toMatchObject({ state: 'merged', url, number: 1 })
      expect(merged?.error).toBeUndefined()
      const late = { state: 'open', when: ['pending', 'open'] } as const
      expect(await store.changeProposal('id-1', late, ANA)).toEqual(merged)
      expect(await store.changeProposal('id-9', { state: 'open' }, ANA)).toBeUndefined()
      const entries = await store.listAudit({ limit: 10 })
      expect(entries.map(({ action }) => action)).toEqual([
        'proposal.merged',
        'proposal.open',
        'proposal.open',
      ])
    })

    test('a leased row is nobody else’s until it is settled or the lease ends', async () => {
      await store.addProposal(record(1))
      const first = await lease()
      expect(first.items).toHaveLength(1)
      expect((await lease()).items).toEqual([])
      opened.advance(LEASE_MS + 1)
      const second = await lease()
      expect(second.items).toHaveLength(1)
      await store.settleOutbox(first.items[0]!.id, first.lease, { result: 'sent' })
      expect(await only()).toMatchObject({ state: 'pending' })
      await store.settleOutbox(second.items[0]!.id, second.lease, { result: 'release' })
      expect((await lease()).items).toHaveLength(1)
      await store.endOutboxLeases()
      expect((await lease()).items).toHaveLength(1)
    })

    test('a row that failed waits, one that is dead is replayed, one that was sent is not', async () => {
      await store.addProposal(record(1))
      const { items, lease: held } = await lease()
      const { id } = items[0]!
      const at = NOON + 5_000
      await store.settleOutbox(id, held, { result: 'retry', error: 'down', at })
      expect(await only()).toMatchObject({ attempts: 1, error: 'down', nextAt: at })
      expect((await lease()).items).toEqual([])
      opened.advance(5_000)
      const again = await lease()
      await store.settleOutbox(id, again.lease, { result: 'dead', error: 'no' })
      expect((await store.listOutbox(10, 'dead')).map((item) => item.attempts)).toEqual([2])
      await store.replayTopic('proposal id-1', ANA)
      const last = await lease()
      expect(last.items[0]).toMatchObject({ attempts: 0 })
      await store.settleOutbox(id, last.lease, { result: 'sent' })
      expect(await store.replayOutbox(id, ANA).catch((e) => e)).toMatchObject({ code: 'conflict' })
      await store.replayTopic('proposal id-1', ANA)
      expect(await only()).toMatchObject({ state: 'sent' })
    })

    test('a clock that was set back delays nothing for long', async () => {
      await store.addProposal(record(1))
      const { items, lease: held } = await lease()
      const at = NOON + 3_600_000
      await store.settleOutbox(items[0]!.id, held, { result: 'retry', error: 'down', at })
      expect((await lease()).items).toEqual([])
      opened.advance(-WAIT_POSSIBLE_MS)
      expect((await lease()).items).toHaveLength(1)
      opened.advance(-WAIT_POSSIBLE_MS)
      expect((await lease()).items).toHaveLength(1)
    })

    test('only what was sent or skipped is forgotten', async () => {
      for (const n of [1, 2]) await store.addProposal(record(n))
      const { items, lease: held } = await lease()
      await store.settleOutbox(items[0]!.id, held, { result: 'sent' })
      await store.settleOutbox(items[1]!.id, held, { result: 'dead', error: 'no' })
      await store.pruneOutbox(NOON - 1)
      expect(await store.listOutbox(10)).toHaveLength(2)
      await store.pruneOutbox(NOON + 60_000)
      expect((await store.listOutbox(10)).map(({ state }) => state)).toEqual(['dead'])
    })
  })
}
