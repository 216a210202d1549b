// What is remembered of flat lines: the atoms of a value's bytes, and the rules that lines matched whose values set
// the same atoms.
import {
  atomsCount,
  atomsStart,
  type ByteMemo,
  type ByteMemoLimits,
  createByteMemo,
  emptyByteMemo,
  findBytes,
  keepBytes,
  VALUE_LIMITS,
} from './byte-memo.ts'

/** 8 MiB each: 4 of keys, 2 of atoms or rules, 2 of entries and table. */
const KEY_LIMITS: ByteMemoLimits = {
  textBytes: 4 * 1024 * 1024,
  atoms: 512 * 1024,
  entries: 64 * 1024,
}

export interface FlatMemo {
  /** Atoms by reader and bytes; an entry's tag is the number of its set. */
  readonly values: ByteMemo
  /** Sets of atoms by their atoms: an entry is the set's number. */
  readonly sets: ByteMemo
  /** Rules by plan and the sets of a line's values. */
  readonly lines: ByteMemo
}

/** In place of the number of a set: of a null, of a value that sets only that it is there, of an object. */
export const NO_SET = -1
export const PRESENT_SET = -2
export const OBJECT_SET = -3
/** The set has no number. */
export const UNKNOWN_SET = -4

export function createFlatMemo(): FlatMemo {
  return {
    values: createByteMemo(VALUE_LIMITS),
    sets: createByteMemo(KEY_LIMITS),
    lines: createByteMemo(KEY_LIMITS),
  }
}

export function emptyFlatMemo({ values, sets, lines }: FlatMemo): void {
  emptyByteMemo(values)
  emptyByteMemo(sets)
  emptyByteMemo(lines)
}

/** Makes room before a line is read: numbers of sets are good as long as the sets are kept. */
export function makeRoomForLine(memo: FlatMemo): void {
  if (memo.sets.isFull || memo.values.isFull) emptyFlatMemo(memo)
  else if (memo.lines.isFull) emptyByteMemo(memo.lines)
}

const NOTHING = new Int32Array(0)
const NO_RULES: readonly number[] = []

/** A key of whole numbers. */
export interface IntKey {
  readonly ints: Int32Array
  readonly bytes: Uint8Array
  readonly view: DataView
}

export function createIntKey(length: number): IntKey {
  const ints = new Int32Array(length)
  return { ints, bytes: new Uint8Array(ints.buffer), view: new DataView(ints.buffer) }
}

function hashOf({ ints }: IntKey, length: number): number {
  let hash = length
  for (let i = 0; i < length; i++) {
    hash = Math.imul(hash ^ ints[i]!, 0x9e3779b1)
    hash = (hash << 13) | (hash >>> 19)
  }
  return hash ^ (hash >>> 15)
}

/** Larger sets get no number. */
const SET_ATOMS_MAX = 1_024
const setKey = createIntKey(SET_ATOMS_MAX)

/** The number of the set of the first `count` atoms, by what is done with them (`use`). */
export function setNumber(
  { sets }: FlatMemo,
  atoms: Int32Array,
  count: number,
  use: number,
): number {
  if (count > SET_ATOMS_MAX) return UNKNOWN_SET
  for (let i = 0; i < count; i++) setKey.ints[i] = atoms[i]!
  const hash = hashOf(setKey, count)
  const bytes = count * Int32Array.BYTES_PER_ELEMENT
  const known = findBytes(sets, use, hash, setKey.view, 0, bytes)
  if (known >= 0) return known
  const made = keepBytes(sets, use, hash, setKey.bytes, 0, bytes, NOTHING, 0)
  return made < 0 ? UNKNOWN_SET : made
}

/** The rules kept for the sets in a key and a plan, or undefined. */
export function rulesOf(
  { lines }: FlatMemo,
  key: IntKey,
  plan: number,
): readonly number[] | undefined {
  const hash = hashOf(key, key.ints.length)
  const entry = findBytes(lines, plan, hash, key.view, 0, key.bytes.length)
  if (entry < 0) return undefined
  const start = atomsStart(lines, entry)
  const count = atomsCount(lines, entry)
  if (count === 0) return NO_RULES
  const rules: number[] = []
  for (let i = 0; i < count; i++) rules.push(lines.atoms[start + i]!)
  return rules
}

/** Keeps the rules of a key and a plan for `rulesOf`. */
export function keepRules(
  { lines }: FlatMemo,
  key: IntKey,
  plan: number,
  rules: readonly number[],
): void {
  const { bytes, ints } = key
  keepBytes(
    lines,
    plan,
    hashOf(key, ints.length),
    bytes,
    0,
    bytes.length,
    Int32Array.from(rules),
    0,
  )
}
