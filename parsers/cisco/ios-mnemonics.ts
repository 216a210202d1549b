// Messages of IOS, IOS XE and NX-OS that are known by their mnemonic.
import { type Template, template } from '../template.ts'

/** A message and what it says. An action that is undefined is the value `state`. */
export interface Row {
  readonly fit: Template
  readonly action: string | undefined
  readonly outcome?: 'success' | 'failure'
}

/** A row of a table of messages. */
export function row(source: string, action?: string, outcome?: 'success' | 'failure'): Row {
  return { fit: template(source), action, ...(outcome === undefined ? {} : { outcome }) }
}

const BY_TTY = 'by {user} on {tty} ({src_ip})*'
const CLIENT = 'for client ({src_mac}) on Interface {interface}'

/** With and without what may stand behind the interface. */
function client(text: string, outcome?: 'success' | 'failure'): readonly Row[] {
  return [
    row(`${text} ${CLIENT} AuditSessionID {session}`, 'authentication', outcome),
    row(`${text} ${CLIENT}`, 'authentication', outcome),
  ]
}

/** A command or change that a user on a terminal, perhaps a remote one, made. */
function byUser(text: string, action: string, outcome?: 'success' | 'failure'): readonly Row[] {
  return [
    row(`${text} ${BY_TTY}`, action, outcome),
    row(`${text} by {user} on {tty}`, action, outcome),
  ]
}

const REFUSED_CLIENT = [
  ...client('Authentication failed', 'failure'),
  ...client('Authorization failed', 'failure'),
  ...client('Authorization failed or unapplied', 'failure'),
]
const ACCEPTED_CLIENT = [
  ...client('Authentication successful', 'success'),
  ...client('Authorization succeeded', 'success'),
]
const VIOLATIONS = [
  row(
    'Security violation occurred, caused by MAC address {src_mac} on port {interface} attempting*',
    'violation',
  ),
  row(
    'Security violation occurred, caused by MAC address {src_mac} on port {interface}.*',
    'violation',
  ),
  row(
    'Security violation on port {interface} due to MAC address {src_mac} on VLAN {vlan}',
    'violation',
  ),
]
const WEB_LOGIN =
  "from host {src_ip} by user '{user>}' using crypto cipher*|from host {src_ip} by user {user} using crypto cipher*|from host {src_ip} by user '{user>}'|from host {src_ip} by user {user}|from host {src_ip}"

function web(text: string, action: string, outcome?: 'success' | 'failure'): readonly Row[] {
  return WEB_LOGIN.split('|').map((rest) => row(`${text} ${rest}`, action, outcome))
}

const HOSTS = [
  row('Logging to host {dst_ip} port {dst_port} failed*', 'logging', 'failure'),
  row('Logging to host {dst_ip} port {dst_port} *', 'logging', 'success'),
  row('Logging to host {dst_ip} Port {dst_port} *', 'logging', 'success'),
  row('Logging to host {dst_ip} *', 'logging', 'success'),
]
const STATES = [
  row('Interface {interface}, changed state to {state}'),
  row('Line protocol on Interface {interface}, changed state to {state}'),
]
const CONFIGURED = [
  row('Configured from {method} by {user}, transaction-id {}', 'config_change', 'success'),
  row('Configured from {method} by {user} on {tty} ({src_ip})*', 'config_change', 'success'),
  row('Configured from {method} by {user} on {src_ip}@{tty}', 'config_change', 'success'),
  row('Configured from {method} by {user} on {tty}', 'config_change', 'success'),
  row('Configured from {method} by {tty} ({src_ip})*', 'config_change', 'success'),
]

/** Messages by mnemonic; the first that fits. */
export const MNEMONICS: ReadonlyMap<string, readonly Row[]> = new Map<string, readonly Row[]>([
  ['FAIL', REFUSED_CLIENT],
  ['SUCCESS', ACCEPTED_CLIENT],
  ['START', client("Starting '{method}'")],
  [
    'AUTHENTICATION_FAILED',
    [row('Authentication failure from {src_ip}:{src_port} for {protocol}.', 'login', 'failure')],
  ],
  [
    'AUTH_PASSED',
    [
      row(
        "User '{user}' authenticated successfully from {src_ip}:{src_port} and was authorized for {protocol}.*",
        'login',
        'success',
      ),
      row(
        "User '{user}' authenticated successfully from {src_ip}:{src_port} *",
        'login',
        'success',
      ),
    ],
  ],
  [
    'ACCTLOCAL',
    [row('Username: {user} Privilege level: {privilege} Command: {command}', 'command', 'success')],
  ],
  ['PRIV_AUTH_PASS', byUser('Privilege level set to {privilege}', 'privilege_change', 'success')],
  [
    'PRIV_AUTH_FAIL',
    byUser('Authentication to privilege level {privilege} failed', 'privilege_change', 'failure'),
  ],
  [
    'CONFIG_P',
    [
      row(
        'Configured programmatically by process {process} from {method} as {user} on {tty} ({src_ip})*',
        'config_change',
        'success',
      ),
      row(
        'Configured programmatically by process {process} from {method} as {user} on {tty}',
        'config_change',
        'success',
      ),
    ],
  ],
  ['CONFIG_I', CONFIGURED],
  ['VSHD_SYSLOG_CONFIG_I', CONFIGURED],
  [
    'CONFIG_RESOLVE_FAILURE',
    [row('System config parse from ({url}) failed*', 'config_load', 'failure')],
  ],
  [
    'MODEL_RPC_I',
    [
      row(
        "RPC '{url}' invoked from {src_ip}:{src_port} via {protocol} user {user} session {session}",
        'rpc',
      ),
    ],
  ],
  ['DUPADDR', [row('Duplicate address {src_ip} on {interface}, sourced by {src_mac}', 'conflict')]],
  ...['LOGGINGHOST_FAIL', 'LOGGINGHOST_STARTSTOP'].map((id) => [id, HOSTS] as const),
  ...['PSECURE_VIOLATION', 'PSECURE_VIOLATION_MAC_MOVE', 'PSECURE_VIOLATION_VLAN'].map(
    (id) => [id, VIOLATIONS] as const,
  ),
  [
    'DHCP_SNOOPING_UNTRUSTED_PORT',
    [
      row(
        'DHCP_SNOOPING drop message on untrusted port, message type: {message_type}, MAC sa: {src_mac}',
        'denied',
      ),
    ],
  ],
  [
    'DHCP_SNOOPING_MATCH_MAC_FAIL',
    [
      row(
        "DHCP_SNOOPING drop message because the chaddr doesn't match source mac, message type: {message_type}, chaddr: {chaddr}, MAC sa: {src_mac}",
        'denied',
      ),
    ],
  ],
  ['UPDOWN', STATES],
  ['CHANGED', STATES],
  [
    'MACFLAP_NOTIF',
    [row('Host {src_mac} in vlan {vlan} is flapping between port {interface} and port *', 'flap')],
  ],
  [
    'ERR_DISABLE',
    [row('{reason} error detected on {interface}, putting {} in err-disable*', 'err_disable')],
  ],
  [
    'BLOCK_BPDUGUARD',
    [
      row(
        'Received BPDU from bridge {src_mac} on port {interface} with BPDU Guard enabled*',
        'blocked',
      ),
      row('Received BPDU on port {interface} with BPDU Guard enabled*', 'blocked'),
    ],
  ],
  [
    'STCKYARPOVR',
    [row('Attempt to overwrite Sticky ARP entry: {src_ip}, hw: {src_mac} by hw: *', 'conflict')],
  ],
  [
    'DUP_SRC_IP',
    [
      row(
        '{}Source address of packet received from {src_mac} on {interface} is duplicate of local, {src_ip} (*',
        'conflict',
      ),
      row(
        '{}Source address of packet received from {src_mac} on {interface} is duplicate of local, {src_ip}',
        'conflict',
      ),
    ],
  ],
  ['USER_RESET', byUser('User {target_user} failed attempts reset', 'user_reset', 'success')],
  ['USER_UNLOCKED', byUser('User {target_user} unlocked', 'user_unlock', 'success')],
  ['USER_LOCKED', [row('User {user} locked out on authentication failure*', 'lockout', 'failure')]],
  [
    'USERNAME_CONFIGURATION',
    [row('user with username: {user} configured*', 'user_change', 'success')],
  ],
  [
    'SSH_CLOSE',
    [
      row(
        "SSH Session from {src_ip} (tty = {tty}) for user '{user>}' using crypto cipher '{cipher}' closed",
        'ssh_session_closed',
      ),
    ],
  ],
  [
    'SSH_SESSION',
    [
      row(
        "SSH Session request from {src_ip} (tty = {tty}) using crypto cipher '{cipher}' {result}",
        'ssh_session',
      ),
    ],
  ],
  [
    'SSH_USERAUTH',
    [
      row(
        "User '{user>}' authentication for SSH Session from {src_ip} (tty = {tty}) using crypto cipher '{cipher}' {result}",
        'login',
      ),
    ],
  ],
  ['LOGIN_PASSED', web('Login Successful', 'login', 'success')],
  ['LOGIN_FAILED', web('Login Un-Successful', 'login', 'failure')],
  ['SESS_LOGOUT', web('Successfully logged out', 'logout', 'success')],
  ['SESS_TIMEOUT', web('Session timeout', 'logout')],
  ['VSHD_SYSLOG_CMD_EXEC', [row('User:{user} executed the command:{command}', 'command')]],
  [
    'AAA_ACCOUNTING_MESSAGE',
    [
      row('update:{src_ip}@{tty}:{user}:{command} (SUCCESS)', 'command', 'success'),
      row('update:{src_ip}@{tty}:{user}:{command} (FAILURE)', 'command', 'failure'),
      row('{}:{src_ip}@{tty}:{user}:{command}', 'session'),
      row('update:{tty}:{user}:{command} (SUCCESS)', 'command', 'success'),
      row('update:{tty}:{user}:{command} (FAILURE)', 'command', 'failure'),
      row('{}:{tty}:{user}:{command}', 'session'),
    ],
  ],
  [
    'SYSTEM_MSG',
    [
      row(
        'error: PAM: Authentication failure for illegal user {user>} from {src_ip} - {process}[{}',
        'login',
        'failure',
      ),
      row(
        'error: PAM: Authentication failure for {user>} from {src_ip} - {process}[{}',
        'login',
        'failure',
      ),
      row(
        'pam_aaa:Authentication failed for user {user>} from {src_ip} - {process}[{}',
        'login',
        'failure',
      ),
      row('pam_aaa:Authentication failed from {src_ip} - {process}[{}', 'login', 'failure'),
    ],
  ],
  [
    'SNMPAUTHFAIL',
    [row('Access attempted by unauthorized {src_ip}', 'snmp_authentication', 'failure')],
  ],
  [
    'AUTH_FAIL',
    [
      row(
        'Received snmp request on unknown community from {src_ip}',
        'snmp_authentication',
        'failure',
      ),
    ],
  ],
  [
    'RECVD_PKT_INV_SPI',
    [
      row(
        "decaps: rec'd IPSEC packet has invalid spi for destaddr={dst_ip}, prot={protocol}, spi={spi}, srcaddr={src_ip},*",
        'denied',
      ),
      row(
        "decaps: rec'd IPSEC packet has invalid spi for destaddr={dst_ip}, prot={protocol}, spi={spi}, srcaddr={src_ip}",
        'denied',
      ),
    ],
  ],
])
