import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('bind', [
  [
    '20-Nov-2026 10:11:12.345 queries: info: client @0x7f01 192.0.2.9#53211 (www.example.org): view internal: query: www.example.org IN AAAA +E(0)K (192.0.2.53)',
    {
      time: '2026-11-20T10:11:12.345Z',
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 53211,
        dst_ip: '192.0.2.53',
        domain: 'www.example.org',
      },
      fields: { query: 'www.example.org', record_type: 'AAAA', view: 'internal' },
      logsource: { product: 'bind', category: ['dns'] },
    },
  ],
  [
    "Nov 20 10:11:12 ns1 named[811]: client @0x7f01 2001:db8::9#53211 (example.net): query (cache) 'example.net/ANY/IN' denied",
    {
      pivots: { host: 'ns1', src_ip: '2001:db8::9', outcome: 'failure' },
      fields: { query: 'example.net', record_type: 'ANY', action: 'denied' },
    },
  ],
  [
    'client 192.0.2.9#53211: query: example.org IN A +',
    { pivots: { src_ip: '192.0.2.9' }, fields: { query: 'example.org', record_type: 'A' } },
  ],
  [
    "20-Nov-2026 10:11:12.345 security: error: client @0x7f01 192.0.2.9#53211 (example.org): zone transfer 'example.org/AXFR/IN' denied",
    {
      pivots: { outcome: 'failure', severity: 'medium' },
      fields: { record_type: 'AXFR', operation: 'zone transfer' },
    },
  ],
  [
    'Nov 20 10:11:12 ns1 named[811]: query-errors: info: client @0x7f01 192.0.2.9#53211 (example.org): query failed (SERVFAIL) for example.org/IN/A at query.c:5678',
    { fields: { response_code: 'SERVFAIL', record_type: 'A' } },
  ],
  [
    'Nov 20 10:11:12 ns1 named[811]: zone example.org/IN: loaded serial 7',
    { logsource: { category: [], service: ['bind', 'named', 'syslog'] } },
  ],
  [
    "20-Nov-2026 10:11:12.372 error: client 192.0.2.9#52115: zone transfer 'example.org/AXFR/IN' denied",
    { pivots: { src_ip: '192.0.2.9', outcome: 'failure' }, fields: { level: 'error' } },
  ],
  [
    "Nov 20 10:11:12 ns1 named[811]: client @0x7f01 192.0.2.9#53211 (example.org): bad zone transfer request: 'example.org/IN': non-authoritative zone (NOTAUTH)",
    { pivots: { outcome: 'failure', action: 'bad zone transfer request' } },
  ],
  [
    '<174>1 2026-11-20T10:11:12+01:00 ns1 named 811 - -  info: client 192.0.2.9#53211 (example.org): query: example.org IN A + (198.51.100.7)',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7', domain: 'example.org', host: 'ns1' } },
  ],
])

testRefused('bind', ['no line of a name server'])

testLines('bind', [
  [
    'client @0xfc886160 192.0.2.9#54298 (www.example.org): answer: www.example.org IN HTTPS +EDC (198.51.100.7) -> NOERROR',
    {
      pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7', action: 'answer', outcome: 'success' },
      fields: { query: 'www.example.org', record_type: 'HTTPS', response_code: 'NOERROR' },
    },
  ],
  [
    "timed out resolving 'www.example.org/A/IN': 198.51.100.7#53",
    {
      pivots: { dst_ip: '198.51.100.7', dst_port: 53, outcome: 'failure', action: 'resolve' },
      fields: { query: 'www.example.org', record_type: 'A', record_class: 'IN' },
    },
    'named',
  ],
  [
    "Nov 20 10:11:12 ns named[7]: success resolving 'www.example.org/A' after disabling qname minimization due to 'ncache nxdomain'",
    { pivots: { host: 'ns', outcome: 'success' }, fields: { query: 'www.example.org' } },
  ],
  [
    "Nov 20 10:11:12 ns named[7]: transfer of 'example.org/IN' from 192.0.2.1#53: Transfer completed: 1 messages, 26 records, 820 bytes, 0.001 secs (820000 bytes/sec) (serial 39)",
    { pivots: { src_ip: '192.0.2.1', outcome: 'success' }, fields: { zone: 'example.org' } },
  ],
])

testLines('bind', [
  [
    '<30>Nov 20 10:11:12 ns1 named[7]: client 192.0.2.9#51511 UDP: query: www.example.org IN A response: NOERROR +AED www.example.org. 60 IN CNAME a.example.org.; a.example.org. 60 IN A 198.51.100.7',
    {
      pivots: {
        src_ip: '192.0.2.9',
        domain: 'www.example.org',
        action: 'answer',
        outcome: 'success',
      },
      fields: {
        record_type: 'A',
        answer: 'a.example.org., 198.51.100.7',
        response_code: 'NOERROR',
      },
    },
  ],
  [
    'client 192.0.2.9#51511 TCP: query: gone.example.org IN A response: NXDOMAIN +ED',
    { pivots: { domain: 'gone.example.org', outcome: 'failure' } },
  ],
  [
    '<30>Nov 20 10:11:12 ns1 named[7]: client @0x7f1a9b54aaaa 192.0.2.9#41959 (www.example.org): view Recursion View: query: www.example.org IN A +E(0)DV (192.0.2.53)',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '192.0.2.53' }, fields: { view: 'Recursion View' } },
  ],
  [
    '<30>Nov 20 10:11:12 ns1 named[7]: client s@0x7f2c1c8adddd 192.0.2.9#32925 (www.example.org): view Recursion View: query failed (SERVFAIL) for www.example.org/IN/A at query.c:8678',
    { pivots: { src_ip: '192.0.2.9', domain: 'www.example.org', outcome: 'failure' } },
  ],
])
