import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('openvpn', [
  [
    'Nov 20 10:11:12 vpn openvpn[55]: 192.0.2.9:1194 TLS Auth Error: Auth Username/Password verification failed for peer',
    {
      pivots: {
        host: 'vpn',
        src_ip: '192.0.2.9',
        src_port: 1194,
        action: 'login',
        outcome: 'failure',
      },
    },
  ],
  [
    'Fri Nov 20 10:11:12 2026 anna/192.0.2.9:1194 MULTI: Learn: 10.8.0.6 -> anna/192.0.2.9:1194',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { user: 'anna', src_ip: '192.0.2.9' },
      fields: { assigned_ip: '10.8.0.6' },
    },
  ],
  [
    '2026-11-20 10:11:12 192.0.2.9:1194 [anna] Peer Connection Initiated with [AF_INET]192.0.2.9:1194',
    { time: '2026-11-20T10:11:12Z', pivots: { user: 'anna', outcome: 'success' } },
  ],
  [
    'Nov 20 10:11:12 vpn openvpn[55]: 192.0.2.9:1194 VERIFY OK: depth=0, C=DE, O=Example, CN=anna',
    { fields: { common_name: 'anna', action: 'certificate_verified' } },
  ],
])

testRefused('openvpn', ['no line of a gateway'])

testLines('openvpn', [
  [
    'Nov 20 10:11:12 vpn openvpn: Incorrect password supplied for LDAP DN "CN=Anna Berg,OU=staff,DC=example,DC=org"',
    { pivots: { user: 'Anna Berg', action: 'login', outcome: 'failure' } },
  ],
  [
    'Nov 20 10:11:12 vpn openvpn: LDAP bind failed: Invalid credentials (80090308: LdapErr: DSID-0)',
    { pivots: { action: 'login', outcome: 'failure' } },
  ],
  [
    "Nov 20 10:11:12 vpn openvpn[7]: user 'anna' authenticated",
    { pivots: { user: 'anna', action: 'login', outcome: 'success' } },
  ],
])
