// Events as they may leave the server: users, hosts, addresses, domains and ids under pseudonyms, the same
// in every event and in every text of it, secrets removed. Times, paths, commands and foreign names stay.
import type { Event } from '../../parsers/event.ts'
import { identitiesOf } from './identities.ts'
import { newBook } from './pseudonyms.ts'
import { createRewriter } from './rewrite.ts'
import type { Redacted, RedactOptions } from './types.ts'
import { mapEvent } from './walk.ts'

export type { Redacted, RedactKind, RedactOptions, Replacement } from './types.ts'

/** Events of one redaction. */
export const REDACT_EVENTS_MAX = 1_000

/**
 * Redacts events together, so that one value has one pseudonym in all of them. Throws a RangeError above
 * `REDACT_EVENTS_MAX`. Whether a rule still sees what it saw is `redactCases`' business.
 *
 * @example redactEvents([event]).replaced // [{ kind: 'user', from: 'bob', to: 'user-1', count: 3 }]
 */
export function redactEvents(events: readonly Event[], options: RedactOptions = {}): Redacted {
  if (events.length > REDACT_EVENTS_MAX)
    throw new RangeError(
      `${events.length} events; at most ${REDACT_EVENTS_MAX} are redacted together`,
    )
  const identities = identitiesOf(events, options)
  const book = newBook(options, (text) => identities.haystack.includes(text.toLowerCase()))
  const rewrite = createRewriter(identities, book)
  return { events: events.map((event) => mapEvent(event, rewrite)), replaced: book.replaced() }
}
