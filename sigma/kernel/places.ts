// Where things stand in the memory of a kernel, for the host: the numbers of `assembly/places.ts`.

/** On a stop of a cut: the place, and the position in the caller's bytes. */
export const STOP_PLACE = 68
export const STOP_AT = 72
/** Whether a line that was cut has characters beyond ASCII. */
export const HAS_WIDE = 76

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
export const KINDS = 3072
/** All of them together, from `STARTS` on. */
export const VALUES_BYTES = KINDS + VALUES_MAX - STARTS

/** A window on the caller's bytes: see `window.ts`. */
export const WINDOW = 8192

/** The atoms found, 32 bits each. */
export const HITS = 336_000
export const HITS_MAX = 65_536

/** What a run of lines leaves to be read, and its results: see `assembly/places.ts`. */
export const RUN_LINES = 104
export const RUN_START = 108
export const RUN_END = 112
export const RUN_NEXT = 116
export const RUN_PLAN = 120
export const RUN_RESULTS = 124
export const RESULTS = 598_144
const RESULTS_BYTES = 65_536

/** Memory is free from here on. */
export const FREE = RESULTS + RESULTS_BYTES
