// Texts and lines of one request to events and their matches.
import { type Columns, columnsAfter, isHeaderLine } from '../../parsers/columns.ts'
import type { Event } from '../../parsers/event.ts'
import { getPath } from '../../parsers/event-value.ts'
import type { LineReader } from '../../parsers/line-event.ts'
import type { ParserContent } from '../../parsers/mapping/content.ts'
import { normalise, UNPARSED } from '../../parsers/normalise.ts'
import { recordsOf } from '../../parsers/records.ts'
import { addKeys, STREAM_KEY } from '../services/match-keys.ts'
import {
  EVENT_TOO_LARGE,
  LOST_SAMPLE_CHARS_MAX,
  type NewDeadLetter,
  SAMPLE_CHARS_MAX,
} from '../stores/events/dead-letter.ts'
import type { NewMatch } from '../stores/events/event-store.ts'
import { TIME_MAX_MS, TIME_MIN_MS } from '../stores/events/id.ts'
import { type BodyLines, lineText } from './body-lines.ts'
import type { RuleSet } from './rules.ts'

/** Longest event, bytes of its text as UTF-8. */
export const EVENT_BYTES_MAX = 1_048_576
/** Problems that an answer lists. */
export const ANSWER_ERRORS_MAX = 20
const DAY_MS = 86_400_000
const UTF8_BYTES_PER_UNIT_MAX = 3
const HASH = 0x23

/** One request's events, and what is known about them. */
export interface BatchInput {
  readonly texts: readonly string[]
  /** Lines that were not decoded, before the texts. */
  readonly lines?: BodyLines | undefined
  readonly source?: string | undefined
  /** Host for events that name none. */
  readonly host?: string | undefined
  readonly key?: string | undefined
  readonly bodyHash?: string | undefined
  readonly import?: boolean | undefined
  /** Which import: those of one correlate among themselves only. */
  readonly importId?: string | undefined
  /** Receipt, milliseconds. */
  readonly received: number
}

export interface PipelineSettings extends ParserContent {
  readonly retention_days: number
  readonly timeZone: string
}

/** What was made of a request so far. */
export interface Taking {
  readonly rules: RuleSet | undefined
  readonly source: string | undefined
  /** The import whose events correlate among themselves. */
  readonly stream: string | undefined
  options: Options
  columns: Columns | undefined
  /** Texts taken. */
  at: number
  unparsed: number
  readonly events: Event[]
  readonly matches: NewMatch[]
  readonly deadLetters: NewDeadLetter[]
  /** Of the first problems: which text, and what is wrong with it. */
  readonly errors: { readonly index: number; readonly code: string; readonly message: string }[]
}

/** Nothing so far. */
export function startTaking(
  input: BatchInput,
  rules: RuleSet | undefined,
  settings: PipelineSettings,
): Taking {
  return {
    rules,
    source: input.source,
    stream: input.import === true ? (input.importId ?? 'import') : undefined,
    options: normaliseOptions(input, settings),
    columns: undefined,
    at: 0,
    unparsed: 0,
    ...{ events: [], matches: [], deadLetters: [], errors: [] },
  }
}

/** Takes one text. */
export function takeText(taking: Taking, text: string): void {
  const at = taking.at++
  if (isHeaderOf(text, at)) {
    taking.columns = columnsAfter(taking.columns, text)
    taking.options = { ...taking.options, columns: taking.columns }
    return
  }
  if (isTooLong(text)) {
    report(taking, at, tooLong(text, taking.source))
    return
  }
  const event = eventOf(text, taking.options)
  const index = taking.events.push(event) - 1
  if (event.error !== undefined) {
    taking.unparsed++
    report(taking, at, { source: event.source, ...event.error, sample: sampleOf(text), index })
  }
  const problem = matchEvent(taking, event, index)
  if (problem !== undefined) report(taking, at, { ...problem, sample: sampleOf(text), index })
}

/** Takes the lines of a body: those that `reader` reads stay as they are, others are decoded. */
export function takeLines(taking: Taking, lines: BodyLines, reader: LineReader | undefined): void {
  reader?.open(lines.bytes, taking.options)
  for (let line = 0; line < lines.starts.length; line++) {
    if (reader !== undefined && takeLine(taking, reader, lines, line)) continue
    const text = lineText(lines, line)
    for (const part of recordsOf(text) ?? [text]) takeText(taking, part)
  }
}

/** False where the line has to be decoded. */
function takeLine(
  taking: Taking,
  reader: LineReader,
  { starts, ends }: BodyLines,
  line: number,
): boolean {
  const { rules } = taking
  if (rules === undefined) return false
  const event = reader.read(starts[line]!, ends[line]!)
  if (event === undefined) return false
  const index = taking.events.length
  const before = taking.matches.length
  try {
    const found = rules.matcher.matchFlat(reader.line, event.kind, () => event)
    if (found === undefined) return false
    if (found.length > 0) addMatches(taking, rules, found, event, index)
  } catch {
    // Matched again as an event, where what is wrong is reported.
    taking.matches.length = before
    return false
  }
  taking.events.push(event)
  taking.at++
  return true
}

function report({ deadLetters, errors }: Taking, at: number, letter: NewDeadLetter): void {
  deadLetters.push(letter)
  const { code, message } = letter
  if (errors.length < ANSWER_ERRORS_MAX) errors.push({ index: at, code, message })
}

/** Lines that name the columns of those below are no events; only the first line can be one without a mark. */
function isHeaderOf(text: string, at: number): boolean {
  return (at === 0 || text.charCodeAt(0) === HASH) && isHeaderLine(text)
}

type Options = Parameters<typeof normalise>[1]

function normaliseOptions(input: BatchInput, settings: PipelineSettings): Options {
  const { received, source, host } = input
  const { retention_days, timeZone, mappings, severityPatterns } = settings
  const content = { mappings, severityPatterns }
  const oldest =
    input.import === true || retention_days === 0 ? TIME_MIN_MS : received - retention_days * DAY_MS
  const newest = Math.min(received + DAY_MS, TIME_MAX_MS)
  return { now: received, received, timeZone, source, host, oldest, newest, ...content }
}

/** A parser that throws has a bug; its line is kept like any other that cannot be parsed. */
function eventOf(text: string, options: Options): Event {
  let event: Event
  try {
    event = normalise(text, options)
  } catch (error) {
    const message = `a parser failed: ${error instanceof Error ? error.message : String(error)}`
    return {
      id: '',
      time: options.received,
      ingested: options.received,
      source: options.source ?? UNPARSED,
      parser: UNPARSED,
      logsource: { category: [], service: [], closed: false },
      pivots: {},
      message: text.toWellFormed(),
      fields: {},
      raw: text.toWellFormed(),
      error: { code: 'parser-failed', message },
    }
  }
  return Number.isSafeInteger(event.time) ? event : { ...event, time: Math.floor(event.time) }
}

/** Adds the event's matches; a matcher that throws is reported, never silent. */
function matchEvent(
  taking: Taking,
  event: Event,
  index: number,
): Omit<NewDeadLetter, 'sample' | 'index'> | undefined {
  const { rules } = taking
  if (rules === undefined) return undefined
  try {
    addMatches(taking, rules, rules.matcher.match(event), event, index)
    return undefined
  } catch (error) {
    const message = `the matcher failed: ${error instanceof Error ? error.message : String(error)}`
    return { source: event.source, code: 'match-failed', message }
  }
}

function addMatches(
  { matches, stream }: Taking,
  rules: RuleSet,
  found: readonly number[],
  event: Event,
  index: number,
): void {
  for (const rule of found) {
    const { id, hash, keys, correlated } = rules.rules[rule]!
    const kept = keysOf(event, keys)
    addKeys(kept, event, correlated)
    if (stream !== undefined && correlated.length > 0) kept[STREAM_KEY] = stream
    const hasKeys = keys.length > 0 || correlated.length > 0
    matches.push({ index, ruleId: id, ruleHash: hash, ...(hasKeys ? { keys: kept } : {}) })
  }
}

function keysOf(event: Event, names: readonly string[]): Record<string, string> {
  const keys: Record<string, string> = {}
  for (const name of names) {
    const value = getPath(event, name)
    if (value !== undefined) keys[name] = value
  }
  return keys
}

function isTooLong(text: string): boolean {
  return (
    text.length * UTF8_BYTES_PER_UNIT_MAX > EVENT_BYTES_MAX &&
    Buffer.byteLength(text) > EVENT_BYTES_MAX
  )
}

function tooLong(text: string, source: string | undefined): NewDeadLetter {
  return {
    source: source ?? UNPARSED,
    code: EVENT_TOO_LARGE,
    message: `the event has ${Buffer.byteLength(text)} bytes, ${EVENT_BYTES_MAX} are allowed`,
    sample: text.slice(0, LOST_SAMPLE_CHARS_MAX).toWellFormed(),
  }
}

function sampleOf(text: string): string {
  return text.slice(0, SAMPLE_CHARS_MAX).toWellFormed()
}
