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

// Names with blanks, as certificates have them, and the plugin for LDAP.
testLines('openvpn', [
  [
    '2026-11-20 10:11:12 Anna Berg/192.0.2.9:40100 MULTI: primary virtual IP for Anna Berg/192.0.2.9:40100: 10.8.0.6',
    {
      message: 'MULTI: primary virtual IP for Anna Berg/192.0.2.9:40100: 10.8.0.6',
      pivots: {
        user: 'Anna Berg',
        src_ip: '192.0.2.9',
        src_port: 40_100,
        action: 'address_assigned',
      },
    },
  ],
  [
    '2026-11-20 10:11:12 Anna Berg/192.0.2.9:40100 SIGTERM[soft,remote-exit] received, client-instance exiting',
    { pivots: { user: 'Anna Berg', src_ip: '192.0.2.9', action: 'disconnected' } },
  ],
  [
    '2026-11-20 10:11:12 MULTI: Learn: 10.8.0.6 -> Anna Berg/192.0.2.9:40100',
    { pivots: { user: 'Anna Berg', src_ip: '192.0.2.9' }, fields: { assigned_ip: '10.8.0.6' } },
  ],
  [
    '2026-11-20 10:11:12 192.0.2.9:40100 VERIFY OK: depth=0, O=Example, CN=Anna Berg',
    { fields: { common_name: 'Anna Berg' } },
  ],
  [
    '2026-11-20 10:11:12 192.0.2.9:40100 [Anna Berg] Peer Connection Initiated with [AF_INET]192.0.2.9:40100',
    { pivots: { user: 'Anna Berg', action: 'connected' } },
  ],
  [
    'Nov 20 10:11:12 vpn1 openvpn[7]: LDAP user "anna" was not found.',
    { pivots: { user: 'anna', action: 'login', outcome: 'failure' } },
  ],
])

testLines('openvpn', [
  [
    "<14>Nov 20 10:11:12 as1 openvpnas: [-] [OVPN 2] OUT: '2026-11-20 10:11:12 192.0.2.9:51511 [anna] Peer Connection Initiated with [AF_INET]192.0.2.9:51511'",
    {
      pivots: {
        user: 'anna',
        src_ip: '192.0.2.9',
        src_port: 51511,
        outcome: 'success',
        host: 'as1',
      },
    },
  ],
  [
    "<14>Nov 20 10:11:12 as1 openvpnas: [-] AUTH SUCCESS {'status': 0, 'user': 'anna', 'auth method': 'local'}",
    { pivots: { user: 'anna', action: 'login', outcome: 'success' } },
  ],
  [
    'Nov 20 10:11:12 as1 openvpnas: [-] AUTH ERROR: DENY: user in deny list. user=anna',
    { pivots: { user: 'anna', action: 'login', outcome: 'failure' } },
  ],
  [
    '2026-11-20T10:11:12+0000 [stdout#info] [OVPN 2] OUT: "2026-11-20 10:11:12 192.0.2.9:51511 SENT CONTROL [anna]: \'AUTH_FAILED\' (status=1)"',
    { time: '2026-11-20T10:11:12Z', pivots: { src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
])

testLines('openvpn', [
  [
    'Nov 20 10:11:12 gw1 openvpn[7]: 192.0.2.9:1194 [anna] AUTH_FAILED: Auth Username/Password was not provided by peer',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    'Nov 20 10:11:12 gw1 openvpn[7]: 192.0.2.9:1194 PLUGIN_CALL: POST /usr/lib/openvpn-plugin-auth-pam.so/PLUGIN_AUTH_USER_PASS_VERIFY status=1',
    { pivots: { action: 'login', outcome: 'failure' } },
  ],
])
