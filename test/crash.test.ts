// Twenty times SIGKILL in the middle of sustained ingest. Senders keep a batch until it is acknowledged and
// send it again under the same key; then every event must be there exactly once, every match in its alert
// exactly once, and the index must agree with what is stored.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../parsers/event.ts'
import { scanEvents } from '../server/stores/events/scan.ts'
import { type ServerProcess, startProcess } from './support/process.ts'
import { API_KEY, eventually } from './support/server.ts'

const KILLS = 20
const SENDERS = 4
const BATCH_EVENTS = 40
/** Every so many events one matches the rule. */
const MATCH_EVERY = 5
const USERS = 7
/** A kill comes this long after the server was ready, milliseconds. */
const KILL_AFTER_MS = [20, 400] as const
const RULE_ID = '33333333-3333-4333-8333-333333333333'

const RULE = `title: Crash marker
id: ${RULE_ID}
status: test
logsource:
  category: test
detection:
  sel:
    message|contains: crashmarker
  condition: sel
level: high
`

let folder: string
let data: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-crash-'))
  data = join(folder, 'data')
  mkdirSync(join(folder, 'rules'))
  writeFileSync(join(folder, 'rules', 'marker.yml'), RULE)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = () =>
  startProcess({
    TRAPLINE_DATA: data,
    TRAPLINE_RULES: join(folder, 'rules'),
    TRAPLINE_BOOTSTRAP_PASSWORD: 'correct horse battery',
    TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
    TRAPLINE_DISK_MIN_FREE_MIB: '0',
    TRAPLINE_QUERY_WORKERS: '1',
  })

/** What the senders know. */
interface Sent {
  readonly acknowledged: Set<number>
  next: number
  batches: number
  resent: number
}

function batchBody(first: number): string {
  const lines: string[] = []
  for (let n = first; n < first + BATCH_EVENTS; n++) {
    const message = n % MATCH_EVERY === 0 ? 'crashmarker seen' : 'nothing here'
    // Every third batch is an hour old, so that the late stream takes part.
    const time = new Date(Date.now() - (first % 3 === 0 ? 3_600_000 : 0)).toISOString()
    lines.push(JSON.stringify({ time, n, user: `user${n % USERS}`, message }))
  }
  return lines.join('\n')
}

/** Sends batch after batch until told to stop; never gives up on one. */
async function sender(sent: Sent, url: () => string, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const first = sent.next
    sent.next += BATCH_EVENTS
    const body = batchBody(first)
    for (;;) {
      if (await isAccepted(url(), body, `batch-${first}`)) break
      sent.resent++
      await Bun.sleep(10)
    }
    sent.batches++
    for (let n = first; n < first + BATCH_EVENTS; n++) sent.acknowledged.add(n)
  }
}

/** False when the outcome is unknown or the server asked to wait. */
async function isAccepted(url: string, body: string, key: string): Promise<boolean> {
  const headers = { 'x-api-key': API_KEY, 'idempotency-key': key }
  let answer: Response
  try {
    answer = await fetch(`${url}/ingest?source=crash`, { method: 'POST', headers, body })
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
  if (answer.status === 429 || answer.status === 503) return false
  // The connection may break after the status line.
  const [received] = await Promise.allSettled([answer.text()])
  if (received.status === 'rejected') return false
  const text = received.value
  expect([answer.status, text]).toEqual([200, text])
  expect(JSON.parse(text).accepted).toBe(BATCH_EVENTS)
  return true
}

const numberOf = (event: Event) => event.fields.n as number

/** Every acknowledged event once; of the others at most one each. */
function expectExactlyOnce(acknowledged: ReadonlySet<number>): number {
  const seen = new Set<number>()
  const ids = new Set<string>()
  let count = 0
  for (const event of scanEvents(data)) {
    count++
    seen.add(numberOf(event))
    ids.add(event.id)
  }
  expect(seen.size).toBe(count)
  expect(ids.size).toBe(count)
  expect([...acknowledged].filter((n) => !seen.has(n))).toEqual([])
  return count
}

async function ask(server: ServerProcess, path: string) {
  const answer = await fetch(server.url + path, { headers: { 'x-api-key': API_KEY } })
  expect([path, answer.status]).toEqual([path, 200])
  return answer.json()
}

/** Matches that each user's alerts count. */
async function alertCounts(server: ServerProcess): Promise<Record<string, number>> {
  const { alerts } = await ask(server, `/api/v1/alerts?rule=${RULE_ID}&limit=500`)
  const counts: Record<string, number> = {}
  for (const { user, count } of alerts) counts[user] = (counts[user] ?? 0) + count
  return counts
}

function expectedCounts(events: Iterable<number>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const n of events) {
    if (n % MATCH_EVERY === 0) counts[`user${n % USERS}`] = (counts[`user${n % USERS}`] ?? 0) + 1
  }
  return counts
}

test(
  'nothing acknowledged is lost or doubled by twenty kills',
  async () => {
    const sent: Sent = { acknowledged: new Set(), next: 0, batches: 0, resent: 0 }
    let server = await start()
    let stopped = false
    const senders = Array.from({ length: SENDERS }, () =>
      sender(
        sent,
        () => server.url,
        () => stopped,
      ),
    )
    for (let kill = 0; kill < KILLS; kill++) {
      const [least, most] = KILL_AFTER_MS
      await Bun.sleep(least + Math.random() * (most - least))
      await server.kill()
      server = await start()
      const acknowledged = new Set(sent.acknowledged)
      expectExactlyOnce(acknowledged)
    }
    stopped = true
    await Promise.all(senders)
    expect(sent.resent).toBeGreaterThan(0)

    expect(expectExactlyOnce(sent.acknowledged)).toBe(sent.acknowledged.size)
    const expected = expectedCounts(sent.acknowledged)
    const counts = await eventually(
      () => alertCounts(server),
      (found) => Bun.deepEquals(found, expected),
    )
    expect(counts).toEqual(expected)

    const markers = [...sent.acknowledged].filter((n) => n % MATCH_EVERY === 0).length
    const search = (q: string) => ask(server, `/api/v1/search?limit=1&q=${encodeURIComponent(q)}`)
    expect((await search('crashmarker')).total).toBe(markers)
    expect((await search('message:*nothing*')).total).toBe(sent.acknowledged.size - markers)
    expect((await search('*shmark*')).total).toBe(markers)
    expect((await search('user:user3')).total).toBe(
      [...sent.acknowledged].filter((n) => n % USERS === 3).length,
    )
    expect(await server.stop()).toBe(0)
    expect(expectExactlyOnce(sent.acknowledged)).toBe(sent.acknowledged.size)
    console.log(`${sent.batches} batches, sent again ${sent.resent} times over ${KILLS} kills`)
  },
  { timeout: 600_000 },
)
