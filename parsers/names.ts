// Field names cut out of texts, each kept once: the same few hundred names stand in every line of a source, and
// a name that is one object is looked up and set far faster than one that is cut anew each time.

/** Names kept, at most; a power of two. */
const NAMES_MAX = 8192
/** Longest name kept, UTF-16 units. */
const NAME_UNITS_MAX = 64
/** Places that one hash may take. */
const PROBES = 4

const names: (string | undefined)[] = new Array<string | undefined>(NAMES_MAX).fill(undefined)

/** Start value of a hash for `nameAt`. */
export const NAME_SEED = 0

/** The hash with one more UTF-16 unit. */
export function nameHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}

/** `text.slice(start, end)`, the same object each time. `hash`: of these units, by `nameHash`. */
export function nameAt(text: string, start: number, end: number, hash: number): string {
  const length = end - start
  if (length > NAME_UNITS_MAX) return text.slice(start, end)
  let slot = (hash ^ (hash >>> 13)) & (NAMES_MAX - 1)
  for (let probe = 1; probe < PROBES; probe++) {
    const known = names[slot]
    if (known === undefined) break
    if (known.length === length && standsAt(text, start, known)) return known
    slot = (slot + 1) & (NAMES_MAX - 1)
  }
  const known = names[slot]
  if (known !== undefined && known.length === length && standsAt(text, start, known)) return known
  const name = asKey(text.slice(start, end))
  names[slot] = name
  return name
}

/** `nameAt` for a caller that has not looked at the name yet. */
export function internedAt(text: string, start: number, end: number): string {
  let hash = NAME_SEED
  for (let index = start; index < end; index++) hash = nameHash(hash, text.charCodeAt(index))
  return nameAt(text, start, end, hash)
}

function standsAt(text: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) !== text.charCodeAt(start + index)) return false
  }
  return true
}

/** The engine keeps one string for each name of a property: using it as one makes this that string, and no
 * part of the line it was cut from. */
function asKey(name: string): string {
  return Object.keys({ [name]: true })[0]!
}
