// Audit records that senders wrap one by one: the records of one event are one event however they come.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { EVENT_BYTES_MAX } from '../server/ingest/take.ts'
import { API_KEY, startTestServer, type TestServer } from './support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.dispose())

/** An execution in four records. */
const records = (serial: number, program: string) => {
  const stamp = `msg=audit(1795255872.250:${serial}):`
  return [
    `type=SYSCALL ${stamp} arch=c000003e syscall=59 success=yes exit=0 pid=7 auid=1000 uid=33 comm="${program}" exe="/bin/${program}" key="k"`,
    `type=EXECVE ${stamp} argc=2 a0="${program}" a1="-x"`,
    `type=CWD ${stamp} cwd="/srv"`,
    `type=PATH ${stamp} item=0 name="/bin/${program}" nametype=NORMAL`,
  ]
}
const joined = (program: string, host: string) => ({
  parser: 'auditd',
  host,
  user: '33',
  fields: {
    type: ['SYSCALL', 'EXECVE', 'CWD', 'PATH'],
    CommandLine: `${program} -x`,
    CurrentDirectory: '/srv',
  },
})

const find = async (q: string) => {
  const { events } = await server.json(
    `/api/v1/search?from=2026-11-01T00:00:00Z&q=${encodeURIComponent(q)}`,
  )
  return Promise.all(
    events.map(async ({ id }: { id: string }) => server.json(`/api/v1/events/${id}`)),
  )
}

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const answer = await server.fetch(path, { method: 'POST', body, headers })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

const beat = (message: string, host: string) => ({
  '@timestamp': '2026-11-21T10:11:13Z',
  message,
  log: { offset: 0, file: { path: '/var/log/audit/audit.log' } },
  input: { type: 'filestream' },
  ecs: { version: '8.0.0' },
  host: { name: host },
  agent: { type: 'filebeat', version: '9.1.0' },
})

/** Lists in turns, as two files that one sender reads. */
const mixed = <T>(a: readonly T[], b: readonly T[]) => a.flatMap((one, n) => [one, b[n]!])

describe('Elasticsearch `_bulk`', () => {
  const bulk = (documents: readonly (object | string)[]) =>
    documents
      .map((d) => `{"create":{}}\n${typeof d === 'string' ? d : JSON.stringify(d)}\n`)
      .join('')

  test('two hosts in one body are an event each, every document has its answer', async () => {
    const documents = mixed(
      records(71, 'bulkone').map((line) => beat(line, 'h1')),
      records(71, 'bulktwo').map((line) => beat(line, 'h2')),
    )
    const { status, body } = await post('/_bulk', bulk([...documents, { message: 'bulkother' }]))
    expect([status, body.errors, body.items.length]).toEqual([200, false, 9])
    expect(await find('CommandLine:"bulkone -x"')).toMatchObject([joined('bulkone', 'h1')])
    expect(await find('CommandLine:"bulktwo -x"')).toMatchObject([joined('bulktwo', 'h2')])
    expect(await find('bulkother')).toHaveLength(1)
  })

  test('a document that is too long is refused alone, the records around it are joined', async () => {
    const [first, ...rest] = records(72, 'bulkthree').map((line) => beat(line, 'h1'))
    const long = `{"message":"${'x'.repeat(EVENT_BYTES_MAX)}"}`
    const { body } = await post('/_bulk', bulk([first!, long, ...rest]))
    expect(body.errors).toBe(true)
    expect(body.items.map((item: { create: { status: number } }) => item.create.status)).toEqual([
      201, 400, 201, 201, 201,
    ])
    expect(await find('CommandLine:"bulkthree -x"')).toMatchObject([joined('bulkthree', 'h1')])
  })
})

describe('Splunk HEC', () => {
  const splunk = { authorization: `Splunk ${API_KEY}` }
  const channel = '0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba'

  test.each([
    ['without a sourcetype', 81, {}],
    ['with the sourcetype of the audit log', 82, { sourcetype: 'linux_audit' }],
    ['with a sourcetype that means nothing', 83, { sourcetype: 'my:audit' }],
    ['with fields', 84, { fields: { site: 'eu' } }],
  ])('events of two hosts, %s, acknowledged once', async (_, serial, more) => {
    const [one, two] = [`hecone${serial}`, `hectwo${serial}`]
    const events = mixed(
      records(serial, one).map((event) => ({ time: 1795255873, host: 'h1', ...more, event })),
      records(serial, two).map((event) => ({ time: 1795255873, host: 'h2', ...more, event })),
    )
    const sent = await post(
      '/services/collector',
      events.map((event) => JSON.stringify(event)).join(''),
      { ...splunk, 'x-splunk-request-channel': channel },
    )
    const { ackId } = sent.body
    expect(sent.body).toEqual({ text: 'Success', code: 0, ackId })
    expect(ackId).toBeNumber()
    expect(await find(`CommandLine:"${one} -x"`)).toMatchObject([joined(one, 'h1')])
    expect(await find(`CommandLine:"${two} -x"`)).toMatchObject([joined(two, 'h2')])
    const asked = await post(
      `/services/collector/ack?channel=${channel}`,
      JSON.stringify({ acks: [ackId] }),
      splunk,
    )
    expect(asked.body).toEqual({ acks: { [ackId]: true } })
  })

  test('records in objects, and as raw lines', async () => {
    const objects = records(85, 'hecobject').map((message) => ({ event: { message, tag: 'a' } }))
    await post(
      '/services/collector/event',
      objects.map((event) => JSON.stringify({ ...event, host: 'h1' })).join('\n'),
      splunk,
    )
    expect(await find('CommandLine:"hecobject -x"')).toMatchObject([joined('hecobject', 'h1')])
    const raw = records(86, 'hecraw').join('\n')
    await post('/services/collector/raw?host=h1', raw, splunk)
    expect(await find('CommandLine:"hecraw -x"')).toMatchObject([joined('hecraw', 'h1')])
  })
})
