// What every state store must do with hunts.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Hunt, NO_FILTERS } from '../../../query/hunt/hunt.ts'
import type { ContractStore } from './state-store.contract.ts'

const ANA = { name: 'ana', ip: '192.0.2.1' }
const OWNER = { id: 'u1', name: 'ana' }
const huntOf = (id: string, rest: Partial<Hunt> = {}): Hunt => ({
  ...{ id, title: `Hunt ${id}`, query: 'a "b"\n\u0000ü', filters: NO_FILTERS, sharing: 'private' },
  ...{ shared_with_roles: [], tags: [], references: [] },
  ...rest,
})

/** Runs the suite; `open` gives an empty store and how to be rid of it. */
export function huntsContract(name: string, open: () => Promise<ContractStore>) {
  describe(`hunts in ${name}`, () => {
    let made: ContractStore
    beforeEach(async () => {
      made = await open()
    })
    afterEach(() => made.remove())
    const rejects = (code: string) => expect.objectContaining({ code })

    test('come back as they were, newest change first', async () => {
      const { store, advance } = made
      const first = await store.addHunt(huntOf('a'), OWNER, ANA)
      advance(1000)
      await store.addHunt(
        huntOf('b', { sharing: 'roles', shared_with_roles: ['admin'] }),
        OWNER,
        ANA,
      )
      expect((await store.listHunts()).map(({ hunt }) => hunt.id)).toEqual(['b', 'a'])
      expect(await store.getHunt('a')).toEqual(first)
      expect(first).toMatchObject({ hunt: huntOf('a'), owner: 'ana', ownerId: 'u1', version: 1 })
    })

    test('an id is there once', async () => {
      await made.store.addHunt(huntOf('a'), OWNER, ANA)
      expect(made.store.addHunt(huntOf('a'), OWNER, ANA)).rejects.toEqual(rejects('conflict'))
    })

    test('a change names the version it is made to', async () => {
      const { store, advance } = made
      await store.addHunt(huntOf('a'), OWNER, ANA)
      advance(1000)
      const changed = await store.changeHunt(huntOf('a', { title: 'New' }), 1, ANA)
      expect(changed).toMatchObject({ version: 2, hunt: { title: 'New' } })
      expect(await store.getHunt('a')).toEqual(changed)
      expect(store.changeHunt(huntOf('a'), 1, ANA)).rejects.toEqual(rejects('conflict'))
      expect(store.changeHunt(huntOf('b'), 1, ANA)).rejects.toEqual(rejects('not-found'))
    })

    test('what is removed is gone, and everything is in the audit log', async () => {
      const { store } = made
      await store.addHunt(huntOf('a'), OWNER, ANA)
      await store.setHuntProposal('a', 'P-1', ANA)
      expect(await store.getHunt('a')).toMatchObject({ proposal: 'P-1', version: 1 })
      await store.removeHunt('a', ANA)
      expect(await store.getHunt('a')).toBeUndefined()
      expect(store.removeHunt('a', ANA)).rejects.toEqual(rejects('not-found'))
      const log = await store.listAudit({ limit: 10, action: 'hunt' })
      expect(log.map(({ action }) => action)).toEqual([
        'hunt.remove',
        'hunt.publish',
        'hunt.create',
      ])
      expect(log[0]?.before).toContain('Hunt a')
    })
  })
}
