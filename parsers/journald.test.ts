import { describe, expect, test } from 'bun:test'
import { normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const event = (json: object) =>
  normalise(JSON.stringify(json), { now: NOW, received: NOW, timeZone: 'UTC' })

describe('journald', () => {
  const ENTRY = {
    __REALTIME_TIMESTAMP: '1795258800123456',
    __CURSOR: 's=1',
    _HOSTNAME: 'web-1',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '4321',
    PRIORITY: '6',
    SYSLOG_FACILITY: '4',
  }

  test('an entry means what the program’s line means', () => {
    const got = event({
      ...ENTRY,
      MESSAGE: 'Failed password for root from 203.0.113.7 port 4242 ssh2',
    })
    expect(got).toMatchObject({
      parser: 'journald',
      time: 1795258800123,
      logsource: { service: ['sshd', 'auth', 'syslog'] },
      pivots: { host: 'web-1', user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
      fields: { _HOSTNAME: 'web-1', program: 'sshd', pid: 4321, facility: 'auth' },
    })
  })

  test('a message in bytes is decoded, an unknown program is Linux syslog', () => {
    const got = event({ ...ENTRY, SYSLOG_IDENTIFIER: 'thing', MESSAGE: [104, 105, 255] })
    expect(got).toMatchObject({ message: 'hi\ufffd', logsource: { service: ['syslog'] } })
  })

  test('a program that has a parser of its own is read by it', () => {
    const named = event({
      ...ENTRY,
      SYSLOG_IDENTIFIER: 'named',
      MESSAGE: "client @0x7f01 192.0.2.9#5353 (a.example): query (cache) 'a.example/A/IN' denied",
    })
    expect(named).toMatchObject({
      parser: 'journald',
      time: 1795258800123,
      logsource: { category: ['dns'] },
      pivots: { host: 'web-1', src_ip: '192.0.2.9', domain: 'a.example', outcome: 'failure' },
      fields: { record_type: 'A', _HOSTNAME: 'web-1' },
    })
    const firewall = event({
      ...ENTRY,
      SYSLOG_IDENTIFIER: 'kernel',
      MESSAGE: '[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.9 DST=10.0.0.2 LEN=40 PROTO=TCP SPT=9 DPT=22',
    })
    expect(firewall.pivots).toMatchObject({ src_ip: '192.0.2.9', dst_port: 22, host: 'web-1' })
    const audit = event({
      ...ENTRY,
      SYSLOG_IDENTIFIER: 'audit',
      MESSAGE: 'USER_LOGIN pid=7 uid=0 auid=4294967295 msg=\'op=login acct="eve" res=failed\'',
    })
    expect(audit).toMatchObject({
      logsource: { service: ['auditd'] },
      pivots: { user: 'eve', outcome: 'failure' },
    })
  })

  test('what Filebeat’s journald input makes of an entry is that entry', () => {
    const got = event({
      '@timestamp': '2026-11-20T10:00:00.500Z',
      journald: { pid: 4321, process: { name: 'sshd' }, host: { boot_id: 'x' } },
      syslog: { identifier: 'sshd', priority: 6, facility: 10 },
      log: { syslog: { priority: 6, facility: { code: 10 } } },
      host: { hostname: 'web-1', name: 'web-1' },
      systemd: { unit: 'ssh.service' },
      message: 'Failed password for root from 203.0.113.7 port 4242 ssh2',
      agent: { type: 'filebeat' },
    })
    expect(got).toMatchObject({
      parser: 'journald',
      time: Date.parse('2026-11-20T10:00:00.500Z'),
      logsource: { service: ['sshd', 'auth', 'syslog'] },
      pivots: { host: 'web-1', user: 'root', src_ip: '203.0.113.7', outcome: 'failure' },
      fields: { program: 'sshd', pid: 4321, facility: 'authpriv' },
    })
  })
})
