// What Meraki's `events` say in words: logins to the client VPN, leases, filtered pages.
import type { WritableFields, WritablePivots } from '../device/event.ts'
import { template } from '../template.ts'

interface Said {
  readonly fit: ReturnType<typeof template>
  readonly action: string
  readonly outcome?: 'success' | 'failure'
}

const MESSAGES: readonly Said[] = [
  {
    fit: template(
      "client_vpn_connect user id '{user>}' local ip {assigned_ip} connected from {src_ip}*",
    ),
    action: 'vpn_connect',
    outcome: 'success',
  },
  {
    fit: template(
      "client_vpn_disconnect user id '{user>}' local ip {assigned_ip} connected from {src_ip}*",
    ),
    action: 'vpn_disconnect',
  },
  {
    fit: template(
      'dhcp lease of ip {assigned_ip} from server mac {server_mac} for client mac {mac} *',
    ),
    action: 'dhcp_lease',
    outcome: 'success',
  },
  { fit: template('dhcp no offers for mac {mac} *'), action: 'dhcp_no_offer', outcome: 'failure' },
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
  const { identity, subtype, type } = fields
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
