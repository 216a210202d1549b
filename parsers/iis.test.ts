import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('iis', [
  [
    '2026-11-20 10:11:12 192.0.2.1 GET /shell.aspx cmd=whoami 443 CORP\\anna 192.0.2.9 Mozilla/5.0+(X11) - 500 0 0 15',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        user: 'anna',
        src_ip: '192.0.2.9',
        dst_ip: '192.0.2.1',
        dst_port: 443,
        url: '/shell.aspx?cmd=whoami',
        action: 'GET',
        outcome: 'failure',
      },
      fields: {
        'cs-uri-stem': '/shell.aspx',
        'cs-uri-query': '/shell.aspx?cmd=whoami',
        'c-uri-query': 'cmd=whoami',
        'cs-user-agent': 'Mozilla/5.0 (X11)',
        'sc-status': 500,
        'time-taken': 15,
      },
      logsource: { category: ['webserver'], service: ['iis'] },
    },
  ],
  [
    '2026-11-20 10:11:12 W3SVC1 WEB1 ::1%0 GET / - 80 - ::1%0 HTTP/1.1 curl/8.0 - - example.org 200 0 0 1 2 3',
    {
      pivots: { host: 'WEB1', domain: 'example.org', src_ip: '::1' },
      fields: { 'cs-version': 'HTTP/1.1', 'sc-bytes': 1 },
    },
  ],
  [
    '2026-11-20 10:11:12 W3SVC1 192.0.2.1 GET / - 80 - 192.0.2.9 Mozilla/5.0 200 0 0',
    { fields: { 's-sitename': 'W3SVC1' }, absent: ['host', 's-computername'] },
  ],
  [
    '2026-11-20 10:11:12 192.0.2.9 51511 192.0.2.1 443 HTTP/1.1 GET /a 400 - URL -',
    {
      pivots: { src_ip: '192.0.2.9', src_port: 51511, dst_port: 443 },
      fields: { 's-reason': 'URL' },
      logsource: { category: [] },
    },
  ],
  [
    '2026-11-20 10:11:12 192.0.2.9 anna 192.0.2.1 21 ControlChannelClosed - - 0 0 0b6ad3a2-68d2-461c-a95b-d92ad1e8af15 -',
    {
      pivots: { src_ip: '192.0.2.9', dst_ip: '192.0.2.1', dst_port: 21, user: 'anna' },
      fields: { 'cs-method': 'ControlChannelClosed' },
    },
  ],
  [
    '2026-11-20 10:11:12 mail01 192.0.2.1 POST /EWS/Exchange.asmx - 443 CORP\\anna 192.0.2.9 OC/16.0 - 200 0 0 52 10.0.0.9',
    {
      pivots: { host: 'mail01', user: 'anna', src_ip: '192.0.2.9' },
      fields: { 's-computername': 'mail01', 'x-forwarded-for': '10.0.0.9' },
    },
  ],
])

testRefused('iis', ['2026-11-20 10:11:12 words'])

testLines('iis', [
  [
    '2026-11-20 10:11:12 192.0.2.1 GET /a.jpg x=1 80 anna 192.0.2.9 Mozilla/4.0+(compatible) 404 0 2 123',
    {
      pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure', url: '/a.jpg?x=1' },
      fields: { 'sc-status': 404, 'sc-win32-status': 2, 'time-taken': 123 },
      absent: ['cs-referer'],
    },
  ],
  [
    '2026-11-20 10:11:12 192.0.2.1 GET /a.jpg ?x=1 80 - 192.0.2.9 Mozilla/4.0 - 200 0 0 123',
    { pivots: { url: '/a.jpg?x=1' }, fields: { 'c-uri-query': '?x=1' } },
  ],
])

testLines('iis', [
  [
    '192.0.2.9, CORP\\anna, 11/20/2026, 9:11:12, W3SVC1, WEB1, 192.0.2.1, 2, 769, 143, 404, 2, GET, /a.aspx, x=1, 2,',
    {
      time: '2026-11-20T09:11:12Z',
      pivots: {
        host: 'WEB1',
        user: 'anna',
        src_ip: '192.0.2.9',
        dst_ip: '192.0.2.1',
        url: '/a.aspx?x=1, 2',
        action: 'GET',
        outcome: 'failure',
      },
      fields: { 'sc-status': 404, 'cs-bytes': 769, 'sc-bytes': 143, 'time-taken': 2 },
    },
  ],
  [
    '::1, -, 20/11/26, 10:11:12, W3SVC1, WEB1, ::1, 2, 769, 143, 304, 0, GET, /, -,',
    { time: '2026-11-20T10:11:12Z', pivots: { src_ip: '::1', url: '/', outcome: 'success' } },
  ],
])

testRefused('iis', ['abc, -, 11/20/2026, 9:11:12, W3SVC1, WEB1, 192.0.2.1, 2'])
