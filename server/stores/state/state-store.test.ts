import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { alertChangesContract } from './alert-changes.contract.ts'
import { alertsContract } from './alerts.contract.ts'
import { draftsContract } from './drafts.contract.ts'
import { feedbackContract } from './feedback.contract.ts'
import { huntsContract } from './hunts.contract.ts'
import { openStore, stateUrl } from './open.ts'
import { proposalsContract } from './proposals.contract.ts'
import { releasesContract } from './releases.contract.ts'
import { runsContract } from './runs.contract.ts'
import { type ContractStore, stateStoreContract } from './state-store.contract.ts'
import { suppressionsContract } from './suppressions.contract.ts'

async function open(url: string, folder?: string) {
  let now = Date.UTC(2026, 10, 21)
  let credentials = 0
  const { store, alerts, writePromotion } = await openStore({
    url,
    passwordCost: { memoryCost: 256, timeCost: 2 },
    now: () => now,
    onCredentials: () => credentials++,
  })
  return {
    store,
    alerts,
    writePromotion,
    advance: (ms: number) => {
      now += ms
    },
    credentials: () => credentials,
    remove: async () => {
      await store.close()
      if (folder !== undefined) rmSync(folder, { recursive: true })
    },
  }
}

const temporary = () => mkdtempSync(join(tmpdir(), 'trapline state #1 '))

stateStoreContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
stateStoreContract('memory', () => open(':memory:'))
alertsContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
alertsContract('memory', () => open(':memory:'))
alertChangesContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
alertChangesContract('memory', () => open(':memory:'))
feedbackContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
feedbackContract('memory', () => open(':memory:'))
suppressionsContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
suppressionsContract('memory', () => open(':memory:'))
releasesContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
releasesContract('memory', () => open(':memory:'))
proposalsContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
proposalsContract('memory', () => open(':memory:'))
draftsContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
draftsContract('memory', () => open(':memory:'))
huntsContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
huntsContract('memory', () => open(':memory:'))
runsContract('a file', () => {
  const folder = temporary()
  return open(stateUrl(folder), folder)
})
runsContract('memory', () => open(':memory:'))

test('a second process that writes meanwhile is waited for, and the audit chain holds', async () => {
  const folder = temporary()
  const [one, two] = [await open(stateUrl(folder)), await open(stateUrl(folder))]
  const entries = (store: ContractStore['store'], name: string) =>
    Promise.all(
      Array.from({ length: 10 }, () => store.audit({ action: 'x.y', object: 'z' }, { name })),
    )
  await Promise.all([entries(one.store, 'one'), entries(two.store, 'two')])
  expect(await two.store.verifyAudit()).toEqual({ entries: 20 })
  await one.remove()
  await two.remove()
  rmSync(folder, { recursive: true })
})

test('a changed audit entry is found, and so is a removed one', async () => {
  const folder = temporary()
  const { store, remove } = await open(stateUrl(folder), folder)
  for (const object of ['a', 'b', 'c'])
    await store.audit({ action: 'x.y', object }, { name: 'ana' })
  const client = createClient({ url: stateUrl(folder) })
  await client.execute("UPDATE audit SET object = 'B' WHERE sequence = 2")
  expect(await store.verifyAudit()).toEqual({ entries: 1, brokenAt: 2 })
  await client.execute("UPDATE audit SET object = 'b' WHERE sequence = 2")
  expect(await store.verifyAudit()).toEqual({ entries: 3 })
  await client.execute('DELETE FROM audit WHERE sequence = 1')
  expect(await store.verifyAudit()).toEqual({ entries: 0, brokenAt: 1 })
  client.close()
  await remove()
})

test.each([
  ['a NUL', 'a\0b', 'a\u2400b'],
  ['half a pair', 'a\ud800b', 'a\ufffdb'],
  ['a pair at the cut', `${'x'.repeat(9_999)}🐍`, `${'x'.repeat(9_999)}\ufffd`],
])('the audit chain holds over texts with %s', async (_, given, kept) => {
  const { store, remove } = await open(':memory:')
  await store.audit({ action: 'x.y', object: given, before: given, after: given }, { name: given })
  await store.audit({ action: 'x.z', object: 'next' }, { name: 'ana' })
  expect((await store.listAudit({ limit: 2 }))[1]).toMatchObject({ before: kept, after: kept })
  expect(await store.verifyAudit()).toEqual({ entries: 2 })
  await remove()
})

test('a locked database answers unavailable, and works again when the lock is gone', async () => {
  const folder = temporary()
  const { store, remove } = await open(stateUrl(folder), folder)
  const other = createClient({ url: stateUrl(folder) })
  const held = await other.transaction('write')
  const refused = await store.audit({ action: 'x.y', object: 'z' }, { name: 'a' }).catch((e) => e)
  expect(refused).toMatchObject({ code: 'unavailable' })
  await held.rollback()
  await store.audit({ action: 'x.y', object: 'z' }, { name: 'a' })
  await store.audit({ action: 'x.y', object: 'z' }, { name: 'a' })
  expect(await store.verifyAudit()).toEqual({ entries: 2 })
  other.close()
  await remove()
})
