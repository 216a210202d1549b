// What the ingest worker says to the main thread on its own, beside answering calls.

/** After each commit. The main thread adds these up for source cards, metrics and live streams. */
export interface CommitNotice {
  /** Last intake sequence of the commit. */
  readonly sequence: number
  readonly events: number
  readonly unparsed: number
  readonly matches: number
  /** From the oldest batch of the commit being taken off the queue to its fsync, milliseconds. */
  readonly commit_ms: number
  readonly sources: readonly SourceCount[]
}

/** One source's part of a commit. */
export interface SourceCount {
  readonly source: string
  readonly events: number
  readonly unparsed: number
  /** Parsers that made its events. */
  readonly parsers: readonly string[]
}
