import { describe, expect, test } from 'bun:test'
import { carriedLine } from './carrier.ts'
import { normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (json: object, source?: string) =>
  normalise(JSON.stringify(json), { ...OPTIONS, source })
const LINE = 'Nov 20 10:11:12 gate sshd[9]: Failed password for anna from 203.0.113.7 port 22 ssh2'

describe('shippers’ JSON carries the line', () => {
  test.each([
    ['our envelope', { source: 'fw-edge', host: 'gate', message: LINE }],
    [
      'Filebeat',
      {
        '@timestamp': '2026-11-20T10:11:13Z',
        message: LINE,
        log: { offset: 0 },
        agent: { type: 'filebeat' },
        fields: { env: 'x' },
      },
    ],
    [
      'Logstash',
      {
        '@timestamp': '2026-11-20T10:11:13Z',
        '@version': '1',
        message: LINE,
        host: { name: 'gate' },
      },
    ],
    [
      'Elastic Agent',
      { '@timestamp': '2026-11-20T10:11:13Z', message: 'Failed', event: { original: LINE } },
    ],
    [
      'a line beside an original that was quoted wrongly',
      { message: LINE, event: { original: '{\\"message\\":1}' } },
    ],
    [
      'Vector',
      {
        file: '/var/log/auth.log',
        host: 'gate',
        message: LINE,
        source_type: 'file',
        timestamp: 't',
      },
    ],
    ['Fluent Bit', { '@timestamp': '2026-11-20T10:11:13Z', log: `${LINE}\n` }],
    [
      'Fluent Bit in Kubernetes',
      { log: LINE, stream: 'stderr', time: 't', kubernetes: { pod_name: 'p' } },
    ],
  ])('%s', (_, json) => {
    const got = event(json)
    expect(got).toMatchObject({
      parser: 'linux_auth',
      time: Date.parse('2026-11-20T10:11:12Z'),
      pivots: { host: 'gate', user: 'anna', src_ip: '203.0.113.7', outcome: 'failure' },
    })
  })

  test('the sender’s label stays, and what it says stands beside the line', () => {
    const got = event({ message: LINE, host: 'x', fields: { site: 'eu' } }, 'edge')
    expect(got).toMatchObject({ source: 'edge', parser: 'linux_auth', fields: { site: 'eu' } })
  })

  test('a line of JSON too', () => {
    const eve = {
      timestamp: '2026-11-20T10:11:12Z',
      event_type: 'dns',
      flow_id: 1,
      dns: { rrname: 'a' },
    }
    const got = event({
      '@timestamp': '2026-11-20T10:11:13Z',
      message: JSON.stringify(eve),
      agent: {},
    })
    expect(got).toMatchObject({ parser: 'suricata', time: Date.parse('2026-11-20T10:11:12Z') })
  })
})

describe('an event of its own stays', () => {
  test.each([
    [{ message: 'anna did something', host: 'h' }],
    [{ message: 'user=anna action=login', host: 'h' }],
    [{ message: LINE, orderId: 7 }],
    [{ log: LINE }],
  ])('%j', (json) => {
    expect(event(json).parser).toBe('json')
  })

  test('one key that no shipper writes is enough', () => {
    expect(carriedLine({ message: LINE })).toBe(LINE)
    expect(carriedLine({ message: LINE, orderId: 7 })).toBeUndefined()
  })
})
