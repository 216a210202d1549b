import { expect, test } from 'bun:test'
import { NOW, testLines, testRefused } from '../test/support/parser-lines.ts'
import { normalise } from './normalise.ts'

testLines('fortinet', [
  [
    '<189>date=2026-11-20 time=10:11:12 devname="fg1" devid="FG1" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" eventtime=1795169472000000000 tz="+0100" srcip=192.0.2.9 srcport=51511 srcintf="port1" dstip=198.51.100.7 dstport=23 proto=6 action="deny" policyid=0 sentbyte=0',
    {
      time: '2026-11-20T09:11:12Z',
      pivots: {
        host: 'fg1',
        action: 'denied',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 23,
      },
      fields: { action: 'deny', srcintf: 'port1', policyid: '0' },
      logsource: {
        product: 'fortigate',
        category: ['firewall'],
        service: ['traffic', 'forward', 'fortigate'],
      },
    },
  ],
  [
    'date=2026-11-20 time=10:11:12 devname="fg1" devid="FG1" logid="0316013056" type="utm" subtype="webfilter" eventtype="ftgd_blk" level="warning" srcip=192.0.2.9 dstip=198.51.100.7 dstport=443 service="HTTPS" hostname="example.org" url="/a?b=c" action="blocked" user="CORP\\\\anna" agent="curl \\"8\\""',
    {
      pivots: { user: 'anna', url: '/a?b=c', domain: 'example.org', severity: 'low' },
      fields: { 'c-uri': 'https://example.org/a?b=c', 'c-useragent': 'curl "8"' },
      logsource: { category: ['proxy', 'firewall'] },
    },
  ],
  [
    'date=2026-11-20 time=10:11:12 devname="fg1" devid="FG1" logid="1501054802" type="utm" subtype="dns" eventtype="dns-response" level="notice" srcip=192.0.2.9 dstip=198.51.100.7 qname="example.org" qtype="A" ipaddr="203.0.113.5" action="pass"',
    {
      fields: { query: 'example.org', record_type: 'A', answer: '203.0.113.5' },
      logsource: { category: ['dns', 'firewall'] },
    },
  ],
  [
    'date=2026-11-20 time=10:11:12 devname="fg1" devid="FG1" logid="0100044547" type="event" subtype="system" level="information" user="anna" ui="GUI(192.0.2.9)" action="Add" cfgpath="system.admin" msg="Add system.admin eve"',
    {
      message: 'Add system.admin eve',
      pivots: { user: 'anna', src_ip: '192.0.2.9', action: 'Add' },
      fields: { action: 'Add', cfgpath: 'system.admin' },
      logsource: { product: 'fortigate', service: ['event', 'system', 'fortigate'] },
    },
  ],
  [
    'date=2026-11-20 time=10:11:12 devname="fg1" devid="FG1" logid="0101037124" type="event" subtype="vpn" level="error" remip=198.51.100.7 locip=192.0.2.1 remport=500 locport=500 action="negotiate" status="negotiate_error"',
    {
      pivots: {
        src_ip: '192.0.2.1',
        dst_ip: '198.51.100.7',
        dst_port: 500,
        outcome: 'failure',
        severity: 'medium',
      },
    },
  ],
  [
    'date=2026-11-20,time=10:11:12,devname=fg1,devid=FG1,logid=0000000013,type=traffic,subtype=forward,srcip=192.0.2.9,dstip=198.51.100.7,action=accept',
    { time: '2026-11-20T10:11:12Z', pivots: { src_ip: '192.0.2.9', action: 'allowed' } },
  ],
])

testRefused('fortinet', ['Nov 20 10:11:12 fg1 nothing of the kind'])

testLines('fortinet', [
  [
    'date=2026-11-20 time=10:11:12 devname="fw1" devid="F1" tz="UTC+2:00" logid="0101037121" type="event" subtype="vpn" level="error" vd="root" action="negotiate" remip=198.51.100.7 locip=192.0.2.1 user="198.51.100.7" eapuser="anna" status="failure"',
    { time: '2026-11-20T08:11:12Z', pivots: { user: 'anna', outcome: 'failure' } },
  ],
])

testLines('fortinet', [
  [
    'Nov 20 10:11:13 date=2026-11-20 time=10: 11:12 devname=fw1 device_id=F1 log_id=9 type=traffic subtype=other pri=notice status=deny vd="root" src=192.0.2.9 src_port=1111 dst=198.51.100.7 dst_port=2222 proto=6',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'fw1', src_port: 1111, dst_ip: '198.51.100.7', action: 'denied' },
      fields: { time: '10:11:12' },
    },
  ],
  [
    '2026-11-20T10:11:13-03:00 192.0.2.1 devid=F1 date=2026-11-20 time=10:11:12 tz=ART type=attack description="TCP invalid flag" protocol=6 sip=192.0.2.9 dip=198.51.100.7 dropcount=30',
    {
      pivots: { host: '192.0.2.1', src_ip: '192.0.2.9', dst_ip: '198.51.100.7' },
      absent: ['process'],
    },
  ],
])

test('pairs of a Sophos firewall are not recognised as FortiGate', () => {
  const line =
    '<30>device="SFW" date=2026-11-20 time=10:11:12 timezone="CET" device_name="XG1" device_id=1 log_id=010101600001 log_type="Firewall" log_subtype="Allowed" status="Allow" src_ip=192.0.2.9 dst_ip=198.51.100.7'
  expect(normalise(line, { now: NOW, received: NOW, timeZone: 'UTC' }).parser).not.toBe('fortinet')
})

testLines('fortinet', [
  [
    'eventtime=1795169472483566820 tz="+0100" logid="0116047301" type="event" subtype="rest-api" level="information" vd="root" logdesc="REST API request failed" user="anna" ui="GUI(192.0.2.9)" method="GET" path="system.usb-log" status="403" url="/api/v2/monitor/system/usb-log?vdom=root"',
    {
      time: '2026-11-20T10:11:12.483Z',
      pivots: {
        user: 'anna',
        src_ip: '192.0.2.9',
        outcome: 'failure',
        url: '/api/v2/monitor/system/usb-log?vdom=root',
      },
      logsource: { service: ['event', 'rest-api', 'fortigate'] },
    },
  ],
  [
    'type="event" subtype="system" level="information" vd="root" logdesc="Admin login successful" sn="12" user="anna" ui="jsconsole" method="jsconsole" srcip=192.0.2.9 dstip=192.0.2.1 action="login" status="success" msg="Administrator anna logged in"',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', dst_ip: '192.0.2.1', outcome: 'success' } },
  ],
  [
    'date=2026-11-20 time=10:11:12 logid="1601061010" type="utm" subtype="ssh" eventtype="ssh-channel" level="warning" vd="root" eventtime=1795169472 srcip=192.0.2.9 srcport=4242 dstip=198.51.100.7 dstport=22 proto=6 action="blocked" login="root" channeltype="shell"',
    { pivots: { user: 'root', src_ip: '192.0.2.9', dst_port: 22 } },
  ],
  [
    'time=11:11:12 timestamp=1795169472 devname="auth1" devid="FAC1" vd="root" itime=1795169472 logid="20320" logdesc="AUTH_FAIL" type="event" subtype="Authentication" level="information" user="anna" nas="192.0.2.1" userip=192.0.2.9 action="Authentication" status="Failed" msg="User authentication failed" tz="+0100"',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'auth1', src_ip: '192.0.2.9', outcome: 'failure' },
    },
  ],
])

testRefused('fortinet', ['type=event subtype=system of something else'])

testLines('fortinet', [
  [
    '{"type":"traffic","subtype":"forward","time":"10:11:12","date":"2026-11-20","tz":"+0000","devname":"fg1","vd":"root","logid":"0000000013","srcip":"192.0.2.9","srcport":51511,"dstip":"198.51.100.7","dstport":443,"action":"deny","msg":"say \\"no\\""}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'fg1',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 443,
        action: 'denied',
      },
      fields: { srcport: '51511', msg: 'say "no"' },
    },
  ],
])
