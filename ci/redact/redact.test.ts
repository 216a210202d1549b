import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import type { Event } from '../../parsers/event.ts'
import { normalise } from '../../parsers/normalise.ts'
import { REDACT_EVENTS_MAX, redactEvents } from './redact.ts'

const NOW = Date.UTC(2026, 10, 20)
const read = (raw: string): Event => normalise(raw, { now: NOW, received: NOW, timeZone: 'UTC' })
const textsOf = (events: readonly Event[]) =>
  events.map(({ message, raw, fields, pivots }) =>
    JSON.stringify([message, raw, fields, pivots]).toLowerCase(),
  )

const sysmon = (fields: Record<string, unknown>) =>
  JSON.stringify({
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    EventID: 1,
    Image: 'C:\\Windows\\System32\\cmd.exe',
    ...fields,
  })

describe('redaction', () => {
  test('gives one value one name in columns, fields, message and raw text of all events', () => {
    const { events, replaced } = redactEvents([
      read(
        sysmon({
          Computer: 'WS-0117.corp.acme.com',
          User: 'ACMECORP\\bob',
          CommandLine: 'cmd /c dir C:\\Users\\Bob\\x',
        }),
      ),
      read(
        'Nov 20 10:00:00 ws-0117 sshd[12]: Accepted password for bob from 8.8.4.4 port 5555 ssh2',
      ),
    ])
    const [one, two] = events
    expect(one?.fields.User).toBe('DOMAIN-1\\user-1')
    expect(one?.fields.CommandLine).toBe('cmd /c dir C:\\Users\\user-1\\x')
    expect(one?.pivots.host).toBe('HOST-1.corp.org-1.example')
    expect(one?.raw).toContain('"HOST-1.corp.org-1.example"')
    expect(two?.raw).toBe(
      'Nov 20 10:00:00 host-1 sshd[12]: Accepted password for user-1 from 192.0.2.1 port 5555 ssh2',
    )
    expect(two?.pivots.user).toBe('user-1')
    expect(replaced.map(({ kind, from, to }) => [kind, from, to])).toContainEqual([
      'user',
      'bob',
      'user-1',
    ])
  })

  test.each([
    ['10.20.30.40', /^10\.0\.0\.1$/],
    ['172.20.1.1', /^172\.16\.0\.1$/],
    ['192.168.77.5', /^192\.168\.0\.1$/],
    ['100.70.1.1', /^100\.64\.0\.1$/],
    ['8.8.4.4', /^192\.0\.2\.1$/],
    ['2a00:1450:4001::5', /^2001:db8::1$/],
    ['fd12:3456::1', /^fd00::1$/],
    ['fe80::1ff:fe23:4567:890a', /^fe80::\d$/],
    ['::ffff:8.8.4.4', /^::ffff:192\.0\.2\.1$/],
    ['127.0.0.1', /^127\.0\.0\.1$/],
    ['::1', /^::1$/],
    ['169.254.169.254', /^169\.254\.169\.254$/],
    ['3c:22:fb:01:02:03', /^00:00:5e:00:53:01$/],
  ])('keeps the kind of address %s', (from, to) => {
    const { events } = redactEvents([read(JSON.stringify({ src_ip: from, note: `from ${from}` }))])
    expect(String(events[0]?.fields.src_ip)).toMatch(to)
    expect(String(events[0]?.fields.note).slice('from '.length)).toMatch(to)
  })

  test.each([
    ['versions', { FileVersion: '6.1.1.9' }],
    ['a browser', { ua: 'Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36' }],
    ['accounts of the system', { User: 'NT AUTHORITY\\SYSTEM', user: 'root' }],
    [
      'hashes',
      { Hashes: 'SHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    ],
    ['names of the other side', { QueryName: 'evil-site.top', 'cs-host': 'cdn.evil-site.top' }],
    ['paths', { Image: 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE' }],
    ['well-known relative ids', { note: 'S-1-5-32-544 and S-1-5-18' }],
    ['masked values', { password: '********', token: '-' }],
    ['a working directory', { cmd: 'TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/ls -p /tmp' }],
  ])('leaves %s alone', (_, fields) => {
    const { events, replaced } = redactEvents([read(JSON.stringify(fields))])
    expect(replaced).toEqual([])
    expect(events[0]?.fields).toEqual(fields)
  })

  test('keeps SIDs apart by domain and person, and well-known ones known', () => {
    const a = 'S-1-5-21-111-222-333'
    const b = 'S-1-5-21-444-555-666'
    const { events } = redactEvents([
      read(JSON.stringify({ all: `${a}-500 ${a}-1107 ${b}-1107 ${a}-1107` })),
    ])
    const [admin, one, other, again] = String(events[0]?.fields.all).split(' ')
    expect(admin).toMatch(/^S-1-5-21-1000000000-2000000000-\d+-500$/)
    expect(one).toBe(again!)
    expect(one).not.toBe(other!)
    expect(one?.replace(/-\d+$/, '')).toBe(admin!.replace(/-\d+$/, ''))
  })

  test('opens base64 and closes it again', () => {
    const command = 'net use \\\\fs01\\c$ /user:acmecorp\\bob P@ssw0rd1'
    const encoded = Buffer.from(command, 'utf16le').toString('base64')
    const { events } = redactEvents([read(sysmon({ CommandLine: `powershell -enc ${encoded}` }))])
    const inner = Buffer.from(String(events[0]?.fields.CommandLine).split(' ')[2]!, 'base64')
    expect(inner.toString('utf16le')).toBe(
      'net use \\\\host-1\\c$ /user:domain-1\\user-1 REMOVED-SECRET-1',
    )
  })

  test('shows no secret in its list, and keeps none on demand', () => {
    const event = read(JSON.stringify({ cmd: 'x --password Tr0ub4dor&3' }))
    const { events, replaced } = redactEvents([event], { keep: ['Tr0ub4dor&3'] })
    expect(events[0]?.fields.cmd).toBe('x --password REMOVED-SECRET-1')
    expect(JSON.stringify(replaced)).not.toContain('Tr0ub4dor')
  })

  test('keeps what is asked to stay, everywhere', () => {
    const { events } = redactEvents([read(sysmon({ User: 'ACMECORP\\bob', note: 'bob' }))], {
      keep: ['Bob'],
    })
    expect(events[0]?.fields.note).toBe('bob')
  })

  test('keeps a whole value whole: its parts are not changed in it', () => {
    const event = read(JSON.stringify({ user: 'ana@acme.co.uk', seen: 'ana from acme.co.uk' }))
    const { events, replaced } = redactEvents([event], { keep: ['ana@acme.co.uk'] })
    expect(events[0]?.fields.user).toBe('ana@acme.co.uk')
    expect(replaced.map(({ from }) => from)).not.toContain('ana@acme.co.uk')
  })

  test('knows domains that it is told of', () => {
    const event = read(JSON.stringify({ url: 'https://wiki.corp.acme.co.uk/x?h=acme.co.uk' }))
    const { events } = redactEvents([event], { ownDomains: ['acme.co.uk'] })
    expect(events[0]?.fields.url).toBe('https://host-1.corp.org-1.example/x?h=org-1.example')
  })

  test('never hands out a name that is in the events', () => {
    const { events } = redactEvents([read(JSON.stringify({ user: 'bob', note: 'user-1 saw bob' }))])
    expect(events[0]?.fields.note).toBe('user-1 saw user-2')
  })

  test('refuses more events than it takes', () => {
    const event = read('{"a":1}')
    expect(() => redactEvents(Array(REDACT_EVENTS_MAX + 1).fill(event))).toThrow(RangeError)
  })
})

const letters = [...'abcdefghijklmnopqrstuvwxyz']
const word = fc
  .array(fc.constantFrom(...letters), { minLength: 4, maxLength: 10 })
  .map((all) => `q${all.join('')}`)
const address = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 254 })))
  .map((octets) => octets.join('.'))
  .filter((text) => ['private', 'unicast'].includes(ipaddr.parse(text).range()))

describe('properties of redaction', () => {
  test('no name, address or password leaves, whatever form the event has', () => {
    fc.assert(
      fc.property(word, word, word, address, (user, host, password, ip) => {
        fc.pre(new Set([user, host, password]).size === 3)
        const domain = `${host}-org.com`
        const events = [
          sysmon({
            Computer: `${host}.${domain}`,
            User: `${host}dom\\${user}`,
            CommandLine: `c:\\users\\${user}\\a.exe --password ${password} http://${user}:${password}@${ip}/`,
          }),
          `<34>Nov 20 10:00:00 ${host} sshd[1]: Failed password for ${user} from ${ip} port 22 ssh2`,
          JSON.stringify({
            user: `${user}@${domain}`,
            src_ip: ip,
            nested: { text: JSON.stringify({ user }) },
          }),
          JSON.stringify({
            host,
            user,
            password,
            src: ip,
            url: `https://${host}.${domain}/?u=${user}`,
          }),
        ].map(read)
        for (const text of textsOf(redactEvents(events).events))
          for (const value of [user, host, password, domain, ip])
            expect(new RegExp(`(?<![\\w.])${RegExp.escape(value)}(?!\\w)`).test(text)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('two values never get one name, one value never two', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 12 }), (users) => {
        const { events } = redactEvents(
          [...users, ...users].map((user) => read(JSON.stringify({ user }))),
        )
        const names = events.map((event) => event.fields.user)
        expect(new Set(names).size).toBe(users.length)
        expect(names.slice(users.length)).toEqual(names.slice(0, users.length))
      }),
    )
  })

  test('addresses stay of their kind and stay apart', () => {
    fc.assert(
      fc.property(fc.uniqueArray(address, { minLength: 1, maxLength: 30 }), (addresses) => {
        const { events } = redactEvents([read(JSON.stringify({ all: addresses.join(' ') }))])
        const out = String(events[0]?.fields.all).split(' ')
        expect(new Set(out).size).toBe(addresses.length)
        for (const [at, text] of out.entries()) {
          const isPrivate = ipaddr.parse(addresses[at]!).range() === 'private'
          expect(ipaddr.parse(text).range() === 'private').toBe(isPrivate)
        }
      }),
    )
  })

  test('what is redacted once says the same when it is redacted again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = redactEvents([read(JSON.stringify({ value }))]).events
        expect(once[0]!.fields.value).toEqual(redactEvents(once).events[0]!.fields.value!)
      }),
    )
  })

  test.each([
    'a',
    'A1',
    'net use ',
    '\\\\',
    '1.',
    '::',
    'x@',
    '"',
    '/users/',
    'psexec ',
    'b.c@',
    'eyJ-',
  ])('what stands behind a hundred thousand characters of %p is found as well', (filler) => {
    const long = filler.repeat(100_000 / filler.length)
    const text = `${long} ; net user zorro hunter2zz /add ; ping 8.8.4.4 ; mail zorro@qcorp.com`
    const [out] = textsOf(redactEvents([read(JSON.stringify({ user: 'zorro', text }))]).events)
    for (const value of ['zorro', 'hunter2zz', '8.8.4.4', 'qcorp']) expect(out).not.toContain(value)
  })
})
