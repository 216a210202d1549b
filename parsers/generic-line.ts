// Which cut lines become the event that their values are: generic JSON that no parser claims, carries no line
// and is no envelope. Decided once for all lines that have the same names and declare the same log source.
import {
  FLAT_ESCAPED,
  FLAT_NUMBER,
  FLAT_STRING,
  FLAT_WIDE,
  type FlatKind,
  type FlatLine,
} from '../sigma/eval/flat.ts'
import type { KernelMemory } from '../sigma/kernel/memory.ts'
import { mayCarryLine } from './carrier.ts'
import { COMMON_NAMES } from './common-names.ts'
import type { ParseContext } from './event.ts'
import { createFlatCutter, type FlatNames, type FlatPlace } from './json-flat.ts'
import { declaredLogSource, declaresLogSource } from './logsource.ts'
import { ORIGINAL_TIME_FIELD } from './normalise.ts'
import { GZIP_START, PACKED_PATHS } from './packed.ts'
import { mayBeClaimed } from './recognise.ts'
import { mayHoldRecords } from './records.ts'
import { PARSERS, parsersNamed } from './table.ts'
import { AHEAD_MAX_MS, parseTime } from './time.ts'

/** Reads lines of generic JSON. */
export interface GenericLines {
  /** Cuts `line.bytes` from `start` to `end`; undefined where the line has to be read by `normalise`. */
  read(line: FlatLine, start: number, end: number): GenericKind | undefined
  /** Address of the place where lines begin in the kernel's memory. */
  readonly root: number
}

/** Lines of the same names, log source and label. */
export interface GenericKind extends FlatKind {
  /** The label that they name themselves. */
  readonly label: string | undefined
}

/** Names that make JSON more than its values, or may. */
const TELLING = ['logsource', 'fields']
const TIME_NAMES: ReadonlySet<string> = new Set(COMMON_NAMES.time)
const DECLARING = ['product', 'category', 'service'] as const
/** What tells lines of the same names apart: their log source and their label. */
const ROUTING = [...DECLARING, 'source', 'source_type'] as const
/** Log sources remembered for lines of the same names. */
const ROUTES_MAX = 32

/** What is known of lines that end at one place. */
interface Names {
  /** False: no line with these names is generic, or not surely. */
  readonly isGeneric: boolean
  /** Whether a line that nobody calls JSON may carry another event. */
  readonly mayCarry: boolean
  /** Whether such a line is generic only when it declares its log source. */
  readonly mustDeclare: boolean
  /** Values of `ROUTING`; -1 where there is none. */
  readonly routing: readonly number[]
  readonly times: readonly number[]
  /** Values that may be events in another form. */
  readonly packed: readonly number[]
  readonly depths: Uint8Array
  readonly routes: Route[]
  next: number
  /** Routes that the kernel has. */
  planned: number
}

interface Route {
  readonly texts: readonly (string | undefined)[]
  readonly kind: GenericKind | undefined
}

/** What lines are read with: `normalise`'s own. */
export interface GenericContext extends ParseContext {
  readonly received: number
  readonly source?: string | undefined
  /** The caller leaves lines to `normalise` whose event would get another time. */
  readonly checksTimes?: boolean
  /** Lines with characters beyond ASCII are left to `normalise`, too. */
  readonly asciiOnly?: boolean
}

/** Lines of one file or sender; `memory`: of the kernel that may match them itself. */
export function createGenericLines(context: GenericContext, memory?: KernelMemory): GenericLines {
  const cutter = createFlatCutter(memory)
  // A table of a content repository may claim other keys than ours.
  const hasMappings = (context.mappings?.size ?? 0) > 0
  const newest = context.received + AHEAD_MAX_MS
  const safeDay = new Date(context.received - AHEAD_MAX_MS).toISOString().slice(0, DAY_UNITS)

  /** Whether a time of the line is so far ahead that its event would be given another, and a field for it. */
  const aheadOf = (times: readonly number[]) => (line: FlatLine) =>
    times.some((value) => {
      const kind = line.kinds[value]
      if (kind === FLAT_ESCAPED || (kind! & FLAT_WIDE) !== 0) return true
      if (kind !== FLAT_STRING && kind !== FLAT_NUMBER) return false
      if (kind === FLAT_STRING && isDayBefore(line, value, safeDay)) return false
      const text = textAt(line, value)
      const time = parseTime(kind === FLAT_NUMBER ? Number(text) : text, context)
      return time !== undefined && time > newest
    })

  function makeRoute(line: FlatLine, place: FlatPlace, known: Names): Route {
    const { names } = place
    const texts = known.routing.map((value) => (value < 0 ? undefined : textAt(line, value)))
    const declared = Object.fromEntries(
      DECLARING.flatMap((name, i) => (texts[i] === undefined ? [] : [[name, texts[i]]])),
    )
    const label = texts.slice(DECLARING.length).find((text) => text !== undefined && text !== '')
    const named = namedParsers(label, context.source)
    const isUnclaimed =
      named.length === 0 && !known.mayCarry && (!known.mustDeclare || declaresLogSource(declared))
    const isGeneric = named[0] === PARSERS.json || isUnclaimed
    const kind: GenericKind = {
      label,
      logsource: declaredLogSource(declared),
      paths: names.paths,
      depths: known.depths,
      added: known.times.length === 0 || context.checksTimes === true ? [] : [ORIGINAL_TIME_FIELD],
      mayAdd: aheadOf(known.times),
      route(plan, readsAdded) {
        if (memory === undefined || known.packed.length > 0) return
        if (++known.planned > ROUTES_MAX) return
        const wanted = texts.flatMap((text, i) =>
          text === undefined ? [] : [[known.routing[i]!, text] as const],
        )
        const times = readsAdded ? known.times : []
        cutter.addRoute(place, { plan, texts: wanted, times, day: safeDay })
      },
      plan: undefined,
    }
    const route: Route = { texts, kind: isGeneric ? kind : undefined }
    if (known.routes.length < ROUTES_MAX) known.routes.push(route)
    else known.routes[known.next++ % ROUTES_MAX] = route
    return route
  }

  return {
    root: cutter.root,
    read(line, start, end) {
      const place = cutter.cut(line, start, end)
      if (place === undefined || (context.asciiOnly === true && cutter.hasWide())) return undefined
      place.kinds ??= knownOf(place.names, hasMappings)
      const known = place.kinds as Names
      if (!known.isGeneric) return undefined
      const { routing, routes } = known
      if (known.packed.some((value) => isPacked(line, value))) return undefined
      for (let i = 0; i < routing.length; i++) {
        const value = routing[i]!
        if (value >= 0 && line.kinds[value] !== FLAT_STRING) return undefined
      }
      for (let i = 0; i < routes.length; i++) {
        const route = routes[i]!
        if (isRoute(line, known, route)) return route.kind
      }
      return makeRoute(line, place, known).kind
    },
  }
}

/** As in `choose.ts`: the parsers that the label of a line names, else those that its sender names. */
function namedParsers(label: string | undefined, sender: string | undefined) {
  const own = label === undefined ? [] : parsersNamed(label)
  return own.length > 0 || sender === undefined ? own : parsersNamed(sender)
}

function knownOf({ paths, depths }: FlatNames, hasMappings: boolean): Names {
  const top = paths.filter((_, value) => depths[value] === 0)
  const isNested = top.length < paths.length
  // A path and a name with dots could be the same field.
  const isOdd = isNested && top.some((name) => name.includes('.'))
  const isTelling = top.some((name) => TELLING.includes(name))
  return {
    isGeneric: !isOdd && !isTelling && !mayHoldRecords(top),
    mayCarry: mayCarryLine(top),
    mustDeclare: hasMappings || mayBeClaimed(top),
    routing: ROUTING.map((name) => (top.indexOf(name) < 0 ? -1 : paths.indexOf(name))),
    packed: paths.flatMap((path, value) => (PACKED_PATHS.has(path) ? [value] : [])),
    times: paths.flatMap((path, value) => (TIME_NAMES.has(path) ? [value] : [])),
    depths: Uint8Array.from(depths),
    routes: [],
    next: 0,
    planned: 0,
  }
}

function isRoute(line: FlatLine, { routing }: Names, { texts }: Route): boolean {
  for (let i = 0; i < routing.length; i++) {
    const value = routing[i]!
    if (value >= 0 && !isText(line, value, texts[i]!)) return false
  }
  return true
}

function isText({ bytes, starts, ends }: FlatLine, value: number, text: string): boolean {
  const start = starts[value]!
  if (ends[value]! - start !== text.length) return false
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false
  }
  return true
}

function isPacked({ bytes, starts, ends }: FlatLine, value: number): boolean {
  const start = starts[value]!
  if (ends[value]! - start < GZIP_START.length) return false
  for (let i = 0; i < GZIP_START.length; i++)
    if (bytes[start + i] !== GZIP_START.charCodeAt(i)) return false
  return true
}

const DAY_UNITS = 10
const DIGIT_ZERO = 0x30
const DIGIT_NINE = 0x39

/** Whether a text begins with a day `2026-11-21` that is surely before `day`. */
function isDayBefore({ bytes, starts, ends }: FlatLine, value: number, day: string): boolean {
  const start = starts[value]!
  if (ends[value]! - start < DAY_UNITS) return false
  let order = 0
  for (let i = 0; i < DAY_UNITS; i++) {
    const code = bytes[start + i]!
    const isDigit = code >= DIGIT_ZERO && code <= DIGIT_NINE
    if (i === 4 || i === 7 ? code !== DASH : !isDigit) return false
    if (order === 0) order = code - day.charCodeAt(i)
  }
  return order < 0
}

const DASH = 0x2d

function textAt({ bytes, starts, ends }: FlatLine, value: number): string {
  return String.fromCharCode(...bytes.subarray(starts[value], ends[value]))
}
