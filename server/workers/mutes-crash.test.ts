// Mutes over kills: each match is held or raised exactly once, and what was held comes back once.
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { filterText } from '../services/mute-filter.ts'
import type { NewBatch } from '../stores/events/event-store.ts'
import { type DayFileWriter, openWriter } from '../stores/events/writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { type StateConnection, startState } from './state-client.ts'

setDefaultTimeout(60_000)

const HOSTS = 20
const KILLS = 6
const BATCH = 1_000
const NOW = Date.now()
const RULE_ID = '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b'
const FILTER_ID = '0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111'
const CRITERIA = { Parent: 'backup' }
const ANA = { name: 'ana' }

const rule: RuleFacts = {
  ...{ id: RULE_ID, title: 'Shell', level: 'high', hash: 'h1', tags: [], dedup: ['host'] },
  dedupWindow_ms: 3600_000,
  text: `title: Shell\nid: ${RULE_ID}\nlogsource: {product: linux}\ndetection: {s: {a: b}, condition: s}\n`,
}

let folder: string
let writer: DayFileWriter
let state: StateConnection | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-mutes-'))
  writer = openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })
})
afterEach(async () => {
  await state?.stop()
  writer.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Every second event is the backup's, on every host. */
function batch(): NewBatch {
  const events = Array.from({ length: BATCH }, (_, n): Event => {
    const host = `host-${Math.floor(n / 2) % HOSTS}`
    const fields = { Parent: n % 2 === 0 ? 'backup' : 'sshd' }
    return {
      ...{ id: '', time: NOW, ingested: NOW, source: 'app', parser: 'json', message: host, fields },
      ...{ logsource: { product: 'linux', category: [], service: [], closed: true }, raw: host },
      pivots: { host },
    }
  })
  const matches = events.map((_, index) => ({ index, ruleId: RULE_ID, ruleHash: 'h1' }))
  return { answer: '', events, matches }
}

async function start(): Promise<StateConnection['client']> {
  state = await startState({ folder }, (error) => {
    throw error
  })
  return state.client
}

test('held exactly once, whatever is killed, and back exactly once', async () => {
  const first = await start()
  await first.addSuppression(
    {
      ...{ ruleId: RULE_ID, criteria: CRITERIA, filterId: FILTER_ID, tests: '', path: 'f.yml' },
      filter: filterText({
        ...{ id: FILTER_ID, title: 'F', description: 'x', author: 'ana', date: '2026-11-21' },
        ...{ ruleId: RULE_ID, logsource: { product: 'linux' }, criteria: CRITERIA },
        exception: { id: 'S', owner: 'ana', reason: 'x', expires: '2027-01-01' },
      }),
      ...{ owner: 'ana', reason: 'nightly', expires: NOW + 3600_000 },
      effect: { hidden: 0, partly: 0, byVerdict: {}, looked: 0, days: 30 },
    },
    {
      ...{ id: 'p1', kind: 'filter', title: 'F', body: '', branch: 'b', base: 'x', commit: 'c' },
      ...{ paths: [], created: NOW, by: ANA },
    },
    ANA,
  )
  await state?.stop()
  const script = `
    import { startState } from ${JSON.stringify(join(import.meta.dir, 'state-client.ts'))}
    const { client } = await startState({ folder: process.env.FOLDER }, (error) => { throw error })
    await client.setRules([${JSON.stringify(rule)}])
    console.log('following')
  `
  let matches = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const child = Bun.spawn([process.execPath, '-e', script], {
      env: { ...process.env, FOLDER: folder },
      stdout: 'pipe',
      stderr: 'inherit',
    })
    for await (const _ of child.stdout) break
    for (let part = 0; part < 3; part++) {
      writer.append([batch()])
      matches += BATCH
      await Bun.sleep(5 * kill)
    }
    child.kill('SIGKILL')
    await child.exited
  }
  const client = await start()
  await client.setRules([rule])
  while ((await client.alertMakerStatus()).sequence < matches) await Bun.sleep(10)
  const sum = async (status: 'held' | 'new') => {
    const { alerts, total } = await client.listAlerts({ filter: { status: [status] }, limit: 500 })
    return { total, matches: alerts.reduce((all, alert) => all + alert.count, 0) }
  }
  const half = { total: HOSTS, matches: matches / 2 }
  expect(await sum('held')).toEqual(half)
  expect(await sum('new')).toEqual(half)
  expect(await client.getSuppression('S-1')).toMatchObject({ matches: matches / 2, held: HOSTS })
  expect((await client.ruleCounters())[RULE_ID]).toMatchObject({ matches, suppressed: matches / 2 })
  await client.endSuppression('S-1', ANA)
  expect(await sum('held')).toEqual({ total: 0, matches: 0 })
  expect(await sum('new')).toEqual({ total: 2 * HOSTS, matches })
  expect((await client.verifyAudit()).brokenAt).toBeUndefined()
})
