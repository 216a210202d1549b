// A JSON line as bytes, cut into values where they stand: what the matcher reads of events that need no
// parser. Whoever cuts it makes sure that the line is valid JSON in valid UTF-8 with names in ASCII, without arrays but
// those of one string, and that its event is exactly its fields.
import type { EventLogSource } from '../event.ts'
import type { KernelMemory } from '../kernel/memory.ts'

/** What a value is. */
export const FLAT_STRING = 0
/** A string with escapes, which are not yet known to be valid; none is `\u`. */
export const FLAT_ESCAPED = 1
/** A number whose source text is its text. */
export const FLAT_NUMBER = 2
export const FLAT_BOOLEAN = 3
export const FLAT_NULL = 4
/** An object; its members follow as values of their own. */
export const FLAT_OBJECT = 5
/** Added to the kind of a string: a list of it alone. Every test gives the same answer for both. */
export const FLAT_LISTED = 8

/** Added to the kind of a string with characters beyond ASCII. */
export const FLAT_WIDE = 16

/** The kind of a value, of a list that of its string. */
export function matchedKind({ kinds }: FlatLine, value: number): number {
  return kinds[value]! & ~FLAT_LISTED
}

/** One line; reused for every line. Whoever cuts it says in which arrays its values are. */
export interface FlatLine {
  bytes: Uint8Array
  view: DataView
  /** Another number whenever `bytes` are others. */
  turn: number
  /** Where the line is in `bytes`. */
  start: number
  end: number
  kinds: Uint8Array
  /** Where values stand in `bytes`, strings without their quotes. */
  starts: Int32Array
  ends: Int32Array
  /** All three as they stand in the memory of the kernel that cut the line. */
  values: Uint8Array
  /** That memory. */
  home: KernelMemory | undefined
}

/** A line of no bytes. */
export function createFlatLine(): FlatLine {
  const bytes = new Uint8Array(0)
  const none = new Int32Array(0)
  return {
    ...{ bytes, view: new DataView(bytes.buffer), turn: 0, start: 0, end: 0 },
    ...{ kinds: bytes, starts: none, ends: none, values: bytes, home: undefined },
  }
}

let turns = 0

/** Lines are of these bytes from now on; to be said anew when the bytes have changed. */
export function openFlatLine(line: FlatLine, bytes: Uint8Array, view: DataView): void {
  line.bytes = bytes
  line.view = view
  line.turn = ++turns
}

/** Lines that have the same names in the same order and the same log source. */
export interface FlatKind {
  readonly logsource: EventLogSource
  /** By value: its name, with the names of the objects around it before it, joined by dots. */
  readonly paths: readonly string[]
  /** By value: how many objects are around it. */
  readonly depths: Uint8Array
  /** Names of fields that an event may get beside those of its line, and whether this one may get one. */
  readonly added: readonly string[]
  readonly mayAdd: (line: FlatLine) => boolean
  /** Has the kernel match such lines itself by the plan at an address; `readsAdded`: unless they may add. */
  readonly route?: ((plan: number, readsAdded: boolean) => void) | undefined
  /** The matcher's own. */
  plan?: unknown
}
