// Senders that people already run, in their own words: Filebeat, Winlogbeat, Vector, Fluent Bit and Logstash
// to Elasticsearch's `_bulk`, Vector, Fluent Bit, Docker and Firehose to Splunk's HEC.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { EVENT_BYTES_MAX } from '../server/ingest/take.ts'
import { bytesField, numberField, packed, textField } from '../server/wire/wire.samples.ts'
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './support/server.ts'

/** Machines that are busy take long to start a server. */
setDefaultTimeout(60_000)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.dispose())

const find = async (q: string) =>
  (await server.json(`/api/v1/search?from=2026-11-01T00:00:00Z&q=${encodeURIComponent(q)}`)).events
const gzip = (text: string) => new Uint8Array(gzipSync(text))
const basic = { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` }
const basicToken = { authorization: `Basic ${btoa(`x:${API_KEY}`)}` }
const elasticKey = { authorization: `ApiKey ${btoa(`id:${API_KEY}`)}` }
const splunk = { authorization: `Splunk ${API_KEY}` }

async function post(path: string, body: BodyInit, headers: Record<string, string>) {
  const answer = await server.fetch(path, { method: 'POST', body, headers })
  return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) }
}

/** A document as Filebeat sends one of each line of a file. */
const filebeat = (message: string) => ({
  '@timestamp': '2026-11-21T10:11:12.345Z',
  '@metadata': { beat: 'filebeat', type: '_doc', version: '9.1.0' },
  message,
  log: { offset: 0, file: { path: '/var/log/auth.log' } },
  input: { type: 'filestream' },
  ecs: { version: '8.0.0' },
  host: { name: 'web1', hostname: 'web1' },
  agent: { type: 'filebeat', version: '9.1.0', name: 'web1', id: 'a' },
})

describe('Elasticsearch', () => {
  test('Filebeat asks for version and licence before it sends', async () => {
    const info = await server.fetch('/', { headers: { ...elasticKey, accept: 'application/json' } })
    expect(info.headers.get('x-elastic-product')).toBe('Elasticsearch')
    expect(await info.json()).toMatchObject({ version: { number: expect.stringMatching(/^8\./) } })
    const licence = await server.fetch('/_license?human=false', { headers: elasticKey })
    expect(await licence.json()).toMatchObject({ license: { status: 'active', type: 'basic' } })
  })

  test.each([
    ['/_xpack/usage', {}],
    ['/_nodes/_all/http', { cluster_name: 'trapline' }],
    ['/_cat/indices', []],
    ['/_cluster/settings', { persistent: {} }],
    ['/_ilm/status', { operation_mode: 'RUNNING' }],
    ['/_cluster/health?filter_path=status', { status: 'green' }],
  ])('%s is answered, also as HEAD', async (path, body) => {
    const got = await server.fetch(path, { headers: elasticKey })
    expect(got.headers.get('x-elastic-product')).toBe('Elasticsearch')
    expect(await got.json()).toMatchObject(body)
    expect((await server.fetch(path, { method: 'HEAD', headers: elasticKey })).status).toBe(200)
  })

  test('an index is made, and monitoring is ignored', async () => {
    const put = { method: 'PUT', body: '{}', headers: elasticKey }
    expect(await (await server.fetch('/logstash-2026', put)).json()).toMatchObject({
      acknowledged: true,
      index: 'logstash-2026',
    })
    const path = '/_monitoring/bulk?system_id=logstash&interval=10s'
    expect((await post(path, '{"index":{}}\n{}\n', elasticKey)).body.ignored).toBe(true)
  })

  test('other questions and errors are answered in its words', async () => {
    const search = await post('/_search', '{}', elasticKey)
    expect(search).toMatchObject({
      status: 404,
      body: { status: 404, error: { type: 'resource_not_found_exception' } },
    })
    expect(search.headers.get('x-elastic-product')).toBe('Elasticsearch')
    const bad = await post('/_bulk', 'no bulk', elasticKey)
    expect(bad).toMatchObject({
      status: 400,
      body: { error: { type: 'illegal_argument_exception', code: 'invalid' } },
    })
    const anonymous = {
      accept: 'application/vnd.elasticsearch+json; compatible-with=8',
      anonymous: '1',
    }
    expect((await server.fetch('/', { headers: anonymous })).status).toBe(401)
  })

  test.each(['/_bulk/', '/fluentd/_doc/_bulk', '/fluentd/_bulk'])(
    '%s takes a body, too',
    async (path) => {
      const answer = await post(path, '{"index":{"_id":7}}\r\n{"message":"typed"}\r\n', elasticKey)
      expect(answer).toMatchObject({
        status: 200,
        body: { items: [{ index: { _id: '7', status: 201 } }] },
      })
    },
  )

  test('a document that comes alone', async () => {
    const answer = await post('/rsyslog/_doc', '{\n "message": "alone 4711"\n}', elasticKey)
    expect(answer).toMatchObject({ status: 201, body: { _index: 'rsyslog', result: 'created' } })
    expect(await find('"alone 4711"')).toHaveLength(1)
  })

  test('templates and policies are there already', async () => {
    for (const path of ['/_index_template/filebeat-9.1.0', '/_ilm/policy/filebeat']) {
      const head = await server.fetch(path, { method: 'HEAD', headers: elasticKey })
      expect(head.status).toBe(200)
      const put = await server.fetch(path, { method: 'PUT', body: '{}', headers: elasticKey })
      expect(await put.json()).toEqual({ acknowledged: true })
    }
  })

  test('Filebeat: gzip, a line is read as what it is, its time and host kept', async () => {
    const line =
      'Nov 21 10:11:10 web1 sshd[9]: Failed password for bulkuser from 203.0.113.7 port 22 ssh2'
    const body = `{"create":{"_index":"filebeat-9.1.0"}}\n${JSON.stringify(filebeat(line))}\n`
    const headers = {
      ...elasticKey,
      'content-encoding': 'gzip',
      'content-type': 'application/vnd.elasticsearch+json; compatible-with=8',
    }
    const path = '/_bulk?filter_path=errors,items.*.error,items.*.status'
    const answer = await post(path, gzip(body), headers)
    expect(answer).toMatchObject({ status: 200, body: { errors: false } })
    // What `filter_path` names, and nothing else.
    expect(answer.body).toEqual({ errors: false, items: [{ create: { status: 201 } }] })
    expect(await find('user:bulkuser')).toMatchObject([
      { parser: 'linux_auth', src_ip: '203.0.113.7', outcome: 'failure', host: 'web1' },
    ])
  })

  test('Winlogbeat: an event has the names of Windows rules', async () => {
    const event = {
      '@timestamp': '2026-11-21T10:11:12.345Z',
      winlog: {
        channel: 'Security',
        event_id: '4625',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        computer_name: 'DC1',
        event_data: { TargetUserName: 'winbulk', IpAddress: '203.0.113.8' },
      },
      event: { code: '4625', kind: 'event' },
      agent: { type: 'winlogbeat' },
    }
    await post('/winlogbeat/_bulk', `{"index":{}}\n${JSON.stringify(event)}\n`, basic)
    expect(await find('user:winbulk')).toMatchObject([{ parser: 'windows', host: 'DC1' }])
  })

  test('Vector and Fluent Bit', async () => {
    const vector = {
      file: '/var/log/nginx/access.log',
      host: 'web2',
      message:
        '203.0.113.9 - vectoruser [21/Nov/2026:10:11:12 +0000] "GET /v HTTP/1.1" 200 5 "-" "c"',
      source_type: 'file',
      timestamp: '2026-11-21T10:11:13Z',
    }
    const fluent = {
      '@timestamp': '2026-11-21T10:11:12.000Z',
      log: '203.0.113.9 - fluentuser [21/Nov/2026:10:11:12 +0000] "GET /f HTTP/1.1" 200 5 "-" "c"\n',
      stream: 'stdout',
    }
    const body = [vector, fluent].map((d) => `{"create":{}}\n${JSON.stringify(d)}\n`).join('')
    await post('/_bulk', body, basicToken)
    expect(await find('user:vectoruser')).toMatchObject([{ src_ip: '203.0.113.9', host: 'web2' }])
    expect(await find('user:fluentuser')).toMatchObject([{ src_ip: '203.0.113.9' }])
  })

  test('one bad document of many: the others are stored, the answer names it', async () => {
    const long = `{"message":"${'x'.repeat(EVENT_BYTES_MAX)}"}`
    const body = `{"create":{}}\n{"message":"bulkgood"}\n{"create":{"_id":"9"}}\n${long}\n{"create":{}}\n{"message":"bulkgood"}\n`
    const { status, body: answer } = await post('/_bulk', body, basic)
    expect(status).toBe(200)
    expect(answer.errors).toBe(true)
    const statuses = answer.items.map((item: { create: { status: number } }) => item.create.status)
    expect(statuses).toEqual([201, 400, 201])
    expect(answer.items[1].create).toMatchObject({ _id: '9', error: { type: expect.any(String) } })
    expect(await find('bulkgood')).toHaveLength(2)
  })

  test.each([
    ['a body that is none', 'no json\n', basic, 400],
    ['a wrong key', '{"create":{}}\n{}\n', { authorization: `ApiKey ${btoa('id:wrong')}` }, 401],
    ['an unknown encoding', '{}', { ...basic, 'content-encoding': 'br' }, 415],
  ])('%s', async (_, body, headers, status) => {
    expect((await post('/_bulk', body, headers)).status).toBe(status)
  })
})

test('OTLP and Loki: JSON and Protocol Buffers, a line is read as what it is', async () => {
  const line = (user: string) =>
    `Nov 21 10:11:12 h sshd[9]: Failed password for ${user} from 203.0.113.7 port 22 ssh2`
  const key = { 'x-api-key': API_KEY }
  const record = { timeUnixNano: '1795255872345000000', body: { stringValue: line('otlpuser') } }
  const otlp = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }
  const sent = await post('/v1/logs', JSON.stringify(otlp), {
    ...key,
    'content-type': 'application/json',
  })
  expect([sent.status, sent.body]).toEqual([200, { partialSuccess: {} }])
  expect(await find('user:otlpuser')).toMatchObject([{ parser: 'linux_auth', host: 'h' }])
  const push = bytesField(
    1,
    textField(1, '{job="auth"}'),
    bytesField(2, bytesField(1, numberField(1, 1_795_255_872n)), textField(2, line('lokiuser'))),
  )
  const answer = await server.fetch('/loki/api/v1/push', {
    method: 'POST',
    body: new Uint8Array(packed(push)),
    headers: { ...key, 'content-type': 'application/x-protobuf' },
  })
  expect(answer.status).toBe(204)
  expect(await find('user:lokiuser')).toMatchObject([{ parser: 'linux_auth', source: 'auth' }])
  expect((await server.fetch('/v1/logs', { method: 'POST', body: 'x' })).status).toBe(400)
})

describe('Splunk HEC', () => {
  const event = (body: BodyInit, headers: Record<string, string> = {}, path = '') =>
    post(`/services/collector${path}`, body, { ...splunk, ...headers })

  test('health needs no token', async () => {
    for (const path of ['/health', '/health/1.0']) {
      const answer = await server.fetch(`/services/collector${path}`, {
        headers: { anonymous: '1' },
      })
      expect([answer.status, await answer.json()]).toEqual([
        200,
        { text: 'HEC is healthy', code: 17 },
      ])
    }
  })

  test('Vector: events one after another, gzip, metadata kept', async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000 + 345)
    const common = { time: at.getTime() / 1000, host: 'hec1' }
    const body = [
      { ...common, sourcetype: 'my:app', event: 'hecone', fields: { site: 'eu' } },
      { ...common, event: { message: 'hectwo', n: 1 } },
    ].map((one) => JSON.stringify(one))
    const answer = await event(gzip(body.join('')), { 'content-encoding': 'gzip' }, '/event')
    expect([answer.status, answer.body]).toEqual([200, { text: 'Success', code: 0 }])
    const time = at.toISOString()
    expect(await find('hecone')).toMatchObject([{ host: 'hec1', source: 'my:app', time }])
    expect(await find('hectwo')).toMatchObject([{ host: 'hec1', time }])
  })

  test('a sourcetype that Splunk knows selects the parser; so does the line itself', async () => {
    const line =
      'Nov 21 10:11:12 hec2 sshd[9]: Failed password for hecuser from 203.0.113.7 port 22 ssh2'
    const send = (sourcetype: string) => JSON.stringify({ host: 'x', sourcetype, event: line })
    await event(`${send('linux_secure')}${send('whatever')}`)
    const found = await find('user:hecuser')
    expect(found).toMatchObject([{ parser: 'linux_auth' }, { parser: 'linux_auth' }])
  })

  test('acknowledgements: true once the batch is committed, which it is', async () => {
    const channel = '0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba'
    const sent = await event('{"event":"hecack"}', { 'x-splunk-request-channel': channel })
    expect(sent.body).toEqual({ text: 'Success', code: 0, ackId: 0 })
    const asked = await event('{"acks":[0,7]}', {}, `/ack?channel=${channel}`)
    expect(asked.body).toEqual({ acks: { '0': true, '7': false } })
    expect(await find('hecack')).toHaveLength(1)
  })

  test('raw: every line is an event, the query says the rest', async () => {
    const answer = await event('hecraw one\r\nhecraw two\n', {}, '/raw?host=hec3&sourcetype=x')
    expect(answer.body).toEqual({ text: 'Success', code: 0 })
    expect(await find('hecraw')).toMatchObject([{ host: 'hec3' }, { host: 'hec3' }])
  })

  test('nothing of a body with a bad event is taken', async () => {
    const answer = await event('{"event":"hechalf"}{"event":""}')
    expect([answer.status, answer.body]).toEqual([
      400,
      { text: 'Event field cannot be blank', code: 13, 'invalid-event-number': 1 },
    ])
    expect(await find('hechalf')).toHaveLength(0)
  })

  const ack = '/ack?channel=0aeeac95-ac74-4aa9-b30d-6c4c0ac581ba'
  test.each<[string, string, string, Record<string, string>, number, number]>([
    ['no token', '', '{"event":"a"}', { anonymous: '1' }, 401, 2],
    ['a token in the query', '?token=x', '{"event":"a"}', { anonymous: '1' }, 400, 16],
    ['another scheme', '', '{"event":"a"}', { authorization: 'Digest x' }, 401, 3],
    ['a wrong token', '', '{"event":"a"}', { authorization: 'Splunk wrong' }, 403, 4],
    ['no data (as Firehose asks)', '', '', splunk, 400, 5],
    ['no JSON', '/event', 'text', splunk, 400, 6],
    ['no channel', '/ack', '{"acks":[0]}', splunk, 400, 10],
    ['a channel that is none', '?channel=x', '{"event":"a"}', splunk, 400, 11],
    ['no event', '', '{"host":"a"}', splunk, 400, 12],
    ['nested fields', '', '{"event":"a","fields":{"a":{}}}', splunk, 400, 15],
    ['numbers that are none', ack, '{"acks":["a"]}', splunk, 400, 6],
    ['a time that is none', '', '{"event":"a","time":"noon"}', splunk, 400, 6],
    [
      'an event that is too large',
      '',
      `{"event":"${'x'.repeat(EVENT_BYTES_MAX)}"}`,
      splunk,
      413,
      27,
    ],
    ['a path that is none', '/s2s', 'x', splunk, 404, 404],
    ['a slash behind the path', '/event/', '{"event":"slash"}', splunk, 200, 0],
    ['a slash behind the root', '/', '{"event":"slash"}', splunk, 200, 0],
    ['Basic with the token', '', '{"event":"a"}', basicToken, 200, 0],
  ])('%s', async (_, path, body, headers, status, code) => {
    const answer = await post(`/services/collector${path}`, body, headers)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('an unknown encoding', async () => {
    const answer = await event('{}', { 'content-encoding': 'br' })
    expect(answer.status).toBe(415)
  })
})
