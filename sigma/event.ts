// What the matcher sees of an event. Parsers produce it, stores keep it, the Sigma engine and every
// search read it; nothing else about an event takes part in matching.

/** One value of an event's fields: JSON, with numbers that would lose digits kept as their source text. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue }

/** An event's fields under the names that the Sigma taxonomy uses for its log source. */
export type Fields = { readonly [name: string]: FieldValue }

/** The columns that every source fills where it can; `port` columns hold numbers. */
export const PIVOTS = [
  'host',
  'user',
  'src_ip',
  'src_port',
  'dst_ip',
  'dst_port',
  'process',
  'hash',
  'domain',
  'url',
  'action',
  'outcome',
  'severity',
] as const
export type PivotName = (typeof PIVOTS)[number]
export type Pivots = { readonly [name in PivotName]?: string | number }

/** What a rule's `logsource` is compared with. */
export interface EventLogSource {
  readonly product?: string
  readonly category: readonly string[]
  readonly service: readonly string[]
  /** True when a parser knows the log source fully: a rule then runs only if every key it names is
   * here. False (generic JSON): only a conflicting value excludes a rule. */
  readonly closed: boolean
}

/** The part of an event that predicates read. */
export interface SigmaEvent {
  /** Event time, milliseconds since 1970 UTC. */
  readonly time: number
  /** Label of where it came from (`nginx`, `fw-edge`): searched as the column `source`. */
  readonly source: string
  readonly logsource: EventLogSource
  readonly pivots: Pivots
  readonly message: string
  readonly fields: Fields
  /** The line, packet or document as received; empty only when it equals nothing (never dropped). */
  readonly raw: string
}
