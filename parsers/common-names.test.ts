import { expect, test } from 'bun:test'
import { NOW } from '../test/support/parser-lines.ts'
import { normalise } from './normalise.ts'

const parseAny = (text: string) => normalise(text, { now: NOW, received: NOW, timeZone: 'UTC' })

const AT = '2026-11-20T10:11:12Z'

test.each([
  ['Timestamp', AT],
  ['createdDateTime', AT],
  ['activityDateTime', AT],
  ['receivedDateTime', AT],
  ['CreationTime', AT],
  ['created', AT],
  ['date_create', 1_795_169_472],
  ['log_time', AT],
  ['occurred_at', AT],
  ['@t', AT],
  ['asctime', '2026-11-20 10:11:12,000'],
  ['time_iso8601', '2026-11-20T11:11:12+01:00'],
  ['t', { $date: AT }],
] as const)('the time of JSON under %s', (name, value) => {
  const event = parseAny(JSON.stringify({ [name]: value, x: 1 }))
  expect(new Date(event.time).toISOString()).toBe('2026-11-20T10:11:12.000Z')
})

test('an event time wins over when a thing was created', () => {
  const event = parseAny(JSON.stringify({ created: '2020-01-01T00:00:00Z', timestamp: AT }))
  expect(new Date(event.time).toISOString()).toBe('2026-11-20T10:11:12.000Z')
})

test.each([
  [
    { sourceIp: '192.0.2.4', destIp: '198.51.100.7' },
    { src_ip: '192.0.2.4', dst_ip: '198.51.100.7' },
  ],
  [
    { context: { ip_address: '192.0.2.4' }, actor: { user: { email: 'anna@example.org' } } },
    { src_ip: '192.0.2.4', user: 'anna@example.org' },
  ],
  [
    { clientAddress: '192.0.2.4', sourcePort: '5000', destinationPort: 443 },
    { src_ip: '192.0.2.4', src_port: 5000, dst_port: 443 },
  ],
  [
    { callerIpAddress: '192.0.2.4', userPrincipalName: 'anna@example.org' },
    { src_ip: '192.0.2.4', user: 'anna@example.org' },
  ],
  [{ actor: { email: 'anna@example.org' } }, { user: 'anna@example.org' }],
  [
    { user_email: 'anna@example.org', machineName: 'pc1' },
    { user: 'anna@example.org', host: 'pc1' },
  ],
  [
    { requestUrl: 'https://example.org/a', MachineName: 'pc1' },
    { url: 'https://example.org/a', host: 'pc1' },
  ],
  [
    { ActionType: 'LogonFailed', DeviceName: 'pc1' },
    { action: 'LogonFailed', host: 'pc1' },
  ],
  [
    { EventName: 'login', event_outcome: 'failure' },
    { action: 'login', outcome: 'failure' },
  ],
  [
    { qname: 'example.org', src_addr: '192.0.2.4', dst_addr: '192.0.2.5' },
    { domain: 'example.org', src_ip: '192.0.2.4', dst_ip: '192.0.2.5' },
  ],
] as const)('columns of %j', (json, columns) => {
  const event = parseAny(JSON.stringify(json))
  expect({ ...event.pivots }).toMatchObject(columns)
})
