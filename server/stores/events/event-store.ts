// The event store's two faces. One process-wide writer appends; any number of readers search. Day files
// implement both first; another backend passes the same contract suite (`event-store.contract.ts`).
import type { Event } from '../../../parsers/event.ts'
import type { Expr } from '../../../sigma/ir/expr.ts'
import type { NewDeadLetter } from './dead-letter.ts'

/** A match that detection found, kept in the same transaction as its event. */
export interface NewMatch {
  /** Index of the event within the batch. */
  readonly index: number
  readonly ruleId: string
  /** SHA-256 of the rule's text, hex. */
  readonly ruleHash: string
  /** Values of the fields that the rule's dedup and correlations name; the pivots are always kept. */
  readonly keys?: Readonly<Record<string, string>>
}

/** Events of one request, normalised and matched, before they have ids. */
export interface NewBatch {
  /** The sender's `Idempotency-Key`, or undefined. */
  readonly key?: string
  /** SHA-256 of the body, hex; set where `key` is. */
  readonly bodyHash?: string
  /** What the sender will be told; kept with the key. */
  readonly answer: string
  readonly events: readonly Event[]
  readonly matches: readonly NewMatch[]
  /** What could not be parsed (with the index of its event) or not be kept at all. */
  readonly deadLetters?: readonly NewDeadLetter[]
  /** An import of old logs: events older than the retention are kept, counted from today. */
  readonly import?: boolean
}

/** A match as readers past the cursor see it. `sequence` increases by commit. */
export interface StoredMatch {
  readonly sequence: number
  readonly eventId: string
  readonly ruleId: string
  readonly ruleHash: string
  /** Event time and receipt, milliseconds. */
  readonly time: number
  readonly ingested: number
  readonly source: string
  /** Values of the fields that dedup and correlations group by, by name. */
  readonly keys: Readonly<Record<string, string>>
}

/** An absolute, half-open time range [from, to), milliseconds of event time. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** A search. `expr` undefined means every event of the range. */
export interface SearchRequest extends TimeRange {
  readonly expr?: Expr
  /** Only events that one of these rules matched when they came in. */
  readonly rules?: readonly string[]
  /** Newest first is the default. */
  readonly order?: 'newest' | 'oldest'
  readonly limit: number
  /** Continue after this position; order is (time, id) descending. */
  readonly cursor?: { readonly time: number; readonly id: string }
  /** Last intake sequence that may be seen, so that pages and counts agree; default: now's. */
  readonly asof?: number
  /** Only events committed after this intake sequence. */
  readonly after?: number
  /** Give up after this long, milliseconds, and say so in `complete: false`. */
  readonly timeout_ms: number
}

export interface SearchResult {
  readonly events: readonly Event[]
  readonly cursor?: { readonly time: number; readonly id: string }
  readonly asof: number
  readonly stats: QueryStats
}

/** What a query did. `complete` false: it stopped at its time limit and says only what it saw. */
export interface QueryStats {
  readonly took_ms: number
  /** Events whose text was decoded and given to the matcher. */
  readonly scanned: number
  /** Events that the range and the index proposed. */
  readonly candidates: number
  /** Parts of the store that were looked at, of those in the range: how far it got where it stopped. */
  readonly segments: number
  readonly segments_total: number
  readonly complete: boolean
}

export interface CountRequest extends TimeRange {
  readonly expr?: Expr
  /** Only events that one of these rules matched when they came in. */
  readonly rules?: readonly string[]
  readonly asof?: number
  /** Only events committed after this intake sequence. */
  readonly after?: number
  readonly timeout_ms: number
}

export interface Count {
  readonly total: number
  /** False when `total` covers only the part seen before the time limit. */
  readonly exact: boolean
  readonly stats: QueryStats
}

export interface HistogramRequest extends CountRequest {
  /** Width of a bucket, milliseconds. Buckets start at multiples of it since 1970. */
  readonly bucket_ms: number
}

export interface Histogram {
  /** Buckets with events only, ascending; `bySeverity` sums to `count`. */
  readonly buckets: readonly {
    readonly start: number
    readonly count: number
    readonly bySeverity: Readonly<Record<string, number>>
  }[]
  readonly exact: boolean
  readonly stats: QueryStats
}

export interface TopRequest extends CountRequest {
  /** A column (pivot, source, product, ...), any field path, or `@rule`: ids of the rules that matched. */
  readonly field: string
  readonly limit: number
  readonly order: 'most' | 'fewest'
}

export interface Top {
  readonly values: readonly { readonly value: string; readonly count: number }[]
  /** How many different values there are. */
  readonly distinct: number
  /** Events of the range that have no value. */
  readonly missing: number
  readonly exact: boolean
  readonly verified?: number
  readonly candidates?: number
  readonly stats: QueryStats
}

export interface StoreStats {
  readonly events: number
  readonly bytes: number
  readonly oldest?: number
  readonly newest?: number
  readonly days: readonly {
    readonly day: string
    readonly events: number
    readonly bytes: number
  }[]
  /** Event time up to which the index covers everything sealed; lag behind the intake, milliseconds. */
  readonly indexLag_ms: number
}

/** What readers do. Lives in query workers. */
export interface EventReader {
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult>
  count(request: CountRequest, signal?: AbortSignal): Promise<Count>
  histogram(request: HistogramRequest, signal?: AbortSignal): Promise<Histogram>
  top(request: TopRequest, signal?: AbortSignal): Promise<Top>
  get(ids: readonly string[]): Promise<readonly (Event | undefined)[]>
  /** Events before and after one, by (time, id), with an optional filter. */
  around(
    id: string,
    count: number,
    expr?: Expr,
  ): Promise<{ readonly before: readonly Event[]; readonly after: readonly Event[] }>
  stats(): Promise<StoreStats>
  /** How far ingest is; undefined before the first start of ingest. */
  position(): Promise<IngestPosition | undefined>
  /** Events committed after an intake sequence, oldest first: what live views poll. `gap` says that some
   * of them had already left the intake. */
  tail(after: number, expr: Expr | undefined, limit: number): Promise<Tail>
  /** Rule ids that matched each event, by event id. */
  matchesOf(ids: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>>
}

/** A place in the order of ingest: everything up to it was committed before everything after it. */
export interface IngestPosition {
  /** Identity of the intake that the sequence counts in. */
  readonly epoch: string
  readonly sequence: number
}

export interface Tail {
  readonly events: readonly Event[]
  readonly sequence: number
  readonly gap: boolean
}

/** How the state worker follows detections: reads of `intake.db` alone, past a cursor. */
export interface MatchFeed {
  /** Identity of this intake; another epoch than the cursor's means a restored or foreign file. */
  epoch(): string
  /** Matches with sequence above `after`, ascending. */
  matches(after: number, limit: number): readonly StoredMatch[]
  /** The matched event, from the intake or a day file. */
  event(id: string): Event | undefined
}

/** What became of a batch. */
export interface Appended {
  readonly answer: string
  /** True when the key was seen before and nothing was stored now. */
  readonly repeated: boolean
  readonly ids: readonly string[]
  /** The intake sequence that this commit reached. */
  readonly sequence: number
}

/** What the one writer does. Lives in the ingest worker. */
export interface EventWriter {
  /** One fsynced transaction for all of `batches`. Throws `KeyConflict` for none: it is per batch. */
  append(batches: readonly NewBatch[]): readonly (Appended | KeyConflict)[]
  /** Moves what the intake holds into day files; returns events moved. */
  seal(): number
  /** Removes day files older than this many days before `now`. */
  retain(days: number, now: number): readonly string[]
  close(): void
}

/** The same idempotency key came with another body. */
export interface KeyConflict {
  readonly conflict: true
  /** The hash of the body that it came with before. */
  readonly hash: string
}
