import { describe, expect, test } from 'bun:test'
import { createFramer, type Frame } from './frames.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const event = (text: string) => normalise(text, OPTIONS)

const STAMP = 'msg=audit(1763632800.250:77):'
const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase()
const EXECUTED = [
  `type=SYSCALL ${STAMP} arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=55d1 a2=55d2 a3=8 items=2 ppid=900 pid=901 auid=1000 uid=0 tty=pts0 ses=4 comm="tar" exe="/usr/bin/tar" key="backup"`,
  `type=EXECVE ${STAMP} argc=4 a0="tar" a1="-cf" a2=${hex('/tmp/my files.tar')} a3="/etc"`,
  `type=CWD ${STAMP} cwd="/srv/data"`,
  `type=PATH ${STAMP} item=0 name="/usr/bin/tar" inode=5 nametype=NORMAL`,
  `type=PATH ${STAMP} item=1 name="out.log" inode=6 nametype=CREATE`,
  `type=PROCTITLE ${STAMP} proctitle=${hex('tar\0-cf\0/tmp/my files.tar\0/etc')}`,
].join('\n')

describe('the records of one event', () => {
  test('are one event, under the kernel’s names and those of process creation', () => {
    const got = event(EXECUTED)
    expect(got.fields).toMatchObject({
      type: ['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'PROCTITLE'],
      a0: 'tar',
      a2: '/tmp/my files.tar',
      syscall_a0: '55d0',
      syscall: '59',
      SYSCALL: 'execve',
      ARCH: 'x86_64',
      name: ['/usr/bin/tar', 'out.log'],
      proctitle: 'tar -cf /tmp/my files.tar /etc',
      Image: '/usr/bin/tar',
      CommandLine: 'tar -cf /tmp/my files.tar /etc',
      CurrentDirectory: '/srv/data',
      ProcessId: '901',
      ParentProcessId: '900',
      TargetFilename: '/srv/data/out.log',
    })
    expect(got.logsource).toMatchObject({
      product: 'linux',
      category: ['process_creation', 'file_event'],
      service: ['auditd'],
    })
    expect(got.pivots).toMatchObject({
      user: 'root',
      process: '/usr/bin/tar',
      action: 'executed',
      outcome: 'success',
    })
    expect(got.time).toBe(1_763_632_800_250)
  })

  test('a long argument comes in pieces', () => {
    const { fields } = event(
      `type=EXECVE ${STAMP} argc=2 a0="sh" a1_len=8 a1[0]="abcd" a1[1]="efgh"`,
    )
    expect(fields).toMatchObject({ a0: 'sh', a1: 'abcdefgh', CommandLine: 'sh abcdefgh' })
  })

  test('what failed created nothing', () => {
    const failed = EXECUTED.replace('success=yes exit=0', 'success=no exit=-2')
    expect(event(failed)).toMatchObject({
      logsource: { category: [] },
      pivots: { outcome: 'failure' },
    })
  })
})

describe('values', () => {
  test.each([
    ['comm="a b"', 'comm', 'a b'],
    [`exe=${hex('/opt/a b (deleted)')}`, 'exe', '/opt/a b (deleted)'],
    ['comm=top', 'comm', 'top'],
    ['comm=dd', 'comm', 'dd'],
    ['key=(null)', 'key', undefined],
    [`key=${hex('one\u0001two')}`, 'key', ['one', 'two']],
    ['hostname=?', 'hostname', undefined],
    ['tty=(none)', 'tty', '(none)'],
    ['__proto__=1', '__proto__', {}],
  ])('%s', (text, name, expected) => {
    expect(event(`type=SYSCALL ${STAMP} ${text}`).fields[name]).toEqual(expected as never)
  })

  test.each([
    ['02000050A9FEA9FE0000000000000000', { saddr_fam: 'ipv4', saddr_ip: '169.254.169.254' }],
    [
      `0A001F9000000000${'20010DB8'}${'0'.repeat(22)}01${'0'.repeat(8)}`,
      { saddr_fam: 'ipv6', saddr_ip: '2001:db8::1', saddr_port: 8080 },
    ],
    [`0100${hex('/run/x.sock')}00`, { saddr_fam: 'unix', saddr_path: '/run/x.sock' }],
    ['zz', { saddr: 'zz' }],
  ])('address %s', (saddr, expected) => {
    expect(event(`type=SOCKADDR ${STAMP} saddr=${saddr}`).fields).toMatchObject(expected)
  })

  test('a connection has Sigma’s names too', () => {
    const got = event(
      [
        `type=SYSCALL ${STAMP} arch=c00000b7 syscall=203 success=no exit=-115 pid=7 uid=33 comm="nc" exe="/bin/nc"`,
        `type=SOCKADDR ${STAMP} saddr=020001BBC00002070000000000000000`,
      ].join('\n'),
    )
    expect(got.fields).toMatchObject({ SYSCALL: 'connect', DestinationIp: '192.0.2.7' })
    expect(got.logsource.category).toEqual(['network_connection'])
    expect(got.pivots).toMatchObject({ dst_ip: '192.0.2.7', dst_port: 443 })
  })
})

describe('carriers', () => {
  const LOGIN = `msg='op=login acct="anna" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.9 terminal=ssh res=failed'`
  test.each([
    ['plain', `type=USER_LOGIN ${STAMP} pid=1 uid=0 ${LOGIN}`, undefined],
    ['with a node', `node=web-1 type=USER_LOGIN ${STAMP} pid=1 uid=0 ${LOGIN}`, 'web-1'],
    ['enriched', `type=USER_LOGIN ${STAMP} pid=1 uid=0 ${LOGIN}\u001dUID="root"`, undefined],
    [
      'by syslog',
      `Nov 20 10:11:12 gate audispd: type=USER_LOGIN ${STAMP} pid=1 uid=0 ${LOGIN}`,
      'gate',
    ],
    ['from the journal', `Nov 20 10:11:12 gate audit[9]: USER_LOGIN pid=1 uid=0 ${LOGIN}`, 'gate'],
    [
      'from the kernel',
      `Nov 20 10:11:12 gate kernel: audit: type=1112 audit(1763632800.250:77): pid=1 uid=0 ${LOGIN}`,
      'gate',
    ],
  ])('%s', (_, text, host) => {
    const got = event(text)
    expect(got.parser).toBe('auditd')
    expect(got.fields).toMatchObject({ type: 'USER_LOGIN', op: 'login', addr: '192.0.2.9' })
    expect(got.pivots).toMatchObject({
      user: 'anna',
      src_ip: '192.0.2.9',
      outcome: 'failure',
      action: 'logged-in',
      ...(host === undefined ? {} : { host }),
    })
  })

  test('an SELinux decision', () => {
    const got = event(
      `type=AVC ${STAMP} avc:  denied  { read write } for  pid=5 comm="httpd" name="x" tclass=file`,
    )
    expect(got.fields).toMatchObject({ seresult: 'denied', seperms: ['read', 'write'] })
    expect(got.pivots.outcome).toBe('failure')
  })
})

describe('joining lines', () => {
  const frames = (lines: readonly string[]) => {
    const out: Frame[] = []
    const framer = createFramer()
    for (const [index, line] of lines.entries()) framer.line(line, index, out)
    framer.end(out)
    return out
  }

  test('records of a serial are joined, also when others stand between', () => {
    const [a, b] = ['audit(1.000:1):', 'audit(1.000:2):']
    const got = frames([
      `type=SYSCALL msg=${a} x=1`,
      `type=SYSCALL msg=${b} x=2`,
      'something else',
      `type=CWD msg=${a} cwd="/"`,
      `type=EOE msg=${a} `,
      `type=CWD msg=${b} cwd="/"`,
    ])
    expect(got.map(({ index, text }) => [index, text.split('\n').length])).toEqual([
      [2, 1],
      [0, 3],
      [1, 2],
    ])
  })

  test('documents that carry records stay as they are', () => {
    const lines = [1, 2].map((n) =>
      JSON.stringify({ n, message: 'type=A msg=audit(1.000:1): x=1' }),
    )
    expect(frames(lines).map((frame) => frame.text)).toEqual(lines)
  })

  test('an open event ends when nothing more came for a while', () => {
    const lines = [`type=SYSCALL msg=audit(1.000:1): x=1`, ...Array(40).fill('x')]
    expect(frames(lines)[31]?.index).toBe(0)
  })

  test('XML of events over several lines, in an outer element, behind one another', () => {
    const got = frames([
      '<?xml version="1.0"?>',
      '<Events><Event xmlns="x">',
      '  <System/>',
      '</Event><Event><System/></Event>',
      '<Event>',
      '',
      '</Event></Events>',
      '<34>Nov 20 10:11:12 gate app: <Event>',
    ])
    expect(got).toEqual([
      { index: 1, text: '<Event xmlns="x">\n  <System/>\n</Event>' },
      { index: 3, text: '<Event><System/></Event>' },
      { index: 4, text: '<Event>\n\n</Event>' },
      { index: 7, text: '<34>Nov 20 10:11:12 gate app: <Event>' },
    ])
  })

  test('XML that never ends is bounded and not lost', () => {
    const line = 'x'.repeat(100_000)
    const got = frames(['<Event>', ...Array(30).fill(line)])
    expect(got.length).toBeGreaterThan(1)
    expect(got.map((frame) => frame.text.length).reduce((a, b) => a + b)).toBeGreaterThan(3_000_000)
  })

  test.each([' ', '<', '<Event', '<!--', 'audit(', '<Events>', 'type=', '<?xml'])(
    'a megabyte of %j takes time by its length only',
    (unit) => {
      const filler = unit.repeat(1_000_000 / unit.length)
      for (const line of [filler, `${filler}<x`, `<${filler}`, `<Event>${filler}`]) {
        expect(frames([line]).length).toBeLessThan(3)
      }
    },
  )
})

describe('whose event it is', () => {
  const user = (text: string) => event(text).pivots.user
  test.each([
    [`type=USER_START ${STAMP} pid=1 uid=0 auid=1000 msg='acct="root" res=success'`, 'root'],
    [`type=VIRT_CONTROL ${STAMP} pid=1 uid=0 auid=1000 msg='user=eve op=create'`, 'eve'],
    [`type=ADD_USER ${STAMP} pid=1 uid=0 auid=1000 msg='op=add-user id=1002'`, '1000'],
    [`type=ADD_USER ${STAMP} pid=1 uid=0 auid=1000 UID="root" AUID="anna"`, 'anna'],
    [`type=SYSCALL ${STAMP} arch=c000003e syscall=59 auid=1000 uid=33 pid=1`, '33'],
    [`type=SYSCALL ${STAMP} syscall=59 auid=1000 uid=33 pid=1\u001dAUID="anna" UID="www"`, 'www'],
    [`type=SYSCALL ${STAMP} syscall=59 auid=1000 uid=0 pid=1`, 'root'],
    [`type=SYSCALL ${STAMP} syscall=59 auid=1 uid=2\u001dUID=616E6E612062 GID="users"`, 'anna b'],
  ])('%s', (text, expected) => {
    expect(user(text)).toBe(expected)
  })
})

test('records behind one another in one line, as Wazuh’s agent writes them, are one event', () => {
  const got = event(
    `type=SYSCALL ${STAMP} arch=c000003e syscall=59 success=yes pid=7 comm="touch" exe="/bin/touch" key="k" type=EXECVE ${STAMP} argc=2 a0="touch" a1="/etc/x" type=CWD ${STAMP} cwd="/srv" type=PATH ${STAMP} item=0 name="/etc/" nametype=PARENT type=PATH ${STAMP} item=1 name="/etc/x" nametype=CREATE`,
  )
  expect(got.fields).toMatchObject({
    type: ['SYSCALL', 'EXECVE', 'CWD', 'PATH'],
    CommandLine: 'touch /etc/x',
    TargetFilename: '/etc/x',
  })
  const other = event(
    `type=USER_CMD ${STAMP} pid=7 msg='cmd="x type=EXECVE msg=audit(1.000:1): a0=y" res=success'`,
  )
  expect(other.fields.type).toBe('USER_CMD')
})

describe('documents of Auditbeat', () => {
  const SHELL = {
    '@timestamp': '2026-11-20T10:00:00.250Z',
    event: { module: 'auditd', action: 'executed', outcome: 'success' },
    host: { name: 'web-1' },
    user: { id: '33', name: 'www', audit: { id: '1000', name: 'anna' }, effective: { id: '33' } },
    tags: ['shells'],
  }

  test('raw records count, the user is the document’s', () => {
    const messages = [
      `type=SYSCALL ${STAMP} arch=c000003e syscall=59 success=yes auid=1000 uid=33 pid=7 exe="/bin/sh"`,
      `type=EXECVE ${STAMP} argc=1 a0="sh"`,
    ]
    const got = event(JSON.stringify({ ...SHELL, auditd: { message_type: 'syscall', messages } }))
    expect(got).toMatchObject({
      parser: 'auditd',
      time: 1_763_632_800_250,
      logsource: { product: 'linux', category: ['process_creation'], service: ['auditd'] },
      pivots: { user: 'www', host: 'web-1', process: '/bin/sh', outcome: 'success' },
      fields: { type: ['SYSCALL', 'EXECVE'], a0: 'sh', Image: '/bin/sh', uid: '33' },
    })
    const { auditd: _none, ...kept } = { ...SHELL, auditd: {} }
    const original = { ...kept, auditd: { message_type: 'syscall' }, event: { original: messages } }
    expect(event(JSON.stringify(original)).fields).toMatchObject({ a0: 'sh' })
  })

  test('without them the fields are those of the records', () => {
    const got = event(
      JSON.stringify({
        ...SHELL,
        auditd: {
          message_type: 'syscall',
          result: 'success',
          session: '3',
          sequence: 77,
          data: { arch: 'x86_64', syscall: 'execve', exit: '0', a0: '55d0', tty: 'pts0' },
          paths: [{ item: '0', name: '/bin/sh', nametype: 'NORMAL' }],
        },
        process: {
          pid: 7,
          parent: { pid: 6 },
          name: 'sh',
          executable: '/bin/sh',
          args: ['sh', '-c', 'id'],
          working_directory: '/srv',
          title: 'sh -c id',
        },
      }),
    )
    expect(got).toMatchObject({
      parser: 'auditd',
      time: Date.parse('2026-11-20T10:00:00.250Z'),
      logsource: { category: ['process_creation'] },
      pivots: { user: 'www', host: 'web-1', process: '/bin/sh', action: 'executed' },
      fields: {
        type: ['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'PROCTITLE'],
        SYSCALL: 'execve',
        a0: 'sh',
        a2: 'id',
        syscall_a0: '55d0',
        CommandLine: 'sh -c id',
        CurrentDirectory: '/srv',
        ParentProcessId: '6',
        key: 'shells',
        auid: '1000',
        AUID: 'anna',
        serial: '77',
      },
    })
  })

  test('a refused login keeps its account and address', () => {
    const got = event(
      JSON.stringify({
        '@timestamp': '2026-11-20T10:00:00Z',
        auditd: { message_type: 'user_login', result: 'fail', data: { acct: 'eve', op: 'login' } },
        event: { module: 'auditd' },
        process: { executable: '/usr/sbin/sshd', pid: 7 },
        source: { ip: '192.0.2.9' },
      }),
    )
    expect(got.pivots).toMatchObject({ user: 'eve', src_ip: '192.0.2.9', outcome: 'failure' })
    expect(got.fields).toMatchObject({ type: 'USER_LOGIN', acct: 'eve', res: 'failed' })
  })

  test('other JSON with such a member is none', () => {
    expect(event('{"auditd":"running","host":"web-1"}').parser).toBe('json')
    expect(event('{"auditd":{"version":"3.1"}}').parser).toBe('json')
  })
})
