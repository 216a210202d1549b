// Events of generic JSON made of their lines' bytes: what every event has is read where it stands, the rest is
// decoded when somebody asks. Equal to what `normalise` makes of the same text; lines that it would treat in any
// other way are left to it.
import { createFlatLine, type FlatLine, openFlatLine } from '../sigma/eval/flat.ts'
import { asciiText } from '../sigma/eval/unescape.ts'
import type { EventLogSource, Fields, FieldValue, Pivots } from '../sigma/event.ts'
import { type EventLine, NO_SPAN, type NormalisedEvent } from './event.ts'
import { createGenericLines, type GenericKind, type GenericLines } from './generic-line.ts'
import { JsonError, parseJsonText } from './json-text.ts'
import {
  keptOf,
  type LinePlan,
  MESSAGE,
  makePlan,
  messageOf,
  NOWHERE,
  type OpenPivots,
  pivotsOf,
  verbatimOf,
} from './line-plan.ts'
import { spanText, valueAt } from './line-text.ts'
import { type NormaliseOptions, SOURCE_UNITS_MAX } from './normalise.ts'
import { classifySeverity } from './severity.ts'
import { AHEAD_MAX_MS, parseTime } from './time.ts'

/** Senders whose kinds of lines are remembered; with one more all are forgotten. */
const SENDERS_MAX = 32
const PARSER = 'json'
const ESCAPED_SLASH = '\\/'
/** Numbers of one piece of spans: some hundred events. */
const SPANS_SIZE = 8192

/** Reads the lines of request bodies. */
export interface LineReader {
  /** The line that `read` cut last. */
  readonly line: FlatLine
  /** Lines are of these bytes from now on. */
  open(bytes: Uint8Array, options: NormaliseOptions): void
  /** The event from `start` to `end`; undefined where `normalise` has to read it. Escapes are not checked yet: the
   * matcher does so. */
  read(start: number, end: number): LineEvent | undefined
}

/** A class, so that events share the functions that decode them. */
export class LineEvent implements NormalisedEvent {
  readonly id = ''
  readonly parser = PARSER
  readonly fieldsAreRaw = true
  readonly timeReplaced = false
  readonly time: number
  readonly ingested: number
  readonly source: string
  readonly logsource: EventLogSource
  readonly line: EventLine
  readonly kind: GenericKind
  decoded: Fields | undefined = undefined
  made: Pivots | undefined = undefined

  constructor(kind: GenericKind, source: string, time: number, ingested: number, line: EventLine) {
    this.kind = kind
    this.source = source
    this.logsource = kind.logsource
    this.time = time
    this.ingested = ingested
    this.line = line
  }

  get pivots(): Pivots {
    this.made ??= pivotsOfLine(this.line)
    return this.made
  }

  get raw(): string {
    const { bytes, start, end } = this.line
    return asciiText(bytes, start, end)
  }

  get fields(): Fields {
    if (this.decoded === undefined) {
      const fields = parseJsonText(this.raw)
      if (fields instanceof JsonError) throw new SyntaxError(`line: ${fields.message}`)
      this.decoded = fields as Fields
    }
    return this.decoded
  }

  get message(): string {
    const field = this.line.verbatim.get(MESSAGE)
    return field === undefined ? '' : (this.fields[field] as string)
  }
}

/** The pivots of an event, of its texts and the others. */
function pivotsOfLine({ bytes, texts, spans, at, others }: EventLine): Pivots {
  const pivots: { [name in keyof OpenPivots]: string | number } = {}
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let i = 0; i < texts.length; i++) {
    const start = spans[at + 2 * i]!
    if (start !== NO_SPAN) pivots[texts[i]!] = spanText(bytes, view, start, spans[at + 2 * i + 1]!)
  }
  return Object.assign(pivots, others)
}

interface Reading {
  readonly line: FlatLine
  readonly keep: readonly string[]
  readonly senders: Map<string, GenericLines>
  readonly plans: WeakMap<GenericKind, LinePlan>
  lines: GenericLines | undefined
  options: NormaliseOptions
  /** Whether some line may escape a slash, which `JSON.stringify` does not. */
  mayEscapeSlashes: boolean
  lastPlan: LinePlan | undefined
  /** A time as it stood in the line before, and what it was: lines of one body have few times. */
  lastText: FieldValue | undefined
  lastTime: number | undefined
  /** What events have of `spans`, and how much of it is taken: one piece for many events. */
  spans: Int32Array
  taken: number
}

/** A reader that knows no lines yet. `keep`: top-level fields whose values events keep decoded. */
export function createLineReader(keep: readonly string[]): LineReader {
  const reading: Reading = {
    line: createFlatLine(),
    keep,
    senders: new Map(),
    plans: new WeakMap(),
    lines: undefined,
    options: { now: 0, received: 0, timeZone: 'UTC' },
    mayEscapeSlashes: false,
    lastPlan: undefined,
    lastText: undefined,
    lastTime: undefined,
    spans: new Int32Array(0),
    taken: 0,
  }
  return {
    line: reading.line,
    open: (bytes, options) => open(reading, bytes, options),
    read: (start, end) => read(reading, start, end),
  }
}

function open(reading: Reading, bytes: Uint8Array, options: NormaliseOptions): void {
  const { line, senders } = reading
  openFlatLine(line, bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length))
  reading.options = options
  reading.lastText = undefined
  reading.lastTime = undefined
  reading.mayEscapeSlashes = asBuffer(bytes).includes(ESCAPED_SLASH)
  const sender = options.source ?? ''
  let lines = senders.get(sender)
  if (lines === undefined) {
    if (senders.size >= SENDERS_MAX) senders.clear()
    lines = createGenericLines({ ...options, checksTimes: true, asciiOnly: true })
    senders.set(sender, lines)
  }
  reading.lines = lines
}

function read(reading: Reading, start: number, end: number): LineEvent | undefined {
  const { line, options } = reading
  const kind = reading.lines?.read(line, start, end)
  if (kind === undefined) return undefined
  const plan = planOf(reading, kind)
  const time = timeOf(reading, plan.time) ?? options.received
  if (!isWithin(time, options) || !Number.isSafeInteger(time)) return undefined
  const at = reserveSpans(reading, plan)
  const { spans } = reading
  const kept = keptOf(line, plan, spans, at)
  if (kept === undefined) return undefined
  const others = pivotsOf(line, plan, spans, at)
  const message = messageOf(line, plan)
  complete(line, plan, others, message, options)
  const { bytes } = line
  const isPlain =
    !reading.mayEscapeSlashes || !asBuffer(bytes.subarray(start, end)).includes(ESCAPED_SLASH)
  const { names, texts } = plan
  const verbatim = verbatimOf(plan)
  const own = { bytes, start, end, names, verbatim, isPlain, texts, spans, at, others, kept }
  const label = kind.label ?? options.source ?? PARSER
  const source = label.length > SOURCE_UNITS_MAX ? label.slice(0, SOURCE_UNITS_MAX) : label
  return new LineEvent(kind, source, time, options.received, own)
}

function planOf(reading: Reading, kind: GenericKind): LinePlan {
  const { lastPlan, plans } = reading
  if (lastPlan !== undefined && kind === lastPlan.kind) return lastPlan
  const plan = plans.get(kind) ?? makePlan(kind, reading.keep)
  plans.set(kind, plan)
  reading.lastPlan = plan
  return plan
}

function timeOf(reading: Reading, places: readonly number[]): number | undefined {
  for (let at = 0; at < places.length; at++) {
    const value = valueAt(reading.line, places[at]!)
    if (value === undefined) continue
    if (value !== reading.lastText) {
      reading.lastTime = parseTime(value, reading.options)
      reading.lastText = value
    }
    if (reading.lastTime !== undefined) return reading.lastTime
  }
  return undefined
}

/** Room for the spans of one event; where it begins. */
function reserveSpans(reading: Reading, { pivots, kept }: LinePlan): number {
  const size = 2 * (pivots.length + kept.length)
  if (reading.taken + size > reading.spans.length) {
    reading.spans = new Int32Array(Math.max(SPANS_SIZE, size))
    reading.taken = 0
  }
  const at = reading.taken
  reading.taken += size
  return at
}

/** As in `normalise`: a host and a severity where the event names none. */
function complete(
  line: FlatLine,
  { pivots, chosen }: LinePlan,
  others: OpenPivots,
  message: number,
  { host, classify, severityPatterns }: NormaliseOptions,
): void {
  if (host !== undefined && others.host === undefined) {
    const own = pivots.findIndex(({ name }) => name === 'host')
    if (own < 0 || chosen[own] === NOWHERE) others.host = host
  }
  if (others.severity === undefined && classify !== false) {
    const text = message < 0 ? '' : String(valueAt(line, message))
    others.severity = classifySeverity(text, severityPatterns) ?? 'informational'
  }
}

function isWithin(time: number, { received, newest, oldest }: NormaliseOptions): boolean {
  return time <= (newest ?? received + AHEAD_MAX_MS) && time >= (oldest ?? Number.NEGATIVE_INFINITY)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
