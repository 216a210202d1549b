// Any input to an event: chooses the parser, then adds what parsers leave to their caller: label, time
// bounds, host, severity. Never throws, never drops.
import type { Fields, Pivots } from '../sigma/event.ts'
import { choose } from './choose.ts'
import type { EventError, NormalisedEvent, ParseContext, Parsed, ParserInput } from './event.ts'
import { ownSource } from './json.ts'
import { JsonError, parseJsonObject } from './json-text.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
import { classifySeverity, type SeverityPatterns } from './severity.ts'
import { PARSERS } from './table.ts'
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
  /** False where nobody reads the severity: then only what the source says is kept. */
  readonly classify?: boolean | undefined
}

/**
 * The event of one line, packet or document. Its `id` is empty. `decoded`: what `parseJsonObject(text)` gives,
 * where the caller knows it already.
 */
export function normalise(
  text: string,
  options: NormaliseOptions,
  decoded?: Fields,
): NormalisedEvent {
  const raw = text.isWellFormed() ? text : text.toWellFormed()
  const json = decoded ?? parseJsonObject(raw)
  if (json instanceof JsonError) {
    return unparsed(raw, { code: json.code, message: json.message }, options)
  }
  const input: ParserInput = { text: raw, json }
  const chosen = choose(input, options.source, options)
  if ('code' in chosen) return unparsed(raw, chosen, options)
  const { parser, parsed } = chosen
  const own = json === undefined || parser === PARSERS.windows ? undefined : ownSource(json)
  return complete(raw, own ?? options.source ?? parser.name, parser.name, parsed, options)
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
  if (pivots.severity === undefined && options.classify !== false) {
    pivots.severity = classifySeverity(parsed.message, options.severityPatterns) ?? 'informational'
  }
  return pivots
}

function unparsed(raw: string, error: EventError, options: NormaliseOptions): NormalisedEvent {
  const parsed: Parsed = { logsource: OPEN_LOGSOURCE, pivots: {}, message: raw, fields: {} }
  const event = complete(raw, options.source ?? UNPARSED, UNPARSED, parsed, options)
  return { ...event, error }
}
