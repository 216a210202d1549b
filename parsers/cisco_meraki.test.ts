import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('cisco_meraki', [
  [
    '<134>1 1795258800.123456789 MX84 flows src=192.0.2.9 dst=198.51.100.53 mac=00:16:3E:AA:BB:CC protocol=udp sport=55719 dport=53 pattern: allow all',
    {
      time: '2026-11-21T11:00:00.123Z',
      pivots: {
        host: 'MX84',
        src_ip: '192.0.2.9',
        src_port: 55719,
        dst_ip: '198.51.100.53',
        dst_port: 53,
        action: 'allowed',
      },
      fields: { protocol: 'udp', pattern: 'allow all', event_type: 'flows' },
      logsource: { product: 'cisco', category: ['firewall'] },
    },
  ],
  [
    '1795258800.1 MR18 flows deny src=192.0.2.9 dst=198.51.100.7 mac=00:16:3E:AA:BB:CC protocol=tcp sport=52421 dport=80',
    { pivots: { action: 'denied', dst_port: 80 }, fields: { action: 'denied' } },
  ],
  [
    '<134>1 1795258800.5 branch_mx firewall src=192.0.2.9 dst=198.51.100.7 protocol=tcp sport=1 dport=22 pattern: deny (dst 198.51.100.0/24)',
    { pivots: { action: 'denied', host: 'branch_mx' } },
  ],
  [
    '<134>1 1795258800.342705328 MX84 urls src=192.0.2.9:63735 dst=198.51.100.7:80 mac=00:16:3E:AA:BB:CC request: GET http://www.example.com/a?b=1',
    {
      pivots: {
        src_port: 63735,
        dst_ip: '198.51.100.7',
        url: 'http://www.example.com/a?b=1',
        domain: 'www.example.com',
      },
      fields: { 'cs-method': 'GET', 'c-uri': 'http://www.example.com/a?b=1' },
      logsource: { category: ['proxy', 'firewall'] },
    },
  ],
  [
    'Nov 20 10:11:12 192.0.2.1 1 1795258800.774247467 dc1 security_event ids_alerted signature=1:28423:1 priority=1 timestamp=1795258799.81 dhost=98:5A:EB:E1:81:2F direction=ingress protocol=tcp/ip src=203.0.113.9:80 dst=192.0.2.2:53023 message: EXPLOIT-KIT single digit exe detection',
    {
      pivots: {
        host: 'dc1',
        src_ip: '203.0.113.9',
        dst_port: 53023,
        severity: 'high',
        action: 'ids_alerted',
      },
      fields: { signature: '1:28423:1', message: 'EXPLOIT-KIT single digit exe detection' },
      logsource: { category: ['ids', 'firewall'] },
    },
  ],
  [
    "<134>1 1795258800.1 MX84 security_event security_filtering_file_scanned url=http://www.example.com/x.exe src=192.0.2.9:53150 dst=198.51.100.7:80 mac=00:16:3E:AA:BB:CC name='EICAR test file' sha256=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f disposition=malicious action=block",
    {
      pivots: {
        action: 'denied',
        hash: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
        severity: 'high',
      },
      fields: { name: 'EICAR test file', disposition: 'malicious' },
    },
  ],
  [
    "<134>1 1795258800.58 MX84 events client_vpn_connect user id 'anna' local ip 192.0.2.77 connected from 203.0.113.9",
    { pivots: { user: 'anna', src_ip: '203.0.113.9', action: 'vpn_connect', outcome: 'success' } },
  ],
  [
    "<134>1 1795258800.58 MR18 events type=8021x_eap_failure radio='0' vap='1' client_mac='00:16:3E:AA:BB:CC' identity='anna' aid='99'",
    {
      pivots: { user: 'anna', action: 'authentication', outcome: 'failure' },
      fields: { mac: '00:16:3E:AA:BB:CC' },
    },
  ],
])

testRefused('cisco_meraki', [
  'no line of a device',
  '<134>1 2026-11-20T10:11:12Z host flows - - - src=192.0.2.9',
  '1795258800.123 host something src=192.0.2.9',
])

testLines('cisco_meraki', [
  [
    "<134>1 1795169472.416656563 MX1 events anyconnect_vpn_disconnect user id 'anna' local ip 192.0.2.30 connected from 198.51.100.7",
    { pivots: { user: 'anna', src_ip: '198.51.100.7', action: 'vpn_disconnect' } },
  ],
  [
    "<134>1 1795169472.416656563 MX1 events client_vpn_connect user id 'anna' local ip 192.0.2.30 reconnected from 198.51.100.7",
    { pivots: { user: 'anna', src_ip: '198.51.100.7', action: 'vpn_connect', outcome: 'success' } },
  ],
  [
    "<134>1 1795169472.416656563 MX1 events type=anyconnect_vpn_session_manager msg= 'Sess-ID[369] Peer IP=198.51.100.7 User[anna]: Session disconnected. Reason: Max time exceeded '",
    { pivots: { user: 'anna', src_ip: '198.51.100.7' } },
  ],
  [
    "<134>1 1795169472.416656563 MX1 events type=anyconnect_vpn_auth_success msg= 'RADIUS[511] Server IP=192.0.2.12 Server port=1812 Peer IP=198.51.100.7 Peer port=56193 User=anna: Authentication request accepted. '",
    { pivots: { user: 'anna', src_ip: '198.51.100.7', src_port: 56193, outcome: 'success' } },
  ],
  [
    '<134>1 1795169472.416656563 MX1 events Site-to-Site VPN: <l2tp-1|241> IKE_SA l2tp-1[241] established between 192.0.2.1[192.0.2.1]...198.51.100.7[10.0.0.1]',
    { pivots: { src_ip: '192.0.2.1', dst_ip: '198.51.100.7', action: 'vpn_tunnel_up' } },
  ],
  [
    '<134>1 1795169472.416656563 MS1 events Blocked ARP Packet from 02:00:00:00:00:01 with IP 192.0.2.9 on VLAN 12',
    {
      pivots: { src_ip: '192.0.2.9', action: 'denied' },
      fields: { mac: '02:00:00:00:00:01', vlan: '12' },
    },
  ],
  [
    "<134>1 1795169472.416656563 MS1 events type=martian_vlan Client='192.0.2.9' MAC='02:00:00:00:00:01' VLAN='24' details='sent 7 unexpected packets'",
    { pivots: { src_ip: '192.0.2.9', action: 'martian_vlan' } },
  ],
  [
    '<134>1 948136486.721741837 MX60 vpn_firewall src=192.0.2.9 dst=198.51.100.7 mac=02:00:00:00:00:01 protocol=udp sport=9562 dport=53 pattern: allow all',
    { time: '2000-01-17T19:14:46.721Z', pivots: { src_ip: '192.0.2.9', action: 'allowed' } },
  ],
])

testLines('cisco_meraki', [
  [
    '<134>Nov 20 10:11:13 1795169472.997155282 MX1 urls src=192.0.2.9:51511 dst=198.51.100.7:443 mac=02:00:00:00:00:01 request: GET https://x.example/a',
    { time: '2026-11-20T10:11:12.997Z', pivots: { host: 'MX1', domain: 'x.example' } },
    'named',
  ],
])
