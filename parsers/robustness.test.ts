import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type NormaliseOptions, normalise, UNPARSED } from './normalise.ts'
import { PARSERS, parserNames } from './table.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS: NormaliseOptions = { now: NOW, received: NOW, timeZone: 'UTC' }
const MEGABYTE = 1024 * 1024

/** Lines that parsers know, to be stretched and mutated. */
const SEEDS = [
  '<34>Nov 20 10:11:12 gate app[7]: text',
  '<165>1 2026-11-20T10:11:12Z gate app 77 ID47 [a@1 x="1"][b] text',
  'Nov 20 10:11:12 h sshd[9]: Failed password for invalid user a from 192.0.2.1 port 22 ssh2',
  'Nov 20 10:11:12 h sudo:  anna : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  'Nov 20 10:11:12 h sshd[9]: pam_unix(sshd:auth): authentication failure; uid=0 rhost=192.0.2.1  user=x',
  '192.0.2.1 - - [20/Nov/2026:10:11:12 +0000] "GET /a?b HTTP/1.1" 200 1 "r" "u"',
  '2026/11/20 10:11:12 [error] 1#2: *3 text, client: 192.0.2.1, server: s, request: "GET / HTTP/1.1"',
  '[Fri Nov 20 10:11:12 2026] [core:error] [pid 1:tid 2] [client 192.0.2.1:5] AH00001: text',
  '{"timestamp":"2026-11-20T10:11:12Z","event_type":"dns","flow_id":1,"dns":{"rrname":"a"}}',
  '{"Event":{"System":{"EventID":1,"Channel":"Security"},"EventData":{"Data":["a"]}}}',
  'type=SYSCALL msg=audit(1763632800.250:77): arch=c000003e syscall=59 a0=1 comm="a" exe=2F6269 key="k"\ntype=EXECVE msg=audit(1763632800.250:77): argc=1 a0="a"',
  "<Event xmlns='x'><System><Provider Name='a'/><EventID>1</EventID><Channel>Security</Channel></System><EventData><Data Name='x'>&amp;<![CDATA[y]]></Data></EventData></Event>",
  '<14>Nov 20 10:11:12 h MSWinEventLog\t1\tSecurity\t1\tFri Nov 20 10:11:12 2026\t4624\ta\tN/A\tN/A\tSuccess Audit\th\tLogon\t\tText.    Subject:   Account Name:  a',
  '{"source":"syslog","message":"<34>Nov 20 10:11:12 gate app[7]: text","fields":{"a":1}}',
  'Nov 20 10:11:12 gw kernel: [1.2] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=1 DPT=2',
  '20-Nov-2026 10:11:12.345 queries: info: client @0x7f 192.0.2.9#5 (a.example): query: a.example IN A +E (192.0.2.1)',
  '[1795169472] unbound[811:0] info: 192.0.2.9 a.example. A IN NOERROR 0.001 0 61',
  'DHCPREQUEST for 192.0.2.77 (192.0.2.1) from 00:16:3e:aa:bb:cc (laptop) via eth1',
  '1795169472.123    180 192.0.2.9 TCP_MISS/200 3120 GET http://a.example/ anna HIER_DIRECT/192.0.2.7 -',
  'h haproxy[9]: 192.0.2.9:5 [20/Nov/2026:10:11:12.345] w a/s 0/0/1/2/3 200 5 - - ---- 5/5/0/0/0 0/0 {a|b} "GET / HTTP/1.1"',
  'postfix/smtpd[9]: NOQUEUE: reject: RCPT from a.example[192.0.2.9]: 554 5.7.1 <x>: no; from=<a> to=<b>',
  'openvpn[5]: anna/192.0.2.9:1194 MULTI: Learn: 10.8.0.6 -> anna/192.0.2.9:1194',
  '%ASA-6-302013: Built inbound TCP connection 7 for o:192.0.2.9/5 (192.0.2.9/5)(LOCAL\\anna) to i:192.0.2.1/443 (u)',
  '%ASA-4-106023: Deny tcp src o:192.0.2.9/5 dst i:a.example/443',
  '%FTD-1-430003: SrcIP: 192.0.2.9, DstIP: 192.0.2.1, User: a, URL: http://a.example/',
  '<189>7: *Nov 20 10:11:12: %SEC-6-IPACCESSLOGP: list 1 denied udp 192.0.2.9(5) -> 192.0.2.1(53), 1 packet',
  '<189>date=2026-11-20 time=10:11:12 devname="f" logid="1" type="utm" srcip=192.0.2.9 url="/a" msg="x"',
  '1,2026/11/20 10:11:12,01,THREAT,url,1,2026/11/20 10:11:12,192.0.2.9,192.0.2.1,,,r,u,,a,v,t,u,e,e,f,,7,1,5,80,0,0,0,tcp,alert,"a.example/",(9999),m,low',
  '<134>1 2026-11-20T10:11:12Z gw CheckPoint 7 - [action:"Drop"; loguid:"{0}"; origin:"192.0.2.1"; src:"192.0.2.9"]',
  'filterlog[7]: 5,,,1,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,192.0.2.9,192.0.2.1,5,22,0,S,1,,1,,m',
  'CEF:0|A|B|1|2|n|7|src=192.0.2.9 cs1Label=L cs1=v msg=a \\= b',
  'LEEF:2.0|A|B|1|2|^|src=192.0.2.9^dst=192.0.2.1',
  'time=2026-11-20T10:11:12Z level=info msg="a b" user=anna',
  '2026-11-20 10:11:12 192.0.2.1 GET /a b=c 443 - 192.0.2.9 M/5.0 - 200 0 0 15',
]

describe('a megabyte is read in time that grows with its length only', () => {
  // A quadratic step would take hours here; the test runner's time limit is the judge.
  const units = [
    'a',
    ' ',
    '[',
    ']',
    '"',
    '\\',
    '=',
    ':',
    '; ',
    ', ',
    ' : ',
    '1',
    '(',
    ')',
    '<',
    ' from ',
    '%',
    '@',
    '="',
    '\\"',
    '|',
  ]
  test.each(SEEDS)(
    '%s',
    (seed) => {
      const middle = Math.floor(seed.length / 2)
      for (const unit of units) {
        const filler = unit.repeat(Math.floor(MEGABYTE / unit.length))
        for (const line of [seed + filler, seed.slice(0, middle) + filler + seed.slice(middle)]) {
          expect(normalise(line, OPTIONS).raw).toBe(line)
        }
      }
    },
    60_000,
  )
})

describe('nothing escapes, nothing is lost', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
    fc
      .tuple(
        fc.constantFrom(...SEEDS),
        fc.nat(150),
        fc.nat(40),
        fc.string({ unit: 'binary', maxLength: 20 }),
      )
      .map(([seed, at, cut, text]) => seed.slice(0, at) + text + seed.slice(at + cut)),
  )
  const source = fc.option(fc.constantFrom(...parserNames(), 'a label'), { nil: undefined })

  test('any text under any name is an event with its raw text', () => {
    fc.assert(
      fc.property(line, source, (text, name) => {
        const got = normalise(text, { ...OPTIONS, source: name })
        expect(got.raw).toBe(text.toWellFormed())
        expect(Number.isFinite(got.time)).toBe(true)
        expect(got.parser === UNPARSED).toBe(got.error !== undefined)
        expect(Object.getPrototypeOf(got.fields)).toBe(Object.prototype)
        expect(JSON.stringify(got).isWellFormed()).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

test('the table: names are keys, aliases are free of clashes', () => {
  for (const [key, parser] of Object.entries(PARSERS)) expect(parser.name).toBe(key)
  const names = parserNames()
  expect(new Set(names).size).toBe(names.length)
})
