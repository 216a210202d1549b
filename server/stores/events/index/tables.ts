// Open addressing over rows of typed arrays: what the builders of a group keep their words, pairs and
// values in. Row 0 stays empty, so that 0 means none.

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

/** Puts row `id` into the slots. */
export function enter(slots: Int32Array, hash: number, id: number): void {
  const mask = slots.length - 1
  let slot = hash & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = id
}

/** Twice as many slots, with the rows below `count` whose hash stands in `hashColumn`. */
export function largerSlots(
  slots: Int32Array,
  rows: Int32Array,
  width: number,
  hashColumn: number,
  count: number,
): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(slots.length * 2)
  for (let id = 1; id < count; id++) enter(larger, rows[id * width + hashColumn]!, id)
  return larger
}
