// `trapline ingest` against a real server: event logs, audit records and header lines arrive as the events
// that they are, once, however often they are sent.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from '../ci/commands/ingest.ts'
import { sampleLog, textValue } from '../parsers/evtx/sample.ts'
import { API_KEY, startTestServer, type TestServer } from './support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-ingest-'))
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
