// Which events have which path. Most have the same ones, so a path that every event had so far is only
// counted; its docs are written down when one is without it.
import { addDoc, type DocList } from './doc-list.ts'
import { createSlab, listDocs, post, resetSlab, type Slab, startPosting } from './slab.ts'
import { largerRows } from './tables.ts'

/** Columns of a node's row; the first four are its posting. */
const ROW = 8
const K_COUNT = 4
const K_LAST = 5
/** 1 when the posting is kept. */
const K_KEPT = 6

export interface KeyPostings {
  rows: Int32Array<ArrayBuffer>
  maxNode: number
  readonly slab: Slab
  /** The docs of the group's events. */
  docs: Int32Array<ArrayBuffer>
  events: number
}

export function createKeys(): KeyPostings {
  return {
    rows: new Int32Array(ROW << 8),
    maxNode: -1,
    slab: createSlab(),
    docs: new Int32Array(1 << 17),
    events: 0,
  }
}

export function resetKeys(keys: KeyPostings): void {
  keys.rows.fill(0)
  keys.maxNode = -1
  keys.events = 0
  resetSlab(keys.slab)
}

/** The next event begins. */
export function addEvent(keys: KeyPostings, doc: number): void {
  if (keys.events === keys.docs.length) keys.docs = largerRows(keys.docs)
  keys.docs[keys.events++] = doc
}

/** The current event has the path. */
export function addKey(keys: KeyPostings, node: number): void {
  const row = node * ROW
  if (node > keys.maxNode) {
    while (row >= keys.rows.length) keys.rows = largerRows(keys.rows)
    keys.maxNode = node
  }
  const { rows, docs, events } = keys
  const doc = docs[events - 1]!
  const count = rows[row + K_COUNT]!
  if (count > 0 && rows[row + K_LAST] === doc) return
  rows[row + K_LAST] = doc
  rows[row + K_COUNT] = count + 1
  if (rows[row + K_KEPT] === 0) {
    if (count === events - 1) return
    rows[row + K_KEPT] = 1
    startPosting(rows, row)
    for (let i = 0; i < count; i++) post(keys.slab, rows, row, docs[i]!)
  }
  post(keys.slab, rows, row, doc)
}

/** Nodes that some event has, ascending, with how many have it. */
export function keyCounts(keys: KeyPostings): [node: number, events: number][] {
  const found: [number, number][] = []
  for (let node = 0; node <= keys.maxNode; node++) {
    const count = keys.rows[node * ROW + K_COUNT]!
    if (count > 0) found.push([node, count])
  }
  return found
}

/** Appends the docs that have the path. */
export function listKey(keys: KeyPostings, node: number, into: DocList): void {
  const row = node * ROW
  if (keys.rows[row + K_KEPT] === 1) listDocs(keys.slab, keys.rows, row, into)
  else for (let i = 0; i < keys.rows[row + K_COUNT]!; i++) addDoc(into, keys.docs[i]!)
}
