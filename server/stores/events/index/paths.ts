// The field paths of a group's events, as a tree of keys found by their bytes: a node is a key below its
// parent, arrays share the node of the key that holds them.
import { words } from '../../../../sigma/text/words.ts'

/** Nodes that are no keys. Words are posted under a node's number. */
export const MESSAGE = 0
export const RAW = 1
/** Roots: fields kept as their own JSON, and fields that are the raw text itself. */
export const FIELDS_ROOT = 2
export const JSON_ROOT = 3
const FIRST_KEY = 4

/** Different paths that one group tells apart; events with more go to the `always` posting. */
export const MAX_PATHS = 65_536

export interface PathNode {
  /** Keys from the root joined by dots, as the matcher's flattener names the leaf. */
  readonly path: string
  /** Words of the key as it stands in the raw text; empty below `FIELDS_ROOT`. */
  readonly keyWords: readonly string[]
}

export interface PathTree {
  /** Number of the key `bytes[start, end)` (text between its quotes) below `parent`, or -1 when full. */
  child(parent: number, bytes: Uint8Array, start: number, end: number): number
  /** True when `node` was already seen in the object numbered `serial`: a repeated key. */
  repeated(node: number, serial: number): boolean
  node(id: number): PathNode
  size(): number
}

const decoder = new TextDecoder()

/** An empty tree. */
export function createPathTree(): PathTree {
  let slots = new Int32Array(1024)
  let hashes = new Int32Array(512)
  let parents = new Int32Array(512)
  let offsets = new Int32Array(512)
  let lengths = new Int32Array(512)
  let serials = new Int32Array(512)
  let slab = new Uint8Array(1 << 14)
  let used = 0
  let count = FIRST_KEY
  const nodes: PathNode[] = Array.from({ length: FIRST_KEY }, () => ({ path: '', keyWords: [] }))
  const inRaw: boolean[] = [false, false, false, true]

  function grow(): void {
    const copy = (from: Int32Array) => {
      const to = new Int32Array(from.length * 2)
      to.set(from)
      return to
    }
    hashes = copy(hashes)
    parents = copy(parents)
    offsets = copy(offsets)
    lengths = copy(lengths)
    serials = copy(serials)
    slots = new Int32Array(slots.length * 2)
    const mask = slots.length - 1
    for (let id = FIRST_KEY; id < count; id++) {
      let slot = hashes[id]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = id
    }
  }

  function add(parent: number, bytes: Uint8Array, start: number, end: number, hash: number) {
    if (count >= MAX_PATHS) return -1
    if (count === hashes.length) grow()
    const length = end - start
    if (used + length > slab.length) {
      const larger = new Uint8Array(Math.max(slab.length * 2, used + length))
      larger.set(slab)
      slab = larger
    }
    slab.set(bytes.subarray(start, end), used)
    const id = count++
    hashes[id] = hash
    parents[id] = parent
    offsets[id] = used
    lengths[id] = length
    used += length
    const mask = slots.length - 1
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = id
    const source = decoder.decode(bytes.subarray(start, end))
    const decoded = source.includes('\\') ? (JSON.parse(`"${source}"`) as string) : source
    const raw = inRaw[parent] === true
    const key = raw ? decoded.toWellFormed() : decoded
    inRaw.push(raw)
    nodes.push({
      path: parent < FIRST_KEY ? key : `${nodes[parent]!.path}.${key}`,
      keyWords: raw ? words(source) : [],
    })
    return id
  }

  return {
    child(parent, bytes, start, end) {
      let hash = Math.imul(parent + 1, 0x9e3779b1)
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
      hash ^= hash >>> 15
      const mask = slots.length - 1
      const length = end - start
      let slot = hash & mask
      for (let id = slots[slot]!; id !== 0; id = slots[slot]!) {
        if (hashes[id] === hash && parents[id] === parent && lengths[id] === length) {
          const offset = offsets[id]! - start
          let i = start
          while (i < end && slab[offset + i] === bytes[i]) i++
          if (i === end) return id
        }
        slot = (slot + 1) & mask
      }
      return add(parent, bytes, start, end, hash)
    },
    repeated(node, serial) {
      if (serials[node] === serial) return true
      serials[node] = serial
      return false
    },
    node: (id) => nodes[id]!,
    size: () => count,
  }
}
