// Gathers one group in memory: for every (word, path) the docs that hold it. Whole values repeat in logs, so
// a value seen before under its path only notes the doc at the value; which words it is made of was learned
// the first time, and a word's posting is at last the union of its own docs and those of its values. Paths
// whose values seldom repeat are cut into words every time.
import { createKeys, type KeyPostings, resetKeys } from './keys.ts'
import { MAX_PATHS } from './paths.ts'
import type { WordSink } from './scan-text.ts'
import { largerBytes, largerRows, mix } from './tables.ts'
import {
  addValue,
  createValueTable,
  findValue,
  postValue,
  resetValues,
  type ValueTable,
} from './value-table.ts'
import {
  addWord,
  createWordTable,
  queueWord,
  resetWordTable,
  type WordTable,
} from './word-table.ts'

/** A group closes when its tables hold this many pairs: about 100 MB. */
export const MAX_GROUP_PAIRS = 2_000_000
/** Values of a path are no longer looked for when so many are known and they are half of those seen. */
const RARELY_REPEATED = 8192
/** A path that was given up is tried again after so many groups. */
const GROUPS_UNTRIED = 16

/** The tables of one group. Row 0 of each stays empty. */
export interface GroupBuilder extends WordTable {
  readonly values: ValueTable
  /** By node: values seen and known, and 1 where they are not looked for. */
  seen: Int32Array<ArrayBuffer>
  known: Int32Array<ArrayBuffer>
  untried: Uint8Array<ArrayBuffer>
  groups: number
  /** Values of which something is always proposed. */
  readonly alwaysValues: Set<number>
  readonly keys: KeyPostings
  /** Nodes that had an empty list. */
  readonly emptied: Set<number>
  /** By node: 1 where some value is not just one word. */
  composite: Uint8Array<ArrayBuffer>
  /** By column and node: events whose value in the column is the string there. */
  readonly sames: Map<number, number>
  /** By node: events whose message is also the value there. */
  readonly messages: Map<number, number>
  /** Docs that every search must look at, ascending. */
  always: number[]
}

/** An empty group. One builder serves many groups, one after another. */
export function createGroupBuilder(): GroupBuilder {
  return {
    ...createWordTable(),
    values: createValueTable(),
    seen: new Int32Array(1024),
    known: new Int32Array(1024),
    untried: new Uint8Array(1024),
    groups: 0,
    alwaysValues: new Set(),
    keys: createKeys(),
    emptied: new Set(),
    composite: new Uint8Array(1024),
    sames: new Map(),
    messages: new Map(),
    always: [],
  }
}

/** Empties the builder for the next group; `renumbered`: nodes no longer mean the same. */
export function resetBuilder(group: GroupBuilder, renumbered = false): void {
  resetWordTable(group)
  group.seen.fill(0)
  group.known.fill(0)
  if (renumbered || ++group.groups % GROUPS_UNTRIED === 0) group.untried.fill(0)
  group.always = []
  group.alwaysValues.clear()
  group.emptied.clear()
  group.messages.clear()
  group.sames.clear()
  group.composite.fill(0)
  resetValues(group.values)
  resetKeys(group.keys)
}

/** What the scanner finds goes into the group under its `doc`; docs ascend. */
export function wordsInto(
  group: GroupBuilder,
): Omit<WordSink, 'value' | 'sameValue' | 'key' | 'emptyList'> {
  return {
    word: (node, bytes, start, end, hash) => {
      if (group.learning === 0) queueWord(group, node, bytes, start, end, hash)
      else addWord(group, node, bytes, start, end, mix(hash, 0), group.doc)
    },
    repeats: (node) => !isUntried(group, node),
    known: (node, bytes, start, end) => isKnown(group, node, bytes, start, end),
    learned: () => {
      group.learning = 0
    },
    composite: (node) => {
      while (node >= group.composite.length) group.composite = largerBytes(group.composite)
      group.composite[node] = 1
    },
    sameMessage: (node) => {
      group.messages.set(node, (group.messages.get(node) ?? 0) + 1)
    },
    always: () => {
      if (group.learning !== 0) group.alwaysValues.add(group.learning)
      noteAlways(group)
    },
  }
}

/** Notes that the column's value is the string at the node. */
export function noteSame(group: GroupBuilder, column: number, node: number): void {
  const key = column * MAX_PATHS + node
  group.sames.set(key, (group.sames.get(key) ?? 0) + 1)
}

/** True when values of the node are not looked for. */
export function isUntried(group: GroupBuilder, node: number): boolean {
  return group.untried[node] === 1
}

function noteAlways(group: GroupBuilder): void {
  if (group.always.at(-1) !== group.doc) group.always.push(group.doc)
}

/** Notes the doc at a value that was seen before; otherwise the words to come are the value's. */
function isKnown(
  group: GroupBuilder,
  node: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { values } = group
  if (node >= group.seen.length) widen(group, node)
  const seen = group.seen[node]! + 1
  group.seen[node] = seen
  let value = findValue(values, node, bytes, start, end)
  const isNew = value === 0
  if (isNew) {
    value = addValue(values, node, bytes, start, end)
    const known = group.known[node]! + 1
    group.known[node] = known
    if (known >= RARELY_REPEATED && known * 2 > seen) group.untried[node] = 1
    group.learning = value
  } else if (group.alwaysValues.size > 0 && group.alwaysValues.has(value)) noteAlways(group)
  postValue(values, value, group.doc)
  return !isNew
}

function widen(group: GroupBuilder, node: number): void {
  while (node >= group.seen.length) {
    group.seen = largerRows(group.seen)
    group.known = largerRows(group.known)
    group.untried = largerBytes(group.untried)
  }
}

/** True when the group must close. */
export function isFull(group: GroupBuilder): boolean {
  return group.pairCount + group.termCount + group.linkCount > MAX_GROUP_PAIRS
}
