// What goes into the correlation engine and what comes out. All of it is plain data.
import type { LoadedCorrelation } from '../rule.ts'

/** The caller's name of an event: an id, or a number. Kept in the state, so it must survive JSON. */
export type Ref = string | number

/** The text of a field's value; several for a list; undefined where the event has none. */
export type FieldText = string | readonly string[] | undefined

/** A correlation's condition held for the window that ends with an event. */
export interface Firing {
  /** Index into the correlations that the engine was made of. */
  readonly correlation: number
  readonly id: string
  /** Time of the event that ends the window, milliseconds. */
  readonly time: number
  /** Time of the oldest event listed in `events`. */
  readonly first: number
  /** The event that ends the window. */
  readonly ref: Ref
  /** Values of the group-by fields, in their order. */
  readonly key: readonly (string | undefined)[]
  /** What the condition was compared with: a count, a sum, ... */
  readonly value: number
  /** Contributing events that no earlier firing of this group listed, oldest first, the newest
   * `FIRING_REFS_MAX` of them. The last is `ref`, unless a late event made an older window hold. */
  readonly events: readonly Ref[]
}

export interface CorrelatorOptions<E> {
  /** Reads the text of an event's field, pivots included. */
  readonly read: (event: E, field: string) => FieldText
  /** How far an event may lie behind the newest of its source; default `LATENESS_DEFAULT_MS`. */
  readonly lateness_ms?: number
  /** Estimated size of the state above which the stalest groups go; default `MEMORY_MAX_BYTES`. */
  readonly memory_bytes_max?: number
}

/** Counts since the engine was made or restored. */
export interface CorrelatorStats {
  /** Matches that reached a correlation. */
  readonly matches: number
  readonly firings: number
  /** Matches behind their source's watermark: not correlated. */
  readonly late: number
  /** Matches of a source that lies further back than entries are kept: their windows may lack some. */
  readonly behind: number
  readonly groups: number
  readonly entries: number
  /** Estimated size of the state, bytes. */
  readonly bytes: number
  /** Groups, and their entries, that the memory limit cost. */
  readonly evicted_groups: number
  readonly evicted_entries: number
  /** Values left out because an event has too many of them, or text where a number was needed. */
  readonly dropped_values: number
  /** Matches left out because the event has no value of a group-by field, once for each correlation. */
  readonly ungrouped: number
}

/** A rule's match on an event: the rule's handle, and the event as that match kept it. */
export interface EventMatch<E> {
  readonly input: number
  readonly event: E
}

/** What matched, and where it goes. `stream` sets an import apart: it has clocks and groups of its own. */
export interface Correlator<E> {
  /** The handle of a rule for `push`; undefined when no correlation reads it. */
  input(ruleId: string): number | undefined
  /** Adds a rule's match on an event, in arrival order; returns what it made hold, oldest first. */
  push(
    input: number,
    event: E,
    time: number,
    source: string,
    ref: Ref,
    stream?: string,
  ): readonly Firing[]
  /** Adds all matches of one event: its windows are looked at once, when they hold all of them. */
  pushEvent(
    matches: readonly EventMatch<E>[],
    time: number,
    source: string,
    ref: Ref,
    stream?: string,
  ): readonly Firing[]
  /** Fields of events that must be kept for matches of a rule. */
  fieldsOf(ruleId: string): readonly string[]
  stats(): CorrelatorStats
  /** Late matches by source, most first. */
  lateBySource(): readonly { readonly source: string; readonly late: number }[]
  /** The live groups of a correlation, stalest first, at most `limit`. */
  groups(id: string, limit: number): readonly GroupView[]
  /** One live group of a correlation. */
  group(id: string, key: readonly (string | undefined)[], stream?: string): GroupView | undefined
  /** The whole state as JSON. */
  snapshot(): Snapshot
  /** Takes the state of correlations that are still the same; says which those are. */
  restore(snapshot: Snapshot): readonly string[]
}

export interface GroupView {
  readonly key: readonly (string | undefined)[]
  /** Entries of the window that ends with the newest one. */
  readonly entries: number
  readonly first: number
  readonly last: number
  /** What the condition compares for that window. */
  readonly value: number
  /** Inputs seen in that window, by id, for temporal correlations. */
  readonly seen: readonly string[]
  /** Events of that window, oldest first: the newest `FIRING_REFS_MAX` of them. */
  readonly events: readonly Ref[]
  /** Different values of that window, where values are counted: the newest `VALUES_SHOWN_MAX` of them. */
  readonly values: readonly (string | number)[]
  /** Whether the condition holds for that window. */
  readonly holds: boolean
}

/** State as JSON; `version` changes with its layout. */
export interface Snapshot {
  readonly version: 1
  readonly correlations: readonly { readonly id: string; readonly fingerprint: string }[]
  readonly streams: readonly SnapshotStream[]
}

export interface SnapshotStream {
  readonly stream: string
  readonly clocks: readonly (readonly [source: string, max: number, late: number])[]
  /** Stalest first. `of` is an index into `correlations`. */
  readonly groups: readonly SnapshotGroup[]
}

export interface SnapshotGroup {
  readonly of: number
  readonly key: readonly (string | null)[]
  readonly last: Ref | null
  readonly times: readonly number[]
  readonly refs: readonly (Ref | readonly Ref[])[]
  readonly flags: readonly number[]
  readonly stages?: readonly number[]
  readonly values?: readonly (string | number)[]
  readonly carried?: readonly (readonly (string | readonly string[] | null)[])[]
}

export type { LoadedCorrelation }
