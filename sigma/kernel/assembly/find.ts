// What the values of a line set, and the rules of lines that set the same: see `sigma/eval/flat-read.ts`.

import { hashOf } from './bytes'
import { addHit, hitAt, hitCount, setHitCount } from './hits'
import { BOOLEAN, DECIMAL, ESCAPED, LISTED, NULL, OBJECT, WIDE } from './kinds'
import {
  atomCountOf,
  atomsOf,
  countTrial,
  empty,
  find,
  keep,
  letsPass,
  numberOf,
  tagOf,
} from './memo'
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
  UNESCAPED,
} from './places'
import { scanText } from './scan'
import { Memo, Plan, Reader } from './structs'
import { decodeEscapes, isSameText } from './unescape'

// What a value was found to set.
const FOUND_NOTHING: u32 = 0
const FOUND_OBJECT: u32 = 1
const FOUND_PRESENT: u32 = 2
const FOUND_KEPT: u32 = 3
const FOUND_ATOMS: u32 = 4
const FOUND_LITERALS: u32 = 5

// In place of the number of a set.
const NO_SET: i32 = -1
const PRESENT_SET: i32 = -2
const OBJECT_SET: i32 = -3
const UNKNOWN_SET: i32 = -4

// Outcomes; from 0 on the place of a value that the host must look at.
export const DONE: i32 = -1
const REFUSED: i32 = -2
export const KNOWN: i32 = -3

const READ: u8 = 1
const GUARD: u8 = 2
/** The atom makes rules candidates. */
const LEADS: u8 = 4

/** Longer texts are looked at every time. */
const REMEMBERED_BYTES_MAX: u32 = 1024
/** Larger sets get no number. */
const SET_ATOMS_MAX: u32 = 1024
const VALUE_LOOKUPS: u32 = 512
const VALUE_SHARE: u32 = 30
const LINE_LOOKUPS: u32 = 1024
const LINE_SHARE: u32 = 25
const REST: u32 = 16_384

let values: Memo = changetype<Memo>(0)
let sets: Memo = changetype<Memo>(0)
let lines: Memo = changetype<Memo>(0)

/** What is added to positions in the caller's bytes. */
let shift: usize = 0
let isNumbered: bool = false
/** Whether the value at hand is to be kept, and its hash then. */
let isKept: bool = false
let keptHash: i32 = 0

/** Says where the memos are. */
export function useMemos(ofValues: usize, ofSets: usize, ofLines: usize): void {
  values = changetype<Memo>(ofValues)
  sets = changetype<Memo>(ofSets)
  lines = changetype<Memo>(ofLines)
  emptyMemos()
}

export function emptyMemos(): void {
  empty(values)
  empty(sets)
  empty(lines)
}

/** Looks at a line whose values are `by` further on than in the caller's bytes. `mayNumber`: lines are remembered. */
export function findLine(plan: Plan, by: usize, mayNumber: bool): i32 {
  shift = by
  setHitCount(0)
  isNumbered = false
  if (plan.remembers !== 0) {
    // Numbers of sets are good as long as the sets are kept.
    if (sets.isFull !== 0 || values.isFull !== 0) emptyMemos()
    else if (lines.isFull !== 0) empty(lines)
    isNumbered = mayNumber && !letsPass(plan.trial)
  }
  return findFrom(plan, 0)
}

/** Goes on behind a value that the host has looked at, whose atoms are `count` from `HOST_BASE` on. */
export function goOn(plan: Plan, place: u32, count: u32): i32 {
  setHitCount(load<u32>(HOST_BASE) + count)
  settle(plan, place)
  return findFrom(plan, place + 1)
}

function findFrom(plan: Plan, from: u32): i32 {
  for (let place = from; place < plan.count; place++) {
    const outcome = findValue(plan, place)
    if (outcome !== DONE) return outcome
  }
  for (let i: u32 = 0; i < plan.idleCount; i++) {
    const value = <usize>load<u32>(plan.idle + ((<usize>i) << 2))
    if (kindOf(value) !== ESCAPED) continue
    if (decodeEscapes(startOf(value), endOf(value)) === 0) return REFUSED
  }
  store<u32>(HIT_COUNT, hitCount())
  const hasKey = isNumbered && completeKey(plan)
  store<u32>(HAS_KEY, hasKey ? 1 : 0)
  return hasKey && recall(plan) ? KNOWN : DONE
}

/** The kind of a value, of a list that of its string. */
function kindOf(value: usize): u8 {
  return load<u8>(KINDS + value) & ~(LISTED | WIDE)
}

function startOf(value: usize): usize {
  return load<u32>(STARTS + (value << 2)) + shift
}

function endOf(value: usize): usize {
  return load<u32>(ENDS + (value << 2)) + shift
}

function setFound(plan: Plan, place: u32, kind: u32, key: i32): void {
  store<u32>(plan.kinds + ((<usize>place) << 2), kind)
  store<i32>(plan.key + ((<usize>place) << 2), key)
}

function setAtoms(plan: Plan, place: u32, start: u32, count: u32): void {
  store<u32>(plan.starts + ((<usize>place) << 2), start)
  store<u32>(plan.counts + ((<usize>place) << 2), count)
}

function findValue(plan: Plan, place: u32): i32 {
  const value = <usize>load<u32>(plan.values + ((<usize>place) << 2))
  const reader = changetype<Reader>(<usize>load<u32>(plan.readers + ((<usize>place) << 2)))
  const kind = kindOf(value)
  if (kind >= DECIMAL && (kind > BOOLEAN || reader.readsNumbers === 0)) {
    if (kind === NULL) setFound(plan, place, FOUND_NOTHING, NO_SET)
    else if (kind === OBJECT) setFound(plan, place, FOUND_OBJECT, OBJECT_SET)
    else setFound(plan, place, FOUND_PRESENT, PRESENT_SET)
    return DONE
  }
  const start = startOf(value)
  const end = endOf(value)
  const length = <u32>(end - start)
  isKept = isAccepted(plan, reader, length)
  if (isKept) {
    keptHash = hashOf(start, end)
    const entry = find(values, reader.id, keptHash, start, length)
    countTrial(reader.trial, entry !== 0, VALUE_LOOKUPS, VALUE_SHARE, REST)
    if (entry !== 0) {
      setFound(plan, place, FOUND_KEPT, tagOf(entry))
      const first = <u32>((values.atoms - HITS) >> 2) + atomsOf(entry)
      setAtoms(plan, place, first, atomCountOf(entry))
      return DONE
    }
  }
  const base = hitCount()
  if (isWide(value) && readsText(reader)) return leaveToHost(place, base)
  if (!scanValue(reader, kind, start, end) || hitCount() > HITS_MAX) return REFUSED
  if (reader.hasNetworks !== 0 || (isKept && hasTests(reader, base))) {
    return leaveToHost(place, base)
  }
  store<u32>(HOST_BASE, base)
  if (isKept) dropUnread(reader, base)
  settle(plan, place)
  return DONE
}

function isWide(value: usize): bool {
  return (load<u8>(KINDS + value) & WIDE) !== 0
}

/** Whether what a reader finds depends on the text. */
function readsText(reader: Reader): bool {
  const hasLiterals =
    changetype<usize>(reader.first) !== 0 || changetype<usize>(reader.second) !== 0
  return hasLiterals || reader.hasNetworks !== 0 || reader.hasAlways !== 0
}

/** Leaves a value to the host, whose atoms so far are those from `base` on. */
function leaveToHost(place: u32, base: u32): i32 {
  store<u32>(HOST_BASE, base)
  store<u32>(HIT_COUNT, hitCount())
  store<u32>(HOST_KEEPS, isKept ? 1 : 0)
  return place
}

function isAccepted(plan: Plan, reader: Reader, length: u32): bool {
  if (plan.remembers === 0 || changetype<usize>(reader.trial) === 0) return false
  return !letsPass(reader.trial) && length <= REMEMBERED_BYTES_MAX
}

/** Adds the literals of a value; false where its escapes are not plain. */
function scanValue(reader: Reader, kind: u8, start: usize, end: usize): bool {
  let from = start
  let to = end
  if (kind === ESCAPED) {
    from = UNESCAPED
    to = decodeEscapes(start, end)
    if (to === 0) return false
  }
  if (changetype<usize>(reader.first) !== 0) scanText(reader.first, from, to)
  if (changetype<usize>(reader.second) !== 0) scanText(reader.second, from, to)
  return true
}

function usesOf(reader: Reader, atom: i32): u8 {
  return load<u8>(reader.relevant + <usize>atom)
}

/** Whether the atoms from `base` on lead to tests, or every text does. */
function hasTests(reader: Reader, base: u32): bool {
  if (reader.hasAlways !== 0) return true
  for (let i = base; i < hitCount(); i++) {
    if ((usesOf(reader, hitAt(i)) & GUARD) !== 0) return true
  }
  return false
}

/** Drops the atoms from `base` on that no condition reads. */
function dropUnread(reader: Reader, base: u32): void {
  const end = hitCount()
  setHitCount(base)
  for (let i = base; i < end; i++) {
    const atom = hitAt(i)
    if ((usesOf(reader, atom) & READ) !== 0) addHit(atom)
  }
}

/** Completes what was found of a value whose atoms are those from `HOST_BASE` on. */
function settle(plan: Plan, place: u32): void {
  const reader = changetype<Reader>(<usize>load<u32>(plan.readers + ((<usize>place) << 2)))
  const base = load<u32>(HOST_BASE)
  const count = hitCount() - base
  const isPlain = count === 0 && (isKept || reader.hasAlways === 0)
  let set = PRESENT_SET
  if (!isPlain) {
    set = UNKNOWN_SET
    if (plan.remembers !== 0 && (isKept || isNumbered)) {
      set = setNumber(base, count, isKept ? 0 : reader.id)
    }
  }
  setFound(plan, place, isPlain ? FOUND_PRESENT : isKept ? FOUND_ATOMS : FOUND_LITERALS, set)
  setAtoms(plan, place, base, count)
  if (!isKept || reader.trial.rest > 0) return
  const value = <usize>load<u32>(plan.values + ((<usize>place) << 2))
  const start = startOf(value)
  const length = <u32>(endOf(value) - start)
  keep(values, reader.id, keptHash, start, length, HITS + ((<usize>base) << 2), count, set)
}

/** Whether what was found of the line at hand makes any rule a candidate, or leaves tests to be made. */
export function leadsToRules(plan: Plan): bool {
  if (plan.hasAlways !== 0) return true
  for (let place: u32 = 0; place < plan.count; place++) {
    const at = (<usize>place) << 2
    const kind = load<u32>(plan.kinds + at)
    if (kind === FOUND_NOTHING) continue
    const reader = changetype<Reader>(<usize>load<u32>(plan.readers + at))
    if (isLeading(reader, reader.presence)) return true
    if (kind === FOUND_OBJECT) continue
    if (isLeading(reader, reader.keywordPresence)) return true
    if (kind === FOUND_PRESENT) continue
    if (kind === FOUND_LITERALS && reader.hasAlways !== 0) return true
    const uses = kind === FOUND_LITERALS ? LEADS | GUARD : LEADS
    const first = load<u32>(plan.starts + at)
    const last = first + load<u32>(plan.counts + at)
    for (let i = first; i < last; i++) if ((usesOf(reader, hitAt(i)) & uses) !== 0) return true
  }
  return false
}

function isLeading(reader: Reader, atom: i32): bool {
  return atom >= 0 && (usesOf(reader, atom) & LEADS) !== 0
}

function hashOfWords(start: usize, count: u32): i32 {
  let hash: u32 = count
  for (let i: u32 = 0; i < count; i++) {
    hash = (hash ^ load<u32>(start + ((<usize>i) << 2))) * 0x9e3779b1
    hash = rotl<u32>(hash, 13)
  }
  return <i32>(hash ^ (hash >> 15))
}

/**
 * The number of the set of atoms from `base` on. `use` tells apart what is done with equal atoms: 0 where they are set,
 * the reader's number where its tests are still to be made.
 */
function setNumber(base: u32, count: u32, use: u32): i32 {
  if (count > SET_ATOMS_MAX) return UNKNOWN_SET
  const start = HITS + ((<usize>base) << 2)
  const hash = hashOfWords(start, count)
  let entry = find(sets, use, hash, start, count << 2)
  if (entry === 0) entry = keep(sets, use, hash, start, count << 2, 0, 0, 0)
  return entry === 0 ? UNKNOWN_SET : numberOf(sets, entry)
}

function isPlainText(value: usize): bool {
  return kindOf(value) <= ESCAPED && !isWide(value)
}

/** Completes the key of the line at hand; false where it has none. */
function completeKey(plan: Plan): bool {
  for (let i: u32 = 0; i < plan.count; i++) {
    if (load<i32>(plan.key + ((<usize>i) << 2)) === UNKNOWN_SET) return false
  }
  let answers: i32 = 0
  for (let i: u32 = 0; i < plan.referenceCount; i++) {
    const reference = plan.references + <usize>i * 12
    const value = <usize>load<u32>(reference)
    const other = <usize>load<u32>(reference, 4)
    if (!isPlainText(value) || !isPlainText(other)) return false
    const isCased = load<u32>(reference, 8) !== 0
    if (isSameText(startOf(value), endOf(value), startOf(other), endOf(other), isCased)) {
      answers |= 1 << i
    }
  }
  store<i32>(plan.key + ((<usize>plan.count) << 2), answers)
  return true
}

/** Looks for the rules of a line with the same key. */
function recall(plan: Plan): bool {
  const words = plan.count + 1
  const entry = find(lines, plan.id, hashOfWords(plan.key, words), plan.key, words << 2)
  countTrial(plan.trial, entry !== 0, LINE_LOOKUPS, LINE_SHARE, REST)
  if (entry === 0) return false
  store<u32>(RULES, <u32>(lines.atoms + ((<usize>atomsOf(entry)) << 2)))
  store<u32>(RULE_COUNT, atomCountOf(entry))
  return true
}

/** Keeps the rules of the line at hand, `count` at `HITS`. */
export function keepRules(plan: Plan, count: u32): void {
  const words = plan.count + 1
  keep(lines, plan.id, hashOfWords(plan.key, words), plan.key, words << 2, HITS, count, 0)
}
