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
