import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('dhcpd', [
  [
    'Nov 20 10:11:12 dh dhcpd[77]: DHCPREQUEST for 192.0.2.77 (192.0.2.1) from 00:16:3e:aa:bb:cc (laptop) via eth1: unknown lease 192.0.2.77.',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'dh', action: 'DHCPREQUEST', src_ip: '192.0.2.77', dst_ip: '192.0.2.1' },
      fields: { mac: '00:16:3e:aa:bb:cc', client_name: 'laptop', interface: 'eth1' },
      logsource: { category: ['dhcp'] },
    },
  ],
  [
    'DHCPACK on 192.0.2.77 to 00:16:3e:aa:bb:cc (laptop) via eth1',
    { pivots: { outcome: 'success', src_ip: '192.0.2.77' }, fields: { assigned_ip: '192.0.2.77' } },
  ],
  ['DHCPACK to 192.0.2.77 (00:16:3e:aa:bb:cc) via eth1', { fields: { mac: '00:16:3e:aa:bb:cc' } }],
  [
    '<190>Nov 20 10:11:12 dhcpd[77]: DHCPDISCOVER from 00:16:3e:aa:bb:cc via 192.0.2.254: network 192.0.2.0/24: no free leases',
    {
      pivots: { outcome: 'failure' },
      fields: { mac: '00:16:3e:aa:bb:cc', interface: '192.0.2.254', reason: 'no free leases' },
    },
  ],
  ['DHCPNAK on 192.0.2.77 to 00:16:3e:aa:bb:cc via eth1', { pivots: { outcome: 'failure' } }],
  ['DHCPOFFER on 192.0.2.77 to 00:16:3e:aa:bb:cc via eth1', { pivots: { outcome: 'success' } }],
  [
    'DHCPRELEASE of 192.0.2.77 from 00:16:3e:aa:bb:cc (laptop) via eth1 (found)',
    { fields: { client_name: 'laptop' } },
  ],
  ['DHCPINFORM from 192.0.2.77 via eth1', { pivots: { src_ip: '192.0.2.77' } }],
  [
    'DHCPDECLINE of 192.0.2.77 from 00:16:3e:aa:bb:cc via eth1: abandoned',
    { pivots: { outcome: 'failure' } },
  ],
  ['BOOTREQUEST from 00:16:3e:aa:bb:cc via eth1', { fields: { mac: '00:16:3e:aa:bb:cc' } }],
  [
    'Nov 20 10:11:12 gw dhcpd[77]: Sending Reply to fe80::1:2 port 546',
    { pivots: { src_ip: 'fe80::1:2', src_port: 546 } },
  ],
  [
    'Nov 20 10:11:12 gw dnsmasq-dhcp[5]: DHCPACK(br0) 192.0.2.77 00:16:3e:aa:bb:cc laptop',
    { pivots: { src_ip: '192.0.2.77' }, fields: { client_name: 'laptop', interface: 'br0' } },
  ],
  [
    'Nov 20 10:11:12 gw dhcpd[77]: Abandoning IP address 192.0.2.77: pinged before offer',
    {
      pivots: { src_ip: '192.0.2.77', action: 'abandon', outcome: 'failure' },
      fields: { reason: 'pinged before offer' },
    },
  ],
])

testRefused('dhcpd', ['no line of such a server'])
