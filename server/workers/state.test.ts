import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { ServiceError } from '../services/service-error.ts'
import type { NewBatch } from '../stores/events/event-store.ts'
import { type DayFileWriter, openWriter } from '../stores/events/writer.ts'
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { type StateConnection, startState } from './state-client.ts'

// Processes, fsyncs and password hashes take their time on a busy machine.
setDefaultTimeout(60_000)

const NOW = Date.now()
const HOSTS = 40

const rule: RuleFacts = {
  id: 'r1',
  title: 'Shell',
  level: 'high',
  hash: 'h1',
  text: 'title: Shell',
  tags: [],
  dedup: ['host'],
  dedupWindow_ms: 3600_000,
}

let folder: string
let writer: DayFileWriter | undefined
let state: StateConnection | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-state-'))
})
afterEach(async () => {
  await state?.stop()
  state = undefined
  writer?.close()
  writer = undefined
  rmSync(folder, { recursive: true, force: true })
})

const openIntakeWriter = () =>
  openWriter({ dataFolder: folder, retention_days: 0, diskMinFree_bytes: 0 })

function event(host: string): Event {
  return {
    id: '',
    time: NOW,
    ingested: NOW,
    source: 'app',
    parser: 'json',
    logsource: { category: [], service: [], closed: false },
    pivots: { host },
    message: `on ${host}`,
    fields: {},
    raw: `on ${host}`,
  }
}

/** `count` events, all matched, their hosts in turn. */
function batch(count: number): NewBatch {
  const events = Array.from({ length: count }, (_, i) => event(`host-${i % HOSTS}`))
  return {
    answer: '',
    events,
    matches: events.map((_, index) => ({ index, ruleId: 'r1', ruleHash: 'h1' })),
  }
}

async function start(): Promise<StateConnection> {
  state = await startState({ folder }, (error) => {
    throw error
  })
  return state
}

test('follows the intake and tells of each commit', async () => {
  writer = openIntakeWriter()
  const { client, on } = await start()
  const notices: AlertNotice[] = []
  on('alerts', (notice) => notices.push(notice))
  await client.setRules([rule])
  writer.append([batch(HOSTS * 3)])
  while ((await client.countAlerts({})).total < HOSTS) await Bun.sleep(5)
  const { alerts, total } = await client.listAlerts({ filter: { host: 'host-7' }, limit: 5 })
  expect(total).toBe(1)
  expect(alerts[0]).toMatchObject({ count: 3, host: 'host-7', ruleText: 'title: Shell' })
  expect(alerts[0]?.event.message).toBe('on host-7')
  expect(alerts[0]?.event.id).toBe(alerts[0]?.eventId ?? '')
  expect(notices.flatMap((notice) => notice.created)).toHaveLength(HOSTS)
})

test('errors cross as service errors with their code', async () => {
  const { client } = await start()
  const refused = await client
    .changeAlert('A-1', { status: 'new', version: 1 }, { name: 'ana' })
    .catch((error) => error)
  expect(refused).toBeInstanceOf(ServiceError)
  expect(refused.code).toBe('not-found')
})

test('says that credentials changed', async () => {
  const { client, on } = await start()
  let told = 0
  on('credentials', () => told++)
  const ana = await client.createUser(
    { name: 'ana', password: 'correct horse battery', role: 'viewer' },
    { name: 'root' },
  )
  await client.setRole(ana.id, 'analyst', { name: 'root' })
  expect(told).toBe(1)
})

test('refuses an intake of another epoch and says so', async () => {
  writer = openIntakeWriter()
  const first = await start()
  await first.client.setRules([rule])
  writer.append([batch(HOSTS)])
  while ((await first.client.countAlerts({})).total < HOSTS) await Bun.sleep(5)
  await first.stop()
  writer.close()
  for (const file of ['intake.db', 'intake.db-wal', 'intake.db-shm']) {
    rmSync(join(folder, file), { force: true })
  }
  rmSync(join(folder, 'events'), { recursive: true })
  writer = openIntakeWriter()
  writer.append([batch(HOSTS)])
  const { client, on } = await start()
  const reason = new Promise<string>((resolve) => on('alerts-stopped', resolve))
  await client.setRules([rule])
  expect(await reason).toStartWith('other-epoch')
  expect((await client.alertMakerStatus()).stopped).toStartWith('other-epoch')
  const { alerts } = await client.listAlerts({ filter: {}, limit: 1 })
  expect(alerts[0]?.count).toBe(1)
})

test('every match is in exactly one alert, however often the process is killed', async () => {
  writer = openIntakeWriter()
  const script = `
    import { startState } from ${JSON.stringify(join(import.meta.dir, 'state-client.ts'))}
    const { client } = await startState({ folder: process.env.FOLDER }, (error) => { throw error })
    await client.setRules([${JSON.stringify(rule)}])
    console.log('following')
  `
  let matches = 0
  for (let kill = 0; kill < 12; kill++) {
    const child = Bun.spawn([process.execPath, '-e', script], {
      env: { ...process.env, FOLDER: folder },
      stdout: 'pipe',
      stderr: 'inherit',
    })
    for await (const _ of child.stdout) break
    for (let appended = 0; appended < 4; appended++) {
      writer.append([batch(1500)])
      matches += 1500
      await Bun.sleep(3 * kill)
    }
    writer.tick()
    child.kill('SIGKILL')
    await child.exited
  }
  const { client } = await start()
  await client.setRules([rule])
  while ((await client.alertMakerStatus()).sequence < matches) await Bun.sleep(10)
  const { alerts, total } = await client.listAlerts({ filter: {}, limit: 100 })
  expect(total).toBe(HOSTS)
  expect(alerts.reduce((sum, alert) => sum + alert.count, 0)).toBe(matches)
  expect((await client.ruleCounters()).r1).toMatchObject({ matches, alerts: HOSTS })
  expect(await client.verifyAudit()).toEqual({ entries: 0 })
}, 60_000)
