// What every state store must do with the history of releases.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { AlertWriter } from './alert-writer.ts'
import { plainAlert } from './feedback.contract.ts'
import type { NewRelease } from './releases.ts'
import type { ContractStore } from './state-store.contract.ts'

const ANA = { name: 'ana' }
const COMMIT = 'c'.repeat(40)

const release = (more: Partial<NewRelease> = {}): NewRelease => ({
  ...{ commit: COMMIT, author: 'Ana <ana@example.org>', subject: 'a rule', way: 'push' },
  ...{ status: 'live', rules: 7, summary: 'fine', findings: [] },
  ...more,
})

export function releasesContract(
  name: string,
  open: () => Promise<ContractStore & { readonly alerts: AlertWriter }>,
): void {
  describe(`releases on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: ContractStore['store']
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.remove())

    test('are listed newest first, with what their checks measured', async () => {
      const report = { tests: { passed: 3, failed: 0 }, took_ms: 12 }
      await store.recordRelease(release({ way: 'seed' }), ANA)
      await store.recordRelease(release({ previous: 'a'.repeat(40), report }), ANA)
      const [second, first] = await store.listReleases(10)
      expect(second).toMatchObject({ number: 2, by: 'ana', previous: 'a'.repeat(40), report })
      expect(first).toMatchObject({ number: 1, way: 'seed' })
      expect(first).not.toHaveProperty('report')
    })

    test.each([
      ['one that is live', {}, 'success', 'live: 7 rules'],
      ['one that is live again', { way: 'rollback' }, 'success', 'live again: 7 rules'],
      [
        'one that is refused',
        {
          status: 'refused',
          findings: [
            { code: 'x', severity: 'warning', message: 'mind this' },
            { code: 'y', severity: 'error', message: 'a test fails' },
          ],
        },
        'failure',
        'refused: a test fails',
      ],
    ] as const)('tell the commit of %s', async (_, more, state, description) => {
      await store.recordRelease(release(more as Partial<NewRelease>), ANA)
      const [item] = await store.listOutbox(10)
      expect(item).toMatchObject({
        ...{ kind: 'commit-status', topic: `commit ${COMMIT}`, state: 'pending' },
        payload: { commit: COMMIT, state, description },
      })
    })

    test('tell nobody of what came with the program', async () => {
      await store.recordRelease(release({ way: 'seed' }), ANA)
      expect(await store.listOutbox(10)).toEqual([])
    })

    test('keep their order when the clock is set back', async () => {
      for (const subject of ['one', 'two', 'three']) {
        await store.recordRelease(release({ subject }), ANA)
        opened.advance(-86_400_000)
      }
      const subjects = (await store.listReleases(10)).map(({ subject }) => subject)
      expect(subjects).toEqual(['three', 'two', 'one'])
    })

    test('alerts made in a range are counted by rule', async () => {
      const [{ at: start } = { at: 0 }] = await at(store)
      const make = async (sequence: number, ...rules: readonly string[]) =>
        opened.alerts.commit({ epoch: 'e', sequence }, sequence + 1, {
          missing: () => [],
          fold: (_, next) => ({
            created: rules.map((rule, n) => plainAlert(next + n, rule, `host-${n}`)),
            updated: [],
            rules: new Map(),
          }),
        })
      await make(0, 'one', 'two')
      opened.advance(60_000)
      await make(1, 'one', 'one')
      const windows = [
        { from: start, to: start + 60_000 },
        { from: start + 60_000, to: start + 120_000 },
        { from: 0, to: start },
      ]
      expect(await store.alertsMade(windows)).toEqual([{ one: 1, two: 1 }, { one: 2 }, {}])
      expect(await store.countAlertsMade(windows)).toEqual([2, 2, 0])
    })
  })
}

/** The store's clock, as a release records it. */
async function at(store: ContractStore['store']) {
  await store.recordRelease(release({ way: 'seed' }), ANA)
  return store.listReleases(1)
}
