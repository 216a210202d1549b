// Whether what an ASA message reports came about: logins and tunnels succeed or fail; a packet that the
// policy denies was handled as configured, so that `action` says denied and `outcome` success.
import type { FieldValue } from '../../sigma/event.ts'
import type { AsaKind } from './asa-kinds.ts'

const FAILED =
  /\b(?:fail(?:ed|ure)?|reject(?:ed)?|denied|unacceptable|invalid(?!-addr)|not allowed|could not be|unable to|terminating the|incorrect|REJECT|did NOT|disallowed|locked out)\b/i
const SUCCEEDED =
  /\b(?:succe(?:eded|ssful)|permitted|ACCEPT|completed?|created|deleted|started|assigned to session|PHASE \d COMPLETED|end configuration: OK)\b/i

/** `success`, `failure` or undefined where the message says neither from `words` on. */
export function outcomeOf(
  { outcome }: AsaKind,
  message: string,
  words: number,
  action: FieldValue | undefined,
): 'success' | 'failure' | undefined {
  if (outcome === 'refused') return 'failure'
  if (outcome === 'session') {
    const text = message.slice(words, words + 512)
    if (FAILED.test(text)) return 'failure'
    return SUCCEEDED.test(text) ? 'success' : undefined
  }
  return action === undefined ? undefined : 'success'
}
