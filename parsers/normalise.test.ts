import { describe, expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from './normalise.ts'

const RECEIVED = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: RECEIVED, received: RECEIVED, timeZone: 'UTC' }
const event = (value: unknown, options: Partial<NormaliseOptions> = {}) =>
  normalise(typeof value === 'string' ? value : JSON.stringify(value), { ...OPTIONS, ...options })

describe('generic JSON', () => {
  test('keeps its fields as they are and fills columns from common names', () => {
    const json = {
      '@timestamp': '2026-11-21T11:00:00Z',
      host: { name: 'web-1' },
      user: { name: 'anna' },
      source: { ip: '203.0.113.9', port: 4711 },
      destination: { ip: '10.0.0.5', port: '443' },
      event: { action: 'login', outcome: 'failure' },
      log: { level: 'WARN' },
      message: 'login failed',
    }
    const got = event(json)
    expect(got.fields).toEqual(json)
    expect(got.fieldsAreRaw).toBe(true)
    expect(got.time).toBe(Date.parse('2026-11-21T11:00:00Z'))
    expect(got.pivots).toEqual({
      host: 'web-1',
      user: 'anna',
      src_ip: '203.0.113.9',
      src_port: 4711,
      dst_ip: '10.0.0.5',
      dst_port: 443,
      action: 'login',
      outcome: 'failure',
      severity: 'low',
    })
    expect(got).toMatchObject({ id: '', parser: 'json', source: 'json', message: 'login failed' })
    expect(got.logsource).toEqual({ category: [], service: [], closed: false })
  })

  test('source_type, event_type, source_ip and username are understood', () => {
    const got = event({
      source_type: 'firewall',
      event_type: 'deny',
      source_ip: '::ffff:10.1.2.3',
      username: 'bob',
    })
    expect(got.source).toBe('firewall')
    expect(got.pivots).toMatchObject({ action: 'deny', src_ip: '10.1.2.3', user: 'bob' })
  })

  test('the envelope lifts its inner fields, which then stand beside source and host', () => {
    const got = event({
      source: 'app',
      host: 'h1',
      message: 'started',
      fields: { Image: '/bin/sh', host: 'inner' },
    })
    expect(got.fields).toEqual({
      source: 'app',
      host: 'inner',
      message: 'started',
      Image: '/bin/sh',
    })
    expect(got.fieldsAreRaw).toBe(false)
    expect(got.pivots).toMatchObject({ host: 'h1', process: '/bin/sh' })
  })

  test('`fields` beside unknown keys is an ordinary field', () => {
    const json = { message: 'x', fields: { a: 1 }, ecs: { version: '8' } }
    expect(event(json)).toMatchObject({ fields: json, fieldsAreRaw: true })
  })

  test.each([
    [{ product: 'windows', category: 'process_creation' }, 'windows', ['process_creation'], []],
    [{ logsource: { product: 'AWS', service: 'cloudtrail' } }, 'aws', [], ['cloudtrail']],
    [
      { category: ['proxy', 'webserver'], service: 'http' },
      undefined,
      ['proxy', 'webserver'],
      ['http'],
    ],
    [{ service: { name: 'checkout' } }, undefined, [], []],
  ])('%j declares its log source, which stays open', (json, product, category, service) => {
    const { logsource } = event(json)
    expect(logsource).toEqual({ ...(product ? { product } : {}), category, service, closed: false })
  })

  test('Hashes give their strongest digest, words that are no address or port give none', () => {
    const { pivots } = event({ Hashes: 'MD5=AA,SHA256=BB', src_ip: 'localhost', dst_port: 'http' })
    expect(pivots).toEqual({ hash: 'BB', severity: 'informational' })
  })

  test('a first name without a usable value leaves the place to the next', () => {
    const { pivots, time } = event({ user: '-', UserName: 'eve', time: 'soon', ts: 1795258800 })
    expect(pivots.user).toBe('eve')
    expect(time).toBe(1795258800000)
  })

  test('numbers that a double would change are text, in fields too', () => {
    expect(event('{"id":9223372036854775807}').fields).toEqual({ id: '9223372036854775807' })
  })

  test('a pretty-printed document is not kept as one line', () => {
    expect(event('{\n "a": 1\n}')).toMatchObject({ fields: { a: 1 }, fieldsAreRaw: false })
  })

  test('hostile keys are only keys', () => {
    const got = event('{"__proto__":{"host":"x"},"constructor":"c","toString":"t","message":"m"}')
    expect(Object.keys(got.fields)).toEqual(['__proto__', 'constructor', 'toString', 'message'])
    expect(got.pivots).toEqual({ severity: 'informational' })
    expect(({} as { host?: string }).host).toBeUndefined()
    const lifted = event('{"source":"a","message":"m","fields":{"__proto__":{"host":"x"}}}')
    expect(Object.keys(lifted.fields)).toContain('__proto__')
    expect(Object.getPrototypeOf(lifted.fields)).toBe(Object.prototype)
  })
})

describe('source', () => {
  test('a label stays a label, and the event’s own wins over the caller’s', () => {
    expect(event({ a: 1 }, { source: 'fw-edge' })).toMatchObject({
      source: 'fw-edge',
      parser: 'json',
    })
    expect(event({ source: 'own' }, { source: 'fw-edge' }).source).toBe('own')
    expect(event('hello', { source: 'fw-edge' })).toMatchObject({
      source: 'fw-edge',
      parser: 'text',
    })
  })

  test('a parser’s name selects it, also for a line wrapped in an envelope', () => {
    const line = '<13>Nov 21 11:59:00 h9 app[7]: hi'
    expect(event(line, { source: 'text' })).toMatchObject({ parser: 'text', message: line })
    const got = event({ source: 'syslog', host: 'relay', message: line, fields: { site: 'b1' } })
    expect(got).toMatchObject({
      source: 'syslog',
      parser: 'syslog',
      message: 'hi',
      pivots: { host: 'h9' },
      fields: { site: 'b1', program: 'app', pid: 7 },
      time: Date.parse('2026-11-21T11:59:00Z'),
    })
  })

  test('JSON that a named parser cannot read stays generic JSON', () => {
    expect(event({ source: 'syslog', message: 'no header' })).toMatchObject({ parser: 'json' })
  })

  test('an envelope’s label stays when the caller names the parser', () => {
    const got = event(
      { source: 'fw-edge', message: 'Nov 21 11:59:00 h9 sshd[7]: Invalid user x from 192.0.2.1' },
      { source: 'linux_auth' },
    )
    expect(got).toMatchObject({ source: 'fw-edge', parser: 'linux_auth', pivots: { user: 'x' } })
  })

  test('what came by syslog is read as what it is', () => {
    const header = '<38>Nov 21 11:59:00 h9 '
    const sshd = event(`${header}sshd[7]: Invalid user x from 192.0.2.1`, { source: 'syslog' })
    expect(sshd).toMatchObject({ parser: 'linux_auth', source: 'syslog' })
    const eve = {
      event_type: 'tls',
      timestamp: '2026-11-21T11:00:00Z',
      flow_id: 1,
      tls: { sni: 'a' },
    }
    for (const mark of ['', '@cee:', ' ']) {
      const text = `${header}suricata[9]: ${mark}${JSON.stringify(eve)}`
      for (const source of ['syslog', undefined, 'ids-1']) {
        expect(event(text, { source })).toMatchObject({
          parser: 'suricata',
          pivots: { host: 'h9', domain: 'a' },
          fields: { ...eve, program: 'suricata' },
          fieldsAreRaw: false,
          time: Date.parse('2026-11-21T11:00:00Z'),
        })
      }
    }
  })

  test('a line that a named parser cannot read is kept, with the reason', () => {
    const got = event('no header here', { source: 'syslog' })
    expect(got).toMatchObject({ parser: 'unparsed', source: 'syslog', raw: 'no header here' })
    expect(got.error?.code).toBe('syslog-no-header')
  })
})

describe('time bounds', () => {
  test.each([
    ['0001-01-01T00:00:00Z', true],
    ['9999-12-31T23:59:59Z', true],
    ['2026-11-22T11:59:59Z', false],
    ['2026-11-22T12:00:01Z', true],
    ['2026-10-21T12:00:00Z', false],
    ['2026-10-21T11:59:59Z', true],
  ])('%s is replaced: %p', (time, replaced) => {
    const oldest = Date.parse('2026-10-21T12:00:00Z')
    const got = event({ time }, { oldest })
    expect(got.timeReplaced).toBe(replaced)
    expect(got.fieldsAreRaw).toBe(!replaced)
    expect(got.time).toBe(replaced ? RECEIVED : Date.parse(time))
    const kept = got.fields['trapline.original_time'] as string | undefined
    expect(kept && Date.parse(kept)).toBe(replaced ? Date.parse(time) : undefined)
  })

  test('without a time the receipt counts', () => {
    expect(event({ a: 1 })).toMatchObject({
      time: RECEIVED,
      ingested: RECEIVED,
      timeReplaced: false,
    })
  })
})

describe('bad input is a harmless event', () => {
  test.each([
    ['{"a":', 'json-invalid'],
    ['{"a":'.repeat(10_000), 'json-too-deep'],
    ['{"a":"x\0y"}', 'json-invalid'],
  ])('%#', (text, code) => {
    expect(event(text)).toMatchObject({ parser: 'unparsed', raw: text, error: { code } })
  })

  test.each(['', ' ', '\0', '\x1b[31mred\x1b[0m <script>', '[1,2]', '"x"', '<999>x', '\ud800'])(
    '%p is text',
    (text) => {
      expect(event(text)).toMatchObject({ parser: 'text', raw: text.toWellFormed() })
    },
  )

  test('a megabyte of anything is taken', () => {
    for (const unit of ['a', '[', '<', ' ', '1', '"', '{"', 'Jan ', '%', '\\', ':', 'a=b ']) {
      expect(event(unit.repeat(1_048_576 / unit.length)).raw).toHaveLength(1_048_576)
    }
  })
})

test('severity: the source’s word wins, then the patterns, then informational', () => {
  expect(event({ severity: 'LOW', message: 'ransomware found' }).pivots.severity).toBe('low')
  expect(event({ message: 'Possible Brute Force against ssh' }).pivots.severity).toBe('high')
  expect(event({ message: 'exploitation is one word' }).pivots.severity).toBe('informational')
})

test('the caller’s host fills the gap only', () => {
  expect(event({ a: 1 }, { host: '192.0.2.1' }).pivots.host).toBe('192.0.2.1')
  expect(event({ host: 'h' }, { host: '192.0.2.1' }).pivots.host).toBe('h')
})
