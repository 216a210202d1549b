// Sets of rows as bits, 32 a word.

/** Words that `count` rows need. */
export function wordsFor(count: number): number {
  return (count + 31) >>> 5
}

/** The first `count` rows. */
export function fullBits(count: number): Uint32Array {
  const bits = new Uint32Array(wordsFor(count)).fill(0xffffffff)
  keepFirst(bits, count)
  return bits
}

/** Clears every row from `count` on. */
export function keepFirst(bits: Uint32Array, count: number): void {
  const word = count >>> 5
  if (word >= bits.length) return
  bits[word]! &= 2 ** (count & 31) - 1
  bits.fill(0, word + 1)
}

export function isEmpty(bits: Uint32Array): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return false
  return true
}

export function countBits(bits: Uint32Array): number {
  let count = 0
  for (let i = 0; i < bits.length; i++) count += countWord(bits[i]!)
  return count
}

/** How many rows are in both; the rows of `a` begin at word `first` of `b`. */
export function countCommon(a: Uint32Array, b: Uint32Array, first = 0): number {
  let count = 0
  for (let i = 0; i < a.length; i++) count += countWord(a[i]! & b[first + i]!)
  return count
}

function countWord(bits: number): number {
  if (bits === 0) return 0
  let word = bits | 0
  word -= (word >>> 1) & 0x55555555
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

export function hasBit(bits: Uint32Array, row: number): boolean {
  return (bits[row >>> 5]! & (1 << (row & 31))) !== 0
}

export function setBit(bits: Uint32Array, row: number): void {
  bits[row >>> 5]! |= 1 << (row & 31)
}

export function clearBit(bits: Uint32Array, row: number): void {
  bits[row >>> 5]! &= ~(1 << (row & 31))
}

/** `into` keeps the rows that are in `other` as well. */
export function intersect(into: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! &= other[i]!
}

/** Adds the rows of `other` to `into`. */
export function unite(into: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! |= other[i]!
}

/** Takes the rows of `other` out of `into`. */
export function subtract(into: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < into.length; i++) into[i]! &= ~other[i]!
}

/** Calls `visit` with every row, ascending, until it answers false. */
export function eachBit(bits: Uint32Array, visit: (row: number) => unknown): void {
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i]!; word !== 0; word &= word - 1) {
      if (visit(i * 32 + 31 - Math.clz32(word & -word)) === false) return
    }
  }
}
