import { expect, test } from 'bun:test'
import { normalise } from './normalise.ts'

const OPTIONS = {
  received: Date.UTC(2026, 10, 21),
  now: Date.UTC(2026, 10, 21),
  timeZone: 'America/New_York',
}

test.each([
  [
    '10,11/20/26,10:11:12,Assign,192.0.2.40,pc7.example.org,020000AABBCC,,3327778676,0,,,,0x4D53,MSFT 5.0,,,,0',
    {
      message: 'Assign',
      pivots: { action: 'lease assigned', outcome: 'success', src_ip: '192.0.2.40' },
      fields: { hostname: 'pc7.example.org', mac: '020000AABBCC', vendor_class: 'MSFT 5.0' },
    },
  ],
  [
    '31,11/20/26,10:11:12,DNS Update Failed,192.0.2.41,pc8.example.org,,,0,6,,,,,,,,,9005',
    {
      pivots: { action: 'dns update failed', outcome: 'failure' },
      fields: { dns_reg_error: '9005' },
    },
  ],
  [
    '11002,11/20/26,10:11:12,DHCPV6 Request,2001:db8::7,pc9,,18,0004A34473BF,,,,',
    { pivots: { action: 'request', src_ip: '2001:db8::7' }, fields: { duid: '0004A34473BF' } },
  ],
  ['00,11/20/26,10:11:12,Started,,,', { pivots: { action: 'log started' }, fields: { id: '00' } }],
])('%s', (line, expected) => {
  expect(normalise(line, OPTIONS)).toMatchObject({
    parser: 'windows_dhcp',
    time: Date.UTC(2026, 10, 20, 15, 11, 12),
    logsource: { product: 'windows', category: ['dhcp'] },
    ...expected,
  })
})

test('a row of another table is none', () => {
  expect(normalise('10,11/20/26,ten,Assign,192.0.2.40,x', OPTIONS).parser).toBe('text')
})
