// Events of generic JSON made of their lines' bytes: what every event has is read where it stands, the rest is
// decoded when somebody asks. Equal to what `normalise` makes of the same text; lines that it would treat in any
// other way are left to it.
import { createFlatLine, FLAT_ESCAPED, FLAT_OBJECT, type FlatLine } from '../sigma/eval/flat.ts'
import { asciiText } from '../sigma/eval/unescape.ts'
import type { EventLogSource, Fields, FieldValue, Pivots } from '../sigma/event.ts'
import { type CommonPlan, planCommon } from './common.ts'
import type { EventLine, NormalisedEvent } from './event.ts'
import { createGenericLines, type GenericKind, type GenericLines } from './generic-line.ts'
import { JsonError, parseJsonText } from './json-text.ts'
import { valueAt } from './line-text.ts'
import { type NormaliseOptions, SOURCE_UNITS_MAX } from './normalise.ts'
import { classifySeverity } from './severity.ts'
import { AHEAD_MAX_MS, parseTime } from './time.ts'
import { pivotValue } from './values.ts'

/** Senders whose kinds of lines are remembered; with one more all are forgotten. */
const SENDERS_MAX = 32
/** Choices of fields remembered for one kind of lines. */
const CHOICES_MAX = 256
const PARSER = 'json'
const MESSAGE = 'message'
const ESCAPED_SLASH = '\\/'
const NOWHERE = -1

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

/** What is known of a kind of lines. */
interface Plan extends CommonPlan {
  readonly kind: GenericKind
  readonly names: readonly string[]
  readonly kept: readonly number[]
  /** By pivot and, last, of the message: its place where it is the text of a top-level field. */
  readonly chosen: Int16Array
  /** The fields of those places, by name, for the line before; and for all choices. */
  readonly before: Int16Array
  verbatim: ReadonlyMap<string, string>
  readonly choices: Map<string, ReadonlyMap<string, string>>
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
  readonly pivots: Pivots
  readonly line: EventLine
  readonly kind: GenericKind
  decoded: Fields | undefined = undefined

  constructor(
    kind: GenericKind,
    source: string,
    time: number,
    ingested: number,
    pivots: Pivots,
    line: EventLine,
  ) {
    this.kind = kind
    this.source = source
    this.logsource = kind.logsource
    this.time = time
    this.ingested = ingested
    this.pivots = pivots
    this.line = line
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

interface Reading {
  readonly line: FlatLine
  readonly keep: readonly string[]
  readonly senders: Map<string, GenericLines>
  readonly plans: WeakMap<GenericKind, Plan>
  lines: GenericLines | undefined
  options: NormaliseOptions
  /** Whether some line may escape a slash, which `JSON.stringify` does not. */
  mayEscapeSlashes: boolean
  lastPlan: Plan | undefined
  /** A time as it stood in the line before, and what it was: lines of one body have few times. */
  lastText: FieldValue | undefined
  lastTime: number | undefined
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
  }
  return {
    line: reading.line,
    open: (bytes, options) => open(reading, bytes, options),
    read: (start, end) => read(reading, start, end),
  }
}

function open(reading: Reading, bytes: Uint8Array, options: NormaliseOptions): void {
  const { line, senders } = reading
  line.bytes = bytes
  line.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  reading.options = options
  reading.lastText = undefined
  reading.lastTime = undefined
  reading.mayEscapeSlashes = asBuffer(bytes).includes(ESCAPED_SLASH)
  const sender = options.source ?? ''
  let lines = senders.get(sender)
  if (lines === undefined) {
    if (senders.size >= SENDERS_MAX) senders.clear()
    lines = createGenericLines({ ...options, checksTimes: true })
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
  const kept = keptOf(line, plan)
  if (kept === undefined) return undefined
  const pivots = complete(line, pivotsOf(line, plan), messageOf(line, plan), options)
  const { bytes } = line
  const isPlain =
    !reading.mayEscapeSlashes || !asBuffer(bytes.subarray(start, end)).includes(ESCAPED_SLASH)
  const own = { bytes, start, end, names: plan.names, verbatim: verbatimOf(plan), isPlain, kept }
  const label = kind.label ?? options.source ?? PARSER
  const source = label.length > SOURCE_UNITS_MAX ? label.slice(0, SOURCE_UNITS_MAX) : label
  return new LineEvent(kind, source, time, options.received, pivots, own)
}

function planOf(reading: Reading, kind: GenericKind): Plan {
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

/** The values that events keep; undefined where one is an object. */
function keptOf(line: FlatLine, { kept }: Plan): readonly (FieldValue | undefined)[] | undefined {
  const values = new Array<FieldValue | undefined>(kept.length)
  for (let i = 0; i < kept.length; i++) {
    const place = kept[i]!
    if (place >= 0 && line.kinds[place] === FLAT_OBJECT) return undefined
    values[i] = place < 0 ? undefined : valueAt(line, place)
  }
  return values
}

type OpenPivots = { -readonly [name in keyof Pivots]: Pivots[name] }

/** Puts the pivots together, and into `chosen` where they come from. */
function pivotsOf(line: FlatLine, { kind, pivots, chosen }: Plan): OpenPivots {
  const found: { [name in keyof OpenPivots]: string | number } = {}
  for (let i = 0; i < pivots.length; i++) {
    const { name, places } = pivots[i]!
    chosen[i] = NOWHERE
    for (let at = 0; at < places.length; at++) {
      const place = places[at]!
      const value = valueAt(line, place)
      const usable = value === undefined ? undefined : pivotValue(name, value)
      if (usable === undefined) continue
      found[name] = usable
      if (typeof value === 'string' && usable === value && kind.depths[place] === 0) {
        chosen[i] = place
      }
      break
    }
  }
  return found
}

/** The place of the message, also into `chosen`. */
function messageOf(line: FlatLine, { message, pivots, chosen }: Plan): number {
  let place = NOWHERE
  for (let at = 0; at < message.length && place === NOWHERE; at++) {
    const value = message[at]!
    const isText = line.kinds[value]! <= TEXT_KIND_MAX && line.starts[value]! < line.ends[value]!
    if (isText) place = value
  }
  chosen[pivots.length] = place
  return place
}

/** As in `normalise`: a host and a severity where the event names none. */
function complete(
  line: FlatLine,
  pivots: OpenPivots,
  message: number,
  { host, classify, severityPatterns }: NormaliseOptions,
): Pivots {
  if (pivots.host === undefined && host !== undefined) pivots.host = host
  if (pivots.severity === undefined && classify !== false) {
    const text = message < 0 ? '' : String(valueAt(line, message))
    pivots.severity = classifySeverity(text, severityPatterns) ?? 'informational'
  }
  return pivots
}

/** Kinds of values that are texts come first. */
const TEXT_KIND_MAX = FLAT_ESCAPED

function isWithin(time: number, { received, newest, oldest }: NormaliseOptions): boolean {
  return time <= (newest ?? received + AHEAD_MAX_MS) && time >= (oldest ?? Number.NEGATIVE_INFINITY)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function makePlan(kind: GenericKind, keep: readonly string[]): Plan {
  const common = planCommon(kind.paths, kind.depths)
  const isTop = (place: number) => kind.depths[place] === 0
  const size = common.pivots.length + 1
  return {
    ...common,
    kind,
    names: kind.paths.filter((_, place) => isTop(place)),
    kept: keep.map((name) => kind.paths.findIndex((path, place) => path === name && isTop(place))),
    chosen: new Int16Array(size).fill(NOWHERE),
    before: new Int16Array(size).fill(NOWHERE),
    verbatim: new Map(),
    choices: new Map(),
  }
}

/** The names of the fields of `chosen`: the same map for the same choice. */
function verbatimOf(plan: Plan): ReadonlyMap<string, string> {
  const { chosen, before } = plan
  let isSame = true
  for (let i = 0; i < chosen.length; i++) if (chosen[i] !== before[i]) isSame = false
  if (isSame) return plan.verbatim
  before.set(chosen)
  const choice = chosen.join()
  let verbatim = plan.choices.get(choice)
  if (verbatim === undefined) {
    const names = [...plan.pivots.map(({ name }) => name), MESSAGE]
    const entries = names.flatMap((name, i): [string, string][] =>
      chosen[i] === NOWHERE ? [] : [[name, plan.kind.paths[chosen[i]!]!]],
    )
    verbatim = new Map(entries)
    if (plan.choices.size >= CHOICES_MAX) plan.choices.clear()
    plan.choices.set(choice, verbatim)
  }
  plan.verbatim = verbatim
  return verbatim
}
