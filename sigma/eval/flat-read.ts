// What a flat line's values set: found first, without making texts of them unless a test wants one, and set then as an
// event's values do it (`scan.ts`).
import { atomsCount, atomsStart, findBytes, keepBytes, tagOf } from './byte-memo.ts'
import { scanBytes } from './byte-scan.ts'
import {
  FLAT_BOOLEAN,
  FLAT_ESCAPED,
  FLAT_NULL,
  FLAT_NUMBER,
  FLAT_OBJECT,
  type FlatLine,
} from './flat.ts'
import {
  makeRoomForLine,
  NO_SET,
  OBJECT_SET,
  PRESENT_SET,
  setNumber,
  UNKNOWN_SET,
} from './flat-memo.ts'
import {
  type FlatPlan,
  FOUND_ATOMS,
  FOUND_KEPT,
  FOUND_LITERALS,
  FOUND_NOTHING,
  FOUND_OBJECT,
  FOUND_PRESENT,
} from './flat-plan.ts'
import { addHit, createHits } from './hits.ts'
import { accepts, countLookup } from './memo.ts'
import { findNetworks } from './networks.ts'
import { checkedHits, markHits, type Reader } from './readers.ts'
import { type AtomSet, setAtom, setPresence } from './scan.ts'
import { asciiText, unescaped, unescapeJson } from './unescape.ts'

const hits = createHits()

/**
 * Finds what the values of a line set; with `numbered`, also the numbers of the sets. False where only an ordinary event
 * can say what the line holds.
 */
export function findFlat(line: FlatLine, plan: FlatPlan, numbered: boolean): boolean {
  const { values, readers, idle, memo, found } = plan
  if (memo !== undefined) makeRoomForLine(memo)
  found.loose.count = 0
  for (let place = 0; place < values.length; place++) {
    const reader = readers[place]!
    if (!findValue(line, values[place]!, reader, plan, place, numbered)) return false
  }
  const { kinds, starts, ends, bytes, view } = line
  for (let i = 0; i < idle.length; i++) {
    const value = idle[i]!
    if (kinds[value] !== FLAT_ESCAPED) continue
    if (unescapeJson(bytes, view, starts[value]!, ends[value]!) < 0) return false
  }
  return true
}

function findValue(
  line: FlatLine,
  value: number,
  reader: Reader,
  plan: FlatPlan,
  place: number,
  numbered: boolean,
): boolean {
  const { found } = plan
  const kind = line.kinds[value]!
  if (kind >= FLAT_NUMBER) {
    const isRead = reader.readsNumbers && (kind === FLAT_NUMBER || kind === FLAT_BOOLEAN)
    if (!isRead) {
      const isNull = kind === FLAT_NULL
      const isObject = kind === FLAT_OBJECT
      found.kinds[place] = isNull ? FOUND_NOTHING : isObject ? FOUND_OBJECT : FOUND_PRESENT
      found.key.ints[place] = isNull ? NO_SET : isObject ? OBJECT_SET : PRESENT_SET
      return true
    }
  }
  const { memo } = reader
  const start = line.starts[value]!
  const length = line.ends[value]! - start
  if (memo === undefined || plan.memo === undefined || !accepts(memo, { length })) {
    if (!findLiterals(line, value, reader)) return false
    const isPlain = hits.count === 0 && reader.always.length === 0
    addFound(plan, place, isPlain ? FOUND_PRESENT : FOUND_LITERALS, reader.id, numbered)
    return true
  }
  const kept = plan.memo.values
  const hash = line.hashes[value]!
  const entry = findBytes(kept, reader.id, hash, line.view, start, length)
  countLookup(memo, entry >= 0)
  if (entry >= 0) {
    found.kinds[place] = FOUND_KEPT
    found.starts[place] = atomsStart(kept, entry)
    found.counts[place] = atomsCount(kept, entry)
    found.key.ints[place] = tagOf(kept, entry)
    return true
  }
  if (!findLiterals(line, value, reader)) return false
  const atoms = checkedHits(reader, hits, currentText)
  hits.count = atoms.length
  addFound(plan, place, atoms.length === 0 ? FOUND_PRESENT : FOUND_ATOMS, 0, true)
  if (memo.rest > 0) return true
  const set = found.key.ints[place]!
  keepBytes(kept, reader.id, hash, line.bytes, start, length, atoms, set)
  return true
}

/**
 * Puts `hits` behind what else was found of the line. `use` tells apart what is done with equal atoms: 0 where they are
 * set, the reader's number where its tests are still to be made.
 */
function addFound(
  { found, memo }: FlatPlan,
  place: number,
  kind: number,
  use: number,
  numbered: boolean,
): void {
  const { kinds, starts, counts, key, loose } = found
  kinds[place] = kind
  key.ints[place] = PRESENT_SET
  if (kind === FOUND_PRESENT) return
  starts[place] = loose.count
  counts[place] = hits.count
  for (let i = 0; i < hits.count; i++) addHit(loose, hits.atoms[i]!)
  key.ints[place] =
    numbered && memo !== undefined ? setNumber(memo, hits.atoms, hits.count, use) : UNKNOWN_SET
}

/** Sets what `findFlat` has found. */
export function setFlat({ found, readers, memo }: FlatPlan, atoms: AtomSet): void {
  const { kinds, starts, counts, loose } = found
  for (let place = 0; place < readers.length; place++) {
    const kind = kinds[place]!
    if (kind === FOUND_NOTHING) continue
    const reader = readers[place]!
    if (kind === FOUND_OBJECT) {
      const { slot } = reader
      if (slot !== undefined && slot.presence >= 0) setAtom(atoms, slot.presence)
      continue
    }
    setPresence(reader, atoms)
    if (kind === FOUND_PRESENT) continue
    const start = starts[place]!
    const end = start + counts[place]!
    if (kind === FOUND_LITERALS) {
      markHits(reader, loose.atoms, start, end, atoms.marks)
      continue
    }
    const from = kind === FOUND_KEPT ? memo!.values.atoms : loose.atoms
    for (let i = start; i < end; i++) setAtom(atoms, from[i]!)
  }
}

// The text at hand, and the string of it once a test has asked.
let textBytes: Uint8Array = new Uint8Array(0)
let textStart = 0
let textEnd = 0
let text: string | undefined

function currentText(): string {
  text ??= asciiText(textBytes, textStart, textEnd)
  return text
}

/** Puts the literals of a value into `hits`; false where its escapes are not plain. */
function findLiterals(line: FlatLine, value: number, reader: Reader): boolean {
  textBytes = line.bytes
  textStart = line.starts[value]!
  textEnd = line.ends[value]!
  text = undefined
  if (line.kinds[value] === FLAT_ESCAPED) {
    textEnd = unescapeJson(textBytes, line.view, textStart, textEnd)
    if (textEnd < 0) return false
    textStart = 0
    textBytes = unescaped()
  }
  hits.count = 0
  for (const index of reader.indexes) scanBytes(index, textBytes, textStart, textEnd, hits)
  if (reader.networks !== undefined) findNetworks(reader.networks, currentText(), hits)
  return true
}
