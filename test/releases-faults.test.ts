// Releases when things go wrong: killed servers, remotes that are down, bundles cut in half, histories that were
// rewritten, and a release in the middle of sustained ingest. Servers are processes of their own.
import { Database } from 'bun:sqlite'
import { afterAll, afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scanEvents } from '../server/stores/events/scan.ts'
import { readMatches } from '../server/stores/events/sealed-matches.ts'
import { imageRule, openContentRepository, type TestContent } from './support/content.ts'
import { type ServerProcess, startProcess } from './support/process.ts'
import { API_KEY, eventually as soon } from './support/server.ts'

setDefaultTimeout(180_000)
const folder = mkdtempSync(join(tmpdir(), 'trapline-faults-'))
const running = new Set<ServerProcess>()
const headers = { 'x-api-key': API_KEY }
let folders = 0
/** The stream of events that releases come in. */
const CONNECTIONS = 4
const BODY_EVENTS = 1_000
const EVENTS_PER_SECOND = 20_000
const EVENTS_A_VERSION = 20_000

afterEach(async () => {
  for (const server of running) await server.kill()
  running.clear()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Processes start slowly beside each other. */
const eventually = <T>(ask: () => Promise<T>, ready: (value: T) => boolean) =>
  soon(ask, ready, 60_000)
const newFolder = () => join(folder, `data-${++folders}`)

async function start(data: string, env: Readonly<Record<string, string>> = {}) {
  const server = await startProcess({
    TRAPLINE_DATA: data,
    TRAPLINE_BOOTSTRAP_PASSWORD: 'correct horse battery',
    TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
    TRAPLINE_DISK_MIN_FREE_MIB: '0',
    TRAPLINE_QUERY_WORKERS: '1',
    ...env,
  })
  running.add(server)
  return server
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers as they are
async function json(server: ServerProcess, path: string): Promise<any> {
  const answer = await fetch(server.url + path, { headers })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
const live = async (server: ServerProcess) => (await json(server, '/api/v1/releases')).live
const ruleIds = async (server: ServerProcess): Promise<string[]> =>
  (await json(server, '/api/v1/detections/rules?limit=100')).rules
    .map(({ id }: { id: string }) => id)
    .sort()
const pull = (server: ServerProcess) =>
  fetch(`${server.url}/api/v1/releases/pull`, { method: 'POST', headers })

const id = (version: number, part: number) =>
  `6b1d${String(version).padStart(4, '0')}-0000-4000-8000-00000000000${part}`
/** Two files whose rules have other ids in each version: what runs must be of one version. */
const version = (n: number) => ({
  'detections/one.yml': imageRule({ id: id(n, 1), title: `One of ${n}`, ends: '\\both.exe' }),
  'detections/two.yml': imageRule({ id: id(n, 2), title: `Two of ${n}`, ends: 'both.exe' }),
})
const idsOf = (n: number) => [id(n, 1), id(n, 2)]

async function bundle(content: TestContent): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, `bundle-${++folders}`)
  await content.git('bundle', 'create', '--quiet', path, 'main')
  return Bun.file(path).bytes()
}
const push = (server: ServerProcess, commit: string, body: Uint8Array<ArrayBuffer>) =>
  fetch(`${server.url}/api/v1/releases?commit=${commit}`, { method: 'PUT', headers, body })

/** For each matched event the ids of the rules, from the stored day files. */
function* matchedRules(data: string): Generator<string> {
  for (const name of readdirSync(join(data, 'events')).filter((file) => file.endsWith('.db'))) {
    using day = new Database(join(data, 'events', name), { readonly: true })
    const byEvent = Map.groupBy(
      readMatches(day, 0, Number.MAX_SAFE_INTEGER),
      ({ number }) => number,
    )
    for (const rules of byEvent.values()) yield rules.map(({ ruleId }) => ruleId).join(' ')
  }
}

const withContent = () => openContentRepository(() => ({}))

test('releases while 20,000 events a second come in: none is lost, none sees rules of two versions', async () => {
  const data = newFolder()
  const content = await withContent()
  const first = await content.commit('1', version(1))
  const server = await start(data)
  expect((await push(server, first, await bundle(content))).status).toBe(200)
  const stream = startStream(server)
  const versions = [1, 2, 3]
  for (const n of versions) {
    if (n > 1) {
      const commit = await content.commit(`${n}`, version(n))
      expect((await push(server, commit, await bundle(content))).status).toBe(200)
    }
    await stream.further(EVENTS_A_VERSION)
  }
  const { events, rate } = await stream.end()
  console.log(
    `releases: ${events} events at ${Math.round(rate)} a second, ${versions.length} versions`,
  )
  expect(await server.stop()).toBe(0)
  running.delete(server)

  const seen = new Uint8Array(events)
  let stored = 0
  for (const event of scanEvents(data)) {
    seen[Number(event.fields.n)]!++
    stored++
  }
  expect([stored, seen.every((count) => count === 1)]).toEqual([events, true])
  const matched = new Map<string, number>()
  for (const rules of matchedRules(data)) matched.set(rules, (matched.get(rules) ?? 0) + 1)
  expect([...matched.values()].reduce((sum, count) => sum + count, 0)).toBe(events)
  expect([...matched.keys()].sort()).toEqual(versions.map((n) => idsOf(n).join(' ')).sort())
  content.dispose()
})

/** Sends numbered events on several connections, each the next body when it is due and the last is acknowledged. */
function startStream(server: ServerProcess) {
  const started = performance.now()
  let next = 0
  let acknowledged = 0
  let done = false
  const bodyFrom = (from: number) =>
    Array.from({ length: BODY_EVENTS }, (_, n) =>
      JSON.stringify({ Image: 'C:\\both.exe', product: 'windows', n: from + n, host: 'pc' }),
    ).join('\n')
  const send = async () => {
    while (!done) {
      const from = next
      next += BODY_EVENTS
      const body = bodyFrom(from)
      const due_ms = (from / EVENTS_PER_SECOND) * 1000
      await Bun.sleep(Math.max(0, started + due_ms - performance.now()))
      for (;;) {
        const answer = await fetch(`${server.url}/ingest`, {
          ...{ method: 'POST', body },
          headers: { ...headers, 'idempotency-key': `batch-${from}` },
        })
        await answer.bytes()
        if (answer.ok) break
        expect([429, 503]).toContain(answer.status)
        await Bun.sleep(50)
      }
      acknowledged += BODY_EVENTS
    }
  }
  const senders = Array.from({ length: CONNECTIONS }, send)
  return {
    /** Until so many more are acknowledged. */
    further: async (count: number) => {
      const until = acknowledged + count
      while (acknowledged < until) await Promise.race([Bun.sleep(20), Promise.all(senders)])
    },
    end: async () => {
      done = true
      await Promise.all(senders)
      return { events: next, rate: (next / (performance.now() - started)) * 1000 }
    },
  }
}

test('a server that is killed around the swap comes back whole, with a history that says so', async () => {
  const data = newFolder()
  const content = await withContent()
  const first = await content.commit('0', version(0))
  let server = await start(data)
  expect((await push(server, first, await bundle(content))).status).toBe(200)
  let before = { commit: first, n: 0 }
  for (const [n, after_ms] of [
    [1, 900],
    [2, 1_300],
    [3, 1_700],
    [4, 2_300],
  ] as const) {
    const commit = await content.commit(`${n}`, version(n))
    const pushed = push(server, commit, await bundle(content)).then(
      ({ status }) => status,
      () => 0,
    )
    await Promise.race([pushed, Bun.sleep(after_ms)])
    await server.kill()
    running.delete(server)
    const answered = await pushed
    server = await start(data)
    const now = await live(server)
    const isNew = now === commit
    expect([before.commit, commit]).toContain(now)
    if (answered === 200) expect(isNew).toBe(true)
    expect(await ruleIds(server)).toEqual(idsOf(isNew ? n : before.n))
    const { releases } = await json(server, '/api/v1/releases')
    const [newest] = releases.filter(({ status }: { status: string }) => status === 'live')
    expect(newest.commit).toBe(now)
    if (!isNew) expect((await push(server, commit, await bundle(content))).status).toBe(200)
    before = { commit, n }
    expect(await ruleIds(server)).toEqual(idsOf(n))
  }
  const left = readdirSync(join(data, 'releases')).filter((name) => /\.half$|\.next$/.test(name))
  expect(left).toEqual([])
  content.dispose()
})

test('a bundle that was cut off is refused, and the whole one is taken afterwards', async () => {
  const content = await withContent()
  const first = await content.commit('1', version(1))
  const server = await start(newFolder())
  const whole = await bundle(content)
  const before = await live(server)
  for (const share of [0.3, 0.6, 0.95]) {
    const half = whole.slice(0, Math.floor(whole.length * share))
    expect((await push(server, first, half)).status).toBe(400)
    expect(await live(server)).toBe(before)
  }
  expect((await push(server, first, whole)).status).toBe(200)
  expect(await ruleIds(server)).toEqual(idsOf(1))
  content.dispose()
})

test('a remote that is down at the start costs nothing but time', async () => {
  const data = newFolder()
  const content = await withContent()
  const first = await content.commit('1', version(1))
  const away = `${content.folder}-away`
  const env = { TRAPLINE_CONTENT: content.folder, TRAPLINE_CONTENT_POLL_S: '1' }
  let server = await start(data, env)
  await eventually(
    () => live(server),
    (commit) => commit === first,
  )
  expect(await server.stop()).toBe(0)
  const second = await content.commit('2', version(2))
  renameSync(content.folder, away)
  server = await start(data, env)
  expect(await ruleIds(server)).toEqual(idsOf(1))
  await eventually(
    () => json(server, '/api/v1/drift'),
    ({ branch }) => branch.problem !== undefined,
  )
  expect(await live(server)).toBe(first)
  renameSync(away, content.folder)
  await eventually(
    () => live(server),
    (commit) => commit === second,
  )
  expect(await ruleIds(server)).toEqual(idsOf(2))
  content.dispose()
})

test('two servers follow one branch, each in its own folder', async () => {
  const content = await withContent()
  const env = { TRAPLINE_CONTENT: content.folder, TRAPLINE_CONTENT_POLL_S: '86400' }
  const first = await content.commit('1', version(1))
  const servers = await Promise.all([start(newFolder(), env), start(newFolder(), env)])
  for (const server of servers)
    await eventually(
      () => live(server),
      (commit) => commit === first,
    )
  const second = await content.commit('2', version(2))
  const statuses = await Promise.all(servers.map(async (one) => (await pull(one)).status))
  expect(statuses).toEqual([200, 200])
  expect(await Promise.all(servers.map(live))).toEqual([second, second])
  content.dispose()
})

test('commits dated in any order go live by their history; one that was removed can be gone back to', async () => {
  const content = await withContent()
  const dated = async (n: number, date: string) => {
    await content.commit(`${n}`, version(n))
    await content.git('commit', '-q', '--amend', '--no-edit', '--date', date)
    return content.git('rev-parse', 'HEAD')
  }
  const first = await dated(1, '2099-01-01T00:00:00Z')
  const env = { TRAPLINE_CONTENT: content.folder, TRAPLINE_CONTENT_POLL_S: '86400' }
  const server = await start(newFolder(), env)
  await eventually(
    () => live(server),
    (commit) => commit === first,
  )
  const second = await dated(2, '1999-01-01T00:00:00Z')
  expect((await pull(server)).status).toBe(200)
  expect(await live(server)).toBe(second)

  // A force-push that forgets all of it.
  await content.git('checkout', '-q', '--orphan', 'other')
  const orphan = await content.commit('3', version(3))
  await content.git('branch', '-q', '-f', 'main', orphan)
  await content.git('checkout', '-q', 'main')
  await content.git('reflog', 'expire', '--expire=now', '--all')
  await content.git('gc', '--quiet', '--prune=now')
  const refused = await pull(server)
  expect([refused.status, await refused.text()]).toEqual([
    422,
    expect.stringContaining('history-rewritten'),
  ])
  expect([await live(server), await ruleIds(server)]).toEqual([second, idsOf(2)])
  const adopt = await fetch(`${server.url}/api/v1/drift/revert`, { method: 'POST', headers })
  expect(adopt.status).toBe(200)
  expect(await ruleIds(server)).toEqual(idsOf(3))
  const back = await fetch(`${server.url}/api/v1/releases/rollback`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ commit: second }),
  })
  expect([back.status, await ruleIds(server)]).toEqual([200, idsOf(2)])
  content.dispose()
})
