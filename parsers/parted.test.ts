import { describe, expect, test } from 'bun:test'
import { normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const STAMP = '2026-11-20T10:11:12.123Z'
const read = (json: object, source?: string) =>
  normalise(JSON.stringify(json), { ...OPTIONS, source })
const SUDO = ' anna : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh'

describe('a syslog line taken apart by', () => {
  test.each<[string, object]>([
    [
      'Logstash',
      {
        ...{ '@timestamp': STAMP, '@version': '1', host: '10.0.0.9', message: SUDO },
        ...{ program: 'sudo', pid: '7', logsource: 'web1', priority: 85, type: 'syslog' },
      },
    ],
    [
      'rsyslog',
      {
        ...{ '@timestamp': STAMP, host: 'web1', severity: 'notice', facility: 'authpriv' },
        ...{ programname: 'sudo', procid: '7', syslogtag: 'sudo[7]:', message: SUDO },
      },
    ],
    [
      'Vector',
      {
        ...{ appname: 'sudo', facility: 'authpriv', host: 'web1', hostname: 'web1' },
        ...{ message: SUDO, procid: 7, severity: 'notice', source_type: 'syslog' },
        timestamp: STAMP,
      },
    ],
    [
      'Fluent Bit',
      { date: 1795169472.123, pri: '85', host: 'web1', ident: 'sudo', pid: '7', message: SUDO },
    ],
    [
      'Azure Monitor',
      {
        ...{ TimeGenerated: '2026-11-20T10:12:00Z', EventTime: STAMP, Computer: 'web1' },
        ...{ Facility: 'authpriv', SeverityLevel: 'notice', HostName: 'web1', HostIP: '10.0.0.4' },
        ...{ ProcessName: 'sudo', ProcessID: 7, SyslogMessage: SUDO, Type: 'Syslog' },
      },
    ],
    [
      'syslog-ng',
      {
        ...{ PROGRAM: 'sudo', PRIORITY: 'notice', PID: '7', MESSAGE: SUDO, HOST: 'web1' },
        ...{ FACILITY: 'authpriv', ISODATE: STAMP },
      },
    ],
    [
      'Graylog',
      {
        ...{ version: '1.1', host: 'web1', short_message: SUDO, timestamp: 1795169472.123 },
        ...{ level: 5, _application_name: 'sudo', _process_id: '7', facility: 10 },
      },
    ],
    [
      'Fluent Bit, out of the journal',
      {
        ...{ date: 1795169472.123, PRIORITY: '5', SYSLOG_FACILITY: '10', _PID: '7' },
        ...{ SYSLOG_IDENTIFIER: 'sudo', _HOSTNAME: 'web1', MESSAGE: SUDO },
      },
    ],
    [
      'Vector, out of the journal',
      {
        ...{ PRIORITY: '5', SYSLOG_FACILITY: '10', SYSLOG_IDENTIFIER: 'sudo', _PID: '7' },
        ...{ __REALTIME_TIMESTAMP: '1795169472123456', host: 'web1', message: SUDO },
      },
    ],
    [
      'Datadog, out of the journal',
      {
        journald: { SYSLOG_IDENTIFIER: 'sudo', _HOSTNAME: 'web1', _PID: '7' },
        ...{ message: SUDO, '@timestamp': STAMP },
      },
    ],
    [
      'OpenTelemetry, out of the journal',
      {
        attributes: {},
        '@timestamp': STAMP,
        body: { MESSAGE: SUDO, _HOSTNAME: 'web1', SYSLOG_IDENTIFIER: 'sudo', _PID: '7' },
      },
    ],
  ])('%s', (_, json) => {
    const got = read(json)
    expect(got).toMatchObject({
      time: Date.parse(STAMP),
      logsource: { product: 'linux', service: ['sudo', 'auth', 'syslog'] },
      pivots: { host: 'web1', user: 'anna', process: 'sudo', outcome: 'success' },
      fields: { COMMAND: '/bin/sh', USER: 'root', program: 'sudo' },
    })
  })

  test('any, of another program, is read by the parser of that', () => {
    const message =
      '[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.1 LEN=40 PROTO=TCP SPT=5 DPT=22'
    const got = read({ '@timestamp': STAMP, program: 'kernel', host: 'web1', facility: 0, message })
    expect(got).toMatchObject({
      parser: 'iptables',
      pivots: { host: 'web1', src_ip: '192.0.2.7', dst_port: 22 },
    })
  })
})

test('an application’s own JSON stays what it is', () => {
  for (const json of [
    { program: 'shop', host: 'web1', message: 'order 7 placed', severity: 'info' },
    { program: 'sudo', message: SUDO },
    { ident: 'two words', pid: 7, message: 'x' },
  ])
    expect(read(json).parser).toBe('json')
})

test('Sysmon for Linux in the journal, and with a name space', () => {
  const xml =
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID>' +
    '<Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer></System><EventData><Data Name="Image">/bin/x</Data></EventData></Event>'
  const journal = { __REALTIME_TIMESTAMP: '1795169472123456', SYSLOG_IDENTIFIER: 'sysmon' }
  for (const text of [
    JSON.stringify({ ...journal, _HOSTNAME: 'web1', MESSAGE: xml }),
    `Nov 20 10:11:12 web1 sysmon: ${xml}`,
  ]) {
    expect(normalise(text, OPTIONS)).toMatchObject({
      logsource: { product: 'linux', category: ['process_creation'] },
      pivots: { host: 'web1', process: '/bin/x' },
    })
  }
})

test('a row of Azure Monitor without a program carries a line', () => {
  const row = {
    ...{ Computer: 'collector', Facility: 'local0', ProcessName: '', Type: 'Syslog' },
    SyslogMessage:
      'Nov 20 10:11:13 10.0.0.1  1795169472.123456789 MX1 flows src=192.0.2.9 dst=198.51.100.7 protocol=tcp sport=5151 dport=443 pattern: allow all',
  }
  expect(read(row)).toMatchObject({
    parser: 'cisco_meraki',
    time: Date.parse(STAMP),
    pivots: { host: 'MX1', src_ip: '192.0.2.9', dst_port: 443, action: 'allowed' },
  })
})
