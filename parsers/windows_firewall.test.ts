import { expect, test } from 'bun:test'
import { normalise } from './normalise.ts'

const OPTIONS = {
  received: Date.UTC(2026, 10, 21),
  now: Date.UTC(2026, 10, 21),
  timeZone: 'Europe/Berlin',
}

test.each([
  [
    '2026-11-20 10:11:12 DROP TCP 192.0.2.7 10.0.0.5 50123 445 52 S 1234 0 64240 - - - RECEIVE 4',
    {
      pivots: { action: 'denied', outcome: 'failure', src_port: 50123, dst_port: 445 },
      fields: { action: 'DROP', protocol: 'TCP', tcpflags: 'S', path: 'RECEIVE', pid: 4, size: 52 },
    },
  ],
  [
    '2026-11-20 10:11:12 ALLOW ICMP fe80::1 ff02::16 - - 0 - - - - 143 0 - RECEIVE',
    {
      pivots: { action: 'allowed', outcome: 'success', src_ip: 'fe80::1', dst_ip: 'ff02::16' },
      fields: { icmptype: '143', path: 'RECEIVE' },
    },
  ],
])('%s', (line, expected) => {
  const got = normalise(line, OPTIONS)
  expect(got).toMatchObject({
    parser: 'windows_firewall',
    time: Date.UTC(2026, 10, 20, 9, 11, 12),
    logsource: { product: 'windows', category: ['firewall'], closed: true },
    ...expected,
  })
})

test('an access log with the same beginning is none', () => {
  const line = '2026-11-20 10:11:12 ALLOW of the day is over'
  expect(normalise(line, OPTIONS).parser).toBe('text')
})
