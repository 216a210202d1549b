import { testLines } from '../test/support/parser-lines.ts'

testLines('cisco_ios', [
  [
    'Nov 20 10:11:12: %MAB-5-FAIL: Authentication failed for client (aabb.cc00.0102) on Interface Gi1/0/3 AuditSessionID C0A8000100000011',
    {
      pivots: { outcome: 'failure', action: 'authentication' },
      fields: { src_mac: 'aabb.cc00.0102', interface: 'Gi1/0/3' },
    },
  ],
  [
    "%AUTHMGR-5-START: Starting 'dot1x' for client (aabb.cc00.0102) on Interface Gi1/0/3 AuditSessionID C0A8",
    { fields: { src_mac: 'aabb.cc00.0102', interface: 'Gi1/0/3', method: 'dot1x' } },
  ],
  [
    '%DMI-5-AUTHENTICATION_FAILED: Switch 2 R0/0: dmiauthd: Authentication failure from 192.0.2.9:40111 for netconf over ssh.',
    {
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 40111,
        outcome: 'failure',
        action: 'login',
        process: 'dmiauthd',
      },
      fields: { protocol: 'netconf over ssh' },
      logsource: { service: ['ios', 'aaa', 'syslog'] },
    },
  ],
  [
    "%DMI-5-AUTH_PASSED: R0/0: dmiauthd: User 'anna' authenticated successfully from 192.0.2.9:40112 and was authorized for netconf over ssh. External groups: PRIV15",
    { pivots: { user: 'anna', src_ip: '192.0.2.9', src_port: 40112, outcome: 'success' } },
  ],
  [
    '%AAAA-6-ACCTLOCAL: Username: anna Privilege level: 15 Command: no logging host 192.0.2.5 <cr>',
    {
      pivots: { user: 'anna', action: 'command' },
      fields: { command: 'no logging host 192.0.2.5 <cr>', privilege: '15' },
      logsource: { service: ['ios', 'aaa', 'syslog'] },
    },
  ],
  [
    '%SYS-5-PRIV_AUTH_FAIL: Authentication to privilege level 15 failed by anna on vty1 (192.0.2.9)',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
  [
    '%SYS-5-PRIV_AUTH_PASS: Privilege level set to 15 by anna on console',
    { pivots: { user: 'anna', outcome: 'success' }, fields: { tty: 'console' } },
  ],
  [
    '%SYS-5-CONFIG_P: Configured programmatically by process SSH Process from console as anna on vty0 (192.0.2.9)',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', process: 'SSH Process' } },
  ],
  [
    '%SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.9)',
    { pivots: { src_ip: '192.0.2.9', action: 'config_change' }, fields: { tty: 'vty0' } },
  ],
  [
    '%DMI-5-CONFIG_I: R0/0: dmiauthd: Configured from NETCONF/RESTCONF by anna, transaction-id 63',
    { pivots: { user: 'anna' }, fields: { method: 'NETCONF/RESTCONF' } },
  ],
  [
    '%SYS-4-CONFIG_RESOLVE_FAILURE: System config parse from (tftp://192.0.2.7/rt1.cfg) failed',
    { pivots: { url: 'tftp://192.0.2.7/rt1.cfg', outcome: 'failure' } },
  ],
  [
    "%NDBMAN-5-MODEL_RPC_I: R0/0: ndbmand: RPC 'http://example.com/yang/rpc:copy' invoked from 192.0.2.9:1093 via NETCONF user anna session 4",
    { pivots: { user: 'anna', src_ip: '192.0.2.9', src_port: 1093, process: 'ndbmand' } },
  ],
  [
    '%IP-4-DUPADDR: Duplicate address 192.0.2.9 on Vlan40, sourced by aabb.cc00.0102',
    { pivots: { src_ip: '192.0.2.9' }, fields: { interface: 'Vlan40', src_mac: 'aabb.cc00.0102' } },
  ],
  [
    '%SEC-6-IPACCESSLOGS: list mgmt-in denied 192.0.2.9 5 packets',
    {
      pivots: { src_ip: '192.0.2.9', action: 'denied' },
      fields: { access_list: 'mgmt-in', packets: 5 },
      absent: ['protocol'],
    },
  ],
  [
    '%SYS-3-LOGGINGHOST_FAIL: Logging to host 192.0.2.5 port 514 failed',
    { pivots: { dst_ip: '192.0.2.5', dst_port: 514, outcome: 'failure' } },
  ],
  [
    '%PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address aabb.cc00.0102 on port GigabitEthernet4/0/4.',
    { fields: { src_mac: 'aabb.cc00.0102', interface: 'GigabitEthernet4/0/4' } },
  ],
  [
    '%DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: aabb.cc00.0102',
    { pivots: { action: 'denied' }, fields: { src_mac: 'aabb.cc00.0102' } },
  ],
  [
    '%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/13, changed state to down',
    { pivots: { action: 'down' }, fields: { interface: 'GigabitEthernet1/0/13' } },
  ],
  [
    "%SSH-5-SSH_CLOSE: SSH Session from 192.0.2.9 (tty = 0) for user 'anna' using crypto cipher '' closed",
    { pivots: { src_ip: '192.0.2.9', user: 'anna' } },
  ],
  [
    '%AAA-5-USER_RESET: User bert failed attempts reset by anna on vty0 (192.0.2.9)',
    { pivots: { user: 'anna', src_ip: '192.0.2.9' }, fields: { target_user: 'bert' } },
  ],
  [
    '%WEBSERVER-5-LOGIN_PASSED: Chassis 1 R0/0: nginx: Login Successful from host 192.0.2.9 by user anna using crypto cipher ECDHE',
    { pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'success', process: 'nginx' } },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %VSHD-5-VSHD_SYSLOG_CMD_EXEC: User:anna executed the command:feature telnet',
    { pivots: { user: 'anna', action: 'command' }, fields: { command: 'feature telnet' } },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by anna on console',
    { pivots: { user: 'anna', action: 'config_change' }, fields: { tty: 'console' } },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %DAEMON-3-SYSTEM_MSG: error: PAM: Authentication failure for illegal user bert from 192.0.2.9 - dcos_sshd[6526]',
    { pivots: { user: 'bert', src_ip: '192.0.2.9', outcome: 'failure', process: 'dcos_sshd' } },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed from 192.0.2.9 - dcos_sshd[6531]',
    { pivots: { src_ip: '192.0.2.9', outcome: 'failure', process: 'dcos_sshd' } },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %AAA-6-AAA_ACCOUNTING_MESSAGE: update:192.0.2.9@pts/0:anna:configure terminal ; no logging server (SUCCESS)',
    {
      pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'success', action: 'command' },
      fields: { command: 'configure terminal ; no logging server' },
    },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %AAA-6-AAA_ACCOUNTING_MESSAGE: start:vsh.bin.30212:anna:',
    { pivots: { user: 'anna' } },
  ],
  [
    '2026 Nov 20 10:11:12 CET: %ARP-2-DUP_SRC_IP: arp [20856] Source address of packet received from aabb.cc00.0102 on Vlan7(port-channel1) is duplicate of local, 192.0.2.1',
    { pivots: { src_ip: '192.0.2.1' }, fields: { src_mac: 'aabb.cc00.0102' } },
  ],
])
