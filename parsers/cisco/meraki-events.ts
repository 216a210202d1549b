// What Meraki's `events` say in words: logins to the client VPN, leases, filtered pages.
import type { WritableFields, WritablePivots } from '../device/event.ts'
import { template } from '../template.ts'

interface Said {
  readonly fit: ReturnType<typeof template>
  readonly action: string
  readonly outcome?: 'success' | 'failure'
}

const MESSAGES: readonly Said[] = [
  ...(['client_vpn', 'anyconnect_vpn'] as const).flatMap((name) => [
    ...['connected', 'reconnected'].map((verb) => ({
      fit: template(
        `${name}_connect user id '{user>}' local ip {assigned_ip} ${verb} from {src_ip}*`,
      ),
      action: 'vpn_connect',
      outcome: 'success' as const,
    })),
    {
      fit: template(
        `${name}_disconnect user id '{user>}' local ip {assigned_ip} connected from {src_ip}*`,
      ),
      action: 'vpn_disconnect',
    },
  ]),
  {
    fit: template(
      'dhcp lease of ip {assigned_ip} from server mac {server_mac} for client mac {mac} *',
    ),
    action: 'dhcp_lease',
    outcome: 'success',
  },
  {
    fit: template('dhcp lease of ip {assigned_ip} from mx mac {server_mac} for client mac {mac} *'),
    action: 'dhcp_lease',
    outcome: 'success',
  },
  { fit: template('dhcp no offers for mac {mac} *'), action: 'dhcp_no_offer', outcome: 'failure' },
  { fit: template('dhcp no offers for mac {mac}'), action: 'dhcp_no_offer', outcome: 'failure' },
  {
    fit: template('Blocked ARP Packet from {mac} with IP {src_ip} on VLAN {vlan}'),
    action: 'denied',
    outcome: 'success',
  },
  {
    fit: template('Site-to-Site VPN: {} IKE_SA {} established between {src_ip}[{}]...{dst_ip}[{}]'),
    action: 'vpn_tunnel_up',
    outcome: 'success',
  },
  {
    fit: template('port {port} status changed from {old_status} to {new_status}'),
    action: 'port_status_change',
  },
  {
    fit: template('Port {port} changed STP role from {old_role} to {new_role}'),
    action: 'stp_role_change',
  },
]

/** What pairs of an event mean, by its type. */
const TYPES: Readonly<Record<string, readonly [string, ('success' | 'failure')?]>> = {
  '8021x_auth': ['authentication', 'success'],
  '8021x_eap_success': ['authentication', 'success'],
  '8021x_eap_failure': ['authentication', 'failure'],
  '8021x_deauth': ['deauthentication'],
  wpa_auth: ['authentication', 'success'],
  wpa_deauth: ['deauthentication'],
  splash_auth: ['authentication', 'success'],
  vpn_connectivity_change: ['vpn_connectivity_change'],
  anyconnect_vpn_auth_success: ['authentication', 'success'],
  anyconnect_vpn_auth_failure: ['authentication', 'failure'],
  aps_association_reject: ['aps_association_reject', 'failure'],
}

/** Adds what a message of kind `events` says. */
export function readSaid(message: string, fields: WritableFields, pivots: WritablePivots): void {
  for (const { fit, action, outcome } of MESSAGES) {
    const values = fit(message)
    if (values === undefined) continue
    Object.assign(fields, values)
    fields.action = action
    pivots.action = action
    if (outcome !== undefined) pivots.outcome = outcome
    if (values.user !== undefined) pivots.user = values.user
    if (action === 'dhcp_lease') fields.src_ip = values.assigned_ip!
    return
  }
  const { identity, ip_src: seen, msg, subtype, type } = fields
  const client = fields.client ?? fields.Client ?? seen
  if (typeof client === 'string') fields.src_ip ??= client
  if (typeof msg === 'string' && String(type).startsWith('anyconnect')) {
    readSession(msg, fields, pivots)
  }
  if (typeof identity === 'string') pivots.user = identity
  if (subtype === 'content_filtering_block') {
    pivots.action = 'denied'
    pivots.outcome = 'success'
  }
  const meaning = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (meaning === undefined) return
  pivots.action = meaning[0]
  if (meaning[1] !== undefined) pivots.outcome = meaning[1]
}

const PEER = /\bPeer IP=([\dA-Fa-f.:]{2,45})(?:\s+Peer port=(\d{1,5}))?/
const ACCOUNT = /\bUser(?:\[([^\]]{1,256})\]|=([^\s:]{1,256}))/

/** `Sess-ID[7] Peer IP=192.0.2.9 User[anna]: ...`, `... Peer port=56193 User=anna: ...`. */
function readSession(said: string, fields: WritableFields, pivots: WritablePivots): void {
  const head = said.slice(0, 1024)
  const peer = PEER.exec(head)
  if (peer !== null) {
    fields.src_ip = peer[1]!
    if (peer[2] !== undefined) fields.src_port = peer[2]
  }
  const account = ACCOUNT.exec(head)
  const user = account?.[1] ?? account?.[2]
  if (user === undefined) return
  fields.user = user
  pivots.user = user
}
