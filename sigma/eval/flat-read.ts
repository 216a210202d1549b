// A flat line's values set atoms as an event's values do (`scan.ts`), without making texts of them unless a
// test wants one.
import { atomsCount, atomsStart, findBytes, keepBytes } from './byte-memo.ts'
import { scanBytes } from './byte-scan.ts'
import {
  FLAT_BOOLEAN,
  FLAT_ESCAPED,
  FLAT_NULL,
  FLAT_NUMBER,
  FLAT_OBJECT,
  type FlatKind,
  type FlatLine,
} from './flat.ts'
import type { FlatFields } from './flat-test.ts'
import { createHits } from './hits.ts'
import { accepts, countLookup } from './memo.ts'
import { findNetworks } from './networks.ts'
import { checkedHits, markHits, type Reader, type Readers } from './readers.ts'
import { type AtomSet, setAtom, setPresence } from './scan.ts'
import { asciiText, unescaped, unescapeJson } from './unescape.ts'
import type { View } from './views.ts'

/** Which readers look at which values of the lines of one kind. */
export interface FlatPlan {
  readonly view: View
  readonly values: Int32Array
  readonly readers: readonly Reader[]
  /** Values that nobody reads. */
  readonly idle: Int32Array
  /** Whether rules may read the fields that an event gets beside those of its line. */
  readonly readsAdded: boolean
  readonly fields: FlatFields
}

/** Plans the reading of a kind of lines by a view. */
export function planFlat(line: FlatLine, kind: FlatKind, view: View): FlatPlan {
  const { readers } = view
  const readerOf = (name: string) => readers.byName.get(name) ?? readers.make(name)
  const values: number[] = []
  const chosen: Reader[] = []
  const idle: number[] = []
  for (const [value, path] of kind.paths.entries()) {
    const found =
      kind.depths[value] === 0 ? [readerOf(path)] : nestedReaders(path, readers, readerOf)
    const active = found.filter(({ isIdle }) => !isIdle)
    for (const reader of active) {
      values.push(value)
      chosen.push(reader)
    }
    if (active.length === 0) idle.push(value)
  }
  return {
    view,
    values: Int32Array.from(values),
    readers: chosen,
    idle: Int32Array.from(idle),
    fields: {
      line,
      values: new Map(kind.paths.map((path, value) => [path, value])),
      added: kind.added,
    },
    readsAdded: kind.added.some((name) => !readerOf(name).isIdle),
  }
}

/** As `readValue` and `readBelow`: keywords look at every text, a field with dots at the value of its path. */
function nestedReaders(
  path: string,
  readers: Readers,
  readerOf: (name: string) => Reader,
): readonly Reader[] {
  const top = readerOf(path.slice(0, path.indexOf('.')))
  const own = top.below.filter(({ slot }) => slot?.name === path)
  return top.keywords === undefined ? own : [readers.other, ...own]
}

const hits = createHits()

/** Sets the atoms of a line; false where only an ordinary event can say what it holds. */
export function readFlat(line: FlatLine, plan: FlatPlan, atoms: AtomSet): boolean {
  const { values, readers, idle } = plan
  for (let i = 0; i < values.length; i++) {
    if (!readFlatValue(line, values[i]!, readers[i]!, atoms)) return false
  }
  const { kinds, starts, ends, bytes, view } = line
  for (let i = 0; i < idle.length; i++) {
    const value = idle[i]!
    if (kinds[value] !== FLAT_ESCAPED) continue
    if (unescapeJson(bytes, view, starts[value]!, ends[value]!) < 0) return false
  }
  return true
}

function readFlatValue(line: FlatLine, value: number, reader: Reader, atoms: AtomSet): boolean {
  const kind = line.kinds[value]!
  if (kind >= FLAT_NUMBER) {
    if (kind === FLAT_NULL) return true
    if (kind === FLAT_OBJECT) {
      const { slot } = reader
      if (slot !== undefined && slot.presence >= 0) setAtom(atoms, slot.presence)
      return true
    }
    if (!reader.readsNumbers && (kind === FLAT_NUMBER || kind === FLAT_BOOLEAN)) {
      setPresence(reader, atoms)
      return true
    }
  }
  setPresence(reader, atoms)
  const start = line.starts[value]!
  const length = line.ends[value]! - start
  const { memo } = reader
  if (memo === undefined || !accepts(memo, { length })) {
    if (!findLiterals(line, value, reader)) return false
    markHits(reader, hits, atoms.marks)
    return true
  }
  const kept = memo.pool.ofBytes
  const hash = line.hashes[value]!
  const entry = findBytes(kept, reader.id, hash, line.view, start, length)
  countLookup(memo, entry >= 0)
  if (entry >= 0) {
    const first = atomsStart(kept, entry)
    const end = first + atomsCount(kept, entry)
    const known = kept.atoms
    for (let i = first; i < end; i++) setAtom(atoms, known[i]!)
    return true
  }
  if (!findLiterals(line, value, reader)) return false
  const found = checkedHits(reader, hits, currentText)
  for (let i = 0; i < found.length; i++) setAtom(atoms, found[i]!)
  if (memo.rest === 0) keepBytes(kept, reader.id, hash, line.bytes, start, length, found)
  return true
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
