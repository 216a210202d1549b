import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('squid', [
  [
    '1795169472.123    180 192.0.2.9 TCP_TUNNEL/200 3120 CONNECT mail.example.org:443 anna HIER_DIRECT/198.51.100.7 -',
    {
      time: '2026-11-20T10:11:12.123Z',
      pivots: {
        src_ip: '192.0.2.9',
        dst_ip: '198.51.100.7',
        dst_port: 443,
        user: 'anna',
        domain: 'mail.example.org',
        outcome: 'success',
      },
      fields: {
        'cs-method': 'CONNECT',
        'c-uri': 'mail.example.org:443',
        'sc-status': 200,
        'sc-bytes': 3120,
        'time-taken': 180,
      },
      logsource: { category: ['proxy'] },
    },
  ],
  [
    'Nov 20 10:11:13 px (squid-1)[7]: 1795169472.123 5 192.0.2.9 TCP_DENIED/403 3891 GET http://example.org/a.zip?x=1 - HIER_NONE/- text/html',
    {
      time: '2026-11-20T10:11:12.123Z',
      pivots: { host: 'px', outcome: 'failure', url: 'http://example.org/a.zip?x=1' },
      fields: {
        'c-uri-query': 'x=1',
        'c-uri-stem': '/a.zip',
        'c-uri-extension': 'zip',
        'cs-host': 'example.org',
      },
    },
  ],
  [
    '192.0.2.9 - anna [20/Nov/2026:10:11:12 +0000] "GET http://example.org/a HTTP/1.1" 200 3891 "-" "curl/8.0" TCP_MISS:HIER_DIRECT',
    { fields: { 'c-useragent': 'curl/8.0', cache_result: 'TCP_MISS:HIER_DIRECT' } },
  ],
  [
    '1795169472.250    104 192.0.2.9 58938 TCP_MISS/200 904 123 364 123 528 GET http://example.org/a 1.1 anna HIER_DIRECT/198.51.100.7 8080 text/html - - "http://b.example/" "curl/8.0" "example.org" "10.0.0.9" 53 -',
    {
      pivots: { user: 'anna', src_port: 58938, dst_ip: '198.51.100.7', dst_port: 8080 },
      fields: {
        'c-uri': 'http://example.org/a',
        'cs-uri': 'http://example.org/a',
        'cs-uri-stem': '/a',
        'c-useragent': 'curl/8.0',
        'cs-referer': 'http://b.example/',
        'x-forwarded-for': '10.0.0.9',
        'sc-bytes': 904,
        content_type: 'text/html',
      },
    },
  ],
  [
    '1795169472.250    104 192.0.2.9 58948 TCP_TUNNEL/200 28854 2051 39 120 - CONNECT example.org:443 1.1 - HIER_NONE/- - - - - "-" "-" "example.org:443" "-" 37 -',
    { pivots: { src_port: 58948, dst_port: 443, domain: 'example.org' } },
  ],
  [
    '1795169472.250      3 192.0.2.9 TCP_REFRESH_MISS/200 2014 GET http://example.org/a.txt anna DIRECT/www.example.org text/plain 902351708.872',
    { pivots: { user: 'anna' }, fields: { dst_host: 'www.example.org' } },
  ],
])

testLines('squid', [
  [
    '1795169472.250      0 192.0.2.9 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- - "-" "-"',
    {
      pivots: { src_ip: '192.0.2.9', outcome: 'failure' },
      fields: { reason: 'transaction-end-before-headers' },
      absent: ['action', 'url', 'c-uri'],
    },
  ],
  [
    '1795169472.250   5007 192.0.2.9 TCP_MISS_ABORTED/000 0 GET http://example.org/ - HIER_DIRECT/198.51.100.7 -',
    { pivots: { dst_ip: '198.51.100.7', outcome: 'failure' }, fields: { 'sc-status': 0 } },
  ],
  [
    '192.0.2.9 - - [20/Nov/2026:10:11:12 +0000] "- error:transaction-end-before-headers NONE/0.0" 0 0 "-" "-" NONE_NONE:HIER_NONE',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { src_ip: '192.0.2.9', outcome: 'failure' },
      fields: { reason: 'transaction-end-before-headers', cache_result: 'NONE_NONE:HIER_NONE' },
    },
  ],
  [
    '2026/11/20 10:11:12 kid1| Accepting HTTP Socket connections at conn3 local=[::]:3128 remote=[::] FD 11 flags=9',
    {
      time: '2026-11-20T10:11:12Z',
      message:
        'Accepting HTTP Socket connections at conn3 local=[::]:3128 remote=[::] FD 11 flags=9',
      fields: { kid: 'kid1' },
      logsource: { product: 'squid', category: [] },
    },
  ],
  [
    '1795169472.250      0 192.0.2.9 UDP_HIT/000 0 ICP_QUERY http://example.org/ - HIER_NONE/- -',
    { pivots: { outcome: 'success' } },
  ],
  ['2026/11/20 10:11:12| Starting Squid Cache version 6.6', { time: '2026-11-20T10:11:12Z' }],
])

const OPNSENSE = {
  '@timestamp': '2026-11-20T10:11:12+0000',
  ...{ ecs: { version: '1.0.0' }, service: { name: 'proxy', type: 'squid' } },
  host: { hostname: '192.0.2.9' },
  http: {
    ...{ request: { method: 'GET' }, version: '1.1' },
    response: { bytes: 3162, body: { status_code: 403 } },
  },
  ...{ source: { ip: '192.0.2.9' }, user: { name: 'anna' }, user_agent: { original: 'curl/8' } },
  event: { duration: '40', dataset: 'squid.access' },
  message: 'GET http://example.org/a.txt HTTP/1.1',
  url: { original: 'http://example.org/a.txt' },
  labels: { request_status: 'TCP_DENIED', hierarchy_status: 'HIER_NONE' },
}

testLines('squid', [
  [
    `<166>Nov 20 10:11:13 gate (squid-1)[6802]: ${JSON.stringify(OPNSENSE)}`,
    {
      time: '2026-11-20T10:11:12Z',
      logsource: { product: 'squid', category: ['proxy'] },
      pivots: {
        ...{ user: 'anna', src_ip: '192.0.2.9', domain: 'example.org', outcome: 'failure' },
        ...{ host: 'gate', url: 'http://example.org/a.txt' },
      },
      fields: { 'sc-status': 403, 'c-useragent': 'curl/8', 'c-uri-stem': '/a.txt' },
    },
  ],
  [
    JSON.stringify({ ...OPNSENSE, source: {}, user: {} }),
    {
      absent: ['c-ip', 'src_ip', 'cs-username'],
      fields: { 'cs-method': 'GET', cache_result: 'TCP_DENIED' },
    },
  ],
])

testRefused('squid', ['no line of a proxy'])

testLines('squid', [
  [
    '<13>Nov 20 10:11:12 wsa1 accesslogs: Info: 1795169472.123 6 192.0.2.9 TCP_MISS/204 4525 POST http://example.com/a anna DIRECT/www.example.net image/jpeg DEFAULT_CASE <nc,3.0>',
    { pivots: { host: 'wsa1', src_ip: '192.0.2.9', user: 'anna', url: 'http://example.com/a' } },
  ],
])
