import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('iptables', [
  [
    'Nov 20 10:11:12 gw kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC=203.0.113.9 DST=192.0.2.4 LEN=40 TOS=0x00 TTL=244 ID=54321 PROTO=TCP SPT=48122 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'gw',
        action: 'denied',
        src_ip: '203.0.113.9',
        src_port: 48122,
        dst_ip: '192.0.2.4',
        dst_port: 23,
      },
      fields: { prefix: '[UFW BLOCK]', protocol: 'tcp', flags: ['SYN'], TTL: 244 },
      logsource: { product: 'linux', category: ['firewall'] },
    },
  ],
  [
    '<4>1 2026-11-20T10:11:12Z gw kernel - - - ACCEPT-IN IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC=203.0.113.9 DST=192.0.2.4 LEN=40 TOS=0x00 TTL=244 ID=54321 PROTO=TCP SPT=48122 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        action: 'allowed',
        src_ip: '203.0.113.9',
        src_port: 48122,
        dst_ip: '192.0.2.4',
        dst_port: 23,
      },
    },
  ],
  [
    'Nov 20 10:11:12 edge kernel: [WAN_IN-default-D]IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC=203.0.113.9 DST=192.0.2.4 LEN=40 TOS=0x00 TTL=244 ID=54321 PROTO=TCP SPT=48122 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
    { pivots: { host: 'edge', action: 'denied' } },
  ],
  [
    'DROP: IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC=203.0.113.9 DST=192.0.2.4 LEN=40 TOS=0x00 TTL=244 ID=54321 PROTO=TCP SPT=48122 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
    {
      pivots: {
        action: 'denied',
        src_ip: '203.0.113.9',
        src_port: 48122,
        dst_ip: '192.0.2.4',
        dst_port: 23,
      },
    },
  ],
  [
    'IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC=203.0.113.9 DST=192.0.2.4 LEN=40 TOS=0x00 TTL=244 ID=54321 PROTO=TCP SPT=48122 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
    { pivots: { src_ip: '203.0.113.9', src_port: 48122, dst_ip: '192.0.2.4', dst_port: 23 } },
  ],
  [
    'Nov 20 10:11:12 gw kernel: IN= OUT=lo SRC=2001:db8::1 DST=2001:db8::2 LEN=104 TC=0 HOPLIMIT=64 PROTO=ICMPv6 TYPE=128 CODE=0',
    { pivots: { src_ip: '2001:db8::1', dst_ip: '2001:db8::2' }, fields: { TYPE: 128 } },
  ],
  [
    'Nov 20 10:11:12 gw kernel: DENY: IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=88 PROTO=ICMP TYPE=3 CODE=3 [SRC=192.0.2.2 DST=198.51.100.3 LEN=60 PROTO=UDP SPT=1 DPT=2 LEN=40 ]',
    {
      pivots: { src_ip: '192.0.2.1', dst_ip: '192.0.2.2' },
      fields: {
        quoted_packet: 'SRC=192.0.2.2 DST=198.51.100.3 LEN=60 PROTO=UDP SPT=1 DPT=2 LEN=40',
      },
    },
  ],
  [
    'Nov 20 10:11:12 gw user.info kernel: TTL=126 ID=1 DF PROTO=TCP SPT=48122 DPT=23 ACK',
    { pivots: { src_port: 48122, dst_port: 23 } },
    'named',
  ],
])

testRefused('iptables', ['Nov 20 10:11:12 gw kernel: eth0 up'])

testLines('iptables', [
  [
    'Nov 20 10:11:12 gw kernel: [20474.05] SFW2-INext-ACC-TCP IN=eth0 OUT= MAC=28:45:a7:f3:18:00:00:22:15:67:6a:25:08:00 SRC=192.0.2.9 DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=6429 DF PROTO=TCP SPT=59282 DPT=631 WINDOW=14600 RES=0x00 SYN URGP=0',
    { pivots: { action: 'allowed', src_ip: '192.0.2.9', dst_port: 631 } },
  ],
])
