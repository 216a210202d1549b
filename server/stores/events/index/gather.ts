// What a builder gathered, as a group writes it: the fields, and for each word its pairs with the docs that
// came one by one and those of the values that hold the word.
import { setBit } from '../bits.ts'
import type { GroupBuilder } from './builder.ts'
import { createDocList, type DocList, sortDocs } from './doc-list.ts'
import { keyCounts, listKey } from './keys.ts'
import type { GroupField, GroupMessage } from './layout.ts'
import { type PairOutput, putBits, putDoc, putDocs } from './pairs.ts'
import { MAX_PATHS, MESSAGE, type PathTree, RAW } from './paths.ts'
import { listDocs } from './slab.ts'
import { VALUE } from './value-table.ts'
import { type GatheredPair, pairsByNode, readNextPair, readTermPair } from './word-pairs.ts'
import { L_NEXT, L_VALUE, LINK } from './word-table.ts'

/** More docs than this are united as bits. */
const SORTED_DOCS_MAX = 256

export interface Gather {
  readonly builder: GroupBuilder
  readonly fieldOf: Uint32Array
  readonly bits: Uint32Array
  readonly list: DocList
  readonly pair: GatheredPair
}

/** To write the pairs of words. `docs`: size of the group's doc space. */
export function createGather(builder: GroupBuilder, fieldOf: Uint32Array, docs: number): Gather {
  return {
    builder,
    fieldOf,
    bits: new Uint32Array((docs >>> 5) + 1),
    list: createDocList(),
    pair: { rows: builder.terms, row: 0, node: 0, link: 0, doc: -1, next: 0, isLast: true },
  }
}

/** Writes the pairs of a word. */
export function putPairs(gather: Gather, term: number, output: PairOutput): void {
  const { builder, pair } = gather
  readTermPair(builder, term, pair)
  putPair(gather, pair, output)
  while (!pair.isLast) {
    readNextPair(builder, pair)
    putPair(gather, pair, output)
  }
}

function putPair(gather: Gather, pair: GatheredPair, output: PairOutput): void {
  const { builder, fieldOf, list } = gather
  const { doc, isLast, link } = pair
  const field = fieldOf[pair.node]!
  if (doc >= 0) {
    putDoc(output, field, isLast, doc)
    return
  }
  list.length = 0
  listDocs(builder.slab, pair.rows, pair.row, list)
  const isUnion = link !== 0 && (list.length > 0 || builder.links[link * LINK + L_NEXT] !== 0)
  if (isUnion) putUnion(gather, link, output, field, isLast)
  else {
    if (link !== 0) listValue(gather, builder.links[link * LINK + L_VALUE]!)
    putDocs(output, field, isLast, list)
  }
}

function listValue({ builder, list }: Gather, value: number): void {
  const { values } = builder
  listDocs(values.slab, values.rows, value * VALUE, list)
}

/** The docs in `list` and those of the linked values. */
function putUnion(
  gather: Gather,
  head: number,
  output: PairOutput,
  field: number,
  isLast: boolean,
): void {
  const { builder, list, bits } = gather
  let usesBits = false
  for (let link = head; link !== 0; link = builder.links[link * LINK + L_NEXT]!) {
    listValue(gather, builder.links[link * LINK + L_VALUE]!)
    if (list.length <= SORTED_DOCS_MAX) continue
    usesBits = true
    for (let i = 0; i < list.length; i++) setBit(bits, list.docs[i]!)
    list.length = 0
  }
  if (!usesBits) {
    sortDocs(list)
    putDocs(output, field, isLast, list)
    return
  }
  for (let i = 0; i < list.length; i++) setBit(bits, list.docs[i]!)
  putBits(output, field, isLast, bits)
  bits.fill(0)
}

/** The group's fields, the field of each node of the path tree, and which are messages. */
export function groupFields(
  builder: GroupBuilder,
  paths: PathTree,
  events: number,
  putKey: (field: number, docs: DocList) => void,
): {
  readonly fields: readonly GroupField[]
  readonly fieldOf: Uint32Array
  readonly message: GroupMessage
} {
  const fields: GroupField[] = [
    { path: '', keyWords: [], inRaw: false, events: 0, emptied: false, words: false },
    { path: '', keyWords: [], inRaw: false, events: 0, emptied: false, words: false },
  ]
  const fieldOf = new Uint32Array(paths.nodes.length)
  fieldOf[MESSAGE] = 0
  fieldOf[RAW] = 1
  const list = createDocList()
  const messages: number[] = []
  let exact = true
  for (const [node, count] of pairsFirst(builder)) {
    const { path, keyWords, inRaw } = paths.nodes[node]!
    const field = fields.length
    fieldOf[node] = field
    if (count < events) {
      list.length = 0
      listKey(builder.keys, node, list)
      putKey(field, list)
    }
    const emptied = builder.emptied.has(node)
    const words = builder.composite[node] !== 1
    fields.push({ path, keyWords, inRaw, events: count, emptied, words })
    const same = builder.messages.get(node)
    if (same === undefined) continue
    messages.push(field)
    if (same !== count) exact = false
  }
  return { fields, fieldOf, message: { fields: messages, exact } }
}

/** Fields that are the column's value in every event that has them, by the column's name. */
export function sameFields(
  builder: GroupBuilder,
  paths: PathTree,
  fieldOf: Uint32Array,
): Map<string, number[]> {
  const found = new Map<string, number[]>()
  const counts = new Map(keyCounts(builder.keys))
  for (const [key, events] of builder.sames) {
    const node = key % MAX_PATHS
    if (events !== counts.get(node)) continue
    found.getOrInsert(paths.nodes[Math.floor(key / MAX_PATHS)]!.path, []).push(fieldOf[node]!)
  }
  return found
}

/** Nodes with the number of events that have them; those with most pairs first: low numbers are short. */
function pairsFirst(builder: GroupBuilder): [node: number, events: number][] {
  const pairs = pairsByNode(builder)
  return keyCounts(builder.keys).sort(
    ([a], [b]) => (pairs.get(b) ?? 0) - (pairs.get(a) ?? 0) || a - b,
  )
}
