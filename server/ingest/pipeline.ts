// Texts of one request to a batch: normalised, matched, with the answer its sender gets. Pure, save for
// what the matcher remembers.
import { type Columns, columnsAfter, isHeaderLine } from '../../parsers/columns.ts'
import type { Event } from '../../parsers/event.ts'
import { getPath } from '../../parsers/event-value.ts'
import type { ParserContent } from '../../parsers/mapping/content.ts'
import { normalise, UNPARSED } from '../../parsers/normalise.ts'
import { addKeys, STREAM_KEY } from '../services/match-keys.ts'
import type { IngestAnswer } from '../services/services.ts'
import {
  EVENT_TOO_LARGE,
  LOST_SAMPLE_CHARS_MAX,
  type NewDeadLetter,
  SAMPLE_CHARS_MAX,
} from '../stores/events/dead-letter.ts'
import type { NewBatch, NewMatch } from '../stores/events/event-store.ts'
import { TIME_MAX_MS, TIME_MIN_MS } from '../stores/events/id.ts'
import type { RuleSet } from './rules.ts'

/** Longest event, bytes of its text as UTF-8. */
export const EVENT_BYTES_MAX = 1_048_576
/** Problems that an answer lists. */
export const ANSWER_ERRORS_MAX = 20
const DAY_MS = 86_400_000
const UTF8_BYTES_PER_UNIT_MAX = 3

/** One request's events, and what is known about them. */
export interface BatchInput {
  readonly texts: readonly string[]
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

export interface PreparedBatch {
  readonly batch: NewBatch
  readonly unparsed: number
}

/** Normalises and matches. Without rules nothing matches. */
export function prepareBatch(
  input: BatchInput,
  rules: RuleSet | undefined,
  settings: PipelineSettings,
): PreparedBatch {
  const events: Event[] = []
  const matches: NewMatch[] = []
  const deadLetters: NewDeadLetter[] = []
  const errors: { index: number; code: string; message: string }[] = []
  let options = normaliseOptions(input, settings)
  let columns: Columns | undefined
  const report = (at: number, letter: NewDeadLetter) => {
    deadLetters.push(letter)
    const { code, message } = letter
    if (errors.length < ANSWER_ERRORS_MAX) errors.push({ index: at, code, message })
  }

  const stream = input.import === true ? (input.importId ?? 'import') : undefined
  let unparsed = 0
  for (let at = 0; at < input.texts.length; at++) {
    const text = input.texts[at]!
    if (isHeaderOf(text, at)) {
      columns = columnsAfter(columns, text)
      options = { ...options, columns }
      continue
    }
    if (isTooLong(text)) {
      report(at, tooLong(text, input.source))
      continue
    }
    const event = eventOf(text, options)
    const index = events.push(event) - 1
    if (event.error !== undefined) {
      unparsed++
      report(at, { source: event.source, ...event.error, sample: sampleOf(text), index })
    }
    const problem =
      rules === undefined ? undefined : matchEvent(rules, event, index, matches, stream)
    if (problem !== undefined) report(at, { ...problem, sample: sampleOf(text), index })
  }
  const answer: IngestAnswer & { readonly sources: SourceCounts } = {
    accepted: events.length,
    unparsed,
    batch: crypto.randomUUID(),
    errors,
    sources: countSources(events),
  }
  return { batch: batchOf(input, answer, events, matches, deadLetters), unparsed }
}

/** Events of a batch by source, and those of them that no parser could read: what senders sum up. */
export type SourceCounts = {
  readonly [source: string]: { readonly events: number; readonly unparsed: number }
}

/** Sources that an answer lists; a sender who names one for each event gets the first ones. */
const ANSWER_SOURCES_MAX = 50

function countSources(events: readonly Event[]): SourceCounts {
  const counts = new Map<string, { events: number; unparsed: number }>()
  for (const { source, error } of events) {
    let count = counts.get(source)
    if (count === undefined) {
      if (counts.size >= ANSWER_SOURCES_MAX) continue
      count = { events: 0, unparsed: 0 }
      counts.set(source, count)
    }
    count.events++
    if (error !== undefined) count.unparsed++
  }
  return Object.fromEntries(counts)
}

/** Lines that name the columns of those below are no events; only the first line can be one without a mark. */
function isHeaderOf(text: string, at: number): boolean {
  return (at === 0 || text.charCodeAt(0) === HASH) && isHeaderLine(text)
}

const HASH = 0x23

function batchOf(
  input: BatchInput,
  answer: IngestAnswer,
  events: readonly Event[],
  matches: readonly NewMatch[],
  deadLetters: readonly NewDeadLetter[],
): NewBatch {
  const { key, bodyHash } = input
  return {
    ...(key === undefined ? {} : { key }),
    ...(bodyHash === undefined ? {} : { bodyHash }),
    ...(input.import === true ? { import: true } : {}),
    answer: JSON.stringify(answer),
    events,
    matches,
    deadLetters,
  }
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
  rules: RuleSet,
  event: Event,
  index: number,
  matches: NewMatch[],
  stream: string | undefined,
): Omit<NewDeadLetter, 'sample' | 'index'> | undefined {
  try {
    for (const rule of rules.matcher.match(event)) {
      const { id, hash, keys, correlated } = rules.rules[rule]!
      const kept = keysOf(event, keys)
      addKeys(kept, event, correlated)
      if (stream !== undefined && correlated.length > 0) kept[STREAM_KEY] = stream
      const hasKeys = keys.length > 0 || correlated.length > 0
      matches.push({ index, ruleId: id, ruleHash: hash, ...(hasKeys ? { keys: kept } : {}) })
    }
    return undefined
  } catch (error) {
    const message = `the matcher failed: ${error instanceof Error ? error.message : String(error)}`
    return { source: event.source, code: 'match-failed', message }
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
