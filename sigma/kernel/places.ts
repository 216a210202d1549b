// Where things stand in the memory of a kernel, for the host: the numbers of `assembly/places.ts`.

/** On a stop of a cut: the place, and the position in the caller's bytes. */
export const STOP_PLACE = 68
export const STOP_AT = 72

/** What a search in a line leaves to be read. */
export const HOST_BASE = 80
export const HAS_KEY = 84
export const RULES = 88
export const RULE_COUNT = 92
export const HIT_COUNT = 96
export const HOST_KEEPS = 100

/** Values of one line, at most, and where they are. */
export const VALUES_MAX = 256
export const STARTS = 1024
export const ENDS = 2048
export const HASHES = 3072
export const KINDS = 4096
/** All of them together, from `STARTS` on. */
export const VALUES_BYTES = KINDS + VALUES_MAX - STARTS

/** A window on the caller's bytes: see `window.ts`. */
export const WINDOW = 8192

/** The atoms found, 32 bits each; behind them memory is free. */
export const HITS = 336_000
export const HITS_MAX = 65_536
export const BEHIND_HITS = HITS + HITS_MAX * Int32Array.BYTES_PER_ELEMENT
