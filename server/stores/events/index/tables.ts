// Open addressing over rows of typed arrays: what the builders of a group keep their words, pairs and
// values in. Row 0 stays empty, so that 0 means none. Slots hold the hash beside the row's number: a look
// at a row that is another costs more than twice the slots.

export const HASH_START = 0x811c9dc5 | 0
export const HASH_STEP = 0x01000193

/** Spreads a hash that is the same for every `salt`. */
export function mix(hash: number, salt: number): number {
  let mixed = hash ^ Math.imul(salt + 1, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

/** Hash of bytes as they are, four at a step. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START ^ (end - start)
  let i = start
  for (const stop = end - 3; i < stop; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_STEP)
  return hash
}

export function largerRows(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2)
  to.set(from)
  return to
}

export function largerBytes(from: Uint8Array): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(from.length * 2)
  to.set(from)
  return to
}

/** Slots of a table: pairs (hash, row); row 0 means free. At most three of four are taken. */
export interface Slots {
  pairs: Int32Array<ArrayBuffer>
  /** Pairs less one; a power of two less one. */
  mask: number
}

/** `size`: a power of two. */
export function createSlots(size: number): Slots {
  return { pairs: new Int32Array(size * 2), mask: size - 1 }
}

/** Puts row `id`, one more than were put before, into the slots. */
export function enter(slots: Slots, hash: number, id: number): void {
  if (id * 4 > slots.mask * 3) grow(slots)
  put(slots, hash, id)
}

function put({ pairs, mask }: Slots, hash: number, id: number): void {
  let slot = (hash & mask) << 1
  while (pairs[slot + 1] !== 0) slot = (slot + 2) & ((mask << 1) | 1)
  pairs[slot] = hash
  pairs[slot + 1] = id
}

function grow(slots: Slots): void {
  const { pairs } = slots
  slots.pairs = new Int32Array(pairs.length * 2)
  slots.mask = pairs.length - 1
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i + 1] !== 0) put(slots, pairs[i]!, pairs[i + 1]!)
  }
}
