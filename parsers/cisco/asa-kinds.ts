// What the number of an ASA message says, whatever its words are.

/** What is known of all messages of one number. */
export interface AsaKind {
  /** What the message is about where it holds no verdict. */
  readonly action: string | undefined
  /** `session`: its words say whether it came about; `refused`: the device itself failed to serve. */
  readonly outcome: 'refused' | 'session' | 'other'
  readonly isAaa: boolean
  readonly isCommand: boolean
  readonly isIntrusion: boolean
  /** Firepower's events are lists of names and values. */
  readonly hasPairs: boolean
}

/** First three digits of messages about logins, commands and sessions. */
const AAA_CLASSES: ReadonlySet<string> = new Set([
  ...['109', '111', '113', '308', '315', '502', '605', '611', '716', '722', '725', '734', '746'],
])
/** First three digits of messages about logins, commands, tunnels. */
const SESSIONS: ReadonlySet<string> = new Set([
  ...['109', '111', '113', '308', '315', '602', '605', '611', '713', '716', '722', '725', '734'],
  ...['750', '751', '752'],
])
/** Refusals that the device reports as its own failure to serve, not as a rule's verdict. */
const REFUSED = /^(?:710005|710006|1100\d\d|338[0-3]0[5-8]|338204)$/

/** What messages are about that hold no verdict, by the first three digits of their number. */
const ACTIONS: Readonly<Record<string, string>> = {
  '109': 'authentication',
  '111': 'command',
  '113': 'authentication',
  '302': 'connection',
  '305': 'translation',
  '315': 'ssh_session',
  '502': 'account_change',
  '605': 'login',
  '611': 'authentication',
  '713': 'ipsec',
  '716': 'vpn_session',
  '722': 'vpn_session',
  '725': 'tls_session',
  '733': 'threat_detection',
  '746': 'user_identity',
  '750': 'ikev2',
  '751': 'ikev2',
}

/** By message number: few of the 2,000 are in use on one device. */
const kinds = new Map<string, AsaKind>()
const KINDS_MAX = 4096

/** What a message's number says. */
export function kindOf(id: string): AsaKind {
  let kind = kinds.get(id)
  if (kind === undefined) {
    kind = readKind(id)
    if (kinds.size >= KINDS_MAX) kinds.clear()
    kinds.set(id, kind)
  }
  return kind
}

function readKind(id: string): AsaKind {
  const group = id.slice(0, 3)
  return {
    action: ACTIONS[group],
    outcome: REFUSED.test(id) ? 'refused' : SESSIONS.has(group) ? 'session' : 'other',
    isAaa: AAA_CLASSES.has(group),
    isCommand: group === '111',
    isIntrusion: id === '430001' || group === '400',
    hasPairs: id.startsWith('4300'),
  }
}
