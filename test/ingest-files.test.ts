// `trapline ingest` against a real server: event logs, audit records and header lines arrive as the events
// that they are, once, however often they are sent.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from '../ci/commands/ingest.ts'
import { sampleLog, textValue } from '../parsers/evtx/sample.ts'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-ingest-'))
/** Machines that are busy take long to start a server. */
setDefaultTimeout(60_000)

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
}, 60_000)
afterAll(async () => {
  await server.dispose()
  rmSync(folder, { recursive: true })
})

test('a folder of logs', async () => {
  const log = sampleLog([
    { id: 4625, data: { Marker: textValue('first') } },
    { id: 4625, data: { Marker: textValue('second') } },
    { id: 4625, data: { Marker: textValue('third') } },
  ])
  // The second record's first token is damaged.
  const second = 4096 + 512 + log.readUInt32LE(4096 + 512 + 4)
  log.writeUInt8(0x3f, second + 28)
  await Bun.write(join(folder, 'logs', 'a.evtx.gz'), gzipSync(log))
  await Bun.write(
    join(folder, 'logs', 'audit.log'),
    [
      'type=SYSCALL msg=audit(1763632800.250:77): arch=c000003e syscall=59 success=yes exe="/bin/id" uid=0',
      'type=EXECVE msg=audit(1763632800.250:77): argc=2 a0="id" a1="-u"',
      'type=USER_LOGIN msg=audit(1763632801.000:78): pid=1 msg=\'acct="anna" res=failed\'',
    ].join('\n'),
  )
  const args = ['--api-key', API_KEY, join(folder, 'logs')]
  expect(await run(['--endpoint', server.url, ...args])).toBe(0)
  // The same again, and as other commands name the server.
  expect(await run(['--server', server.url, ...args])).toBe(0)
  const find = async (query: string) =>
    (await server.json(`/api/v1/search?from=2000-01-01T00:00:00Z&q=${encodeURIComponent(query)}`))
      .events as { readonly fields: Readonly<Record<string, unknown>>; readonly parser: string }[]
  const executed = await find('CommandLine:"id -u"')
  expect(executed).toHaveLength(1)
  expect(executed[0]).toMatchObject({ parser: 'auditd', fields: { type: ['SYSCALL', 'EXECVE'] } })
  expect(await find('acct:anna')).toHaveLength(1)
  const read = await find('Channel:"Sample/Operational"')
  expect(read.map(({ fields }) => fields.Marker).toSorted()).toEqual(['first', 'third'])
  expect(await find('"evtx-record-damaged"')).toHaveLength(1)
}, 60_000)

describe('a log that is sent again', () => {
  const lineOf = (tag: string) => (_: unknown, n: number) =>
    JSON.stringify({
      time: `2026-11-20T10:00:${String(n % 60).padStart(2, '0')}Z`,
      tag,
      n: `${tag}-${n}`,
    })
  const linesOf = (tag: string, count: number) => Array.from({ length: count }, lineOf(tag))
  const send = (...paths: string[]) => run(['--server', server.url, '--api-key', API_KEY, ...paths])
  const count = async (tag: string) =>
    (await server.json(`/api/v1/search?from=2000-01-01T00:00:00Z&limit=1&q=tag:${tag}`)).total
  const write = async (name: string, lines: readonly string[], end = '\n') => {
    const path = join(folder, name)
    const text = lines.join('\n') + end
    await Bun.write(path, name.endsWith('.gz') ? gzipSync(text) : text)
    return path
  }

  test('has grown: what is new is stored', async () => {
    for (const size of [340, 2340, 2341, 5000]) {
      expect(await send(await write('grown.ndjson', linesOf('grown', size)))).toBe(0)
      expect(await count('grown')).toBe(size)
    }
  })

  test('has another name, is packed, or is copied', async () => {
    const lines = linesOf('named', 1500)
    for (const name of ['named.ndjson', 'named.1.ndjson', 'named.2.ndjson.gz']) {
      expect(await send(await write(name, lines))).toBe(0)
    }
    expect(await count('named')).toBe(1500)
  })

  test('was rotated: the new one is stored whole', async () => {
    await send(await write('rotated.ndjson', linesOf('before', 1200)))
    await send(await write('rotated.ndjson', linesOf('after', 1300)))
    expect([await count('before'), await count('after')]).toEqual([1200, 1300])
  })

  test('was changed in the middle: no event is missing', async () => {
    const lines = linesOf('changed', 2500)
    await send(await write('changed.ndjson', lines))
    lines[1700] = JSON.stringify({ time: '2026-11-20T10:00:00Z', tag: 'changed', n: 'new' })
    await send(await write('changed.ndjson', lines))
    expect(await count('changed and n:new')).toBe(1)
    // The two other batches are known.
    expect(await count('changed')).toBe(3500)
  })

  test('whose lines do not tell it from others is known by its file', async () => {
    for (const name of ['short-a.ndjson', 'short-b.ndjson', 'short-a.ndjson']) {
      await send(await write(name, ['{"tag":"short"}', '{"tag":"short"}']))
    }
    expect(await count('short')).toBe(4)
  })

  test('is dropped on a page after that', async () => {
    const body = linesOf('dropped', 1700).join('\n')
    await send(await write('dropped.ndjson', linesOf('dropped', 1400), ''))
    const path = '/sources/upload?name=again.ndjson'
    expect((await server.fetch(path, { method: 'POST', body })).status).toBe(200)
    const html = await eventually(
      async () => (await server.fetch('/sources/imports')).text(),
      (text) => /300 events/.test(text),
    )
    expect(html).toContain('1,400 were stored before')
    expect(await count('dropped')).toBe(1700)
  })
})
