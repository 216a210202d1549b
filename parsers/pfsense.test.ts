import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('pfsense', [
  [
    '<134>Nov 20 10:11:12 filterlog[77]: 5,,,1000000103,em0,match,block,in,4,0x0,,64,100,0,DF,6,tcp,60,192.0.2.9,198.51.100.7,51511,22,0,S,1,,1024,,mss',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        action: 'denied',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 22,
      },
      fields: {
        interface: 'em0',
        direction: 'in',
        protocol: 'tcp',
        pf_action: 'block',
        flags: 'S',
      },
      logsource: { category: ['firewall'] },
    },
  ],
  [
    '5,,,1000000103,em0,match,pass,out,6,0x00,0x00000,64,UDP,17,40,2001:db8::9,2001:db8::1,546,547,32',
    { pivots: { action: 'allowed', src_ip: '2001:db8::9', dst_port: 547 } },
  ],
  [
    "<134>Nov 20 10:11:12 php-fpm[99]: /index.php: webConfigurator authentication error for user 'anna' from: 192.0.2.9",
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    "<35>1 2026-11-20T10:11:12Z gw audit 7 - - /index.php: Successful login for user 'anna' from: 192.0.2.9",
    { pivots: { host: 'gw', outcome: 'success' } },
  ],
  [
    'Nov 20 10:11:12 gw dhcpd[77]: DHCPACK on 192.0.2.77 to 00:16:3e:aa:bb:cc via eth1',
    { pivots: { src_ip: '192.0.2.77' } },
    'named',
  ],
  [
    '<30>1 2026-11-20T10:11:12Z gw charon 18610 - - 14[NET] <con1000|11> sending packet: from 198.51.100.7[500] to 192.0.2.9[4500] (464 bytes)',
    {
      pivots: {
        host: 'gw',
        action: 'packet_sent',
        src_ip: '198.51.100.7',
        src_port: 500,
        dst_ip: '192.0.2.9',
        dst_port: 4500,
      },
      fields: { subsystem: 'NET', connection: 'con1000', connection_id: '11', bytes: 464 },
      logsource: { category: ['vpn'], service: ['charon', 'ipsec', 'syslog'] },
    },
    'named',
  ],
  [
    '<30>1 2026-11-20T10:11:12Z gw charon 18610 - - 05[IKE] <con2|3> IKE_SA con2[3] established between 198.51.100.7[gw.example]...192.0.2.9[anna@example.com]',
    {
      pivots: { action: 'established', outcome: 'success', src_ip: '192.0.2.9' },
      fields: { connection: 'con2', remote_id: 'anna@example.com', dst_ip: '198.51.100.7' },
    },
    'named',
  ],
  [
    "<30>1 2026-11-20T10:11:12Z gw charon 18610 - - 05[IKE] <con2|3> authentication of 'anna@example.com' with pre-shared key failed",
    { pivots: { action: 'authentication', outcome: 'failure', user: 'anna@example.com' } },
    'named',
  ],
  [
    '<190>Nov 20 10:11:12 dhcp6c[10256]: add an address 2001:db8::9/128 on igb0',
    {
      pivots: { action: 'address_add', src_ip: '2001:db8::9' },
      fields: { interface: 'igb0', prefix_length: '128' },
      logsource: { category: ['dhcp'] },
    },
    'named',
  ],
  [
    '<22>Nov 20 10:11:12 gw dovecot: imap-login: Disconnected (auth failed, 2 attempts): user=<anna>, method=PLAIN, rip=192.0.2.9, lip=198.51.100.7, TLS',
    {
      pivots: {
        user: 'anna',
        action: 'login',
        outcome: 'failure',
        src_ip: '192.0.2.9',
        dst_ip: '198.51.100.7',
      },
      fields: { method: 'PLAIN', service: 'imap-login' },
    },
    'named',
  ],
])

testRefused('pfsense', ['no line of a firewall'])

testLines('pfsense', [
  [
    '1 2026-11-20T14:11:12.691848+04:00 fw1 filterlog 48906 - - 98,,,1627710987,vmx1,match,pass,in,4,0x2,0,128,848,0,DF,6,tcp,52,192.0.2.9,198.51.100.7,1029,443,0,S,3291118522,,8192,,mss',
    {
      time: '2026-11-20T10:11:12.691Z',
      pivots: { host: 'fw1', src_ip: '192.0.2.9', dst_port: 443 },
    },
  ],
])
