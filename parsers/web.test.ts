import { describe, expect, test } from 'bun:test'
import { testLines } from '../test/support/parser-lines.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (text: string, source?: string) => normalise(text, { ...OPTIONS, source })

const REQUEST = '"GET /shop/item.php?id=1%27+OR+1=1 HTTP/1.1" 404 512'
const HEAD = '203.0.113.7 - anna [21/Nov/2026:10:00:00 +0100]'
const COMBINED = `${HEAD} ${REQUEST} "https://example.com/" "probe/1.0 (\\"x\\")"`

describe('access lines', () => {
  test.each([
    ['common', `${HEAD} ${REQUEST}`, undefined, 'webserver'],
    ['combined', COMBINED, undefined, 'webserver'],
    ['combined, nginx’ main format', `${COMBINED} "198.51.100.4"`, undefined, 'nginx'],
    [
      'Kubernetes’ ingress',
      `${COMBINED} 89 0.001 [shop-80] [] 10.0.0.5:80 5 0.0 200 a1`,
      undefined,
      'nginx',
    ],
    ['virtual host in front', `shop.example.com:443 ${COMBINED}`, undefined, 'apache'],
    ['a virtual host without a port', `shop.example.com ${COMBINED}`, undefined, 'webserver'],
    ['a column of its own', `${HEAD} "-" ${REQUEST}`, undefined, 'webserver'],
    ['named nginx', COMBINED, 'nginx', 'nginx'],
    ['named apache', COMBINED, 'apache', 'apache'],
    ['the group web', COMBINED, 'web', 'webserver'],
    ['nginx over syslog', `<190>Nov 21 09:00:00 web-1 nginx: ${COMBINED}`, undefined, 'nginx'],
    ['httpd over syslog', `Nov 21 09:00:00 web-1 httpd[7]: ${COMBINED}`, undefined, 'apache'],
  ])('%s', (_, line, source, parser) => {
    const got = event(line, source)
    expect(got).toMatchObject({
      parser,
      time: Date.parse('2026-11-21T09:00:00Z'),
      fields: {
        'c-ip': '203.0.113.7',
        'cs-username': 'anna',
        'cs-method': 'GET',
        'cs-uri-query': '/shop/item.php?id=1%27+OR+1=1',
        'cs-uri-stem': '/shop/item.php',
        'cs-version': 'HTTP/1.1',
        'sc-status': 404,
        'sc-bytes': 512,
      },
      pivots: {
        src_ip: '203.0.113.7',
        user: 'anna',
        url: '/shop/item.php?id=1%27+OR+1=1',
        action: 'GET',
        outcome: 'failure',
      },
      logsource: { category: ['webserver'], closed: true },
    })
    if (line.includes('probe')) {
      expect(got.fields).toMatchObject({
        'cs-referer': 'https://example.com/',
        'cs-user-agent': 'probe/1.0 ("x")',
      })
    }
    if (line.includes('web-1')) expect(got.pivots.host).toBe('web-1')
    if (line.startsWith('shop.example.com:')) {
      expect(got.fields['cs-host']).toBe('shop.example.com:443')
      expect(got.pivots.host).toBe('shop.example.com')
    }
  })

  test.each([
    ['"-" 408 0', { request: '-', 'sc-status': 408 }],
    ['"\\x16\\x03\\x01" 400 157', { request: '\\x16\\x03\\x01' }],
    ['"GET /a b HTTP/1.1" 200 -', { 'cs-uri-query': '/a b' }],
    ['"GET /old" 200 3', { 'cs-uri-query': '/old' }],
    ['"GET http://h.example/p?q HTTP/1.0" 200 3', { 'cs-uri-stem': '/p' }],
    ['"PROPFIND / HTTP/1.1" 207 3', { 'cs-method': 'PROPFIND' }],
  ])('request %s', (rest, fields) => {
    expect(event(`203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] ${rest}`)).toMatchObject({
      parser: 'webserver',
      fields,
    })
  })

  test.each([
    '203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1',
    '203.0.113.7 - - [yesterday] "GET / HTTP/1.1" 200 1',
    'some text - - [21/Nov/2026:10:00:00 +0000] x',
  ])('%s is none', (line) => {
    expect(event(line).parser).toBe('text')
    expect(event(line, 'nginx')).toMatchObject({ parser: 'unparsed', raw: line })
  })
})

test('nginx error lines', () => {
  const got = event(
    '2026/11/21 10:00:00 [crit] 120#121: *77 open() "/x" failed (13: Permission denied), client: 203.0.113.7, server: example.com, request: "GET /x HTTP/1.1", host: "example.com", referrer: "http://a/"',
  )
  expect(got).toMatchObject({
    parser: 'nginx',
    time: Date.parse('2026-11-21T10:00:00Z'),
    logsource: { category: [], service: ['nginx'] },
    fields: { pid: 120, connection: '77', client: '203.0.113.7', host: 'example.com' },
    pivots: { src_ip: '203.0.113.7', url: '/x', severity: 'high' },
  })
  expect(
    event('2026/11/21 10:00:00 [alert] 1#1: worker process 9 exited on signal 11'),
  ).toMatchObject({
    parser: 'nginx',
    message: 'worker process 9 exited on signal 11',
  })
})

test.each([
  '[Sat Nov 21 10:00:00.123456 2026] [core:error] [pid 9:tid 140] [client 203.0.113.7:5151] AH00124: too many redirects',
  '[Sat Nov 21 10:00:00 2026] [error] [client 203.0.113.7] AH00124: too many redirects',
])('apache error line %s', (line) => {
  expect(event(line)).toMatchObject({
    parser: 'apache',
    message: 'AH00124: too many redirects',
    fields: { level: 'error', code: 'AH00124' },
    pivots: { src_ip: '203.0.113.7', severity: 'medium' },
    logsource: { category: [], service: ['apache'] },
  })
})

testLines('apache', [
  [
    '[security2:error] [pid 11852:tid 403684] [client 192.0.2.9:35323] ModSecurity: Warning. [id "973338"] [hostname "shop.example.com"] [uri "/a.aspx"]',
    { pivots: { src_ip: '192.0.2.9', src_port: 35323, url: '/a.aspx' } },
  ],
  [
    '[error] [client 192.0.2.9] File does not exist: /var/www/html/default.ida',
    {
      message: 'File does not exist: /var/www/html/default.ida',
      pivots: { src_ip: '192.0.2.9', severity: 'medium' },
    },
  ],
  [
    ' [Fri Nov 20 10:11:12.072780 2026] [ssl:info] [pid 12596] [client 192.0.2.9:57535] AH01964: Connection to child 114 established (server shop.example.com:443)',
    { time: '2026-11-20T10:11:12.072Z', pivots: { src_ip: '192.0.2.9', src_port: 57535 } },
  ],
  [
    '[Fri Nov 20 10:11:12.643358 2026] [ssl:info] [pid 24237] (70014)End of file found: [client 192.0.2.9 :42114] AH01991: SSL input filter read failed.',
    { pivots: { src_ip: '192.0.2.9', src_port: 42114 }, fields: { code: 'AH01991' } },
  ],
  [
    '[Fri Nov 20 10:11:12.056862 2026] [:error] [pid 22:tid 14] [client 192.0.2.9:53375] [client 192.0.2.9] ModSecurity: Access denied with code 403 (phase 2). Match of "rx ^GET$" against "REQUEST_METHOD" required. [file "/etc/x.conf"] [line "36"] [id "911100"] [msg "Method is not allowed"] [severity "CRITICAL"] [hostname "shop.example.com"] [uri "/admin.php"] [unique_id "aX1"]',
    {
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 53375,
        url: '/admin.php',
        domain: 'shop.example.com',
        action: 'denied',
        outcome: 'failure',
      },
      fields: { rule_id: '911100', rule_message: 'Method is not allowed' },
    },
  ],
])

testLines('apache', [
  [
    '[20/Nov/2026:10:11:12 +0000] 192.0.2.9 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET /a?b HTTP/1.1" 1375',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { src_ip: '192.0.2.9', url: '/a?b' },
      fields: { 'cs-method': 'GET', 'sc-bytes': 1375 },
    },
  ],
  [
    '[Fri Nov 20 10:11:12.123456 2026] [auth_basic:error] [pid 9] [client 192.0.2.9:5151] AH01617: user anna: authentication failure for "/admin": Password Mismatch, referer: http://a.example/',
    {
      pivots: { user: 'anna', outcome: 'failure', src_ip: '192.0.2.9' },
      fields: { referer: 'http://a.example/' },
    },
  ],
])

testLines('nginx', [
  [
    '[20/Nov/2026:10:11:12 +0000] - 403 403 - GET https a.example "/admin" [Client 192.0.2.9] [Length 548] [Gzip 1.95] [Sent-to web1] "curl/8.0" "-"',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { src_ip: '192.0.2.9', url: '/admin', host: 'a.example', outcome: 'failure' },
      fields: { 'sc-status': 403, 'cs-user-agent': 'curl/8.0' },
    },
  ],
  [
    '2026/11/20 10:11:12 [error] 1#2: *3 user "anna": password mismatch, client: 192.0.2.9, server: s, request: "GET / HTTP/1.1", host: "a.example"',
    { pivots: { user: 'anna', outcome: 'failure', domain: 'a.example' } },
  ],
  [
    'a.example 10.0.0.2, 198.51.100.7, 10.0.0.1 - anna [20/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.0"',
    { pivots: { src_ip: '198.51.100.7', user: 'anna', host: 'a.example' } },
    'named',
  ],
  [
    'a.example:8443 "10.0.0.2, 198.51.100.7" 10.0.0.1 - - [20/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.0"',
    { pivots: { src_ip: '198.51.100.7', dst_port: 8443 } },
    'named',
  ],
])

const REST = '[20/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5'

describe('heads and tails of other formats', () => {
  test.each([
    [`a.example:80 unix: - - ${REST}`, { 'cs-host': 'a.example:80', 'c-ip': 'unix:' }, {}],
    [`a.example localhost - anna ${REST}`, { 'c-ip': 'localhost' }, { user: 'anna' }],
    [`a.example proxy, localhost - - ${REST}`, { 'c-ip': 'proxy', 'cs-host': 'a.example' }, {}],
    [`192.0.2.9:80 - - ${REST}`, { 'c-ip': '192.0.2.9:80' }, { src_ip: '192.0.2.9' }],
    [`192.0.2.9 - a b ${REST}`, { 'cs-username': 'a b' }, { src_ip: '192.0.2.9', user: 'a b' }],
    [
      `lb - - ${REST} 3413 "http://b.example/" "curl/8" X-Forwarded-For="192.0.2.9, 10.0.0.1"`,
      {
        'cs-referer': 'http://b.example/',
        'cs-user-agent': 'curl/8',
        'x-forwarded-for': '192.0.2.9, 10.0.0.1',
      },
      { src_ip: '192.0.2.9' },
    ],
  ])('%s', (line, fields, pivots) => {
    expect(event(line, 'apache')).toMatchObject({ parser: 'apache', fields, pivots })
    expect(event(line, 'nginx').fields).toMatchObject(fields)
  })

  test('a name that a client asks for is no user', () => {
    const line = (text: string) => `[Fri Nov 20 10:11:12 2026] [error] [client 192.0.2.9] ${text}`
    const asked = event(line('File does not exist: /srv/[client 192.0.2.1] user root not found'))
    expect(asked.pivots).toEqual({ severity: 'medium', src_ip: '192.0.2.9' })
    expect(event(line("user `eve' in realm `x' not found: /")).pivots.user).toBe('eve')
    expect(
      event(line('Authorization of user eve to access /a failed, reason: no owner')).pivots,
    ).toMatchObject({ user: 'eve', outcome: 'failure' })
  })

  test('a request that was given up has no status', () => {
    const got = event(
      '192.0.2.9 - eve [20/Nov/2026:10:11:12 +0000] "GET /a HTTP/1.1" - 7908 "-" "c"',
      'apache',
    )
    expect(got.fields).toMatchObject({ 'sc-bytes': 7908, 'cs-user-agent': 'c' })
    expect(got.fields['sc-status']).toBeUndefined()
    expect(got.pivots).toEqual({
      src_ip: '192.0.2.9',
      user: 'eve',
      url: '/a',
      action: 'GET',
      severity: 'informational',
    })
  })

  test.each([
    '(70008)Partial results are valid but processing is incomplete: [client 192.0.2.9:5151] AH01075: Error',
    'mod_authz_core.c(820): [client 192.0.2.9:5151] AH01626: authorization result: granted',
  ])('the client behind %s', (message) => {
    const got = event(`[Fri Nov 20 10:11:12.1 2026] [core:error] [pid 7:tid 8] ${message}`)
    expect(got.pivots).toMatchObject({ src_ip: '192.0.2.9', src_port: 5151 })
    expect(got.fields.code).toStartWith('AH01')
  })

  test('an error line with an IPv6 client, and one over syslog', () => {
    const v6 =
      '[Fri Nov 20 10:11:12.1 2026] [authz_core:error] [pid 7] [client [2001:db8::9]:5151] AH01630: client denied'
    expect(event(v6).pivots).toMatchObject({ src_ip: '2001:db8::9', src_port: 5151 })
    const relayed =
      'Nov 20 10:11:12 web-1 httpd/shop[7]: [authz_core:error] [pid 7] [client 192.0.2.9:5151] AH01630: client denied'
    expect(event(relayed)).toMatchObject({
      parser: 'apache',
      time: Date.parse('2026-11-20T10:11:12Z'),
      pivots: { host: 'web-1', src_ip: '192.0.2.9', src_port: 5151 },
      fields: { level: 'error', module: 'authz_core' },
    })
  })
})

testLines('nginx', [
  [
    '{"time_local":"20/Nov/2026:11:11:12 +0100","remote_addr":"192.0.2.9","remote_port":"40100","remote_user":"anna","request":"GET /a?x=1 HTTP/2.0","status":"404","body_bytes_sent":"512","http_referer":"","http_user_agent":"curl/8.0","host":"shop.example.com","request_time":"0.264"}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 40100,
        user: 'anna',
        url: '/a?x=1',
        action: 'GET',
        outcome: 'failure',
        host: 'shop.example.com',
      },
      fields: {
        'cs-method': 'GET',
        'cs-uri-stem': '/a',
        'sc-status': 404,
        'cs-user-agent': 'curl/8.0',
        request_time: '0.264',
      },
      logsource: { product: 'nginx', category: ['webserver'] },
    },
  ],
  [
    '{"client_address":"192.0.2.9","response_status":200,"request_method":"POST","request_uri":"/login","host":"shop.example.com","host_name":"web1"}',
    { pivots: { src_ip: '192.0.2.9', url: '/login', action: 'POST', host: 'web1' } },
    'named',
  ],
])

testLines('nginx', [
  [
    '2026/11/20 10:11:12 [info] 14#14: *285 client 192.0.2.9 closed keepalive connection',
    { pivots: { src_ip: '192.0.2.9' }, fields: { connection: '285' } },
  ],
  [
    '192.0.2.9 - - [20/Nov/2026:10:11:12 +0000] "GET /big.pdf HTTP/1.1" 206 33973 0.202 "https://example.com/" "curl/8.0"',
    { fields: { 'cs-referer': 'https://example.com/', 'cs-user-agent': 'curl/8.0' } },
  ],
])

test.each([
  ['- 192.0.2.9 - anna', { src_ip: '192.0.2.9', user: 'anna' }],
  ['192.0.2.9 (-) - -', { src_ip: '192.0.2.9', user: undefined }],
  ['10.0.0.9 (203.0.113.7) - anna', { src_ip: '203.0.113.7', user: 'anna' }],
])('the client of a line that begins with %s', (head, { src_ip, user }) => {
  const got = event(`${head} [20/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 302 385 "-" "-"`)
  expect(got.pivots.src_ip).toBe(src_ip)
  expect(got.pivots.user).toBe(user)
})

test.each([
  '<134>Nov 20 10:11:12 web1 ',
  '<134>1 2026-11-20T10:11:12Z web1 - - - - ',
  '2026-11-20T10:11:12.123+00:00 web1 ',
])('lines behind a header without a program: %s', (header) => {
  const access = `${header}192.0.2.9 - anna [20/Nov/2026:10:11:12 +0000] "GET /a HTTP/1.1" 200 5`
  const got = event(access, 'apache')
  expect(got).toMatchObject({ parser: 'apache', pivots: { src_ip: '192.0.2.9', user: 'anna' } })
  const error = `${header}[Fri Nov 20 10:11:12 2026] [error] [client 192.0.2.9] gone`
  expect(event(error, 'apache')).toMatchObject({
    parser: 'apache',
    pivots: { src_ip: '192.0.2.9', host: 'web1' },
  })
})

testLines('apache', [
  [
    '<131>Nov 20 10:11:12 web1 apache_error [Fri Nov 20 10:11:12.929301 2026] [php7:emerg] [pid 13] [client 192.0.2.9:41888] gone',
    { pivots: { host: 'web1', src_ip: '192.0.2.9', src_port: 41888, process: 'apache' } },
  ],
  [
    '<134>Nov 20 10:11:12 web1 apache-access: 192.0.2.9 - - [20/Nov/2026:10:11:12 +0000] "GET /a HTTP/1.1" 200 5',
    { pivots: { host: 'web1', src_ip: '192.0.2.9', process: 'apache' } },
  ],
])
