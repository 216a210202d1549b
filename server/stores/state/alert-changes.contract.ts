// What every state store must do when people change alerts.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type AlertsStore, ANA, type OpenAlerts, openAlerts, rejects } from './alerts.support.ts'
import type { Verdict } from './state-store.ts'

export function alertChangesContract(name: string, open: OpenAlerts): void {
  describe(`changes of alerts on ${name}`, () => {
    let opened: AlertsStore['opened']
    let store: AlertsStore['store']
    let insert: AlertsStore['insert']
    beforeEach(async () => {
      ;({ opened, store, insert } = await openAlerts(open))
    })
    afterEach(() => opened.remove())

    test.each([
      ['true_positive', 'resolved'],
      ['benign_true_positive', 'resolved'],
      ['false_positive_logic', 'false_positive'],
      ['false_positive_data', 'false_positive'],
      ['duplicate', 'resolved'],
      ['test', 'resolved'],
      ['insufficient_evidence', 'resolved'],
    ] as const)('verdict %s sets status %s', async (verdict: Verdict, status) => {
      await insert([{}])
      const alert = await store.changeAlert('A-1', { verdict, reason: 'why', version: 1 }, ANA)
      expect(alert).toMatchObject({ verdict, status, reason: 'why', version: 2 })
    })

    test('who changed what and when is kept', async () => {
      await insert([{}])
      await store.changeAlert('A-1', { status: 'investigating', owner: 'ana', version: 1 }, ANA)
      opened.advance(1000)
      await store.changeAlert('A-1', { verdict: 'test', version: 2 }, { name: 'ben' })
      const reopened = await store.changeAlert('A-1', { status: 'new', version: 3 }, ANA)
      expect(reopened.verdict).toBeUndefined()
      const activity = await store.alertActivity('A-1')
      expect(activity.map(({ who, what, before, after }) => [who, what, before, after])).toEqual([
        ['detection', 'created', undefined, 'Rule r1'],
        ['ana', 'status', 'new', 'investigating'],
        ['ana', 'owner', undefined, 'ana'],
        ['ben', 'status', 'investigating', 'resolved'],
        ['ben', 'verdict', undefined, 'test'],
        ['ana', 'status', 'resolved', 'new'],
        ['ana', 'verdict', 'test', undefined],
      ])
      expect((await store.listAudit({ limit: 9, action: 'alert' })).length).toBe(3)
    })

    test('a stale version is refused and says who was faster', async () => {
      await insert([{}])
      await store.changeAlert('A-1', { status: 'acknowledged', version: 1 }, { name: 'ben' })
      const late = await store
        .changeAlert('A-1', { status: 'resolved', version: 1 }, ANA)
        .catch((e) => e)
      expect(late).toEqual(rejects('conflict', 'by ben at 2026-11-21T'))
      expect((await store.getAlert('A-1'))?.status).toBe('acknowledged')
    })

    test.each([
      [{ version: 1 }, 'invalid'],
      [{ status: 'closed', version: 1 }, 'invalid'],
      [{ verdict: 'nice', version: 1 }, 'invalid'],
      [{ verdict: 'test', status: 'false_positive', version: 1 }, 'invalid'],
      [{ reason: 'x'.repeat(5000), version: 1 }, 'invalid'],
    ])('change %j is %s', async (change, code) => {
      await insert([{}])
      const changed = store.changeAlert('A-1', change as never, ANA)
      expect(await changed.catch((e) => e)).toEqual(rejects(code))
    })

    test('an unknown alert is not found', async () => {
      const changed = store.changeAlert('A-9', { status: 'resolved', version: 1 }, ANA)
      expect(await changed.catch((e) => e)).toEqual(rejects('not-found'))
    })

    test('a bulk change takes all that fit up to the cut-off, and names those changed meanwhile', async () => {
      await insert([{ rule: 'r1' }, { rule: 'r1' }, { rule: 'r2' }])
      opened.advance(1000)
      const before = (await store.getAlert('A-1'))?.created ?? 0
      await store.changeAlert('A-2', { status: 'investigating', version: 1 }, { name: 'ben' })
      await insert([{ rule: 'r1' }])
      const result = await store.changeAlerts(
        { filter: { ruleId: 'r1' }, before, change: { verdict: 'duplicate' } },
        ANA,
      )
      expect(result.changed).toBe(1)
      expect(result.skipped).toMatchObject([{ id: 'A-2', who: 'ben' }])
      const counts = await store.countAlerts({})
      expect(counts.byStatus).toMatchObject({ new: 2, investigating: 1, resolved: 1 })
      expect(counts.bySeverity.high).toBe(4)
    })

    test('a bulk change is undone where nothing came after it, and named where something did', async () => {
      await insert([{ rule: 'r1' }, { rule: 'r1' }, { rule: 'r1' }])
      opened.advance(1000)
      await store.changeAlert('A-1', { owner: 'ben', status: 'acknowledged', version: 1 }, ANA)
      opened.advance(1000)
      const before = (await store.getAlert('A-1'))?.updated ?? 0
      const change = { verdict: 'false_positive_logic', reason: 'noise', owner: null } as const
      const done = await store.changeAlerts({ filter: {}, before, change }, ANA)
      opened.advance(1000)
      await store.changeAlert('A-3', { status: 'new', version: 2 }, { name: 'ben' })
      expect((await store.undoChanges(done.at, { name: 'ben' })).changed).toBe(0)
      opened.advance(1000)
      const undone = await store.undoChanges(done.at, ANA)
      expect(undone).toMatchObject({ changed: 2, skipped: [{ id: 'A-3', who: 'ben' }] })
      const first = await store.getAlert('A-1')
      expect(first).toMatchObject({ status: 'acknowledged', owner: 'ben', version: 4 })
      expect(first?.verdict).toBeUndefined()
      expect(first?.reason).toBeUndefined()
      expect(await store.getAlert('A-2')).toMatchObject({ status: 'new', version: 3 })
      expect((await store.alertActivity('A-2')).at(-1)).toMatchObject({ who: 'ana' })
      opened.advance(1000)
      expect((await store.undoChanges(undone.at, ANA)).changed).toBe(2)
      expect((await store.getAlert('A-1'))?.verdict).toBe('false_positive_logic')
    })
  })
}
