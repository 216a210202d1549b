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
])

testRefused('pfsense', ['no line of a firewall'])
