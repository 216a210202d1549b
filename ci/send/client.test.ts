import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '../../test/support/ingest-server.ts'
import { run } from '../commands/ingest.ts'
import { ingestUrl, RefusedError, sendBatch } from './client.ts'
import { progressLine } from './progress.ts'

let server: TestServer
let folder: string
beforeEach(() => {
  server = startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'trapline-send-'))
})
afterEach(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const busy = (status: number, headers = {}) =>
  new Response('{"error":{"message":"queue full"}}', { status, headers })

describe('sendBatch', () => {
  test('retries what passes, honouring Retry-After, under the same key', async () => {
    server.refusals.push(busy(429, { 'retry-after': '0' }), busy(503, { 'retry-after': '0' }))
    const pauses: [number, string][] = []
    const answer = await sendBatch(
      { endpoint: server.endpoint, apiKey: 'k1', source: 'a b' },
      'x\ny',
      'key',
      {
        onWait: (pause_ms, reason) => pauses.push([pause_ms, reason]),
      },
    )
    expect(answer.accepted).toBe(2)
    expect(pauses).toEqual([
      [0, '429 queue full'],
      [0, '503 queue full'],
    ])
    expect(server.requests.map((r) => r.key)).toEqual(['key', 'key', 'key'])
    expect(server.requests[0]?.apiKey).toBe('k1')
    expect(server.requests[0]?.url.searchParams.get('source')).toBe('a b')
  })

  test('a lost answer does not store twice', async () => {
    server.dropAnswers = 1
    await sendBatch({ endpoint: server.endpoint }, 'x', 'key')
    expect(server.stored).toEqual(['x'])
    expect(server.requests).toHaveLength(2)
  })

  test.each([400, 401, 403, 409, 413])('%d is final and says why', async (status) => {
    server.refusals.push(busy(status))
    const sent = sendBatch({ endpoint: server.endpoint }, 'x', 'key')
    await expect(sent).rejects.toThrow(`${status} queue full`)
    expect(server.requests).toHaveLength(1)
  })

  test('413 for events that are too large is an answer: they are not sent again', async () => {
    const errors = [{ index: 0, code: 'event-too-large', message: '2 MiB' }]
    const error = { code: 'too-large', message: '2 MiB' }
    const body = { accepted: 0, unparsed: 0, batch: 'b', errors, error }
    server.refusals.push(Response.json(body, { status: 413 }))
    const answer = await sendBatch({ endpoint: server.endpoint }, 'x', 'key')
    expect(answer).toMatchObject({ accepted: 0, errors })
    expect(server.requests).toHaveLength(1)
  })

  test('gives up after the limit, and at once when aborted', async () => {
    await server.stop()
    const target = { endpoint: server.endpoint }
    const late = sendBatch(target, 'x', 'key', { giveUpAfter_ms: 1 })
    await expect(late).rejects.toBeInstanceOf(RefusedError)
    const stop = new AbortController()
    const ended = sendBatch(target, 'x', 'key', { signal: stop.signal, onWait: () => stop.abort() })
    await expect(ended).rejects.toThrow()
  })

  test('the endpoint is checked', () => {
    expect(ingestUrl({ endpoint: 'https://h:1/api/v1/logs/ingest' })).toBe(
      'https://h:1/api/v1/logs/ingest',
    )
    expect(() => ingestUrl({ endpoint: 'ftp://h' })).toThrow('not an http or https URL')
    expect(() => ingestUrl({ endpoint: 'h:1' })).toThrow('not an http')
  })
})

describe('trapline ingest', () => {
  test('sends every event of its files once, however often it runs', async () => {
    const lines = Array.from({ length: 2500 }, (_, i) => `line ${i}`)
    const path = join(folder, 'a.log')
    await Bun.write(path, lines.join('\n'))
    const docs = join(folder, 'b.json')
    await Bun.write(docs, '{\n "a": 1\n}\n{\n "b": 2\n}')
    const args = ['--endpoint', server.endpoint, '--api-key', 'k', '--source', 'x', path, docs]
    expect(await run(args)).toBe(0)
    expect(await run(args)).toBe(0)
    expect(server.stored.toSorted()).toEqual(
      [...lines, '{\n "a": 1\n}', '{\n "b": 2\n}'].toSorted(),
    )
    const imports = server.requests.map(({ url }) => url.searchParams.get('import'))
    expect(imports[0]).toMatch(/^[\w-]{36}$/)
    expect(new Set(imports).size).toBe(2)
  })

  test('the same file under another source is sent anew', async () => {
    const path = join(folder, 'a.log')
    await Bun.write(path, 'one')
    for (const source of ['x', 'y']) {
      await run(['--endpoint', server.endpoint, '--source', source, path])
    }
    expect(server.stored).toEqual(['one', 'one'])
  })

  test('of a folder all logs are sent, header lines with each batch', async () => {
    const logs = join(folder, 'logs')
    await Bun.write(join(logs, 'conn.log'), '#separator \\x09\n#fields\tts\tuid\n1\tC1\n')
    await Bun.write(join(logs, 'a.csv'), 'user,ip\nanna,192.0.2.1\n')
    await Bun.write(join(logs, 'x.bin'), new Uint8Array(100))
    expect(await run(['--endpoint', server.endpoint, logs])).toBe(0)
    expect(server.stored).toEqual([
      '{"user":"anna","ip":"192.0.2.1"}',
      '#separator \\x09',
      '#fields\tts\tuid',
      '1\tC1',
    ])
  })

  test('a refusal ends it with the reason', async () => {
    const path = join(folder, 'a.log')
    await Bun.write(path, 'one')
    server.refusals.push(busy(401))
    await expect(run(['--endpoint', server.endpoint, path])).rejects.toThrow('401 queue full')
  })

  test('a missing file and a damaged one are named', async () => {
    const args = ['--endpoint', server.endpoint]
    await expect(run([...args, join(folder, 'none.log')])).rejects.toThrow('none.log: no such file')
    await Bun.write(join(folder, 'bad.gz'), new Uint8Array([0x1f, 0x8b, 8, 0, 0]))
    await Bun.write(join(folder, 'good.log'), 'one')
    expect(await run([...args, join(folder, 'bad.gz'), join(folder, 'good.log')])).toBe(1)
    expect(server.stored).toEqual(['one'])
    await expect(run(args)).rejects.toThrow('no file given')
  })
})

test('the progress line has a bar, the rate and the time left', () => {
  const at = { name: 'a.log', size: 200, bytes: 50, events: 1000, took_ms: 1000 }
  expect(progressLine(at)).toBe(
    '[######------------------] 25% a.log 1,000 events 1,000/s 3 s left',
  )
  expect(progressLine({ ...at, size: undefined })).toBe('a.log 1,000 events 1,000/s')
})
