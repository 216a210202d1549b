// Events from plain objects, for whoever has no parser of their own.
import type { Fields, SigmaEvent } from './event.ts'

export interface EventAbout {
  /** Milliseconds since 1970 UTC; 0 by default. Only correlations read it. */
  readonly time?: number
  /** What the rule's `logsource` is compared with. Without any, every rule runs. */
  readonly product?: string
  readonly category?: string | readonly string[]
  readonly service?: string | readonly string[]
  /** Text that keywords look at beside the fields. */
  readonly message?: string
  /** The line as received, where it was no JSON: keywords look at it too. */
  readonly raw?: string
  /** Where it came from: correlations keep one clock a source. */
  readonly source?: string
}

/**
 * An event from its fields, under the names that rules use (Sigma specification, taxonomy appendix). Nested
 * objects are reached by dots, lists match by element.
 *
 * @example plainEvent({ Image: '/bin/sh' }, { product: 'linux', category: 'process_creation' })
 */
export function plainEvent(fields: Fields, about: EventAbout = {}): SigmaEvent {
  const { product } = about
  return {
    time: about.time ?? 0,
    source: about.source ?? '',
    logsource: {
      ...(product === undefined ? {} : { product }),
      category: listOf(about.category),
      service: listOf(about.service),
      closed: false,
    },
    pivots: {},
    message: about.message ?? '',
    fields,
    raw: about.raw ?? '',
  }
}

function listOf(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names
}
