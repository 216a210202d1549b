// Whether what an ASA message reports came about: logins and tunnels succeed or fail; a packet that the
// policy denies was handled as configured, so that `action` says denied and `outcome` success.
import type { FieldValue } from '../../sigma/event.ts'

const FAILED =
  /\b(?:fail(?:ed|ure)?|reject(?:ed)?|denied|unacceptable|invalid(?!-addr)|not allowed|could not be|unable to|terminating the|incorrect|REJECT|did NOT|disallowed|locked out)\b/i
const SUCCEEDED =
  /\b(?:succe(?:eded|ssful)|permitted|ACCEPT|completed?|created|deleted|started|assigned to session|PHASE \d COMPLETED|end configuration: OK)\b/i

/** First three digits of messages about logins, commands, tunnels. */
const SESSIONS: ReadonlySet<string> = new Set([
  ...['109', '111', '113', '308', '315', '602', '605', '611', '713', '716', '722', '725', '734'],
  ...['750', '751', '752'],
])
/** Refusals that the device reports as its own failure to serve, not as a rule's verdict. */
const REFUSED = /^(?:710005|710006|1100\d\d|338[0-3]0[5-8]|338204)$/

type Kind = 'refused' | 'session' | 'other'

/** By message number: few of the 2,000 are in use on one device. */
const kinds = new Map<string, Kind>()
const KINDS_MAX = 4096

function kindOf(id: string): Kind {
  let kind = kinds.get(id)
  if (kind === undefined) {
    const session = SESSIONS.has(id.slice(0, 3))
    kind = REFUSED.test(id) ? 'refused' : session ? 'session' : 'other'
    if (kinds.size >= KINDS_MAX) kinds.clear()
    kinds.set(id, kind)
  }
  return kind
}

/** `success`, `failure` or undefined where the message says neither. */
export function outcomeOf(
  id: string,
  message: string,
  action: FieldValue | undefined,
): 'success' | 'failure' | undefined {
  const kind = kindOf(id)
  if (kind === 'refused') return 'failure'
  if (kind === 'session') {
    const text = message.slice(0, 512)
    if (FAILED.test(text)) return 'failure'
    return SUCCEEDED.test(text) ? 'success' : undefined
  }
  return action === undefined ? undefined : 'success'
}
