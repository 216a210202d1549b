// Field names cut out of texts, each kept once: the same few hundred names stand in every line of a source, and
// a name that is one object is looked up and set far faster than one that is cut anew each time.

/** Names kept, at most; a power of two. */
const NAMES_MAX = 8192
/** Slots that names have. */
export const SLOTS = NAMES_MAX
/** Longest name kept, UTF-16 units. */
const NAME_UNITS_MAX = 64
/** Places that one hash may take. */
const PROBES = 16

const names: (string | undefined)[] = new Array<string | undefined>(NAMES_MAX).fill(undefined)

/** Start value of a hash for `nameAt`. */
export const NAME_SEED = 0

/** The hash with one more UTF-16 unit. */
export function nameHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}

let replaced = 0

/** How many names gave their slot to another one so far. */
export function replacedNames(): number {
  return replaced
}

/** Slots whose name a parser asks for: it is never replaced. */
const asked = new Uint8Array(NAMES_MAX)

/** Where `text.slice(start, end)` is kept already, or -1. `hash`: of these units, by `nameHash`. */
export function knownSlot(text: string, start: number, end: number, hash: number): number {
  const length = end - start
  let slot = (hash ^ (hash >>> 13)) & (NAMES_MAX - 1)
  for (let probe = 0; probe < PROBES; probe++) {
    const known = names[slot]
    if (known === undefined) return -1
    if (known.length === length && standsAt(text, start, known)) return slot
    slot = (slot + 1) & (NAMES_MAX - 1)
  }
  return -1
}

/** Where `text.slice(start, end)` is kept, or -1. `hash`: of these units, by `nameHash`. */
export function slotAt(text: string, start: number, end: number, hash: number): number {
  const length = end - start
  if (length > NAME_UNITS_MAX) return -1
  let slot = (hash ^ (hash >>> 13)) & (NAMES_MAX - 1)
  for (let probe = 1; probe < PROBES; probe++) {
    const known = names[slot]
    if (known === undefined) break
    if (known.length === length && standsAt(text, start, known)) return slot
    slot = (slot + 1) & (NAMES_MAX - 1)
  }
  const known = names[slot]
  if (known !== undefined && known.length === length && standsAt(text, start, known)) return slot
  if (asked[slot] === 1) return -1
  if (known !== undefined) replaced++
  names[slot] = asKey(text.slice(start, end))
  return slot
}

/** The name kept in a slot. */
export function nameIn(slot: number): string {
  return names[slot]!
}

/** Whether the name kept in a slot stands at `start`: then the place behind it, else -1. */
export function behindName(slot: number, text: string, start: number): number {
  const name = names[slot]!
  return standsAt(text, start, name) ? start + name.length : -1
}

/** `text.slice(start, end)`, the same object each time. `hash`: of these units, by `nameHash`. */
export function nameAt(text: string, start: number, end: number, hash: number): string {
  const slot = slotAt(text, start, end, hash)
  return slot < 0 ? text.slice(start, end) : names[slot]!
}

/** By slot, the place of a name in a list from 1; 0 for any other name. Its names keep their slots from now on.
 * Throws for a list that does not fit. */
export function placesBySlot(list: readonly string[]): Uint16Array {
  const places = new Uint16Array(NAMES_MAX)
  list.forEach((name, index) => {
    const slot = reserved(name)
    if (slot < 0) throw new RangeError(`no place for the name ${name}`)
    places[slot] = index + 1
  })
  return places
}

/** The slot that a name keeps, or -1 where others keep all that it may take. */
function reserved(name: string): number {
  let hash = NAME_SEED
  for (let at = 0; at < name.length; at++) hash = nameHash(hash, name.charCodeAt(at))
  let free = -1
  for (let probe = 0; probe < PROBES; probe++) {
    const slot = ((hash ^ (hash >>> 13)) + probe) & (NAMES_MAX - 1)
    if (names[slot] === name || (free < 0 && asked[slot] === 0)) free = slot
    if (names[slot] === name || names[slot] === undefined) break
  }
  if (free < 0) return -1
  if (names[free] !== undefined && names[free] !== name) replaced++
  names[free] = asKey(name)
  asked[free] = 1
  return free
}

/** `nameAt` for a caller that has not looked at the name yet. */
export function internedAt(text: string, start: number, end: number): string {
  return nameAt(text, start, end, hashAt(text, start, end))
}

/** The hash of `text.slice(start, end)`. */
export function hashAt(text: string, start: number, end: number): number {
  let hash = NAME_SEED
  for (let index = start; index < end; index++) hash = nameHash(hash, text.charCodeAt(index))
  return hash
}

/** Whether `name` stands at `start`. */
export function standsAt(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) !== text.charCodeAt(start + index)) return false
  }
  return true
}

/** The engine keeps one string for each name of a property: using it as one makes this that string, and no
 * part of the line it was cut from. */
export function asKey(name: string): string {
  return Object.keys({ [name]: true })[0]!
}
