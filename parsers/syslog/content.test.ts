import { expect, test } from 'bun:test'
import { NOW } from '../../test/support/parser-lines.ts'
import { normalise } from '../normalise.ts'

const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const ENDS = {
  src_ip: '192.0.2.9',
  src_port: 51511,
  dst_ip: '198.51.100.7',
  dst_port: 443,
}
const HEADER = '<134>Nov 20 10:11:12 gw1 '

test.each([
  ['fw: session opened 192.0.2.9/51511->198.51.100.7/443 svc-tls', ENDS],
  ['fw: ids hit <192.0.2.9/51511->198.51.100.7/443> dropped', { ...ENDS, action: 'denied' }],
  ['fw: forward: in:e2 out:e1, proto TCP (SYN), 192.0.2.9:51511->198.51.100.7:443, len 52', ENDS],
  ['fw: web 192.0.2.9(51511)->198.51.100.7(443) PERMITTED', { ...ENDS, action: 'allowed' }],
  ['fw: alert {TCP} 192.0.2.9:51511 -> 198.51.100.7:443', ENDS],
  ['fw: TCP [2001:db8::9]:51511 -> 2001:db8::7/443', { src_ip: '2001:db8::9', dst_port: 443 }],
  ['fw: fallback a->b, then 192.0.2.9->198.51.100.7', { src_ip: '192.0.2.9' }],
  ['fw: id="3000-1" Deny 1-In 0-Out 60 tcp 20 63 192.0.2.9 198.51.100.7 51511 443 S', ENDS],
  ['fw: rule 7 tcp 192.0.2.9 198.51.100.7 51511  443 (1 packets)', ENDS],
  ['fw: allow icmp 192.0.2.9 198.51.100.7 8 0', { src_ip: '192.0.2.9', action: 'allowed' }],
  ['fw: proto=6 action=Deny src=192.0.2.9 dst=198.51.100.7 src_port=51511 dst_port=443', ENDS],
  ['fw: n=1 src=192.0.2.9:51511:X1: dst=198.51.100.7:443:X2:srv action=drop', ENDS],
  ['fw: who: repeat=0, action=DROP, srcip=192.0.2.9, dport=443;', { dst_port: 443 }],
  ['fw: a="1" user="CORP\\anna" src_ip="192.0.2.9" status="Allowed"', { user: 'anna' }],
  ['fw: a="1" user="N/A" src_ip="192.0.2.9" result=failed', { outcome: 'failure' }],
  [
    'fw: Firewall blocked TCP data from 192.0.2.9:51511 to 198.51.100.7(h.example):443',
    { src_port: 51511, action: 'denied' },
  ],
  ['fw: traffic detected from 192.0.2.9 to 198.51.100.7.', { dst_ip: '198.51.100.7' }],
  [
    'fw: Policy: p Source IP Address: 192.0.2.9 Source Port: 51511 Destination IP Address: 198.51.100.7 Destination Port: 443',
    ENDS,
  ],
  [
    'fw: Source IP: 192.0.2.9; Destination IPs: 198.51.100.7, 198.51.100.8; Destination port: 443; Action: drop.',
    { dst_port: 443, action: 'denied' },
  ],
  [
    'fw: id=a sn=1 src=:51511:X1 srcV6=2001:db8::9 usr="anna" fw_action="drop"',
    { user: 'anna', src_ip: '2001:db8::9', action: 'denied' },
  ],
  ['app: LOGIN_FAILED: Login failed for user "anna" from host "192.0.2.9"', { user: 'anna' }],
  ['app: user anna logged in from 192.0.2.9 via ssh', { user: 'anna', outcome: 'success' }],
  ['app: login failure for user anna from 192.0.2.9 via web', { outcome: 'failure' }],
])('%s', (line, pivots) => {
  const headed = normalise(HEADER + line, OPTIONS)
  expect(headed).toMatchObject({ parser: 'syslog', pivots: { ...pivots, host: 'gw1' } })
  const stripped = normalise(line.slice(line.indexOf(': ') + 2), { ...OPTIONS, source: 'syslog' })
  expect(stripped.pivots).toMatchObject(pivots)
  expect(stripped.error).toBeUndefined()
})

test('pairs are fields, those of the header stay', () => {
  const { fields } = normalise(`${HEADER}app[7]: program=x a=1, b="two words" c=3;`, OPTIONS)
  expect(fields).toMatchObject({ program: 'app', pid: 7, a: '1', b: 'two words', c: '3' })
})

test('values parted by tabs hold blanks', () => {
  const line =
    '<134>2026-11-20 10:11:12\treason=Not allowed\tClientIP=192.0.2.9\tuser=anna\taction=Blocked'
  expect(normalise(line, OPTIONS)).toMatchObject({
    time: Date.parse('2026-11-20T10:11:12Z'),
    fields: { reason: 'Not allowed', src_ip: '192.0.2.9' },
    pivots: { user: 'anna', src_ip: '192.0.2.9', action: 'denied' },
  })
})

test('parameters of structured data are columns, and addresses fields', () => {
  const line =
    '<14>1 2026-11-20T10:11:12Z gw1 FLOW - DENY [v@1 source-address="192.0.2.9" source-port="51511" destination-address="198.51.100.7" destination-port="443" username="N/A"]'
  const event = normalise(line, OPTIONS)
  expect(event).toMatchObject({ parser: 'syslog', pivots: ENDS, fields: ENDS })
  expect(event.pivots.user).toBeUndefined()
})

test.each([
  'app: User login is not required',
  'app: the address moved from 192.0.2.9 to 192.0.2.10',
  'app: GET /x?a=1&b=2&c=3',
  'app: a -> b, 1.2.3.4.5 -> 6.7.8.9.10',
  'app: 10:11 -> 12:13',
])('%s says nothing of ends or logins', (line) => {
  const { pivots } = normalise(HEADER + line, OPTIONS)
  expect(Object.keys(pivots).sort()).toEqual(['host', 'process', 'severity'])
})

test('JSON that only carries unknown JSON is that', () => {
  const inner = { 'source-address': '192.0.2.9', username: 'anna', deep: { a: 1 } }
  const line = JSON.stringify({
    '@timestamp': '2026-11-20T10:11:12Z',
    agent: { type: 'filebeat' },
    message: JSON.stringify(inner),
  })
  const event = normalise(line, OPTIONS)
  expect(event).toMatchObject({
    parser: 'json',
    fields: inner,
    pivots: { src_ip: '192.0.2.9', user: 'anna' },
    time: Date.parse('2026-11-20T10:11:12Z'),
  })
})

test('a program without its id in front of a named source', () => {
  const line =
    'accesslogs: Info: 1795169472.123 6 192.0.2.9 TCP_MISS/200 45 GET http://h/ - NONE/- -'
  expect(normalise(line, { ...OPTIONS, source: 'squid' })).toMatchObject({
    parser: 'squid',
    pivots: { src_ip: '192.0.2.9', process: 'accesslogs' },
  })
})

test.each([
  ['query[AAAA] www.example.org from 192.0.2.9', { src_ip: '192.0.2.9' }, { record_type: 'AAAA' }],
  ['17 192.0.2.9/40000 query[A] www.example.org from 192.0.2.9', { action: 'query' }, {}],
  [
    '17 192.0.2.9/40000 reply www.example.org is 198.51.100.7',
    { src_ip: '192.0.2.9' },
    { answer: '198.51.100.7' },
  ],
  [
    'forwarded www.example.org to 198.51.100.53',
    { action: 'forwarded' },
    { dst_ip: '198.51.100.53' },
  ],
])('dnsmasq: %s', (message, pivots, fields) => {
  const event = normalise(`<30>Nov 20 10:11:12 gw1 dnsmasq[7]: ${message}`, OPTIONS)
  expect(event).toMatchObject({
    parser: 'syslog',
    pivots: { ...pivots, domain: 'www.example.org', process: 'dnsmasq' },
    fields: { ...fields, query: 'www.example.org' },
  })
})

test.each([
  [
    'system,info,account user anna logged in from 192.0.2.9 via ssh',
    { user: 'anna', outcome: 'success' },
  ],
  ['connection established from 192.0.2.9, port: 5 to 198.51.100.7', { src_ip: '192.0.2.9' }],
  ["UI_CMDLINE_READ_LINE: User 'anna', command 'show version '", { user: 'anna' }],
  [
    'Failed to log in through SSH. (UserName=anna, IpAddress=192.0.2.9, Times=1)',
    { user: 'anna', src_ip: '192.0.2.9' },
  ],
])('%s', (message, pivots) => {
  expect(normalise(HEADER + message, OPTIONS)).toMatchObject({ parser: 'syslog', pivots })
})

test('a line that a collector took apart is put together where its message tells more', () => {
  const row = { program: 'flowd', pid: 7, host: 'gw1', '@timestamp': '2026-11-20T10:11:12Z' }
  const told = { ...row, message: 'denied 192.0.2.9:51511->198.51.100.7:443' }
  expect(normalise(JSON.stringify(told), OPTIONS)).toMatchObject({
    parser: 'syslog',
    pivots: { ...ENDS, action: 'denied', host: 'gw1', process: 'flowd' },
  })
  const silent = { ...row, message: 'started' }
  expect(normalise(JSON.stringify(silent), OPTIONS).parser).toBe('json')
})

test('a row of Azure Monitor whose message is a whole line', () => {
  const row = {
    SyslogMessage:
      '<11>Nov 20 10:11:12 gw1 IDS spoofing! source: 192.0.2.9, destination: 198.51.100.7',
    Computer: 'collector',
    TimeGenerated: '2026-11-20T10:11:13Z',
  }
  expect(normalise(JSON.stringify(row), OPTIONS)).toMatchObject({
    parser: 'syslog',
    pivots: { host: 'gw1', src_ip: '192.0.2.9', dst_ip: '198.51.100.7' },
  })
})

test('which address is blocked', () => {
  const line = 'sshguard[7]: Blocking "192.0.2.9/32" for 120 secs (3 attacks in 2 secs)'
  expect(normalise(HEADER + line, OPTIONS).pivots).toMatchObject({
    src_ip: '192.0.2.9',
    action: 'denied',
  })
})

test('an entry of the journal whose program no parser knows', () => {
  const entry = {
    __REALTIME_TIMESTAMP: '1795169472000000',
    _HOSTNAME: 'h1',
    SYSLOG_IDENTIFIER: 'flowd',
    MESSAGE: 'blocked 192.0.2.9:51511->198.51.100.7:443',
  }
  expect(normalise(JSON.stringify(entry), OPTIONS)).toMatchObject({
    parser: 'journald',
    pivots: { ...ENDS, action: 'denied', host: 'h1' },
  })
})

test('JSON behind a header in a container’s line', () => {
  const eve = { event_type: 'alert', src_ip: '192.0.2.9', timestamp: '2026-11-20T10:11:12+0000' }
  const inner = `<134>Nov 20 10:11:12 h1 suricata[7]: ${JSON.stringify({ ...eve, alert: {} })}`
  const line = JSON.stringify({ log: `${inner}\n`, stream: 'stdout', time: '2026-11-20T10:11:12Z' })
  const event = normalise(line, OPTIONS)
  expect(event).toMatchObject({ parser: 'docker', pivots: { src_ip: '192.0.2.9', host: 'h1' } })
  expect(event.logsource.product).toBe('suricata')
})

test.each([
  '<134>Nov 20 10:11:12 h1 sshd[7]: Failed password for root from 192.0.2.9 port 22 ssh2',
  'Failed password for root from 192.0.2.9 port 22 ssh2',
])('JSON that says it carries syslog: %s', (message) => {
  const line = { message, source_type: 'syslog', timestamp: '2026-11-20T10:11:12Z' }
  expect(normalise(JSON.stringify(line), OPTIONS)).toMatchObject({
    time: Date.parse('2026-11-20T10:11:12Z'),
    logsource: { product: 'linux' },
    pivots: { user: 'root', src_ip: '192.0.2.9', src_port: 22 },
  })
})

test.each([
  [
    'default TCP CONN 12 0 :  Source 192.0.2.9:51511 - Vserver 10.0.0.1:80 - Destination 198.51.100.7:443 - Total 1',
    ENDS,
  ],
  [
    'default GUI CMD 12 0 :  User anna - Remote_ip 192.0.2.9 - Command "login" - Status "Success"',
    { user: 'anna', src_ip: '192.0.2.9', outcome: 'success' },
  ],
])('a time with slashes in front: %s', (message, pivots) => {
  for (const date of ['11/20/2026', '20/11/2026']) {
    const line = `<12> ${date}:10:11:12 GMT lb1 0-PPE-0 : ${message}`
    const event = normalise(line, { ...OPTIONS, timeZone: 'Asia/Tokyo' })
    expect(event).toMatchObject({ time: Date.parse('2026-11-20T10:11:12Z') })
    expect(event.pivots).toMatchObject({ ...pivots, host: 'lb1' })
    expect(event.pivots.process).toBeUndefined()
  }
})

test('ports behind the address of a pair', () => {
  const line = 'level=warn msg="login failed" user=anna remote_addr=192.0.2.9:51511'
  expect(normalise(line, OPTIONS)).toMatchObject({
    parser: 'logfmt',
    pivots: { src_ip: '192.0.2.9', src_port: 51511, user: 'anna' },
  })
})
