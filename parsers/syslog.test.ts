import { describe, expect, test } from 'bun:test'
import { type NormaliseOptions, normalise } from './normalise.ts'
import { splitSyslog } from './syslog-header.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const AT = Date.parse('2026-11-20T10:11:12Z')

describe('headers', () => {
  test.each([
    [
      '<34>Nov 20 10:11:12 gate app: text',
      { priority: 34, time: AT, host: 'gate', program: 'app', message: 'text' },
    ],
    ['<34>Nov 20 10:11:12 gate app[7]: text', { host: 'gate', program: 'app', pid: '7' }],
    [
      '<13>Nov 20 10:11:13 relay <34>Nov 20 10:11:12 gate app[7]: text',
      { priority: 34, time: AT, host: 'gate', program: 'app', message: 'text' },
    ],
    [
      '<13>Nov 20 10:11:13 relay Nov 20 10:11:12 gate app[7]: text',
      { priority: 13, time: AT, host: 'gate', program: 'app' },
    ],
    [
      '<13>1 2026-11-20T10:11:13Z relay - - - - Nov 20 10:11:12 gate app[7]: text',
      { time: AT, host: 'gate', program: 'app', message: 'text' },
    ],
    ['Nov 20 10:11:12 gate app[7]: text', { time: AT, host: 'gate', pid: '7', message: 'text' }],
    ['Nov 20 10:11:12 app[7]: text', { time: AT, program: 'app', message: 'text' }],
    ['<34>Nov 20 10:11:12 app: text', { priority: 34, program: 'app', message: 'text' }],
    ['<34>Nov 20 10:11:12 gate no tag here', { host: 'gate', message: 'no tag here' }],
    ['Nov 20 10:11:12 gate no tag here', { host: 'gate', message: 'no tag here' }],
    [
      'Nov 20 10:11:12 gate Some Program[12]: x',
      { program: 'Some Program', pid: '12', message: 'x' },
    ],
    ['2026 Nov 20 10:11:12 gate app[7]: text', { time: AT, host: 'gate', program: 'app' }],
    ['Nov 20 10:11:12 gate <189>28: text', { host: 'gate', message: '<189>28: text' }],
    [
      '2026-11-20T10:11:12.5+00:00 gate sudo - - -  anna : PWD=/ ; COMMAND=/bin/id',
      {
        form: 'rfc5424',
        host: 'gate',
        program: 'sudo',
        message: ' anna : PWD=/ ; COMMAND=/bin/id',
      },
    ],
    [
      '<38>2026-11-20T10:11:12Z gate app 7 ID4 [a@1 x="1"] text',
      { priority: 38, time: AT, pid: '7', messageId: 'ID4', message: 'text' },
    ],
    ['<34>app: no time', { program: 'app', message: 'no time' }],
    ['<34>nothing else', { priority: 34, message: 'nothing else' }],
    ['<189>Nov 20 10:11:12 sw %SYS-5-CONFIG_I: done', { host: 'sw', program: '%SYS-5-CONFIG_I' }],
    ['<34>Nov 20 2026 10:11:12 gate app: text', { time: AT, host: 'gate' }],
    ['2026-11-20T10:11:12.5+01:00 gate app[7]: text', { host: 'gate', program: 'app' }],
    ['<34>2026-11-20T10:11:12Z 2001:db8::1 app: text', { host: '2001:db8::1', program: 'app' }],
    ['<34>Nov 20 11:11:12 CET gate app[7]: text', { time: AT, host: 'gate', program: 'app' }],
    ['<34>Nov 20 10:11:12 2026 gate app: text', { time: AT, host: 'gate', program: 'app' }],
    ['<34>Nov 20 05:11:12 EST 2026 gate app: text', { time: AT, host: 'gate', program: 'app' }],
    ['<34>Nov 20 10:11:12 MAIN app: text', { time: AT, host: 'MAIN', program: 'app' }],
    ['<34>2026-11-20T10:11:12.000+00:00Z gate app: text', { time: AT, host: 'gate' }],
    ['<34>2026-11-20 10:11:12\ta=1\tb=2', { time: AT, message: 'a=1\tb=2' }],
    [
      '<166>Nov 20 10:11:12 gate notice sshd[7]: text',
      { priority: 165, program: 'sshd', pid: '7' },
    ],
    ['Nov 20 10:11:12 gate error parsing: text', { host: 'gate', message: 'error parsing: text' }],
    ['app[7]: stripped', { form: 'stripped', program: 'app', pid: '7', message: 'stripped' }],
    [
      '<165>1 2026-11-20T10:11:12Z gate app 77 ID47 [a@1 x="1" y="q\\"\\]"][b] \ufefftext',
      {
        form: 'rfc5424',
        priority: 165,
        time: AT,
        host: 'gate',
        program: 'app',
        pid: '77',
        messageId: 'ID47',
        structuredData: { 'a@1': { x: '1', y: 'q"]' }, b: {} },
        message: 'text',
      },
    ],
    ['<165>1 - - - - - -', { form: 'rfc5424', priority: 165, message: '' }],
  ])('%s', (line, expected) => expect(splitSyslog(line, OPTIONS)).toMatchObject(expected))

  test.each([
    'plain text',
    'key=value pairs',
    '2026-11-20 10:11:12 INFO starting up',
    'app: without a process id',
    '<192>too high',
    '<>empty',
    'Nov 41 10:11:12 gate app: x',
    'http://example.com/a[1]: x',
    '2026-11-20T10:11:12.5Z balancer 192.0.2.9:2817 10.0.0.1:80 0.1 0.2 200 200 "GET / HTTP/1.1"',
  ])('%s has none', (line) => expect(splitSyslog(line, OPTIONS)).toBeUndefined())
})

test('fields, columns and log source', () => {
  const got = normalise('<11>Nov 20 10:11:12 gate kernel: oops', OPTIONS)
  expect(got).toMatchObject({
    parser: 'syslog',
    fields: { hostname: 'gate', program: 'kernel', facility: 'user', syslog_severity: 3 },
    pivots: { host: 'gate', process: 'kernel', severity: 'medium' },
    logsource: { product: 'linux', service: ['syslog'], closed: true },
  })
  const other = normalise('<14>1 2026-11-20T10:11:12Z gate shop 7 - [o@1 user="eve"] hi', OPTIONS)
  expect(other.logsource).toEqual({ category: [], service: [], closed: false })
  expect(other.fields.structured_data).toEqual({ 'o@1': { user: 'eve' } })
})

test('structured data that is not well formed stays in the message, the header counts', () => {
  const got = normalise(
    '<34>1 2026-11-20T10:11:12.001Z db-1 - - - [meta sequenceId=10] Power is down',
    OPTIONS,
  )
  expect(got).toMatchObject({
    time: Date.parse('2026-11-20T10:11:12.001Z'),
    pivots: { host: 'db-1' },
    message: '[meta sequenceId=10] Power is down',
  })
})
