// What every state store does with drafts.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { DRAFT_AUDIT_MS } from './drafts-store.ts'
import type { ContractStore } from './state-store.contract.ts'

const ANA = { name: 'ana' }
const EVA = { name: 'eva' }
const DRAFT = { path: 'detections/a.yml', text: 'title: A', testText: '' }

export function draftsContract(name: string, open: () => Promise<ContractStore>): void {
  describe(`drafts on ${name}`, () => {
    let opened: ContractStore
    let store: ContractStore['store']
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.remove())

    test('are their owner’s alone', async () => {
      const draft = await store.addDraft({ ...DRAFT, ruleId: 'r1', baseText: 'old' }, ANA)
      expect(draft).toMatchObject({ owner: 'ana', ruleId: 'r1', baseText: 'old', version: 1 })
      expect(await store.getDraft(draft.id, 'ana')).toEqual(draft)
      expect(await store.getDraft(draft.id, 'eva')).toBeUndefined()
      const change = store.changeDraft(draft.id, 1, { text: 'x' }, EVA)
      expect(await change.catch((error) => error)).toMatchObject({ code: 'not-found' })
      expect((await store.addDraft(DRAFT, EVA)).owner).toBe('eva')
    })

    test('are one a person and file until they are proposed', async () => {
      const { id } = await store.addDraft(DRAFT, ANA)
      const again = store.addDraft(DRAFT, ANA)
      expect(await again.catch((error) => error)).toMatchObject({ code: 'conflict' })
      await store.changeDraft(id, 1, { proposal: 'P-1' }, ANA)
      expect(await store.openDrafts('ana')).toEqual([])
      expect(await store.proposedDrafts('ana', 10)).toMatchObject([{ id, proposal: 'P-1' }])
      const late = store.changeDraft(id, 2, { text: 'x' }, ANA)
      expect(await late.catch((error) => error)).toMatchObject({ code: 'conflict' })
      await store.addDraft(DRAFT, ANA)
    })

    test('refuse a save over a newer one', async () => {
      const { id } = await store.addDraft({ ...DRAFT, baseText: 'old' }, ANA)
      opened.advance(5)
      const saved = await store.changeDraft(id, 1, { text: 'title: B', baseText: null }, ANA)
      expect(saved).toMatchObject({ text: 'title: B', testText: '', version: 2 })
      expect(saved.baseText).toBeUndefined()
      expect(saved.updated).toBe(saved.created + 5)
      const stale = store.changeDraft(id, 1, { text: 'title: C' }, ANA)
      expect(await stale.catch((error) => error)).toMatchObject({ code: 'conflict' })
    })

    test('leave a trace: one entry in ten minutes of typing, and one for each act beside it', async () => {
      const { id } = await store.addDraft({ ...DRAFT, baseText: 'old' }, ANA)
      const type = (version: number) =>
        store.changeDraft(id, version, { text: `title: ${version}` }, ANA)
      await type(1)
      opened.advance(DRAFT_AUDIT_MS - 1)
      await type(2)
      await store.changeDraft(id, 3, {}, ANA)
      opened.advance(1)
      await type(4)
      await store.changeDraft(id, 5, { path: 'detections/b.yml' }, ANA)
      await store.changeDraft(id, 6, { baseText: 'newer' }, ANA)
      await store.changeDraft(id, 7, { proposal: 'P-1' }, ANA)
      const entries = (await store.listAudit({ limit: 20, action: 'draft' })).toReversed()
      expect(entries.map(({ action, before, after }) => [action, before, after])).toEqual([
        ['draft.start', undefined, 'detections/a.yml'],
        ['draft.change', ...[1, 2].map((n) => expect.stringContaining(`"version":${n}`))],
        ['draft.change', ...[4, 5].map((n) => expect.stringContaining(`"version":${n}`))],
        ['draft.rename', 'detections/a.yml', 'detections/b.yml'],
        ['draft.rebase', 'detections/b.yml', 'detections/b.yml'],
        ['draft.propose', undefined, 'P-1'],
      ])
    })

    test('are listed changed last first, and gone when discarded', async () => {
      const one = await store.addDraft(DRAFT, ANA)
      opened.advance(1)
      const two = await store.addDraft({ ...DRAFT, path: 'detections/b.yml' }, ANA)
      expect((await store.openDrafts('ana')).map(({ id }) => id)).toEqual([two.id, one.id])
      await store.removeDraft(two.id, ANA)
      expect((await store.openDrafts('ana')).map(({ id }) => id)).toEqual([one.id])
      const [entry] = await store.listAudit({ limit: 1, action: 'draft' })
      expect(entry).toMatchObject({ action: 'draft.discard', before: 'detections/b.yml' })
    })
  })
}
