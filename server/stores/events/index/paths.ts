// The field paths of a group's events, as a tree of keys found by their bytes: a node is a key below its
// parent, arrays share the node of the key that holds them.
import { PIVOTS } from '../../../../sigma/event.ts'
import { words } from '../../../../sigma/text/words.ts'

/** Nodes that are no keys. Words are posted under a node's number. */
export const MESSAGE = 0
export const RAW = 1
/** Roots: fields kept as their own JSON, and fields that are the raw text itself. */
export const FIELDS_ROOT = 2
export const JSON_ROOT = 3
/** Root of the columns, and those that are no pivots. */
export const COLUMNS_ROOT = 4
export const SOURCE = 5
export const PRODUCT = 6
export const CATEGORY = 7
export const SERVICE = 8
const FIRST_KEY = 9

/** Different paths that one group tells apart; events with more go to the `always` posting. */
export const MAX_PATHS = 65_536

/** Columns of a node's row. */
const ROW = 7
const HASH = 0
const PARENT = 1
const OFFSET = 2
const LENGTH = 3
/** Number of the object in which it was seen last. */
const SERIAL = 4
/** The child that came first, and the key that came next, when the node was seen last. */
const FIRST_CHILD = 5
const NEXT_SIBLING = 6

export interface PathNode {
  /** Keys from the root joined by dots, as the matcher's flattener names the leaf. */
  readonly path: string
  /** Words of the key as it stands in the raw text; empty below `FIELDS_ROOT`. */
  readonly keyWords: readonly string[]
  /** Below `JSON_ROOT`. */
  readonly inRaw: boolean
}

export interface PathTree {
  slots: Int32Array<ArrayBuffer>
  rows: Int32Array<ArrayBuffer>
  keys: Uint8Array<ArrayBuffer>
  keysUsed: number
  readonly nodes: PathNode[]
}

const QUOTE = 0x22
const decoder = new TextDecoder()

/** An empty tree. */
export function createPathTree(): PathTree {
  const root = (path: string, inRaw = false) => ({ path, keyWords: [], inRaw })
  const tree: PathTree = {
    slots: new Int32Array(1024),
    rows: new Int32Array(512 * ROW),
    keys: new Uint8Array(1 << 14),
    keysUsed: 0,
    nodes: [
      ...[root(''), root(''), root(''), root('', true), root('')],
      ...['source', 'product', 'category', 'service'].map((name) => root(name)),
    ],
  }
  // There must be room for these however many paths there are.
  for (const name of PIVOTS) {
    const bytes = new TextEncoder().encode(name)
    childOf(tree, COLUMNS_ROOT, bytes, 0, bytes.length)
  }
  return tree
}

/** Number of the key `bytes[start, end)` (text between its quotes) below `parent`; -1 when full. */
export function childOf(
  tree: PathTree,
  parent: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let hash = Math.imul(parent + 1, 0x9e3779b1)
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  hash ^= hash >>> 15
  const { slots, rows, keys } = tree
  const mask = slots.length - 1
  let slot = hash & mask
  for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
    const row = id * ROW
    if (
      rows[row + HASH] === hash &&
      rows[row + PARENT] === parent &&
      rows[row + LENGTH] === end - start
    ) {
      const shift = rows[row + OFFSET]! - start
      let i = start
      while (i < end && keys[shift + i] === bytes[i]) i++
      if (i === end) return id
    }
    slot = (slot + 1) & mask
  }
  return tree.nodes.length < MAX_PATHS ? addChild(tree, parent, bytes, start, end, hash) : -1
}

/**
 * The key at `start` when it is the one that came after `previous` (or first, where that is 0) the last
 * time; 0 when it is another.
 */
export function expectedKey(
  tree: PathTree,
  parent: number,
  previous: number,
  bytes: Uint8Array,
  start: number,
): number {
  const { rows, keys } = tree
  const id =
    previous === 0 ? rows[parent * ROW + FIRST_CHILD]! : rows[previous * ROW + NEXT_SIBLING]!
  if (id === 0 || rows[id * ROW + PARENT] !== parent) return 0
  const offset = rows[id * ROW + OFFSET]!
  const length = rows[id * ROW + LENGTH]!
  for (let i = 0; i < length; i++) if (keys[offset + i] !== bytes[start + i]) return 0
  return bytes[start + length] === QUOTE ? id : 0
}

/** Remembers that `node` came after `previous`, or first below `parent` where that is 0. */
export function expectKey(tree: PathTree, parent: number, previous: number, node: number): void {
  if (previous === 0) tree.rows[parent * ROW + FIRST_CHILD] = node
  else tree.rows[previous * ROW + NEXT_SIBLING] = node
}

/** Bytes of a key's text. */
export function keyLength(tree: PathTree, node: number): number {
  return tree.rows[node * ROW + LENGTH]!
}

/** True when `node` was already seen in the object numbered `serial`: a repeated key. */
export function isRepeated(tree: PathTree, node: number, serial: number): boolean {
  const at = node * ROW + SERIAL
  if (tree.rows[at] === serial) return true
  tree.rows[at] = serial
  return false
}

function addChild(
  tree: PathTree,
  parent: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
): number {
  const id = tree.nodes.length
  if ((id + 1) * ROW > tree.rows.length) grow(tree)
  if (tree.keysUsed + end - start > tree.keys.length) {
    const keys = new Uint8Array(Math.max(tree.keys.length * 2, tree.keysUsed + end - start))
    keys.set(tree.keys)
    tree.keys = keys
  }
  tree.keys.set(bytes.subarray(start, end), tree.keysUsed)
  tree.rows.set([hash, parent, tree.keysUsed, end - start, 0, 0, 0], id * ROW)
  tree.keysUsed += end - start
  enter(tree.slots, hash, id)
  const source = decoder.decode(bytes.subarray(start, end))
  const decoded = source.includes('\\') ? (JSON.parse(`"${source}"`) as string) : source
  const { inRaw, path } = tree.nodes[parent]!
  const key = inRaw ? decoded.toWellFormed() : decoded
  tree.nodes.push({
    path: parent < FIRST_KEY ? key : `${path}.${key}`,
    keyWords: inRaw ? words(source) : [],
    inRaw,
  })
  return id
}

function grow(tree: PathTree): void {
  const rows = new Int32Array(tree.rows.length * 2)
  rows.set(tree.rows)
  tree.rows = rows
  tree.slots = new Int32Array(tree.slots.length * 2)
  for (let id = FIRST_KEY; id < tree.nodes.length; id++) {
    enter(tree.slots, rows[id * ROW + HASH]!, id)
  }
}

function enter(slots: Int32Array, hash: number, id: number): void {
  const mask = slots.length - 1
  let slot = hash & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = id
}
