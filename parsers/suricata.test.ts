import { describe, expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (json: object) => normalise(JSON.stringify(json), OPTIONS)

const EVE = {
  timestamp: '2026-11-21T11:00:00.250000+0100',
  flow_id: 77,
  in_iface: 'eth0',
  src_ip: '10.0.0.8',
  src_port: 50123,
  dest_ip: '203.0.113.7',
  dest_port: 80,
  proto: 'TCP',
}

describe('suricata', () => {
  test('an alert keeps its fields and fills the columns', () => {
    const json = {
      ...EVE,
      event_type: 'alert',
      alert: { action: 'allowed', signature_id: 1, signature: 'TEST beacon', severity: 1 },
      http: { hostname: 'c2.example', url: '/gate' },
    }
    const got = event(json)
    expect(got).toMatchObject({
      parser: 'suricata',
      source: 'suricata',
      fields: json,
      fieldsAreRaw: true,
      message: 'TEST beacon',
      time: Date.parse('2026-11-21T10:00:00.250Z'),
      logsource: {
        product: 'suricata',
        category: ['ids'],
        service: ['suricata', 'alert'],
        closed: true,
      },
    })
    expect(got.pivots).toEqual({
      src_ip: '10.0.0.8',
      src_port: 50123,
      dst_ip: '203.0.113.7',
      dst_port: 80,
      domain: 'c2.example',
      url: '/gate',
      action: 'alert',
      outcome: 'allowed',
      severity: 'high',
    })
  })

  test('http has the names of proxy and webserver rules', () => {
    const got = event({
      ...EVE,
      event_type: 'http',
      http: {
        hostname: 'shop.example',
        url: '/a.php?x=1',
        http_user_agent: 'probe/1',
        http_method: 'POST',
        status: 200,
        length: 12,
      },
    })
    expect(got.logsource.category).toEqual(['proxy', 'webserver'])
    expect(got.fields).toMatchObject({
      'cs-method': 'POST',
      'cs-host': 'shop.example',
      'c-uri': 'http://shop.example/a.php?x=1',
      'cs-uri-query': '/a.php?x=1',
      'cs-uri-stem': '/a.php',
      'c-useragent': 'probe/1',
      'cs-user-agent': 'probe/1',
      'sc-status': 200,
      'c-ip': '10.0.0.8',
      dst_ip: '203.0.113.7',
    })
  })

  test.each([
    ['version 2', { type: 'query', rrname: 'a.example', rrtype: 'TXT' }, 'a.example', undefined],
    [
      'version 2 answer',
      { type: 'answer', rrname: 'a.example', rrtype: 'A', answers: [{ rdata: '192.0.2.1' }] },
      'a.example',
      '192.0.2.1',
    ],
    [
      'version 3',
      {
        version: 3,
        queries: [{ rrname: 'a.example', rrtype: 'A' }],
        grouped: { A: ['192.0.2.1', '192.0.2.2'] },
      },
      'a.example',
      ['192.0.2.1', '192.0.2.2'],
    ],
  ])('dns %s', (_, dns, query, answer) => {
    const got = event({ ...EVE, event_type: 'dns', dns })
    expect(got.logsource.category).toEqual(['dns'])
    expect(got.fields.query).toBe(query)
    expect(got.fields.answer).toEqual(answer as never)
    expect(got.pivots.domain).toBe(query)
  })

  test.each([
    ['tls', { tls: { sni: 's.example' } }, { domain: 's.example' }],
    ['fileinfo', { fileinfo: { filename: '/x', sha256: 'ab' } }, { hash: 'ab' }],
    ['flow', { flow: { state: 'closed' } }, { action: 'flow' }],
  ])('%s fills its column', (type, inner, pivots) => {
    expect(event({ ...EVE, event_type: type, ...inner }).pivots).toMatchObject(pivots)
  })

  test('another product’s event_type is not Suricata’s', () => {
    expect(event({ event_type: 'login', timestamp: '2026-11-21T11:00:00Z' }).parser).toBe('json')
    expect(event({ source: 'app', event_type: 'http', timestamp: 'x', http: {} }).parser).toBe(
      'json',
    )
  })
})
