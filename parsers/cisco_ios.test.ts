import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('cisco_ios', [
  [
    '<189>77: *Nov 20 10:11:12.345 CET: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: anna] [Source: 192.0.2.9] [localport: 22] [Reason: Login Authentication Failed] at 10:11:12 CET Fri Nov 20 2026',
    {
      time: '2026-11-20T09:11:12.345Z',
      pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure', severity: 'low' },
      fields: { facility: 'SEC_LOGIN', mnemonic: 'LOGIN_FAILED' },
      logsource: { product: 'cisco', service: ['ios', 'aaa', 'syslog'] },
    },
  ],
  [
    'Nov 20 10:11:13 192.0.2.1 585: Nov 20 10:11:12.619: %SEC-6-IPACCESSLOGP: list 177 denied udp 192.0.2.9(55250) -> 198.51.100.7(53), 1 packet',
    {
      time: '2026-11-20T10:11:12.619Z',
      pivots: {
        host: '192.0.2.1',
        action: 'denied',
        src_ip: '192.0.2.9',
        src_port: 55250,
        dst_ip: '198.51.100.7',
        dst_port: 53,
      },
      fields: { access_list: '177', protocol: 'udp', packets: 1, sequence: '585' },
      logsource: { category: ['firewall'] },
    },
  ],
  [
    '%IPV6-6-ACCESSLOGDP: list A6/10 permitted icmpv6 2001:db8::9 -> 2001:db8::1 (128/0), 3 packets',
    {
      pivots: { action: 'allowed', src_ip: '2001:db8::9', dst_ip: '2001:db8::1' },
      fields: { icmp_type: 128 },
    },
  ],
  [
    '2026 Nov 20 10:11:12.123 sw1 %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down',
    { time: '2026-11-20T10:11:12.123Z', pivots: { host: 'sw1' } },
  ],
  [
    '%SYS-5-CONFIG_I: Configured from console by anna on vty0 (192.0.2.9)',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', action: 'config_change' } },
  ],
  [
    'Nov 20 10:11:12 sw1 55: Nov 20 10:11:11: %PARSER-5-CFGLOG_LOGGEDCMD: User:anna  logged command:no logging buffered',
    { pivots: { host: 'sw1', user: 'anna' }, fields: { command: 'no logging buffered' } },
  ],
  [
    '%TCP-6-BADAUTH: Invalid MD5 digest from 192.0.2.9(179) to 192.0.2.1(40123)',
    {
      pivots: { src_ip: '192.0.2.9', dst_port: 40123, outcome: 'failure' },
      logsource: { service: ['ios', 'bgp', 'ldp', 'syslog'] },
    },
  ],
  [
    'RP/0/RSP0/CPU0:Nov 20 10:11:12.345 : config[65]: %MGBL-SYS-5-CONFIG_I : Configured from console by anna',
    { time: '2026-11-20T10:11:12.345Z' },
  ],
])

testRefused('cisco_ios', ['Nov 20 10:11:12 sw1 nothing of the kind'])

testLines('cisco_ios', [
  [
    '<189>387: sw1: Nov 20 10:11:12.500 UTC+07:30: %DOT1X-5-FAIL: Authentication failed for client (001e.0b80.13b5) on Interface Gi1/0/16',
    { time: '2026-11-20T02:41:12.500Z', pivots: { host: 'sw1' } },
  ],
  [
    '<190>387: 388: Nov 20 2026 10:11:12.412 mdt: %IOSXE-6-PLATFORM: R0/0: cpp_cp: QFP:0.0 Thread:001 %FW-6-DROP_PKT: Dropping tcp pkt from GigabitEthernet1/0/2.6 192.0.2.9:53836 => 198.51.100.7:80(target:class)-(A:B) due to Policy drop',
    {
      time: '2026-11-20T16:11:12.412Z',
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 53836,
        dst_ip: '198.51.100.7',
        dst_port: 80,
        action: 'denied',
      },
    },
  ],
  [
    '<190>387: %IOSXE-6-PLATFORM: R0/0: cpp_cp: %FW-6-SESS_AUDIT_TRAIL: (target:class) (A:B):Stop dns session: initiator (192.0.2.9:33207) sent 48 bytes -- responder (198.51.100.7:53) sent 40 bytes, from Gi1',
    { pivots: { src_ip: '192.0.2.9', src_port: 33207, dst_ip: '198.51.100.7', dst_port: 53 } },
  ],
  [
    '<182>: r1: 115: Nov 20 10:11:12.511 CET: %FMANFP-6-IPV6ACCESSLOGP: R0/0: fman_fp_image: list OUT denied udp 2001:db8::9(38370) -> 2001:db8::7(3370), 1 packet',
    {
      time: '2026-11-20T09:11:12.511Z',
      pivots: { src_ip: '2001:db8::9', dst_port: 3370, action: 'denied' },
    },
  ],
  [
    '<190>Nov 20 10:11:12 r1 RP/0/RP0/CPU0:Nov 20 10:11:11.630 UTC: ipv4_acl_mgr[310]: %ACL-IPV4_ACL-6-IPACCESSLOGP : access-list out deny tcp 192.0.2.9(39527) -> 198.51.100.7(1830), 1 packet',
    {
      time: '2026-11-20T10:11:11.630Z',
      pivots: { host: 'r1', src_port: 39527, dst_port: 1830, action: 'denied' },
    },
  ],
  [
    '<166>7424: r1: 007430: 2y10w: %SYS-6-TTY_EXPIRE_TIMER: (exec timer expired, tty 1 (192.0.2.9)), user anna',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', host: 'r1' } },
  ],
  [
    '<190>Original Address=192.0.2.1 1 2024-01-01T00:00:02.168Z relay Kiwi_SyslogNet_Server 3356 MSGOUT SW1: *Dec 31 23:59:58.534: %SYS-6-LOGOUT: User anna has exited tty session 1(192.0.2.9)',
    { time: '2023-12-31T23:59:58.534Z', pivots: { user: 'anna' } },
  ],
  [
    '<188>%SNMP-W-SNMPAUTHFAIL: Access attempted by unauthorized 192.0.2.9',
    {
      pivots: { severity: 'low' },
      fields: { facility: 'SNMP', mnemonic: 'SNMPAUTHFAIL', severity_level: 4 },
    },
  ],
  [
    '<191>: r1: Nov 20 10:11:12.461 CET: last message repeated 66 times',
    { time: '2026-11-20T09:11:12.461Z', pivots: { host: 'r1' } },
  ],
  [
    '<191>2637085: r1: Nov 20 10:11:12.461 CET: NTP Core (NOTICE): Clock synchronization lost.',
    { time: '2026-11-20T09:11:12.461Z', pivots: { host: 'r1' }, fields: { sequence: '2637085' } },
  ],
])

testLines('cisco_ios', [
  [
    'Nov 20 10:11:12 192.0.2.1 %IPS-4-SIGNATURE: Sig:3051 Subsig:1 Sev:4 TCP Connection Window Size DoS [192.0.2.9:51654 -> 198.51.100.7:4444]',
    {
      pivots: { src_ip: '192.0.2.9', src_port: 51654, dst_ip: '198.51.100.7', dst_port: 4444 },
      fields: { signature: '3051' },
    },
  ],
  ['00:00:46: %LINK-3-UPDOWN: Interface Port-channel1, changed state to up', { absent: ['host'] }],
])

testLines('cisco_ios', [
  [
    '<187>138076: RP/0/RP0/CPU0:Nov 20 10:11:12.227 UTC: snmpd[1002]: %SNMP-SNMP-3-AUTH_FAIL : Received snmp request on unknown community from 192.0.2.9',
    { pivots: { process: 'snmpd', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    '<187>3408: CLC 6/0: Nov 20 10:11:12.214 UTC: %PKI-3-EXPIRED: The certificate has expired.',
    { time: '2026-11-20T10:11:12.214Z', absent: ['host'] },
  ],
])
