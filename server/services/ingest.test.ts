import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RulesReport } from '../ingest/rules.ts'
import { openMatchFeed } from '../stores/events/match-feed.ts'
import { scanEvents } from '../stores/events/scan.ts'
import { type IngestHost, type IngestServiceOptions, startIngest } from './ingest.ts'

let folder: string
let host: IngestHost | undefined
let reports: RulesReport[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-ingest-'))
  mkdirSync(join(folder, 'rules'))
  reports = []
})
afterEach(async () => {
  await host?.stop()
  host = undefined
  rmSync(folder, { recursive: true, force: true })
})

const rule = (id: string, word: string) => `title: ${word}
id: ${id}
logsource:
  product: linux
detection:
  sel:
    cmd|contains: ${word}
  condition: sel
level: high
`
const WHOAMI = '11111111-1111-4111-8111-111111111111'
const CURL = '22222222-2222-4222-8222-222222222222'

const writeRule = (id: string, word: string) =>
  writeFileSync(join(folder, 'rules', `${word}.yml`), rule(id, word))

async function start(over: Partial<IngestServiceOptions> = {}): Promise<IngestHost> {
  host = await startIngest({
    dataFolder: join(folder, 'data'),
    ruleFolders: () => [{ path: join(folder, 'rules'), overlay: false }],
    retention_days: 30,
    diskMinFree_bytes: 0,
    timeZone: 'UTC',
    onRules: (report) => reports.push(report),
    onFatal: (error) => {
      throw error
    },
    ...over,
  })
  return host
}

const body = (...values: object[]) =>
  new TextEncoder().encode(values.map((value) => JSON.stringify(value)).join('\n'))

/** What a promise rejects with. (`expect().rejects` would block the thread that the worker answers to.) */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

const stored = () => [...scanEvents(join(folder, 'data'))]

describe('ingest', () => {
  test('stores, matches and answers after the commit', async () => {
    writeRule(WHOAMI, 'whoami')
    const service = await start()
    const given = body({ n: 1, cmd: 'sudo WHOAMI' }, { n: 2, cmd: 'ls' })
    const answer = await service.ingest({ body: given, source: 'shells' })
    expect(answer).toMatchObject({ accepted: 2, unparsed: 0, errors: [] })
    expect(stored().map((e) => [e.source, e.fields.n])).toEqual([
      ['shells', 1],
      ['shells', 2],
    ])
    const feed = openMatchFeed(join(folder, 'data'))
    const [match, ...more] = feed.matches(0, 10)
    expect(more).toEqual([])
    expect(match).toMatchObject({ ruleId: WHOAMI, ruleHash: reports[0]!.rules[0]!.hash })
    expect(feed.event(match!.eventId)?.fields.n).toBe(1)
    feed.close()
  })

  test('keeps what cannot be parsed raw, with the reason, and its neighbours', async () => {
    const service = await start()
    const lines = new TextEncoder().encode('{"n":1}\n{"n":\n{"n":3}\n')
    const answer = await service.ingest({ body: lines })
    expect(answer).toMatchObject({ accepted: 3, unparsed: 1, errors: [{ index: 1 }] })
    expect(stored().map((e) => e.raw)).toEqual(['{"n":1}', '{"n":', '{"n":3}'])
    const [letter] = await service.deadLetters(10)
    expect(letter).toMatchObject({ code: answer.errors[0]!.code, sample: '{"n":' })
    expect(letter?.eventId).toBe(stored()[1]!.id)
  })

  test('an event over 1 MiB is a dead letter, and counted', async () => {
    const service = await start()
    const given = body({ n: 1, text: 'é'.repeat(600_000) }, { n: 2 })
    const answer = await service.ingest({ body: given, source: 'big' })
    expect(answer).toMatchObject({ accepted: 1, errors: [{ index: 0, code: 'event-too-large' }] })
    const [letter] = await service.deadLetters(10, 'big')
    expect(letter?.sample).toHaveLength(65_536)
  })

  test('a repeated key gets the same answer, another body under it is a conflict', async () => {
    const service = await start()
    const send = (n: number) => service.ingest({ body: body({ n }), key: 'k' })
    const [first, second] = await Promise.all([send(1), send(1)])
    expect(second).toEqual({ ...first, repeated: true })
    expect(await send(1)).toEqual({ ...first, repeated: true })
    expect(await failureOf(send(2))).toMatchObject({ code: 'conflict' })
    expect(stored()).toHaveLength(1)
  })

  test('an empty body is invalid, an empty array is not', async () => {
    const service = await start()
    expect(await failureOf(service.ingest({ body: body() }))).toMatchObject({ code: 'invalid' })
    const none = await service.ingest({ body: new TextEncoder().encode('[]') })
    expect(none.accepted).toBe(0)
  })

  test('too little free space is disk-full with a time to try again', async () => {
    const service = await start({ diskMinFree_bytes: Number.MAX_SAFE_INTEGER })
    const sent = service.ingest({ body: body({ n: 1 }) })
    expect(await failureOf(sent)).toMatchObject({ code: 'disk-full', retryAfter_s: 60 })
    expect((await service.stats()).problem).toContain('TRAPLINE_DISK_MIN_FREE_MIB')
  })

  test('more than the queue takes is too-many, and so is an index that lags', async () => {
    let lag_ms = 0
    const service = await start({ indexLag_ms: () => lag_ms })
    const sent = Array.from({ length: 1100 }, (_, n) => service.ingest({ body: body({ n }) }))
    const settled = await Promise.allSettled(sent)
    const refused = settled.filter((s) => s.status === 'rejected')
    expect(refused).toHaveLength(76)
    expect(refused[0]!.reason).toMatchObject({ code: 'too-many', retryAfter_s: 1 })
    expect(stored()).toHaveLength(1024)
    lag_ms = 5001
    expect(await failureOf(service.ingest({ body: body({ n: 1 }) }))).toMatchObject({
      code: 'too-many',
    })
  })

  test('counts by source and rule survive a restart', async () => {
    writeRule(WHOAMI, 'whoami')
    let service = await start()
    await service.ingest({ body: body({ cmd: 'whoami' }, { source: 'b' }), source: 'a' })
    await service.lines(['<13>Nov 21 12:00:00 host app: hello'], 'syslog')
    await service.stop()
    service = await start()
    const stats = await service.stats()
    expect(stats).toMatchObject({ events: 3, matches: 1, rules: 1, refused: 0, queue: 0 })
    expect(stats.hits[WHOAMI]?.total).toBe(1)
    expect(stats.sources.map((s) => [s.name, s.events, s.dayEvents])).toEqual([
      ['a', 1, 1],
      ['b', 1, 1],
      ['syslog', 1, 1],
    ])
  })
})

test('new rules take over between two batches while events keep coming', async () => {
  writeRule(WHOAMI, 'whoami')
  const service = await start()
  let n = 0
  let sending = true
  const sender = async () => {
    while (sending) await service.ingest({ body: body({ n: n++, cmd: 'whoami; curl x' }) })
  }
  const senders = [sender(), sender(), sender()]
  // A fourth is sent when one of the first three was answered.
  const sent = async (count: number) => {
    while (n < count) await Bun.sleep(1)
  }
  await sent(senders.length + 1)
  writeRule(CURL, 'curl')
  const done = await service.reload()
  expect(done).toMatchObject({ rules: 2, refused: 0 })
  await sent(n + 1)
  sending = false
  await Promise.all(senders)
  await service.flush()

  const events = stored()
  expect(events.map((e) => e.fields.n as number).sort((a, b) => a - b)).toEqual([
    ...Array(n).keys(),
  ])
  const feed = openMatchFeed(join(folder, 'data'))
  const matches = feed.matches(0, 1_000_000)
  feed.close()
  const count = (id: string) => matches.filter((m) => m.ruleId === id).length
  expect(count(WHOAMI)).toBe(n)
  expect(count(CURL)).toBeGreaterThan(0)
  expect(count(CURL)).toBeLessThan(n)
  expect(reports.map((r) => r.rules.length)).toEqual([1, 2])
})

test('a folder of rules that cannot be read leaves the old rules running', async () => {
  writeRule(WHOAMI, 'whoami')
  const service = await start()
  rmSync(join(folder, 'rules'), { recursive: true })
  expect(await failureOf(service.reload())).toMatchObject({
    message: expect.stringContaining('ENOENT'),
  })
  await service.ingest({ body: body({ cmd: 'whoami' }) })
  expect((await service.stats()).matches).toBe(1)
})
