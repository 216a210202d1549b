// The event as Trapline keeps it, and what a parser has to provide.
import type {
  EventLogSource,
  Fields,
  FieldValue,
  PivotName,
  Pivots,
  SigmaEvent,
} from '../sigma/event.ts'
import type { Columns } from './columns.ts'
import type { Mapping } from './mapping/compile.ts'
import type { TimeContext } from './time/clock.ts'

/** A stored event. */
export interface Event extends SigmaEvent {
  /** `20261121-000000042137`: UTC day and number, given by the ingest worker; empty before. */
  readonly id: string
  /** When Trapline received it, milliseconds since 1970 UTC. */
  readonly ingested: number
  /** Name of the parser that made it, `unparsed` where none could. */
  readonly parser: string
  /** Why it could not be parsed, where it could not. */
  readonly error?: EventError
  /** True when `fields` is exactly `parseJsonText(raw)`: stores then keep the text once. */
  readonly fieldsAreRaw?: boolean
  /** Where it was not decoded: reading `fields`, `raw` or `message` then does so. */
  readonly line?: EventLine
}

/** The JSON object of an event as it came: one line of ASCII. */
export interface EventLine {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** Names of its top-level fields. */
  readonly names: readonly string[]
  /** Pivots, and `message`, that are the very text of a top-level field, with that field's name. Events of one kind
   * share the map. */
  readonly verbatim: ReadonlyMap<string, string>
  /** Whether its strings are escaped as `JSON.stringify` would. */
  readonly isPlain: boolean
  /** Pivots that may be texts of the line; behind them come the fields that the caller asked for. */
  readonly texts: readonly PivotName[]
  /** From `at` on where each of them starts and ends, its end inverted where it has escapes; `NO_SPAN` for none. */
  readonly spans: Int32Array
  readonly at: number
  /** Pivots that are not in `spans`; the severity is always here. */
  readonly others: Pivots
  /** Values of the fields asked for that are not in `spans`. */
  readonly kept: readonly (FieldValue | undefined)[]
}

/** Where a text of a line starts that it does not have. */
export const NO_SPAN = -1

/** An event as the normaliser makes it. */
export interface NormalisedEvent extends Event {
  readonly fieldsAreRaw: boolean
  /** True when the event's own time was out of bounds; it is kept in the field `trapline.original_time`. */
  readonly timeReplaced: boolean
}

export interface EventError {
  readonly code: string
  readonly message: string
}

/** What a parser gives for one input; the normaliser adds id, source, received time and defaults. */
export interface Parsed {
  /** Milliseconds since 1970 UTC; absent when the input has no readable time. */
  readonly time?: number
  readonly logsource: EventLogSource
  /** Fresh: the normaliser adds host and severity to this object where they are absent. */
  readonly pivots: Pivots
  readonly message: string
  readonly fields: Fields
  /** True when `fields` is exactly `parseJsonText(raw)`: stores then keep the text once. */
  readonly fieldsAreRaw?: boolean
}

/** What a parser may need beside the input. All pure. */
export interface ParseContext extends TimeContext {
  /** What header lines above the input say about its columns, where its format has such. */
  readonly columns?: Columns | undefined
  /** Mapping tables of a content repository, by name: each takes the place of ours. */
  readonly mappings?: ReadonlyMap<string, Mapping> | undefined
}

/** Input of a parser: the text and, where it is JSON, the value it decodes to. */
export interface ParserInput {
  readonly text: string
  /** `parseJsonText(text)` when the text is a JSON object, else undefined. */
  readonly json: Fields | undefined
}

/** One log format. A new one is a file with this shape and a line in `parsers/table.ts`. */
export interface Parser {
  readonly name: string
  readonly title: string
  /** Other names accepted for `--source`, `?source=` and `--log-type`. */
  readonly aliases?: readonly string[]
  /** JSON that it recognises has one of these keys at its top level; none: it reads no JSON;
   * absent: it must always be asked. */
  readonly keys?: readonly string[]
  /** True where it reads nothing but JSON: it is never asked about any other text. */
  readonly jsonOnly?: boolean
  /** Cheap and strict: true only when the input is surely this format. */
  recognise(input: ParserInput, context: ParseContext): boolean
  /** The event, or why the input is not of this format. Never throws. */
  parse(input: ParserInput, context: ParseContext): Parsed | EventError
  /** A line inside the event that may be of another format (a container's, an alert's): read by
   * recognition, and where a parser is sure laid over the event. */
  inner?(parsed: Parsed): string | undefined
}
