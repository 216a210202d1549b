// What a flat line's values set: found by the kernel, which leaves to the host the tests of single values, and set then
// as an event's values do it (`scan.ts`).
import {
  ENDS,
  HAS_KEY,
  HIT_COUNT,
  HITS,
  HITS_MAX,
  HOST_BASE,
  HOST_KEEPS,
  KINDS,
  RULE_COUNT,
  RULES,
  STARTS,
} from '../kernel/places.ts'
import { bringIn } from '../kernel/window.ts'
import { FLAT_WIDE, type FlatLine } from './flat.ts'
import type { FlatPlan } from './flat-plan.ts'
import { flatText } from './flat-text.ts'
import { addHit, createHits } from './hits.ts'
import { findNetworks } from './networks.ts'
import { checkedHits, markHits, type Reader } from './readers.ts'
import { type AtomSet, setAtom, setPresence } from './scan.ts'
import { scanText } from './text-index.ts'

// Outcomes and what was found: the numbers of `sigma/kernel/assembly/find.ts`.
const DONE = -1
const KNOWN = -3

const FOUND_NOTHING = 0
const FOUND_OBJECT = 1
const FOUND_PRESENT = 2
const FOUND_LITERALS = 5

/** What became of a line: only an ordinary event can say what it holds; its rules are known; its atoms are found, and
 * its rules may be kept, or not. */
export type Outcome = 'refused' | 'known' | 'found' | 'keyed'

const FIRST_HIT = HITS >> 2
const hits = createHits()

/** Finds what the values of a line set; `mayNumber`: the rules of such lines may be known. */
export function findFlat(line: FlatLine, plan: FlatPlan, mayNumber: boolean): Outcome {
  const { memory } = plan.kernel
  bringValues(line, plan)
  const shift = bringIn(memory.window, memory.bytes, line.bytes, line.turn, line.start, line.end)
  return goOn(line, plan, memory.exports.findLine(plan.address, shift, mayNumber))
}

/** Goes on with a line whose search gave `first`. */
export function goOn(line: FlatLine, plan: FlatPlan, first: number): Outcome {
  const { memory } = plan.kernel
  let outcome = first
  while (outcome >= 0) {
    const count = lookAt(line, plan, outcome)
    if (count < 0) return 'refused'
    outcome = memory.exports.goOn(plan.address, outcome, count)
  }
  if (outcome === KNOWN) return 'known'
  if (outcome !== DONE) return 'refused'
  return memory.words[HAS_KEY >> 2] === 1 ? 'keyed' : 'found'
}

/** Up to so many values are copied one by one: a call that copies all of them costs as much. */
const FEW_VALUES = 16

/** Brings what was cut of a line into the memory of the matcher's kernel. */
function bringValues(line: FlatLine, { kernel, fields }: FlatPlan): void {
  const { bytes, words } = kernel.memory
  if (line.home === kernel.memory) return
  const count = fields.values.size
  if (count > FEW_VALUES) {
    bytes.set(line.values, STARTS)
    return
  }
  const { kinds, starts, ends } = line
  for (let value = 0; value < count; value++) {
    bytes[KINDS + value] = kinds[value]!
    words[(STARTS >> 2) + value] = starts[value]!
    words[(ENDS >> 2) + value] = ends[value]!
  }
}

/** Makes the tests of one value for the kernel; how many atoms it has, or -1 where there are too many or its escapes are
 * not plain. */
function lookAt(line: FlatLine, { kernel, readers, values }: FlatPlan, place: number): number {
  const { words } = kernel.memory
  const reader = readers[place]!
  const value = values[place]!
  const base = words[HOST_BASE >> 2]!
  const literals = words[HIT_COUNT >> 2]!
  let text: string | undefined
  const textOf = (): string => {
    text ??= flatText(line, value) ?? ''
    return text
  }
  hits.count = 0
  if ((line.kinds[value]! & FLAT_WIDE) !== 0) {
    text = flatText(line, value)
    if (text === undefined) return -1
    for (const index of reader.indexes) scanText(index, text, hits)
  }
  for (let i = base; i < literals; i++) addHit(hits, words[FIRST_HIT + i]!)
  if (reader.networks !== undefined) findNetworks(reader.networks, textOf(), hits)
  let atoms = hits.atoms
  let { count } = hits
  if (words[HOST_KEEPS >> 2] === 1) {
    atoms = checkedHits(reader, hits, textOf)
    count = atoms.length
  }
  if (base + count > HITS_MAX) return -1
  for (let i = 0; i < count; i++) words[FIRST_HIT + base + i] = atoms[i]!
  return count
}

const NO_RULES: readonly number[] = []

/** The rules of a line that is known. */
export function knownRules({ kernel }: FlatPlan): readonly number[] {
  const { words } = kernel.memory
  const count = words[RULE_COUNT >> 2]!
  if (count === 0) return NO_RULES
  const start = words[RULES >> 2]! >> 2
  const rules: number[] = []
  for (let i = 0; i < count; i++) rules.push(words[start + i]!)
  return rules
}

/** Keeps the rules that a line with a key matched, unless more than its key decided that. */
export function keepRules({ kernel, address, fields }: FlatPlan, rules: readonly number[]): void {
  if (fields.isOpen || rules.length > HITS_MAX) return
  const { words, exports } = kernel.memory
  for (let i = 0; i < rules.length; i++) words[FIRST_HIT + i] = rules[i]!
  exports.keepRules(address, rules.length)
}

/** Sets what `findFlat` has found. */
export function setFlat(plan: FlatPlan, atoms: AtomSet): void {
  const { readers, kernel } = plan
  const { words } = kernel.memory
  const kinds = plan.kindsAt >> 2
  const starts = plan.startsAt >> 2
  const counts = plan.countsAt >> 2
  for (let place = 0; place < readers.length; place++) {
    const kind = words[kinds + place]!
    if (kind === FOUND_NOTHING) continue
    const reader = readers[place]!
    if (kind === FOUND_OBJECT) {
      const { slot } = reader
      if (slot !== undefined && slot.presence >= 0) setAtom(atoms, slot.presence)
      continue
    }
    setPresence(reader, atoms)
    if (kind === FOUND_PRESENT) continue
    const from = words[starts + place]!
    setFound(reader, kind, words, from, from + words[counts + place]!, atoms)
  }
}

function setFound(
  reader: Reader,
  kind: number,
  words: Int32Array,
  from: number,
  to: number,
  atoms: AtomSet,
): void {
  if (kind === FOUND_LITERALS) {
    markHits(reader, words, FIRST_HIT + from, FIRST_HIT + to, atoms.marks)
    return
  }
  for (let i = FIRST_HIT + from; i < FIRST_HIT + to; i++) setAtom(atoms, words[i]!)
}
