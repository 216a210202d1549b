// Limits of the correlation engine.

/** How far an event may lie behind the newest of its source and still be correlated. */
export const LATENESS_DEFAULT_MS = 5 * 60_000
/** Estimated size of the state above which the stalest groups go. */
export const MEMORY_MAX_BYTES = 256 * 1_048_576
/** Contributing events that one firing lists. */
export const FIRING_REFS_MAX = 100
/** Different values that a view of a group lists. */
export const VALUES_SHOWN_MAX = 20
/** Combinations of an event's list values that are counted as groups, or as values. */
export const COMBINATIONS_MAX = 64
/** A source this far behind the newest one of its stream no longer keeps old entries alive. */
export const SOURCE_LAG_MAX_MS = 3_600_000
/** Sources whose clock is kept, and imports whose state is, each a stream of its own. */
export const SOURCES_MAX = 10_000
export const STREAMS_MAX = 64
/** Estimates for the memory limit: a group with its key and measure, and an entry without its texts. */
export const GROUP_BYTES = 700
export const ENTRY_BYTES = 48
