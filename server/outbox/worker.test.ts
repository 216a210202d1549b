import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { insertAlerts } from '../stores/state/alert-writer.ts'
import { type Database, openDatabase } from '../stores/state/database.ts'
import { type OpenStore, openStore, stateUrl } from '../stores/state/open.ts'
import type { OutboxItem, OutboxKind } from '../stores/state/outbox.ts'
import { enqueue } from '../stores/state/outbox-writer.ts'
import { DeliveryError, type Lane } from './delivery.ts'
import { sendWebhook } from './webhook.ts'
import { drainOutbox, startOutboxWorker, type WorkerOptions } from './worker.ts'

const START = Date.UTC(2026, 10, 21)
const ANA = { name: 'ana' }

let folder: string
let now: number
let store: OpenStore['store']
let database: Database

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapline outbox '))
  now = START
  store = (await openStore({ url: stateUrl(folder), now: () => now })).store
  database = await openDatabase({ url: stateUrl(folder), now: () => now })
})
afterEach(async () => {
  await database.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

const put = (n: number, kind: OutboxKind = 'webhook') =>
  database.write((write) => enqueue(write, { kind, topic: `thing ${n}`, payload: { n }, at: now }))

/** Sends what is due whenever it is told to. */
function workerOf(lane: Lane, options: Partial<WorkerOptions> = {}) {
  const other: Lane = { deliver: async () => ({ result: 'sent' }) }
  const lanes = { proposal: other, 'commit-status': other, webhook: lane }
  const all = { state: store, lanes, now: () => now, random: () => 1, ...options }
  return { drain: () => drainOutbox(all) }
}

const itemOf = async (n: number) =>
  (await store.listOutbox(500)).find(({ payload }) => payload.n === n)!

describe('the outbox worker', () => {
  test('sends each row once, oldest first', async () => {
    for (const n of [1, 2, 3]) await put(n)
    const sent: unknown[] = []
    const worker = workerOf({
      deliver: async ({ payload }) => {
        sent.push(payload.n)
        return { result: 'sent' }
      },
    })
    await worker.drain()
    await worker.drain()
    expect(sent).toEqual([1, 2, 3])
    expect(await store.countOutbox()).toEqual({ pending: 0, sent: 3, skipped: 0, dead: 0 })
  })

  test('waits twice as long after each failure, up to the longest pause', async () => {
    await put(1)
    const worker = workerOf(
      {
        deliver: async () => {
          throw new Error('down')
        },
      },
      { backoffFirst_ms: 1000, backoffMax_ms: 5000 },
    )
    const waits: number[] = []
    for (let tried = 1; tried <= 5; tried++) {
      await worker.drain()
      const item = await itemOf(1)
      expect(item).toMatchObject({ attempts: tried, state: 'pending', error: 'down' })
      waits.push(item.nextAt - now)
      now = item.nextAt
    }
    expect(waits).toEqual([1000, 2000, 4000, 5000, 5000])
  })

  test('waits as long as the receiver asks', async () => {
    await put(1)
    const worker = workerOf({
      deliver: async () => {
        throw new DeliveryError('limit', { retryAfter_ms: 90_000 })
      },
    })
    await worker.drain()
    expect((await itemOf(1)).nextAt - now).toBeGreaterThanOrEqual(90_000)
  })

  test('gives up after its last attempt, tells so, and sends again when replayed', async () => {
    await put(1)
    let isDown = true
    const told: boolean[] = []
    const worker = workerOf(
      {
        deliver: async () => {
          if (isDown) throw new Error('down')
          return { result: 'sent' }
        },
        onFailure: async (_, __, isDead) => void told.push(isDead),
      },
      { attemptsMax: 3 },
    )
    for (let i = 0; i < 5; i++) {
      await worker.drain()
      now += 3_600_000
    }
    expect(told).toEqual([false, false, true])
    expect(await itemOf(1)).toMatchObject({ state: 'dead', attempts: 3, error: 'down' })
    isDown = false
    const { id } = await itemOf(1)
    expect(await store.replayOutbox(id, ANA)).toMatchObject({ state: 'pending', attempts: 0 })
    await worker.drain()
    expect(await itemOf(1)).toMatchObject({ state: 'sent' })
    const again = await store.replayOutbox(id, ANA).catch((e) => e)
    expect(again).toMatchObject({ code: 'conflict' })
    expect(await store.replayOutbox(99, ANA).catch((e) => e)).toMatchObject({ code: 'not-found' })
  })

  test('gives up at once on a refusal for good, and goes on with the others', async () => {
    for (const n of [1, 2]) await put(n)
    const worker = workerOf({
      deliver: async ({ payload }) => {
        if (payload.n === 1) throw new DeliveryError('no', { isFinal: true })
        return { result: 'sent' }
      },
    })
    await worker.drain()
    expect([(await itemOf(1)).state, (await itemOf(2)).state]).toEqual(['dead', 'sent'])
  })

  test('lets the others wait untried when the receiver is down', async () => {
    for (let n = 1; n <= 12; n++) await put(n)
    let tries = 0
    const worker = workerOf({
      deliver: async () => {
        tries++
        throw new Error('down')
      },
    })
    await worker.drain()
    expect(tries).toBe(3)
    expect((await itemOf(12)).attempts).toBe(0)
  })

  test('of another process never gets a leased row, and gets it when the lease ends', async () => {
    await put(1)
    const first = await store.leaseOutbox('webhook', 10, 1000)
    expect(first.items).toHaveLength(1)
    expect((await store.leaseOutbox('webhook', 10, 1000)).items).toEqual([])
    now += 1001
    const second = await store.leaseOutbox('webhook', 10, 1000)
    expect(second.items).toHaveLength(1)
    // The first comes back late: what it says no longer counts.
    await store.settleOutbox(first.items[0]!.id, first.lease, { result: 'dead', error: 'late' })
    await store.settleOutbox(second.items[0]!.id, second.lease, { result: 'sent' })
    expect(await itemOf(1)).toMatchObject({ state: 'sent', attempts: 0 })
  })

  test('is not held up in one lane by another', async () => {
    await put(1)
    await put(2, 'commit-status')
    const never = Promise.withResolvers<never>()
    const worker = startOutboxWorker({
      state: store,
      poll_ms: 10,
      now: () => now,
      lanes: {
        proposal: { deliver: async () => ({ result: 'sent' }) },
        'commit-status': { deliver: async () => ({ result: 'sent' }) },
        webhook: { deliver: () => never.promise },
      },
    })
    while ((await itemOf(2)).state !== 'sent') await Bun.sleep(5)
    expect((await itemOf(1)).state).toBe('pending')
    never.reject(new Error('ended'))
    await worker.stop()
  })
})

describe('enqueueing', () => {
  test('the same key twice adds one row', async () => {
    for (const n of [1, 2])
      await database.write((write) =>
        enqueue(write, { kind: 'proposal', key: 'k', payload: { n }, at: now }),
      )
    expect((await store.listOutbox(10)).map(({ payload }) => payload)).toEqual([{ n: 1 }])
  })

  test('of commit statuses of one commit only the newest is sent', async () => {
    for (const state of ['pending', 'success'])
      await database.write((write) =>
        enqueue(write, { kind: 'commit-status', topic: 'commit a', payload: { state }, at: now }),
      )
    const states = (await store.listOutbox(10)).map(({ payload, state }) => [payload, state])
    expect(states).toEqual([
      [{ state: 'success' }, 'pending'],
      [{ state: 'pending' }, 'skipped'],
    ])
  })

  test('what is not committed leaves no row', async () => {
    const failed = database.write((write) => {
      enqueue(write, { kind: 'webhook', payload: {}, at: now })
      throw new Error('undone')
    })
    await expect(failed).rejects.toThrow('undone')
    expect(await store.listOutbox(10)).toEqual([])
  })
})

/** A receiver of webhooks that can be down, refuse, and forget to answer. */
function startReceiver(port = 0) {
  const got: { body: string; headers: Headers }[] = []
  const receiver = { got, answer: 204, hangs: false }
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      got.push({ body: await request.text(), headers: request.headers })
      if (receiver.hangs) await Bun.sleep(3_000)
      return new Response(null, { status: receiver.answer, headers: { 'retry-after': '7' } })
    },
  })
  return Object.assign(receiver, { port: server.port!, stop: () => server.stop(true) })
}

const EVENT: Event = {
  id: '20261121-000000000001',
  time: START,
  ingested: START,
  source: 'web',
  parser: 'json',
  logsource: { category: [], service: [], closed: false },
  pivots: { host: 'web-1' },
  message: 'm',
  fields: {},
  raw: 'm',
} as Event

const raise = (number: number) =>
  database.write((write) =>
    insertAlerts(
      write,
      [
        {
          ...{ number, ruleId: 'r', ruleHash: 'h', ruleTitle: 'R', title: `T${number} <b>` },
          ...{ severity: 'high', tags: ['attack.t1110'], dedupHash: `d${number}`, previous: null },
          ...{ event: EVENT, count: 1, firstSeen: START, lastSeen: START, eventIds: [] },
        },
      ],
      now,
    ),
  )

describe('the webhook', () => {
  const lane = (port: number): Lane => ({
    deliver: (item: OutboxItem) =>
      sendWebhook(item, { url: `http://127.0.0.1:${port}/in`, secret: 's3cret', now: () => now }),
  })

  test('gets each new alert, signed', async () => {
    await store.setAlertDestinations(['webhook'])
    const receiver = startReceiver()
    await raise(1)
    const worker = workerOf(lane(receiver.port))
    await worker.drain()
    receiver.stop()
    const [{ body, headers } = { body: '', headers: new Headers() }] = receiver.got
    expect(receiver.got).toHaveLength(1)
    expect(headers.get('x-siem-signature')).toBe(
      `sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`,
    )
    expect(headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(body)).toMatchObject({
      type: 'alert.created',
      created: '2026-11-21T00:00:00.000Z',
      alert: {
        id: 'A-1',
        title: 'T1 <b>',
        severity: 'high',
        host: 'web-1',
        tags: ['attack.t1110'],
      },
    })
  })

  test('that is down costs only time: what was raised meanwhile arrives when it returns', async () => {
    await store.setAlertDestinations(['webhook'])
    const receiver = startReceiver()
    receiver.stop()
    for (let number = 1; number <= 8; number++) await raise(number)
    const worker = workerOf(lane(receiver.port))
    await worker.drain()
    expect((await store.countOutbox()).pending).toBe(8)
    expect((await store.listOutbox(10)).at(-1)?.error).toContain('cannot be reached')
    const back = startReceiver(receiver.port)
    now += 60_000
    await worker.drain()
    back.stop()
    const ids = back.got.map(({ body }) => JSON.parse(body).alert.id).sort()
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `A-${n}`))
  })

  test('that hangs is given 1.5 s, one that is busy as long as it asks', async () => {
    await store.setAlertDestinations(['webhook'])
    const receiver = startReceiver()
    receiver.hangs = true
    await raise(1)
    const worker = workerOf(lane(receiver.port))
    await worker.drain()
    const [hung] = await store.listOutbox(1)
    expect(hung).toMatchObject({ attempts: 1, error: expect.stringContaining('1500 ms') })
    receiver.hangs = false
    receiver.answer = 503
    now = hung!.nextAt
    await worker.drain()
    const [busy] = await store.listOutbox(1)
    expect(busy!.nextAt - now).toBeGreaterThanOrEqual(7_000)
    receiver.stop()
  })

  test('is asked for nothing where none is set, nor after it was taken away', async () => {
    await raise(1)
    expect(await store.listOutbox(10)).toEqual([])
    await store.setAlertDestinations(['webhook'])
    await raise(2)
    await store.setAlertDestinations([])
    expect((await store.listOutbox(10)).map(({ state }) => state)).toEqual(['skipped'])
  })
})
