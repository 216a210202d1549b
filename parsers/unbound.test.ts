import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('unbound', [
  [
    '[1795169472] unbound[811:0] info: 192.0.2.9 www.example.org. A IN NOERROR 0.001234 0 61',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { src_ip: '192.0.2.9', domain: 'www.example.org', outcome: 'success' },
      fields: {
        query: 'www.example.org',
        record_type: 'A',
        response_code: 'NOERROR',
        reply_bytes: 61,
      },
      logsource: { category: ['dns'] },
    },
  ],
  [
    'Nov 20 10:11:12 ns unbound[811]: [811:1] info: 2001:db8::9 www.example.org. AAAA IN',
    { pivots: { host: 'ns', src_ip: '2001:db8::9' }, fields: { record_type: 'AAAA' } },
  ],
  ['[811:1] info: 192.0.2.9 www.example.org. A IN', { pivots: { src_ip: '192.0.2.9' } }],
  [
    'Nov 20 10:11:12 ns unbound: [811:1] info: ads.example. always_nxdomain 192.0.2.9@51511 ads.example. A IN',
    {
      pivots: { src_ip: '192.0.2.9', src_port: 51511, action: 'always_nxdomain' },
      fields: { query: 'ads.example' },
    },
  ],
  [
    'Nov 20 10:11:12 ns unbound: [811:1] info: rpz: applied [block] bad.example. rpz-nxdomain 192.0.2.9@51511 bad.example. A IN',
    { fields: { local_zone: 'block', query: 'bad.example' } },
  ],
  [
    'Nov 20 10:11:12 ns unbound[811]: [811:0] notice: init module 0: validator',
    { logsource: { category: [] } },
  ],
  [
    'Nov 20 10:11:12 ns unbound: [811:0] info: validation failure <bad.example. A IN>: signature expired from 198.51.100.7',
    {
      pivots: { domain: 'bad.example', outcome: 'failure', dst_ip: '198.51.100.7' },
      fields: { record_type: 'A', reason: 'signature expired' },
    },
  ],
])

testRefused('unbound', ['no line of a resolver'])

testLines('unbound', [
  [
    '1795169472 unbound[1234:0] info: 192.0.2.9 www.example.org. A IN',
    { time: '2026-11-20T10:11:12Z', pivots: { src_ip: '192.0.2.9', domain: 'www.example.org' } },
  ],
  [
    'Nov 20 10:11:12 unbound[1234:0] info: 192.0.2.9 www.example.org. A IN',
    { time: '2026-11-20T10:11:12Z', pivots: { src_ip: '192.0.2.9', domain: 'www.example.org' } },
  ],
  [
    'Nov 20 10:11:12 gw1 unbound[1234]: [1234:0] error: SERVFAIL <www.example.org. A IN>: all servers for this domain failed, at zone example.org.',
    {
      pivots: { domain: 'www.example.org', outcome: 'failure', severity: 'medium' },
      fields: { response_code: 'SERVFAIL', record_type: 'A' },
    },
  ],
])
