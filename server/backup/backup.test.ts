import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { openState } from '../services/state.ts'
import { openMatchFeed } from '../stores/events/match-feed.ts'
import { openWriter } from '../stores/events/writer.ts'
import { stateUrl } from '../stores/state/open.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { backUp } from './backup.ts'
import { BackupError } from './manifest.ts'
import { restore } from './restore.ts'

// Processes, fsyncs and password hashes take their time on a busy machine.
setDefaultTimeout(60_000)

const NOW = Date.now()
const HOSTS = 10
const quiet = () => undefined

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

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-backup-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const event = (i: number): Event => ({
  id: '',
  time: NOW,
  ingested: NOW,
  source: 'app',
  parser: 'json',
  logsource: { category: [], service: [], closed: false },
  pivots: { host: `host-${i % HOSTS}` },
  message: `number ${i}`,
  fields: {},
  raw: `number ${i}`,
})

/** A store with its alert maker, as a server runs them. */
async function serve(data: string) {
  mkdirSync(data, { recursive: true })
  let ahead_ms = 0
  const now = () => Date.now() + ahead_ms
  const writer = openWriter({ dataFolder: data, retention_days: 0, diskMinFree_bytes: 0, now })
  const state = await openState({ url: stateUrl(data), openFeed: () => openMatchFeed(data) })
  await state.setRules([rule])
  let made = 0
  return {
    state,
    append: (count: number) => {
      const events = Array.from({ length: count }, () => event(made++))
      const matches = events.map((_, index) => ({ index, ruleId: 'r1', ruleHash: 'h1' }))
      return writer
        .append([{ answer: '', events, matches }])
        .flatMap((one) => ('ids' in one ? one.ids : []))
    },
    seal: () => writer.seal(),
    housekeep: async () => {
      writer.acknowledgeMatches((await state.alertMakerStatus()).sequence)
      writer.tick()
    },
    /** Everything leaves the intake as if its matches were in alerts. */
    clear: (sequence: number) => {
      writer.seal()
      ahead_ms += 3600_000
      writer.acknowledgeMatches(sequence)
      writer.tick()
    },
    stop: async () => {
      await state.close()
      writer.close()
    },
  }
}

test('a backup made under load restores to events that each match in exactly one alert', async () => {
  const data = join(root, 'data')
  const server = await serve(data)
  writeFileSync(join(data, 'key'), 'secret\n')
  await server.state.bootstrap('correct horse battery')
  const before = server.append(3000)
  server.seal()
  let busy = true
  const load = (async () => {
    while (busy) {
      server.append(50)
      server.seal()
      await server.housekeep()
      await Bun.sleep(1)
    }
  })()
  const to = join(root, 'backup')
  const manifest = await backUp(data, to, quiet)
  await Bun.sleep(50)
  busy = false
  await load
  await server.stop()
  expect(manifest.files.map((file) => file.path)).toContain('key')
  expect(statSync(join(to, 'key')).mode & 0o777).toBe(0o600)

  const again = join(root, 'restored')
  await restore(to, again)
  expect(readdirSync(again).sort()).toEqual(['events', 'intake.db', 'key', 'state.db'])
  const restored = await serve(again)
  const feed = openMatchFeed(again)
  for (const id of before) expect(feed.event(id)?.id).toBe(id)
  feed.close()
  const later = restored.append(10)
  expect(before).not.toContain(later[0] ?? '')
  const last = async () => (await restored.state.alertMakerStatus()).stopped
  while ((await restored.state.alertMakerStatus()).matches < 10) await Bun.sleep(5)
  await Bun.sleep(150)
  expect(await last()).toBeUndefined()
  const { sequence } = await restored.state.alertMakerStatus()
  const { alerts } = await restored.state.listAlerts({ filter: {}, limit: 100 })
  expect(alerts).toHaveLength(HOSTS)
  expect(alerts.reduce((sum, alert) => sum + alert.count, 0)).toBe(sequence)
  expect(await restored.state.checkPassword('admin', 'correct horse battery')).toBeDefined()
  expect(await restored.state.verifyAudit()).toEqual({ entries: 1 })
  await restored.stop()
})

describe('a backup is refused', () => {
  test('into a folder that is not empty', async () => {
    const server = await serve(join(root, 'data'))
    await server.stop()
    const error = await backUp(join(root, 'data'), root, quiet).catch((e) => e)
    expect(error).toBeInstanceOf(BackupError)
  })

  test('of a folder that is no data folder', async () => {
    const error = await backUp(root, join(root, 'to'), quiet).catch((e) => e)
    expect(error).toBeInstanceOf(BackupError)
    expect(existsSync(join(root, 'to'))).toBe(false)
  })
})

test('a state whose matches have left the intake is never taken for a backup', async () => {
  const data = join(root, 'data')
  const first = await serve(data)
  first.append(10)
  while ((await first.state.alertMakerStatus()).sequence < 10) await Bun.sleep(5)
  await first.state.close()
  first.append(10)
  first.clear(20)
  const to = join(root, 'backup')
  const error = await backUp(data, to, quiet).catch((e) => e)
  expect(error.message).toContain('faster than the state')
  expect(existsSync(join(to, 'manifest.json'))).toBe(false)
})

describe('a restore changes nothing', () => {
  let to: string
  beforeEach(async () => {
    const server = await serve(join(root, 'data'))
    server.append(10)
    server.seal()
    await server.stop()
    to = join(root, 'backup')
    await backUp(join(root, 'data'), to, quiet)
  })

  const refused = async (message: string) => {
    const target = join(root, 'restored')
    const error = await restore(to, target).catch((e) => e)
    expect(error).toBeInstanceOf(BackupError)
    expect(error.message).toContain(message)
    expect(existsSync(target) ? readdirSync(target) : []).toEqual([])
  }

  test('when a file is damaged', async () => {
    appendFileSync(join(to, 'state.db'), 'x')
    await refused('state.db is damaged')
  })

  test('when a file is missing', async () => {
    rmSync(join(to, 'intake.db'))
    await refused('intake.db is missing')
  })

  test('when the backup was not finished', async () => {
    rmSync(join(to, 'manifest.json'))
    await refused('no finished backup')
  })

  test('when the manifest names a file elsewhere', async () => {
    const file = { path: '../../etc/passwd', bytes: 1, sha256: 'a'.repeat(64) }
    const manifest = { format: 1, created: '', epoch: '', alertsUpTo: 0, files: [file] }
    writeFileSync(join(to, 'manifest.json'), JSON.stringify(manifest))
    await refused('manifest.json')
  })

  test('when the data folder is not empty', async () => {
    const error = await restore(to, join(root, 'data')).catch((e) => e)
    expect(error).toBeInstanceOf(BackupError)
  })
})
