// What was found for the bytes of a value, by reader: a hash table in a few typed arrays, so that keeping
// and finding an entry makes no objects.

/** What all entries together may take. */
export interface ByteMemoLimits {
  readonly textBytes: number
  readonly atoms: number
  readonly entries: number
}

/** 32 MiB: 16 of texts, 8 of atoms, 8 of entries and table. */
export const VALUE_LIMITS: ByteMemoLimits = {
  textBytes: 16 * 1024 * 1024,
  atoms: 2 * 1024 * 1024,
  entries: 256 * 1024,
}

const TEXT_BYTES_INITIAL = 64 * 1024
const ATOMS_INITIAL = 16 * 1024
const ENTRIES_INITIAL = 4 * 1024
/** Places that are looked at for one hash: what lies further is not kept, so crafted values cost no more. */
const PROBES = 16

// An entry: hash, reader, start and length of its text, start and count of its atoms, its tag.
const STRIDE = 7

export interface ByteMemo {
  readonly limits: ByteMemoLimits
  /** Set when something was not kept for want of room: time to empty it. */
  isFull: boolean
  /** By place: entry plus one, or 0. Twice as long as there are entries, at least; a power of two. */
  table: Int32Array
  entries: Int32Array
  count: number
  texts: Uint8Array
  textView: DataView
  textEnd: number
  atoms: Int32Array
  atomEnd: number
}

/** An empty memo. */
export function createByteMemo(limits: ByteMemoLimits): ByteMemo {
  const texts = new Uint8Array(TEXT_BYTES_INITIAL)
  return {
    limits,
    isFull: false,
    table: new Int32Array(ENTRIES_INITIAL * 2),
    entries: new Int32Array(ENTRIES_INITIAL * STRIDE),
    count: 0,
    texts,
    textView: new DataView(texts.buffer),
    textEnd: 0,
    atoms: new Int32Array(ATOMS_INITIAL),
    atomEnd: 0,
  }
}

/** Forgets everything. */
export function emptyByteMemo(memo: ByteMemo): void {
  memo.isFull = false
  memo.table.fill(0)
  memo.count = 0
  memo.textEnd = 0
  memo.atomEnd = 0
}

function placeOf(memo: ByteMemo, reader: number, hash: number): number {
  const mixed = hash ^ Math.imul(reader, 0x9e3779b1)
  return (mixed ^ (mixed >>> 15)) & (memo.table.length - 1)
}

/** The entry of a value's bytes, or -1. `hash` is equal for equal bytes. */
export function findBytes(
  memo: ByteMemo,
  reader: number,
  hash: number,
  view: DataView,
  start: number,
  length: number,
): number {
  const { table, entries, textView } = memo
  const mask = table.length - 1
  let place = placeOf(memo, reader, hash)
  for (let probe = 0; probe < PROBES; probe++) {
    const entry = table[place]!
    if (entry === 0) return -1
    const at = (entry - 1) * STRIDE
    if (
      entries[at] === hash &&
      entries[at + 1] === reader &&
      entries[at + 3] === length &&
      isEqual(textView, entries[at + 2]!, view, start, length)
    ) {
      return at
    }
    place = (place + 1) & mask
  }
  return -1
}

function isEqual(
  kept: DataView,
  keptStart: number,
  view: DataView,
  start: number,
  length: number,
): boolean {
  let i = 0
  for (; i + 4 <= length; i += 4) {
    if (kept.getInt32(keptStart + i, true) !== view.getInt32(start + i, true)) return false
  }
  for (; i < length; i++) {
    if (kept.getUint8(keptStart + i) !== view.getUint8(start + i)) return false
  }
  return true
}

/** Where an entry's atoms begin in `memo.atoms`, and how many they are. */
export function atomsStart(memo: ByteMemo, entry: number): number {
  return memo.entries[entry + 4]!
}
export function atomsCount(memo: ByteMemo, entry: number): number {
  return memo.entries[entry + 5]!
}

/** The number that was kept with an entry. */
export function tagOf(memo: ByteMemo, entry: number): number {
  return memo.entries[entry + 6]!
}

/** Keeps atoms and a number of one's own for bytes, unless there is no room (`isFull`); the entry, or -1. */
export function keepBytes(
  memo: ByteMemo,
  reader: number,
  hash: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  found: Int32Array,
  tag: number,
): number {
  if (!hasRoom(memo, length, found.length)) {
    memo.isFull = true
    return -1
  }
  makeRoom(memo, length, found.length)
  const { table, entries } = memo
  const mask = table.length - 1
  let place = placeOf(memo, reader, hash)
  for (let probe = 0; table[place] !== 0; probe++) {
    if (probe === PROBES) return -1
    place = (place + 1) & mask
  }
  const at = memo.count * STRIDE
  entries[at] = hash
  entries[at + 1] = reader
  entries[at + 2] = memo.textEnd
  entries[at + 3] = length
  entries[at + 4] = memo.atomEnd
  entries[at + 5] = found.length
  entries[at + 6] = tag
  for (let i = 0; i < length; i++) memo.texts[memo.textEnd + i] = bytes[start + i]!
  memo.atoms.set(found, memo.atomEnd)
  memo.textEnd += length
  memo.atomEnd += found.length
  memo.count++
  table[place] = memo.count
  return at
}

function hasRoom(memo: ByteMemo, length: number, atoms: number): boolean {
  const { limits } = memo
  return (
    memo.count < limits.entries &&
    memo.textEnd + length <= limits.textBytes &&
    memo.atomEnd + atoms <= limits.atoms
  )
}

function makeRoom(memo: ByteMemo, length: number, atoms: number): void {
  if (memo.textEnd + length > memo.texts.length) {
    const texts = new Uint8Array(Math.max(memo.texts.length * 2, memo.textEnd + length))
    texts.set(memo.texts)
    memo.texts = texts
    memo.textView = new DataView(texts.buffer)
  }
  if (memo.atomEnd + atoms > memo.atoms.length) {
    const larger = new Int32Array(Math.max(memo.atoms.length * 2, memo.atomEnd + atoms))
    larger.set(memo.atoms)
    memo.atoms = larger
  }
  if (memo.count * STRIDE < memo.entries.length) return
  const entries = new Int32Array(memo.entries.length * 2)
  entries.set(memo.entries)
  memo.entries = entries
  rebuildTable(memo)
}

function rebuildTable(memo: ByteMemo): void {
  memo.table = new Int32Array(memo.table.length * 2)
  const { table, entries } = memo
  const mask = table.length - 1
  for (let entry = 0; entry < memo.count; entry++) {
    let place = placeOf(memo, entries[entry * STRIDE + 1]!, entries[entry * STRIDE]!)
    let probe = 0
    while (table[place] !== 0 && probe++ < PROBES) place = (place + 1) & mask
    if (table[place] === 0) table[place] = entry + 1
  }
}
