import { describe, expect, test } from 'bun:test'
import { normalise } from '../normalise.ts'
import { decodeSocketAddress, encodeSocketAddress } from './sockaddr.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
const STAMP = '1795169472.123'
const read = (given: string | object) =>
  normalise(typeof given === 'string' ? given : JSON.stringify(given), OPTIONS)

describe('documents', () => {
  test('Laurel’s, of a program', () => {
    const got = read({
      ID: `${STAMP}:7`,
      NODE: 'web1',
      SYSCALL: {
        ...{ arch: '0xc000003e', syscall: 59, success: 'yes', exit: 0, ppid: 5, pid: 7 },
        ...{ auid: 1000, uid: 0, comm: 'id', exe: '/usr/bin/id', key: 'exec' },
        ...{ ARCH: 'x86_64', SYSCALL: 'execve', AUID: 'anna', UID: 'root' },
        PPID: { comm: 'bash' },
      },
      EXECVE: { argc: 2, ARGV: ['id', '-u x'] },
      PATH: [
        { item: 0, name: '/usr/bin/id', nametype: 'NORMAL' },
        { item: 1, name: '/lib/x', nametype: 'NORMAL' },
      ],
      PROCTITLE: { ARGV: ['id', '-u x'] },
    })
    expect(got).toMatchObject({
      parser: 'auditd',
      time: Date.parse('2026-11-20T10:11:12.123Z'),
      logsource: { category: ['process_creation'], service: ['auditd'] },
      pivots: { host: 'web1', user: 'root', process: '/usr/bin/id', outcome: 'success' },
      fields: {
        ...{ type: ['SYSCALL', 'EXECVE', 'PATH', 'PROCTITLE'], SYSCALL: 'execve', serial: '7' },
        ...{ a0: 'id', a1: '-u x', name: ['/usr/bin/id', '/lib/x'], CommandLine: 'id -u x' },
        ...{ Image: '/usr/bin/id', AUID: 'anna', key: 'exec' },
      },
    })
  })

  test('Laurel’s, of a login and of a connection', () => {
    const msg = { op: 'login', acct: 'anna', addr: '192.0.2.7', res: 'failed' }
    const login = read({ ID: `${STAMP}:8`, USER_LOGIN: { pid: 7, msg } })
    expect(login).toMatchObject({
      pivots: { user: 'anna', src_ip: '192.0.2.7', outcome: 'failure' },
      fields: { type: 'USER_LOGIN', op: 'login' },
    })
    const connection = read({
      ID: `${STAMP}:9`,
      SYSCALL: { arch: '0xc000003e', syscall: 42, success: 'yes', exe: '/usr/bin/curl' },
      SOCKADDR: { SADDR: { family: 'inet', addr: '192.0.2.9', port: 443 } },
    })
    expect(connection).toMatchObject({
      logsource: { category: ['network_connection'] },
      pivots: { dst_ip: '192.0.2.9', dst_port: 443 },
    })
  })

  test('go-audit’s', () => {
    const got = read({
      sequence: 7,
      timestamp: STAMP,
      messages: [
        {
          type: 1300,
          data: 'arch=c000003e syscall=59 success=no pid=7 auid=1000 uid=0 exe="/usr/bin/id"',
        },
        { type: 1309, data: 'argc=2 a0="id" a1="-u"' },
      ],
      uid_map: { '0': 'root', '1000': 'anna' },
    })
    expect(got).toMatchObject({
      parser: 'auditd',
      time: Date.parse('2026-11-20T10:11:12.123Z'),
      pivots: { user: 'root', outcome: 'failure' },
      fields: { type: ['SYSCALL', 'EXECVE'], a1: '-u', AUID: 'anna', exe: '/usr/bin/id' },
    })
  })

  test('other JSON with such names stays what it is', () => {
    for (const json of [
      { ID: `${STAMP}:7`, name: 'x' },
      { ID: 'x', SYSCALL: { a: 1 } },
      { sequence: 7, timestamp: STAMP, messages: ['x'] },
    ])
      expect(read(json).parser).toBe('json')
  })

  test.each([
    ['inet', '192.0.2.9', 443],
    ['inet6', '2001:db8::7', 22],
    ['inet6', '::1', 22],
  ])('an address of %s, %s, as the kernel has it', (family, ip, port) => {
    const hex = encodeSocketAddress(family, ip, port)
    expect(decodeSocketAddress(hex ?? '')).toMatchObject({ ip, port })
  })

  test('what is no address has none', () => {
    for (const [family, ip, port] of [
      ['unix', '/run/x', 1],
      ['inet', '300.1.1.1', 1],
      ['inet6', 'x::', 1],
      ['inet', '192.0.2.9', 70_000],
    ] as const)
      expect(encodeSocketAddress(family, ip, port)).toBeUndefined()
  })
})

describe('records', () => {
  test('whose added names lost what parts them', () => {
    const login = `type=USER_AUTH msg=audit(${STAMP}:1): pid=7 uid=0 auid=1000 msg='op=x acct="anna" res=success'UID="root" AUID="anna"`
    expect(read(login)).toMatchObject({
      pivots: { user: 'anna', outcome: 'success' },
      fields: { UID: 'root', AUID: 'anna', res: 'success' },
    })
    const status = `type=MAC_STATUS msg=audit(${STAMP}:2): enforcing=0 ses=36 res=1AUID="anna"`
    expect(read(status).fields).toMatchObject({ res: '1', AUID: 'anna' })
  })

  test('whose operation has several words, and whose id is a number', () => {
    const line = `type=ADD_GROUP msg=audit(${STAMP}:3): pid=7 msg='op=adding group to /etc/group id=1004 exe="/usr/sbin/groupadd" res=success'`
    expect(read(line).fields).toMatchObject({ op: 'adding group to /etc/group', id: '1004' })
  })

  test('of AppArmor', () => {
    const line = `Nov 20 10:11:12 web1 kernel: audit: type=1400 audit(${STAMP}:4): apparmor="DENIED" operation="open" name="/etc/shadow"`
    expect(read(line).pivots.outcome).toBe('failure')
  })
})
