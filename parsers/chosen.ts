// An event that was found in another one: what each of the two says of the whole.
import type { Fields } from '../sigma/event.ts'
import type { Parsed, Parser, ParserInput } from './event.ts'
import { envelopeFields } from './json.ts'
import { JsonError, parseJsonObject } from './json-text.ts'

/** A parser and what it made of an input. */
export interface Chosen {
  readonly parser: Parser
  readonly parsed: Parsed
}

/** An event behind a time, perhaps behind a host as well. */
export function stampedWith(
  { parser, parsed }: Chosen,
  { time, host }: { readonly time: number; readonly host?: string },
): Chosen {
  const pivots = host === undefined ? parsed.pivots : { host, ...parsed.pivots }
  return { parser, parsed: { time, ...parsed, pivots, fieldsAreRaw: false } }
}

/** A line inside an event, laid over it; the time is the event's own. */
export function withInner(parsed: Parsed, inner: Parsed): Parsed {
  return {
    ...inner,
    ...(parsed.time === undefined ? {} : { time: parsed.time }),
    pivots: { ...parsed.pivots, ...inner.pivots },
    message: inner.message === '' ? parsed.message : inner.message,
    fields: { ...parsed.fields, ...inner.fields },
    fieldsAreRaw: false,
  }
}

/** The event behind a header, with the header's fields beside. */
export function behindHeader({ parsed }: Chosen, inner: Chosen): Chosen {
  return {
    parser: inner.parser,
    parsed: {
      ...(parsed.time === undefined ? {} : { time: parsed.time }),
      ...inner.parsed,
      pivots: { ...parsed.pivots, ...inner.parsed.pivots },
      message: inner.parsed.message === '' ? parsed.message : inner.parsed.message,
      fields: { ...parsed.fields, ...inner.parsed.fields },
      fieldsAreRaw: false,
    },
  }
}

/** The event in a carrier that `json` is and that reads as `outer`, its message apart. */
export function inCarrier(outer: Parsed, json: Fields, inner: Chosen): Chosen {
  const { message: _message, ...rest } = outer.fields
  const parsed: Parsed = {
    ...(outer.time === undefined ? {} : { time: outer.time }),
    ...inner.parsed,
    pivots: { ...ofCarrier(outer, json), ...inner.parsed.pivots },
    fields: { ...rest, ...inner.parsed.fields },
    fieldsAreRaw: false,
  }
  return { parser: inner.parser, parsed }
}

/** What a carrier's columns say of the event in it: not its own account, status or type, only what it calls a user, an
 * outcome or an action. */
function ofCarrier({ pivots }: Parsed, json: Fields): Parsed['pivots'] {
  const { user, outcome, action, ...rest } = pivots
  return {
    ...rest,
    ...(user === undefined || (json.user ?? json.username) === undefined ? {} : { user }),
    ...(outcome === undefined || json.outcome === undefined ? {} : { outcome }),
    ...(action === undefined || json.action === undefined ? {} : { action }),
  }
}

/** The text in `message` of JSON that is no carrier. */
export function messageInput(json: Fields): ParserInput | undefined {
  const { message } = json
  const isOdd = json.fields !== undefined && envelopeFields(json) === undefined
  if (typeof message !== 'string' || isOdd) return undefined
  const inner = parseJsonObject(message)
  return inner instanceof JsonError ? undefined : { text: message, json: inner }
}
