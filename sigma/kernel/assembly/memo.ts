// What is remembered, by a number (a reader, a set's use, a plan) and bytes: a hash table, its entries, their bytes and
// their atoms, within bounds; what finds no room sets `isFull`.
import { isEqual } from './bytes'
import { Memo, Trial } from './structs'

/** Places that are looked at for one hash: what lies further is not kept, so crafted values cost no more. */
const PROBES: u32 = 16
const TABLE_INITIAL: u32 = 8 * 1024
const HASH_STEP: u32 = 0x9e3779b1

// An entry: hash, number, start and length of its bytes, start and count of its atoms, its tag; one word free.
const ENTRY_SHIFT: usize = 5

export function empty(memo: Memo): void {
  if (memo.mask === 0) memo.mask = TABLE_INITIAL - 1
  memory.fill(memo.table, 0, (<usize>memo.mask + 1) << 2)
  memo.isFull = 0
  memo.count = 0
  memo.textEnd = 0
  memo.atomEnd = 0
}

function placeOf(memo: Memo, number: u32, hash: i32): u32 {
  const mixed = <u32>hash ^ (number * HASH_STEP)
  return (mixed ^ (mixed >> 15)) & memo.mask
}

/** The entry of bytes, or 0. `hash` is equal for equal bytes. */
export function find(memo: Memo, number: u32, hash: i32, start: usize, length: u32): usize {
  let place = placeOf(memo, number, hash)
  for (let probe: u32 = 0; probe < PROBES; probe++) {
    const known = load<u32>(memo.table + ((<usize>place) << 2))
    if (known === 0) return 0
    const entry = memo.entries + ((<usize>known) << ENTRY_SHIFT)
    if (
      load<i32>(entry) === hash &&
      load<u32>(entry, 4) === number &&
      load<u32>(entry, 12) === length &&
      isEqual(memo.texts + <usize>load<u32>(entry, 8), start, <usize>length)
    ) {
      return entry
    }
    place = (place + 1) & memo.mask
  }
  return 0
}

export function atomsOf(entry: usize): u32 {
  return load<u32>(entry, 16)
}

export function atomCountOf(entry: usize): u32 {
  return load<u32>(entry, 20)
}

export function tagOf(entry: usize): i32 {
  return load<i32>(entry, 24)
}

/** The number of an entry. */
export function numberOf(memo: Memo, entry: usize): i32 {
  return <i32>((entry - memo.entries) >> ENTRY_SHIFT)
}

/** Keeps atoms and a tag for bytes; the entry, or 0 where there is no room. */
export function keep(
  memo: Memo,
  number: u32,
  hash: i32,
  start: usize,
  length: u32,
  atoms: usize,
  count: u32,
  tag: i32,
): usize {
  if (
    memo.count + 1 >= memo.entriesMax ||
    memo.textEnd + length > memo.textsMax ||
    memo.atomEnd + count > memo.atomsMax
  ) {
    memo.isFull = 1
    return 0
  }
  if (memo.count * 2 > memo.mask) grow(memo)
  let place = placeOf(memo, number, hash)
  for (let probe: u32 = 0; load<u32>(memo.table + ((<usize>place) << 2)) !== 0; probe++) {
    if (probe === PROBES) return 0
    place = (place + 1) & memo.mask
  }
  memo.count++
  const entry = memo.entries + ((<usize>memo.count) << ENTRY_SHIFT)
  store<i32>(entry, hash)
  store<u32>(entry, number, 4)
  store<u32>(entry, memo.textEnd, 8)
  store<u32>(entry, length, 12)
  store<u32>(entry, memo.atomEnd, 16)
  store<u32>(entry, count, 20)
  store<i32>(entry, tag, 24)
  memory.copy(memo.texts + <usize>memo.textEnd, start, <usize>length)
  memory.copy(memo.atoms + ((<usize>memo.atomEnd) << 2), atoms, (<usize>count) << 2)
  memo.textEnd += length
  memo.atomEnd += count
  store<u32>(memo.table + ((<usize>place) << 2), memo.count)
  return entry
}

/** Doubles the table, for which there is room up to twice the entries. */
function grow(memo: Memo): void {
  memo.mask = memo.mask * 2 + 1
  memory.fill(memo.table, 0, (<usize>memo.mask + 1) << 2)
  for (let known: u32 = 1; known <= memo.count; known++) {
    const entry = memo.entries + ((<usize>known) << ENTRY_SHIFT)
    let place = placeOf(memo, load<u32>(entry, 4), load<i32>(entry))
    for (let probe: u32 = 0; probe < PROBES; probe++) {
      const at = memo.table + ((<usize>place) << 2)
      if (load<u32>(at) === 0) {
        store<u32>(at, known)
        break
      }
      place = (place + 1) & memo.mask
    }
  }
}

/** Whether the next look-up is to be let pass; it counts. */
export function letsPass(trial: Trial): bool {
  if (trial.rest === 0) return false
  trial.rest--
  return true
}

/** Counts a look-up; what has not paid for `share` per cent of `lookups` rests for `rest`. */
export function countTrial(trial: Trial, isHit: bool, lookups: u32, share: u32, rest: u32): void {
  trial.lookups++
  if (isHit) {
    trial.hits++
    return
  }
  if (trial.lookups < lookups) return
  if (trial.hits * 100 < trial.lookups * share) trial.rest = rest
  trial.lookups = 0
  trial.hits = 0
}
