// Where things stand in the memory of a kernel. `sigma/kernel/places.ts` has the same numbers.

/** What a cut leaves to be read when it stops: the place, and the position in the caller's bytes. */
export const STOP_PLACE: usize = 68
export const STOP_AT: usize = 72
/** Whether any value of the line is `WIDE`. */
export const HAS_WIDE: usize = 76

export const VALUES_MAX: i32 = 256
/** By value, 32 bits each: where it starts and ends in the caller's bytes. */
export const STARTS: usize = 1024
export const ENDS: usize = 2048
/** By value, 8 bits each. */
export const KINDS: usize = 3072

/** A place in lines, 32 bits each: bytes of its name, their length, first child, next sibling, the places behind
 * the bracket that opens its value and behind the one that closes the object around, its number, its first route. */
export const NAME: usize = 0
export const NAME_BYTES: usize = 4
export const CHILD: usize = 8
export const SIBLING: usize = 12
export const OPENED: usize = 16
export const CLOSED: usize = 20
export const NUMBER: usize = 24
export const ROUTE: usize = 28

/** What a search in a line leaves to be read: first of the atoms of the value that the host must look at, and whether
 * they are to be kept; whether the line has a key; the rules of a known line, 32 bits each, and how many. */
export const HOST_BASE: usize = 80
export const HAS_KEY: usize = 84
export const RULES: usize = 88
export const RULE_COUNT: usize = 92
export const HIT_COUNT: usize = 96
export const HOST_KEEPS: usize = 100

/** A text without its escapes; the atoms found, 32 bits each. Below both is a window on the caller's bytes. */
export const UNESCAPED: usize = 270_400
export const HITS: usize = 336_000
export const HITS_MAX: u32 = 65_536

/** What a run leaves to be read: lines that are done with, where the next one starts and ends in the caller's bytes and
 * what stands behind it starts, the number of its plan, the end of the results. */
export const RUN_LINES: usize = 104
export const RUN_START: usize = 108
export const RUN_END: usize = 112
export const RUN_NEXT: usize = 116
export const RUN_PLAN: usize = 120
export const RUN_RESULTS: usize = 124
/** Lines with rules: number in the run, start, end, how many rules, the rules; 32 bits each. */
export const RESULTS: usize = 598_144
export const RESULTS_BYTES: usize = 65_536
