// What senders of HEC hear when there is no room: 503 and Splunk's codes, so that they keep what they have and
// send it again.
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { gzipSync } from 'node:zlib'
import { EVENT_BYTES_MAX } from '../server/ingest/take.ts'
import { QUEUE_BYTES_MAX } from '../server/services/ingest-queue.ts'
import { API_KEY, startTestServer, type TestServer } from './support/server.ts'

/** Machines that are busy take long to start a server and to read 65 MiB. */
setDefaultTimeout(60_000)

let server: TestServer | undefined
afterEach(async () => {
  await server?.dispose()
  server = undefined
})

/** How often the queue is filled, at most. */
const TRIES = 5

const splunk = { authorization: `Splunk ${API_KEY}` }
const CHANNEL = '0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba'

async function ask(path: string, init: RequestInit = {}) {
  const answer = await server!.fetch(`/services/collector${path}`, { headers: splunk, ...init })
  return {
    status: answer.status,
    retry: answer.headers.get('retry-after'),
    body: JSON.parse(await answer.text()),
  }
}
const send = (body: BodyInit, headers: Record<string, string> = {}, path = '') =>
  ask(path, { method: 'POST', body, headers: { ...splunk, ...headers } })
const found = async (q: string) => (await server!.json(`/api/v1/search?q=${q}`)).events

/** The most that the setting takes; a disk with more free space than that is never full. */
const FREE_MAX_MIB = 1_048_576
const { bavail, bsize } = statfsSync(tmpdir())
const isHuge = bavail * bsize > FREE_MAX_MIB * 1_048_576

test.skipIf(isHuge)(
  'a full disk: busy with a time to wait, no acknowledgement is given away',
  async () => {
    server = await startTestServer({ TRAPLINE_DISK_MIN_FREE_MIB: String(FREE_MAX_MIB) })
    const channel = { 'x-splunk-request-channel': CHANNEL }
    for (const path of ['', '/event', '/raw']) {
      expect(await send('{"event":"full"}', channel, path)).toEqual({
        status: 503,
        retry: '60',
        body: { text: 'Server is busy', code: 9 },
      })
    }
    const acks = await send('{"acks":[0]}', {}, `/ack?channel=${CHANNEL}`)
    expect(acks.body).toEqual({ acks: { '0': false } })
  },
)

test('a full queue: unhealthy, busy, and well again once it is empty', async () => {
  server = await startTestServer()
  const long = `${'x'.repeat(EVENT_BYTES_MAX + 1)}\n`
  const many = long.repeat(Math.ceil(QUEUE_BYTES_MAX / EVENT_BYTES_MAX) + 1)
  const body = gzipSync(many, { level: 1 })
  const healths = new Map<number, object>()
  const answers = new Map<number, object>()
  // The queue is full while the worker reads it; a machine that is busy may look too late.
  for (let n = 0; n < TRIES && !answers.has(503); n++) {
    let isSent = false
    const sending = send(body, { 'content-encoding': 'gzip' }, '/raw')
    void sending.finally(() => {
      isSent = true
    })
    while (!isSent && !answers.has(503)) {
      const health = await ask('/health', { headers: { anonymous: '1' } })
      healths.set(health.status, health.body)
      // What comes before the large one would have that one refused.
      const answer = health.status === 503 ? await send('{"event":"hecqueue"}') : undefined
      if (answer !== undefined)
        answers.set(answer.status, { body: answer.body, retry: answer.retry })
      await Bun.sleep(2)
    }
    // None of its lines is short enough.
    expect(await sending).toMatchObject({ status: 413, body: { code: 27 } })
  }
  expect(healths.get(503)).toEqual({ text: 'HEC is unhealthy, queues are full', code: 18 })
  expect(answers.get(503)).toEqual({ body: { text: 'Server is busy', code: 9 }, retry: '1' })
  expect((await ask('/health')).body).toEqual({ text: 'HEC is healthy', code: 17 })
  expect((await send('{"event":"hecagain"}')).body.code).toBe(0)
  expect(await found('hecagain')).toHaveLength(1)
})
