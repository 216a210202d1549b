import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('haproxy', [
  [
    'Nov 20 10:11:12 lb haproxy[9]: 192.0.2.9:51511 [20/Nov/2026:10:11:12.345] www~ app/srv1 0/0/1/12/13 403 512 - - LR-- 5/5/0/0/0 0/0 {example.org|curl} "POST /login?x=1 HTTP/1.1"',
    {
      time: '2026-11-20T10:11:12.345Z',
      pivots: {
        host: 'lb',
        process: 'haproxy',
        src_ip: '192.0.2.9',
        src_port: 51511,
        url: '/login?x=1',
        outcome: 'failure',
      },
      fields: {
        frontend: 'www',
        backend: 'app',
        server: 'srv1',
        'sc-status': 403,
        'cs-method': 'POST',
        'cs-uri-stem': '/login',
        captured_request_headers: 'example.org|curl',
      },
      logsource: { category: ['webserver'] },
    },
  ],
  [
    '192.0.2.9:51511 [20/Nov/2026:10:11:12.345] main app/<NOSRV> -1/-1/1 212 SC 1/1/0/0/0 0/0',
    {
      pivots: { src_port: 51511 },
      fields: { backend: 'app', bytes: 212, termination_state: 'SC' },
    },
  ],
  [
    'Nov 20 10:11:12 lb haproxy[9]: Connect from 192.0.2.9:51511 to 192.0.2.1:80 (www/HTTP)',
    { pivots: { dst_ip: '192.0.2.1', dst_port: 80 } },
  ],
  [
    'Nov 20 10:11:12 lb haproxy[9]: 192.0.2.9:51511 [20/Nov/2026:10:11:12.345] www/1: SSL handshake failure',
    { pivots: { outcome: 'failure' }, fields: { error: 'SSL handshake failure' } },
  ],
  [
    'Nov 20 10:11:12 lb haproxy[9]: 192.0.2.9:51511 [20/Nov/2026:10:11:12.345] www www/<NOSRV> -1/-1/-1/-1/0 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
    { fields: { request: '<BADREQ>', 'sc-status': 400 } },
  ],
])

testLines('haproxy', [
  [
    '192.0.2.9:51511 [20/Nov/2026:10:11:12.345] www~ app/srv1 9/0/0/8/17 200 512 - - --VN 5/5/0/0/0 0/0 {example.org} "GET /a/b?x=1 HTTP/1.1" TLSv1.3 client:"10.0.0.9"',
    {
      pivots: { url: '/a/b?x=1', action: 'GET' },
      fields: { 'cs-version': 'HTTP/1.1', 'cs-uri-stem': '/a/b' },
    },
  ],
  [
    ' 192.0.2.9:51511 [20/Nov/2026:10:11:12.345] www www/ -1/-1/-1/-1/0 503 216 - - SC-- 2/2/0/0/0 0/0 "GET /..\\..\\boot.ini HTTP/1.1" -',
    { pivots: { url: '/..\\..\\boot.ini', outcome: 'failure', src_ip: '192.0.2.9' } },
  ],
  [
    '192.0.2.9:51511 [20/Nov/2026:10:11:12.345] www/1: SSL handshake failure',
    { pivots: { outcome: 'failure', src_port: 51511 } },
  ],
  [
    'Connect from 192.0.2.9:51511 to 192.0.2.1:80 (www/HTTP)',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '192.0.2.1', action: 'connect' } },
  ],
  [
    'Nov 20 10:11:12 - haproxy[9]: Connect from 192.0.2.9:51511 to 192.0.2.1:80 (www/HTTP)',
    { pivots: { dst_port: 80 }, absent: ['host'] },
  ],
])

testRefused('haproxy', ['no line of a balancer'])

const REQUEST = {
  client_ip: '192.0.2.9',
  client_port: 51511,
  frontend_name: 'www~',
  backend_name: 'app',
  server_name: 's1',
  status_code: 404,
  bytes_read: 512,
  http_request: 'GET /a?b=1 HTTP/1.1',
  user_agent: 'curl/8.0',
  time_local: '20/Nov/2026:10:11:12 +0000',
}
const READ = {
  pivots: {
    src_ip: '192.0.2.9',
    src_port: 51511,
    url: '/a?b=1',
    action: 'GET',
    outcome: 'failure',
  },
  fields: {
    frontend: 'www',
    backend: 'app',
    'sc-status': 404,
    'cs-uri-stem': '/a',
    'cs-user-agent': 'curl/8.0',
  },
  logsource: { product: 'haproxy', category: ['webserver'] },
}

testLines('haproxy', [
  [
    JSON.stringify({ ...REQUEST, termination_state: '----' }),
    { ...READ, time: '2026-11-20T10:11:12Z' },
  ],
  [JSON.stringify(REQUEST), READ, 'named'],
  [
    `<134>Nov 20 10:11:12 lb1 haproxy[7]: ${JSON.stringify(REQUEST)}`,
    { ...READ, pivots: { ...READ.pivots, host: 'lb1' } },
  ],
])
