// Chooses the parser of an input and runs it: by the name its sender gives, else by recognition. What is
// wrapped in another format (a line in a JSON envelope, JSON in a syslog line) is read as what it is.
import type { Fields } from '../sigma/event.ts'
import { type CarriedInput, carriedInput } from './carrier.ts'
import {
  behindHeader,
  type Chosen,
  inCarrier,
  messageInput,
  stampedWith,
  withInner,
} from './chosen.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { ownSource } from './json.ts'
import { JsonError, parseJsonObject, startsLikeObject } from './json-text.ts'
import { isParsedEvent } from './parsed.ts'
import { recognise } from './recognise.ts'
import { PARSERS, parsersNamed } from './table.ts'
import { isoAt } from './time.ts'
import { EVTSYS_PROGRAMS, isPairsEvent } from './windows/event-lines.ts'
import { isSplunkLine } from './windows/splunk-text.ts'
import { isEventTag } from './windows/xml.ts'

const NO_PARSERS: readonly Parser[] = []

/** Reads an input whose sender calls it `source`; the error when a text is not what it was called. */
export function choose(
  input: ParserInput,
  source: string | undefined,
  context: ParseContext,
): Chosen | EventError {
  const { json } = input
  if (json !== undefined) return chooseForJson(input, json, source, context)
  const named = source === undefined ? NO_PARSERS : parsersNamed(source)
  return chooseForText(input, named, context)
}

function chooseForText(
  input: ParserInput,
  named: readonly Parser[],
  context: ParseContext,
): Chosen | EventError {
  if (named.length === 0) {
    const parser = recognise(input, context)
    const stamped = parser === PARSERS.text ? stampedEvent(input.text, named, context) : undefined
    return stamped ?? withInnerJson(attempt(parser, input, context), context)
  }
  // Syslog is how a line came, not what it is: a program that a parser knows is read by that parser.
  if (named[0] === PARSERS.syslog) {
    const parser = recognise(input, context)
    const chosen = parser === PARSERS.text ? PARSERS.syslog : parser
    return withInnerJson(attempt(chosen, input, context), context)
  }
  const sure = named.length > 1 ? named.find((p) => p.recognise(input, context)) : undefined
  let outcome: Chosen | EventError = { code: 'no-parser', message: 'no parser' }
  for (const parser of sure === undefined ? named : [sure]) {
    outcome = attempt(parser, input, context)
    if (!('code' in outcome)) return outcome
  }
  return (
    stampedEvent(input.text, named, context) ??
    surely(input, context) ??
    headedEvent(input, named, context) ??
    taggedEvent(input.text, named, context) ??
    outcome
  )
}

/** A program's name, with its colon, that a collector left in front of the message. */
const TAG = /^([\w./-]{1,64}): (?=\S)/

/** The event behind a program's name without its process id, which alone is no header. */
function taggedEvent(
  text: string,
  named: readonly Parser[],
  context: ParseContext,
): Chosen | undefined {
  const tag = TAG.exec(text.slice(0, 68))
  if (tag === null) return undefined
  const rest = text.slice(tag[0].length)
  const json = parseJsonObject(rest)
  if (json instanceof JsonError) return undefined
  const chosen = firstOf(named, { text: rest, json }, context)
  if ('code' in chosen) return undefined
  const { parser, parsed } = chosen
  return { parser, parsed: { ...parsed, pivots: { process: tag[1]!, ...parsed.pivots } } }
}

/** A source that knows no syslog, sent by syslog: the event behind the header. */
function headedEvent(
  input: ParserInput,
  named: readonly Parser[],
  context: ParseContext,
): Chosen | undefined {
  const header = attempt(PARSERS.syslog, input, context)
  if ('code' in header) return undefined
  const chosen = withInnerJson(header, context, named)
  if (!('code' in chosen) && chosen.parser !== PARSERS.syslog) return chosen
  const { message } = header.parsed
  if (message === '' || message.length === input.text.length) return undefined
  const inner = firstOf(named, { text: message, json: undefined }, context)
  return 'code' in inner || UNSURE.has(inner.parser) ? undefined : behindHeader(header, inner)
}

/** What a text that its sender calls something else surely is: CEF of a firewall, say. */
function surely(input: ParserInput, context: ParseContext): Chosen | undefined {
  const parser = recognise(input, context)
  const chosen = UNSURE.has(parser) ? undefined : attempt(parser, input, context)
  return chosen === undefined || 'code' in chosen ? undefined : chosen
}

/** The event behind a time and a blank, as CloudWatch writes each line of an export to S3, or behind a time and
 * a host, as rsyslog writes lines without a program; undefined where nobody is sure of what stands there. */
function stampedEvent(
  text: string,
  named: readonly Parser[],
  context: ParseContext,
): Chosen | undefined {
  const stamp = STAMP.test(text) ? isoAt(text, 0, context) : undefined
  if (stamp === undefined || text.charCodeAt(stamp.end) !== BLANK) return undefined
  const chosen = sureEvent(text.slice(stamp.end + 1), named, context)
  if (chosen !== undefined) return stampedWith(chosen, { time: stamp.time })
  const host = HOST.exec(text.slice(stamp.end, stamp.end + HOST_UNITS_MAX))
  if (host === null) return undefined
  const headed = sureEvent(text.slice(stamp.end + host[0].length), named, context)
  return headed && stampedWith(headed, { time: stamp.time, host: host[1]! })
}

function sureEvent(
  rest: string,
  named: readonly Parser[],
  context: ParseContext,
): Chosen | undefined {
  const json = parseJsonObject(rest)
  if (json instanceof JsonError) return undefined
  const input = { text: rest, json }
  let chosen = firstOf(named, input, context)
  if ('code' in chosen) {
    const parser = recognise(input, context)
    if (UNSURE.has(parser)) return undefined
    chosen = attempt(parser, input, context)
  }
  return 'code' in chosen ? undefined : chosen
}

const HOST_UNITS_MAX = 257
/** A host between two blanks; levels of programs' own logs are none. */
const HOST =
  /^ (?!(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|NOTICE)\b)([\w][\w.:-]{0,253}) (?=\S)/
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/
const BLANK = 0x20

/** JSON always becomes an event: what a named or recognised parser refuses is generic JSON. */
function chooseForJson(
  input: ParserInput,
  json: Fields,
  source: string | undefined,
  context: ParseContext,
): Chosen | EventError {
  // Its source names the parser that it went through already.
  if (json.logsources !== undefined && isParsedEvent(json)) {
    return attempt(PARSERS.parsed, input, context)
  }
  const own = ownSource(json)
  const ownNamed = own === undefined ? NO_PARSERS : parsersNamed(own)
  const named = ownNamed.length > 0 || source === undefined ? ownNamed : parsersNamed(source)
  if (named[0] === PARSERS.json) return attempt(PARSERS.json, input, context)
  for (const parser of named) {
    const outcome = attempt(parser, input, context)
    if (!('code' in outcome)) return outcome
  }
  const wrapped = named.length === 0 ? undefined : unwrap(json, named, context)
  if (wrapped !== undefined) return wrapped
  const parser = recognise(input, context)
  if (parser === PARSERS.json) {
    return unwrapUnnamed(json, context) ?? attempt(PARSERS.json, input, context)
  }
  const outcome = attempt(parser, input, context)
  return 'code' in outcome ? attempt(PARSERS.json, input, context) : outcome
}

/** A carried line whose sender does not say what it is: only where a parser is sure of it. */
function unwrapUnnamed(json: Fields, context: ParseContext): Chosen | undefined {
  const input = carriedInput(json)
  if (input === undefined) return undefined
  const parser = recognise(input, context)
  const isLine = input.isRebuilt !== true && input.text.startsWith('<')
  const isSure =
    !UNSURE.has(parser) || (parser === PARSERS.syslog && (isLine || isTelling(input, context)))
  return isSure ? unwrap(json, [parser], context) : undefined
}

/** Whether a line that was put together again says more than its parts: who, from where, to where. */
function isTelling(input: CarriedInput, context: ParseContext): boolean {
  if (input.isRebuilt !== true) return false
  const parsed = PARSERS.syslog.parse(input, context)
  if ('code' in parsed) return false
  const { src_ip, dst_ip, user } = parsed.pivots
  return src_ip !== undefined || dst_ip !== undefined || user !== undefined
}

function attempt(parser: Parser, input: ParserInput, context: ParseContext): Chosen | EventError {
  const parsed = parser.parse(input, context)
  if ('code' in parsed) return parsed
  const inner = parser.inner?.(parsed)
  return { parser, parsed: inner === undefined ? parsed : withInnerLine(parsed, inner, context) }
}

/** A line inside an event, laid over it where a parser is sure of it; the time is the event's own. */
function withInnerLine(parsed: Parsed, text: string, context: ParseContext): Parsed {
  const json = parseJsonObject(text)
  if (json instanceof JsonError) return parsed
  const input: ParserInput = (json && carriedInput(json)) ?? { text, json }
  const recognised = recognise(input, context)
  if (recognised.inner !== undefined) return parsed
  const read = attempt(recognised, input, context)
  // Behind a header there may be another event.
  const chosen = recognised === PARSERS.syslog ? withInnerJson(read, context) : read
  if ('code' in chosen || UNSURE.has(chosen.parser)) return parsed
  return withInner(parsed, chosen.parsed)
}

/** Formats that anything may have. */
const UNSURE: ReadonlySet<Parser> = new Set([PARSERS.syslog, PARSERS.text, PARSERS.logfmt])

/** The event of a line that a shipper wrapped: `{source, host, message, fields}` and its kin. */
function unwrap(json: Fields, named: readonly Parser[], context: ParseContext): Chosen | undefined {
  const input = carriedInput(json) ?? messageInput(json)
  if (input === undefined) return undefined
  const inner =
    input.json === undefined ? chooseForText(input, named, context) : firstOf(named, input, context)
  const outer = PARSERS.json.parse({ text: '', json }, context)
  if ('code' in inner || 'code' in outer) return undefined
  return inCarrier(outer, json, inner)
}

function firstOf(
  named: readonly Parser[],
  input: ParserInput,
  context: ParseContext,
): Chosen | EventError {
  let outcome: Chosen | EventError = { code: 'no-parser', message: 'no parser' }
  for (const parser of named) {
    outcome = attempt(parser, input, context)
    if (!('code' in outcome)) break
  }
  return outcome
}

const CEE = '@cee:'

/** What the message of a syslog line is by itself: JSON, or the XML of a Windows event. */
function innerEvent(
  text: string,
  named: readonly Parser[],
  context: ParseContext,
): Chosen | EventError | undefined {
  if (isEventTag(text, 0)) return attempt(PARSERS.windows, { text, json: undefined }, context)
  if (!startsLikeObject(text)) return undefined
  const json = parseJsonObject(text)
  if (json === undefined || json instanceof JsonError) return undefined
  const chosen = named.length === 0 ? undefined : firstOf(named, { text, json }, context)
  if (chosen !== undefined && !('code' in chosen)) return chosen
  return chooseForJson({ text, json }, json, undefined, context)
}

/** Windows' event behind a header: what the Eventlog to Syslog service wrote, and Splunk's text in one line. */
function auditEvent(
  { fields, message }: Parsed,
  context: ParseContext,
): Chosen | EventError | undefined {
  const { program } = fields
  if (isSplunkLine(message) || isPairsEvent(message))
    return attempt(PARSERS.windows, { text: message, json: undefined }, context)
  if (typeof program !== 'string' || !EVTSYS_PROGRAMS.has(program)) return undefined
  return attempt(PARSERS.windows, { text: `${program}: ${message}`, json: undefined }, context)
}

/** A syslog line whose message is a JSON object or the XML of a Windows event is that event, with the
 * header's fields beside. */
function withInnerJson(
  outcome: Chosen | EventError,
  context: ParseContext,
  named: readonly Parser[] = NO_PARSERS,
): Chosen | EventError {
  if ('code' in outcome || outcome.parser !== PARSERS.syslog) return outcome
  const { parsed } = outcome
  const text = parsed.message.startsWith(CEE) ? parsed.message.slice(CEE.length) : parsed.message
  const inner = innerEvent(text, named, context) ?? auditEvent(parsed, context)
  return inner === undefined || 'code' in inner ? outcome : behindHeader(outcome, inner)
}
