import { expect, test } from 'bun:test'
import { normalise } from './normalise.ts'

const OPTIONS = { received: Date.UTC(2026, 10, 21), now: Date.UTC(2026, 10, 21), timeZone: 'UTC' }
const PACKET = (when: string, rest: string) => `${when} 0F4C PACKET  000000D5F0E1B0D0 ${rest}`

test.each([
  [
    PACKET(
      '11/20/2026 1:11:12 PM',
      'UDP Rcv 10.0.0.5        6b2c   Q [0001   D   NOERROR] A      (3)www(7)example(3)org(0)',
    ),
    Date.UTC(2026, 10, 20, 13, 11, 12),
    {
      fields: {
        query: 'www.example.org',
        record_type: 'A',
        message_type: 'query',
        protocol: 'udp',
      },
      pivots: { src_ip: '10.0.0.5', domain: 'www.example.org' },
    },
  ],
  [
    PACKET(
      '20.11.2026 13:11:12',
      'TCP Snd 2001:db8::5     6b2c R Q [8385 A DR NXDOMAIN] TXT    (4)none(7)example(3)org(0)',
    ),
    Date.UTC(2026, 10, 20, 13, 11, 12),
    {
      fields: { response_code: 'NXDOMAIN', message_type: 'response', direction: 'sent' },
      pivots: { dst_ip: '2001:db8::5', outcome: 'failure' },
    },
  ],
  [
    PACKET('2026-11-20 13:11:12', 'UDP Rcv 10.0.0.9   0a01   Q [0001   D   NOERROR] NS     (0)'),
    Date.UTC(2026, 10, 20, 13, 11, 12),
    { fields: { query: '.', record_type: 'NS' } },
  ],
])('%s', (line, time, expected) => {
  expect(normalise(line, OPTIONS)).toMatchObject({
    parser: 'windows_dns',
    time,
    logsource: { product: 'windows', category: ['dns'] },
    ...expected,
  })
})

test('other lines of the log are none', () => {
  const line = '11/20/2026 1:11:12 PM 0F4C EVENT   The DNS server has started.'
  expect(normalise(line, OPTIONS).parser).toBe('text')
})
