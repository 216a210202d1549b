// Any input to an event: chooses the parser, then adds what parsers leave to their caller: label, time
// bounds, host, severity. Never throws, never drops.
import type { Fields, Pivots } from '../sigma/event.ts'
import type {
  EventError,
  NormalisedEvent,
  ParseContext,
  Parsed,
  Parser,
  ParserInput,
} from './event.ts'
import { envelopeFields, ownSource } from './json.ts'
import { JsonError, parseJsonObject } from './json-text.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
import { recognise } from './recognise.ts'
import { classifySeverity, type SeverityPatterns } from './severity.ts'
import { PARSERS, parsersNamed } from './table.ts'
import { AHEAD_MAX_MS } from './time.ts'

/** Field that keeps a time which was out of bounds, ISO 8601. */
export const ORIGINAL_TIME_FIELD = 'trapline.original_time'
/** `parser` of an event that no parser could read. */
export const UNPARSED = 'unparsed'
/** Longest label kept, UTF-16 units. */
export const SOURCE_UNITS_MAX = 256

export interface NormaliseOptions extends ParseContext {
  /** When Trapline received it, milliseconds: the time of events without one. */
  readonly received: number
  /** What the sender calls the source: a parser's name selects that parser, any other is a label. */
  readonly source?: string | undefined
  /** Host for events that name none: the address of a syslog sender. */
  readonly host?: string | undefined
  /** Earliest time that is believed, milliseconds (received minus retention). No bound by default. */
  readonly oldest?: number | undefined
  /** Latest time that is believed, milliseconds; received plus 24 h by default. */
  readonly newest?: number | undefined
  readonly severityPatterns?: SeverityPatterns | undefined
}

interface Chosen {
  readonly parser: Parser
  readonly parsed: Parsed
}

/** The event of one line, packet or document. Its `id` is empty. */
export function normalise(text: string, options: NormaliseOptions): NormalisedEvent {
  const raw = text.isWellFormed() ? text : text.toWellFormed()
  const json = parseJsonObject(raw)
  if (json instanceof JsonError) {
    return unparsed(raw, { code: json.code, message: json.message }, options)
  }
  const input: ParserInput = { text: raw, json }
  const chosen = choose(input, options)
  if ('code' in chosen) return unparsed(raw, chosen, options)
  const { parser, parsed } = chosen
  const own = json !== undefined && parser === PARSERS.json ? ownSource(json) : undefined
  return complete(raw, own ?? options.source ?? parser.name, parser.name, parsed, options)
}

function choose(input: ParserInput, options: NormaliseOptions): Chosen | EventError {
  const { json } = input
  if (json !== undefined) return chooseForJson(input, json, options)
  const named = options.source === undefined ? [] : parsersNamed(options.source)
  if (named.length === 0) return attempt(recognise(input, options), input, options)
  const parser = named.length === 1 ? undefined : named.find((p) => p.recognise(input, options))
  let outcome: Chosen | EventError | undefined
  for (const candidate of parser === undefined ? named : [parser]) {
    outcome = attempt(candidate, input, options)
    if (!('code' in outcome)) return outcome
  }
  return outcome ?? { code: 'no-parser', message: `${options.source} has no parser` }
}

/** JSON always becomes an event: what a named or recognised parser refuses is generic JSON. */
function chooseForJson(
  input: ParserInput,
  json: Fields,
  options: NormaliseOptions,
): Chosen | EventError {
  const own = ownSource(json)
  const named = own === undefined ? NO_PARSERS : parsersNamed(own)
  const candidates =
    named.length > 0 || options.source === undefined ? named : parsersNamed(options.source)
  for (const parser of candidates) {
    if (parser === PARSERS.json) continue
    const outcome = attempt(parser, input, options)
    if (!('code' in outcome)) return outcome
    const wrapped = unwrap(parser, json, options)
    if (wrapped !== undefined) return { parser, parsed: wrapped }
  }
  const recognised = candidates.length > 0 ? PARSERS.json : recognise(input, options)
  const outcome = attempt(recognised, input, options)
  return 'code' in outcome ? attempt(PARSERS.json, input, options) : outcome
}

const NO_PARSERS: readonly Parser[] = []

function attempt(parser: Parser, input: ParserInput, context: ParseContext): Chosen | EventError {
  const parsed = parser.parse(input, context)
  return 'code' in parsed ? parsed : { parser, parsed }
}

/** The event of a line that a shipper wrapped in `{source, host, message, fields}`. */
function unwrap(parser: Parser, json: Fields, context: ParseContext): Parsed | undefined {
  const { message } = json
  const inner = envelopeFields(json)
  if (typeof message !== 'string' || (inner === undefined && json.fields !== undefined)) {
    return undefined
  }
  const parsed = parser.parse({ text: message, json: undefined }, context)
  const outer = PARSERS.json.parse({ text: '', json }, context)
  if ('code' in parsed || 'code' in outer) return undefined
  const { message: _message, ...rest } = outer.fields
  return {
    ...(outer.time === undefined ? {} : { time: outer.time }),
    ...parsed,
    pivots: { ...outer.pivots, ...parsed.pivots },
    fields: { ...rest, ...parsed.fields },
    fieldsAreRaw: false,
  }
}

function complete(
  raw: string,
  source: string,
  parser: string,
  parsed: Parsed,
  options: NormaliseOptions,
): NormalisedEvent {
  const { received } = options
  const time = parsed.time ?? received
  const replaced =
    time > (options.newest ?? received + AHEAD_MAX_MS) ||
    time < (options.oldest ?? Number.NEGATIVE_INFINITY)
  const fields = replaced
    ? { ...parsed.fields, [ORIGINAL_TIME_FIELD]: new Date(time).toISOString() }
    : parsed.fields
  return {
    id: '',
    time: replaced ? received : time,
    ingested: received,
    source: source.length > SOURCE_UNITS_MAX ? source.slice(0, SOURCE_UNITS_MAX) : source,
    logsource: parsed.logsource,
    pivots: completePivots(parsed, options),
    message: parsed.message,
    fields,
    raw,
    parser,
    fieldsAreRaw: parsed.fieldsAreRaw === true && !replaced && !raw.includes('\n'),
    timeReplaced: replaced,
  }
}

function completePivots(parsed: Parsed, options: NormaliseOptions): Pivots {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = parsed.pivots
  if (pivots.host === undefined && options.host !== undefined) pivots.host = options.host
  pivots.severity ??= classifySeverity(parsed.message, options.severityPatterns) ?? 'informational'
  return pivots
}

function unparsed(raw: string, error: EventError, options: NormaliseOptions): NormalisedEvent {
  const parsed: Parsed = { logsource: OPEN_LOGSOURCE, pivots: {}, message: raw, fields: {} }
  const event = complete(raw, options.source ?? UNPARSED, UNPARSED, parsed, options)
  return { ...event, error }
}
