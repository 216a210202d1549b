import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('cisco_asa', [
  [
    '<166>Nov 20 2026 10:11:12 fw1 : %ASA-6-302013: Built inbound TCP connection 77 for outside:198.51.100.7/51511 (198.51.100.7/51511)(LOCAL\\anna) to inside:192.0.2.9/443 (203.0.113.1/443)',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'fw1',
        user: 'anna',
        src_ip: '198.51.100.7',
        src_port: 51511,
        dst_ip: '192.0.2.9',
        dst_port: 443,
      },
      fields: {
        message_id: '302013',
        protocol: 'tcp',
        direction: 'inbound',
        connection_id: '77',
        src_interface: 'outside',
        mapped_dst_ip: '203.0.113.1',
      },
      logsource: { product: 'cisco', category: ['firewall'] },
    },
  ],
  [
    'Nov 20 10:11:12 fw1 %ASA-4-106023: Deny tcp src outside:198.51.100.7/51511 dst inside:192.0.2.9/22 by access-group "in" [0x0, 0x0]',
    {
      pivots: {
        host: 'fw1',
        action: 'denied',
        severity: 'low',
        src_ip: '198.51.100.7',
        dst_port: 22,
      },
      fields: { action: 'denied', rule_name: 'in', dst_interface: 'inside' },
    },
  ],
  [
    '%ASA-6-106100: access-list in denied tcp inside/192.0.2.9(51511) -> outside/198.51.100.7(23) hit-cnt 1 first hit [0x1, 0x0]',
    {
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 23,
        action: 'denied',
      },
    },
  ],
  [
    '%ASA-6-113012: AAA user authentication Successful : database (LOCAL) : user = anna(guest',
    { pivots: { user: 'anna(guest' } },
  ],
  [
    'ASA-6-605004: Login denied from 192.0.2.9/51511 to inside:192.0.2.1/ssh for user "anna"',
    { pivots: { user: 'anna', outcome: 'failure', src_ip: '192.0.2.9' } },
  ],
  [
    '%ASA-6-113005: AAA user authentication Rejected : reason = Invalid password : server = 192.0.2.5 : user = anna : user IP = 192.0.2.9',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    "%ASA-5-111010: User 'anna', running 'CLI' from IP 192.0.2.9, executed 'clear logging'",
    { pivots: { user: 'anna', src_ip: '192.0.2.9' }, fields: { command: 'clear logging' } },
  ],
  [
    '%ASA-4-113019: Group = vpn, Username = anna, IP = 192.0.2.9, Session disconnected. Session Type: SSL, Duration: 0h:01m:52s, Bytes xmt: 1, Bytes rcv: 2, Reason: User Requested',
    { pivots: { user: 'anna', src_ip: '192.0.2.9' }, fields: { group: 'vpn' } },
  ],
  [
    '%ASA-6-302020: Built inbound ICMP connection for faddr 198.51.100.7/0 gaddr 203.0.113.1/0 laddr 192.0.2.9/0 type 8 code 0',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7' } },
  ],
  [
    '%ASA-5-304001: anna@192.0.2.9 Accessed URL 198.51.100.7:http://example.org/a[0]',
    {
      pivots: {
        url: 'http://example.org/a[0]',
        domain: 'example.org',
        user: 'anna',
        dst_ip: '198.51.100.7',
      },
    },
  ],
  [
    '<113>2026-11-20T10:11:12Z ftd1  %FTD-1-430003: AccessControlRuleAction: Block, SrcIP: 192.0.2.9, DstIP: 198.51.100.7, SrcPort: 51511, DstPort: 53, Protocol: udp, Prefilter Policy: Default, User: CORP\\anna, DNSQuery: example.org, DNSRecordType: a host address',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'ftd1', user: 'anna', domain: 'example.org', action: 'denied', dst_port: 53 },
      fields: { query: 'example.org', PrefilterPolicy: 'Default' },
      logsource: { category: ['firewall', 'dns'] },
    },
  ],
  [
    '<14>Nov 20 2026 10:11:12 index.cgi: center: anna@192.0.2.9, System > Users, Login, Login Success x0a x00',
    {
      pivots: {
        host: 'center',
        process: 'index.cgi',
        user: 'anna',
        src_ip: '192.0.2.9',
        outcome: 'success',
      },
    },
  ],
])

testLines('cisco_asa', [
  [
    '<13>Nov 20 10:11:13 relay Nov 20 2026 10:11:12 fw1 : %ASA-6-611103: User logged out: Uname: anna',
    { time: '2026-11-20T10:11:12Z', pivots: { host: 'fw1', user: 'anna' } },
  ],
])

testRefused('cisco_asa', ['Nov 20 10:11:12 fw1 nothing of the kind'])

testLines('cisco_asa', [
  [
    'LOCAL4.WARNING: fw1 %ASA-4-106023: Deny udp src v1:outside:198.51.100.7/51511 dst v2:inside:192.0.2.9/53 by access-group "in" [0x0, 0x0]',
    {
      pivots: {
        host: 'fw1',
        src_ip: '198.51.100.7',
        src_port: 51511,
        dst_ip: '192.0.2.9',
        dst_port: 53,
      },
      fields: { src_interface: 'v1:outside', dst_interface: 'v2:inside' },
    },
  ],
  [
    '%ASA-4-106023: Deny tcp src outside:198.51.100.7/51511(7:guests) dst inside:192.0.2.9/443 by access-group "in" [0x0, 0x0]',
    { fields: { src_security_group: '7:guests' }, absent: ['user'] },
  ],
  [
    '%ASA-6-302020: Built inbound ICMP connection for faddr 198.51.100.7/1 gaddr 192.0.2.9/0 laddr 192.0.2.9/0 type 8 code 0 ',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7' }, absent: ['user'] },
  ],
  [
    '%ASA-6-106100: access-list in permitted udp dmz/192.0.2.9(5353)(LOCAL\\anna) -> inside/192.0.2.1(53) hit-cnt 1 first hit [0x1, 0x0]',
    { pivots: { user: 'anna', src_port: 5353, dst_port: 53 } },
  ],
  [
    '%ASA-6-113005: AAA user authentication Rejected : reason = Unspecified : server = 192.0.2.5 : user = : user IP = 192.0.2.9',
    {
      pivots: { src_ip: '192.0.2.9', dst_ip: '192.0.2.5', outcome: 'failure' },
      absent: ['user'],
    },
  ],
  [
    '%ASA-6-113015: AAA user authentication Rejected : reason = User was not found : local database : user = anna(guest account) : user IP = 192.0.2.9',
    { pivots: { user: 'anna(guest account)', src_ip: '192.0.2.9' } },
  ],
  [
    '%ASA-6-113037: Reboot pending, new sessions disabled. Denied user login.',
    { pivots: { outcome: 'failure' }, absent: ['user'] },
  ],
  [
    '%ASA-4-113029: Group staff User anna IP 192.0.2.9 Session could not be established: session limit of 5 reached',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    '%ASA-6-716003: Group staff User anna IP 192.0.2.9 WebVPN access GRANTED: "https://wiki.example/a"',
    { pivots: { url: 'https://wiki.example/a', domain: 'wiki.example', user: 'anna' } },
  ],
  [
    '%ASA-6-716059: Group <staff> User <anna> IP <192.0.2.9> AnyConnect session resumed. Connection from <198.51.100.7>.',
    { pivots: { user: 'anna', src_ip: '198.51.100.7', dst_ip: '192.0.2.9' } },
  ],
  [
    '%ASA-6-607001: Pre-allocate SIP NOTIFY UDP secondary channel for voice:198.51.100.7/5060 to inside:192.0.2.9 from 200 message',
    {
      pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7', dst_port: 5060 },
      absent: ['src_port'],
    },
  ],
  [
    '%ASA-4-733100: [ LOCAL\\anna#012        ] drop rate-1 exceeded. Current burst rate is 40 per second',
    { pivots: { user: 'anna', action: 'denied' } },
  ],
  [
    '%ASA-6-751025: Local:203.0.113.10:4500 Remote:198.51.100.7:50466 Username:anna IKEv2 Group:staff IPv4 Address=192.0.2.30 IPv6 address=invalid-addr-2-0.0.0.0 assigned to session',
    { pivots: { user: 'anna', outcome: 'success', dst_ip: '198.51.100.7' } },
  ],
  [
    '%ASA-6-751025: Local:2001:db8::1:4500 Remote:2001:db8::2:50466 Username:anna IKEv2 Group:staff IPv4 Address=192.0.2.30 IPv6 address=2001:db8::9 assigned to session',
    { pivots: { src_ip: '2001:db8::1', src_port: 4500, dst_ip: '2001:db8::2', dst_port: 50466 } },
  ],
  [
    '<166>:Nov 20 10:11:12 UTC: %FTD--6-852002: Received Full Proxy to Lightweight event from application Snort for TCP flow 192.0.2.9/710 to 198.51.100.7/443',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { src_ip: '192.0.2.9', dst_port: 443 },
      fields: { message_id: '852002' },
    },
  ],
  [
    '<188>Nov 20 10:11:12 fw1: %FTD<Up>-4-106023: Deny tcp src a:192.0.2.9/1 dst b:198.51.100.7/2 by access-group "in"',
    { pivots: { host: 'fw1', src_ip: '192.0.2.9' }, fields: { message_id: '106023' } },
  ],
])

testLines('cisco_asa', [
  [
    '%ASA-4-401004: Shunned packet: 192.0.2.9 = 198.51.100.7 on interface inside',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7' } },
  ],
  [
    '%ASA-6-603108: Built PPTP Tunnel at inside, tunnel-id = 32135, remote-peer = 192.0.2.9, virtual-interface = 3141, username = anna, MPPE-key-strength = 128',
    { pivots: { user: 'anna', src_ip: '192.0.2.9' } },
  ],
  [
    '%ASA-7-710004: TCP connection limit exceeded from 192.0.2.9/51511 to outside:198.51.100.7/22 (current connections/connection limit = 11/10)',
    { pivots: { src_ip: '192.0.2.9', dst_port: 22 }, absent: ['user'] },
  ],
])

testLines('cisco_asa', [
  [
    '2026-11-20T10:11:12Z   %FTD-1-430001: SrcIP: 192.0.2.9, DstIP: 198.51.100.7, SrcPort: 51511, DstPort: 53, Protocol: udp, GID: 1, SID: 254, Message: PROTOCOL-DNS odd, IntrusionPolicy: P, InlineResult: Dropped',
    { pivots: { src_ip: '192.0.2.9', dst_port: 53, action: 'denied' } },
  ],
])

testLines('cisco_asa', [
  [
    '%ASA-4-401004: Shunned packet: 192.0.2.9 ==> 198.51.100.7 on interface outside',
    { pivots: { src_ip: '192.0.2.9', dst_ip: '198.51.100.7', action: 'denied' } },
  ],
])
