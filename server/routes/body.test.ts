import { expect, test } from 'bun:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import {
  BODY_MAX_BYTES,
  INGEST_BODY_MAX_BYTES,
  INGEST_INFLATED_MAX_BYTES,
  readIngestBody,
  readLimited,
} from './body.ts'

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/ingest', { method: 'POST', body, headers })
}
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code ?? error.status,
  )
const text = '{"message":"hello"}\n'.repeat(100)

test.each([
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['identity', Buffer.from(text)],
])('a body in %s is inflated', async (encoding, body) => {
  const bytes = await readIngestBody(post(body, { 'content-encoding': encoding }))
  expect(new TextDecoder().decode(bytes)).toBe(text)
  expect(bytes.byteLength).toBe(bytes.buffer.byteLength)
})

test.each([
  ['truncated gzip', 'gzip', gzipSync(text).subarray(0, 40)],
  ['truncated zstd', 'zstd', zstdCompressSync(text).subarray(0, 20)],
  ['gzip that is none', 'gzip', Buffer.from('hello')],
  ['empty gzip', 'gzip', Buffer.alloc(0)],
  ['junk after gzip', 'gzip', Buffer.concat([gzipSync(text), Buffer.from('junk')])],
])('%s is refused with the reason', async (_, encoding, body) => {
  const reading = readIngestBody(post(body, { 'content-encoding': encoding }))
  expect(reading).rejects.toThrow('cannot be read')
  expect(await code(readIngestBody(post(body, { 'content-encoding': encoding })))).toBe('invalid')
})

test('nested gzip is inflated once: the inner layer is the sender’s data', async () => {
  const inner = gzipSync(text)
  const bytes = await readIngestBody(post(gzipSync(inner), { 'content-encoding': 'gzip' }))
  expect(Buffer.from(bytes).equals(inner)).toBe(true)
})

test('an unknown encoding is 415', async () => {
  expect(await code(readIngestBody(post(text, { 'content-encoding': 'br' })))).toBe(415)
})

test('what inflates over the limit is refused before it is all in memory', async () => {
  const bomb = gzipSync(Buffer.alloc(INGEST_INFLATED_MAX_BYTES + 1), { level: 1 })
  expect(bomb.length).toBeLessThan(INGEST_BODY_MAX_BYTES)
  expect(await code(readIngestBody(post(bomb, { 'content-encoding': 'gzip' })))).toBe('too-large')
})

test('a body over its limit is refused, declared or not', async () => {
  const big = new Uint8Array(BODY_MAX_BYTES + 1)
  expect(await code(readLimited(post(big), BODY_MAX_BYTES))).toBe('too-large')
  const endless = new ReadableStream({
    pull: (stream) => stream.enqueue(new Uint8Array(65_536)),
  })
  expect(await code(readLimited(post(endless), BODY_MAX_BYTES))).toBe('too-large')
  expect((await readLimited(post(big.subarray(1)), BODY_MAX_BYTES)).length).toBe(BODY_MAX_BYTES)
})
