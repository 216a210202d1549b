// Input that nobody should send: each ends in a clear error or a harmless event.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { eventually, startTestServer, type TestServer } from './support/server.ts'

// The server of the tests starts slowly on a busy machine.
setDefaultTimeout(60_000)

let server: TestServer
const rules = mkdtempSync(join(tmpdir(), 'trapline-rules-'))

const rule = (id: string, detection: string) => `title: Rule ${id}
id: 00000000-0000-4000-8000-0000000000${id}
status: test
level: high
logsource: { category: bad_input }
detection:
${detection}
`

beforeAll(async () => {
  mkdirSync(join(rules, 'deep'))
  writeFileSync(
    join(rules, 'redos.yml'),
    rule('01', "  sel: { text|re: '^(?:(?:a+)+$|.*!$)' }\n  condition: sel"),
  )
  writeFileSync(
    join(rules, 'deep/bomb.yml'),
    `a: &a [${'x,'.repeat(9)}x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: &d [${'*c,'.repeat(9)}*c]\ne: [${'*d,'.repeat(9)}*d]\n`,
  )
  writeFileSync(join(rules, 'broken.yml'), 'title: [unclosed\n')
  writeFileSync(join(rules, 'nul.yml'), 'title: a\0b\n')
  const dedup = 'trapline: { owner: qa, dedup: [constructor, __proto__, toString] }'
  const sel = '  sel: { odd: dedup }\n  condition: sel'
  writeFileSync(join(rules, 'dedup.yml'), `${rule('03', sel)}${dedup}\n---\n${rule('04', sel)}`)
  server = await startTestServer({ TRAPLINE_RULES: rules })
})

afterAll(async () => {
  await server.dispose()
  rmSync(rules, { recursive: true })
})

const post = (body: BodyInit, headers: Record<string, string> = {}, path = '/ingest') =>
  server.fetch(path, { method: 'POST', body, headers })
const find = (q: string) => server.json(`/api/v1/search?q=${encodeURIComponent(q)}`)

test('truncated gzip is refused with the reason', async () => {
  const answer = await post(gzipSync('{"a":1}\n'.repeat(100)).subarray(0, -9), {
    'content-encoding': 'gzip',
  })
  expect(answer.status).toBe(400)
  expect((await answer.json()).error.message).toContain('cannot be read')
})

test('nested gzip is opened once and its inside kept as what it is', async () => {
  const nested = gzipSync(gzipSync('{"message":"inner"}'))
  const answer = await post(nested, { 'content-encoding': 'gzip' })
  expect(answer.status).toBe(200)
  expect((await answer.json()).accepted).toBeGreaterThan(0)
  expect((await find('inner')).total).toBe(0)
})

test('a body of a gigabyte is refused by its announced length', async () => {
  const { hostname, port } = new URL(server.url)
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      if (text.includes('too-large')) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
    socket.write(
      `POST /ingest HTTP/1.1\r\nHost: localhost\r\nx-api-key: test-key-0123456789abcdef\r\nContent-Length: 1073741824\r\n\r\n${'a'.repeat(65_536)}`,
    )
  })
  expect(answer).toStartWith('HTTP/1.1 413')
  expect(answer).toContain('too-large')
})

test('one line of 2 MiB is no event: it is listed with its beginning, its neighbour stored', async () => {
  const long = `{"message":"${'x'.repeat(2 * 1024 * 1024)}"}`
  const answer = await server.ingest(`${long}\n{"message":"neighbour of a giant"}\n`)
  expect(answer).toMatchObject({ accepted: 1, errors: [{ index: 0, code: 'event-too-large' }] })
  expect((await find('"neighbour of a giant"')).total).toBe(1)
  const { dead_letters } = await server.json('/api/v1/dead-letters')
  expect(dead_letters[0].code).toBe('event-too-large')
})

test('a body of nothing but an event of 2 MiB is answered 413, with what became of it', async () => {
  const long = `{"message":"${'y'.repeat(2 * 1024 * 1024)}"}`
  const answer = await server.fetch('/ingest', { method: 'POST', body: long })
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({
    accepted: 0,
    errors: [{ index: 0, code: 'event-too-large' }],
    error: { code: 'too-large', message: expect.stringContaining('1048576 are allowed') },
  })
  const { dead_letters } = await server.json('/api/v1/dead-letters')
  expect(dead_letters[0].sample).toStartWith('{"message":"yyy')
})

test('invalid UTF-8 and NUL bytes are stored and found', async () => {
  const body = Buffer.concat([
    Buffer.from('{"message":"bytes '),
    Buffer.from([0xff, 0xfe, 0x00]),
    Buffer.from(' lowbytemarker"}'),
  ])
  expect((await server.ingest(body)).accepted).toBe(1)
  const { events } = await find('lowbytemarker')
  expect(events).toHaveLength(1)
  expect(events[0].raw).toContain('\ufffd')
})

test('JSON of ten thousand levels is one event, whether parsed or not', async () => {
  const deep = `${'{"a":'.repeat(10_000)}"abyss"${'}'.repeat(10_000)}`
  expect((await server.ingest(deep)).accepted).toBe(1)
  expect((await find('abyss')).total).toBe(1)
  expect((await server.fetch('/health')).status).toBe(200)
})

test('duplicate keys: one event, both values in its raw text', async () => {
  await server.ingest('{"message":"twice","k":"firstvalue","k":"secondvalue"}')
  const { events } = await find('twice')
  expect(events[0].raw).toContain('firstvalue')
  expect(events[0].fields.k).toBe('secondvalue')
})

test('times of year 1 and 9999 become the receipt, the original kept', async () => {
  const body = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']
    .map((time) => `{"timestamp":"${time}","message":"timetraveller"}`)
    .join('\n')
  expect((await server.ingest(body)).accepted).toBe(2)
  const { events } = await find('timetraveller')
  expect(events).toHaveLength(2)
  for (const event of events) {
    expect(Math.abs(Date.parse(event.time) - Date.now())).toBeLessThan(60_000)
    expect(JSON.stringify(event)).toMatch(/0001-01-01|9999-12-31/)
  }
})

test('fields named __proto__ and constructor are data', async () => {
  await server.ingest(
    '{"message":"protomarker","__proto__":{"polluted":"yes"},"constructor":"x","toString":"y"}',
  )
  const { events } = await find('protomarker')
  expect(events).toHaveLength(1)
  expect(events[0].raw).toContain('__proto__')
  expect(({} as { polluted?: string }).polluted).toBeUndefined()
  expect((await find('__proto__.polluted:yes')).total).toBe(1)
})

test.each([
  ['/search/more', 400],
  ['/search/groups?level=z', 400],
  ['/search/facet', 400],
  ['/alerts/facet', 400],
  ['/sources/one', 400],
  ['/sources/fields', 400],
  ['/rules/__proto__/feedback', 200],
  ['/api/v1/detections/rules/__proto__/feedback', 404],
])('%s without its parameters, or with odd ones, is no failure', async (path, status) => {
  expect((await server.fetch(path)).status).toBe(status)
})

test('dedup by names that every object has raises its alert, and holds no other up', async () => {
  await server.ingest(JSON.stringify({ logsource: { category: 'bad_input' }, odd: 'dedup' }))
  const titles = await eventually(
    async () => {
      const { alerts } = await server.json('/api/v1/alerts')
      return alerts.map(({ title }: { title: string }) => title).sort()
    },
    (found) => found.length > 1,
  )
  expect(titles).toEqual(['Rule 03', 'Rule 04'])
})

test('an undo that names no act is refused', async () => {
  expect((await server.fetch('/alerts/undo', { method: 'POST' })).status).toBe(400)
})

test('HTML and ANSI escapes come back as JSON text and never as markup', async () => {
  const message = '<script>alert(1)</script> \u001b[31m redmarker \u001b[0m'
  await server.ingest(JSON.stringify({ message }))
  const { events } = await find('redmarker')
  expect(events[0].message).toBe(message)
  const page = await server.fetch('/search?q=redmarker')
  const html = await page.text()
  expect(page.status).toBe(200)
  expect(html).not.toContain('<script>alert')
  expect(html).not.toContain('\u001b')
})

test.each([
  ['an open quote', '"unclosed'],
  ['an operator at the end', 'a AND'],
  ['open groups', '((('],
  ['an open range', 'f:[1 TO'],
  ['an open group in a regex', '/(/'],
  ['five thousand groups', `${'('.repeat(5_000)}a`],
])('a query with %s answers 400 with a column', async (_, q) => {
  const answer = await server.fetch(`/api/v1/search?q=${encodeURIComponent(q)}`)
  expect(answer.status).toBe(400)
  const { error } = await answer.json()
  expect(error.details[0].column).toBeGreaterThan(0)
  expect(error.message.length).toBeLessThan(2_000)
})

test.each(['"; DROP TABLE events; --', "' OR 1=1", '*', 'a*b?c', '\\*', '""', 'host:"*"'])(
  'the query %p is only ever a search',
  async (q) => {
    const answer = await server.fetch(`/api/v1/search?q=${encodeURIComponent(q)}`)
    expect([200, 400]).toContain(answer.status)
    expect((await server.json('/api/v1/search')).total).toBeGreaterThan(0)
  },
)

test('a catastrophic regex neither stalls ingest nor misses', async () => {
  const text = `${'a'.repeat(28)}b!`
  await server.ingest(JSON.stringify({ category: 'bad_input', message: 'redosmarker', text }))
  const { events } = await find('redosmarker')
  const { rule_ids } = await server.json(`/api/v1/events/${events[0].id}`)
  expect(rule_ids).toContain('00000000-0000-4000-8000-000000000001')
})

test('YAML bombs, broken and binary rule files are refused by name, the rest run', async () => {
  const { rules: refused } = await server.json('/api/v1/detections/rules?refused=true')
  const paths = refused.map((one: { path: string }) => one.path.split('/').at(-1)).sort()
  expect(paths).toEqual(['bomb.yml', 'broken.yml', 'nul.yml'])
  for (const one of refused) expect(one.refused.message).not.toBe('')
})
