// What redaction takes and gives.
import type { Event } from '../../parsers/event.ts'

export const REDACT_KINDS = ['user', 'host', 'domain', 'email', 'address', 'id', 'secret'] as const
export type RedactKind = (typeof REDACT_KINDS)[number]

/** One value that does not leave the server, and what stands in its place. */
export interface Replacement {
  readonly kind: RedactKind
  /** As first found; a secret shows its first characters and its length only. */
  readonly from: string
  readonly to: string
  /** Places in all events together. */
  readonly count: number
}

export interface RedactOptions {
  /** Values that stay as they are (any case). Secrets never stay. */
  readonly keep?: readonly string[]
  /** DNS domains of the own organisation; those of hosts and user names are found without it. */
  readonly ownDomains?: readonly string[]
}

export interface Redacted {
  readonly events: readonly Event[]
  readonly replaced: readonly Replacement[]
}
