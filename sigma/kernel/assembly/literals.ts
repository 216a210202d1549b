// The literals of a field, sorted by their texts from one end.
import { takeWords } from './heap'
import { Literal } from './structs'

/** Of what is behind the end of a text. */
const NO_BYTE: i32 = -1

/** The literal at a place of a list. */
export function literalAt(list: usize, place: u32): Literal {
  return changetype<Literal>(load<usize>(list + ((<usize>place) << 2)))
}

/** The byte of a literal so far from its start, or from its end. */
export function byteOf(literal: Literal, depth: u32, fromEnd: bool): u8 {
  return load<u8>(literal.text + <usize>(fromEnd ? literal.length - 1 - depth : depth))
}

/** Of `count` literals those whose kind has one of the bits of `kinds`, sorted: addresses; how many is in `picked`. */
export let picked: u32 = 0

export function pick(literals: usize, count: u32, kinds: u32, fromEnd: bool): usize {
  const list = takeWords(count)
  picked = 0
  for (let i: u32 = 0; i < count; i++) {
    const at = literals + <usize>i * offsetof<Literal>()
    if ((changetype<Literal>(at).kind & kinds) === 0) continue
    store<usize>(list + ((<usize>picked) << 2), at)
    picked++
  }
  sort(list, 0, picked, 0, fromEnd)
  return list
}

/** How many bytes two neighbours of a list have in common. */
export function shared(list: usize, place: u32, other: u32, fromEnd: bool): u32 {
  const a = literalAt(list, place)
  const b = literalAt(list, other)
  const end = min(a.length, b.length)
  let depth: u32 = 0
  while (depth < end && byteOf(a, depth, fromEnd) === byteOf(b, depth, fromEnd)) depth++
  return depth
}

/** Where the literals of a list from `from` on stop having the same byte at `depth`. */
export function endOfRun(list: usize, from: u32, to: u32, depth: u32, fromEnd: bool): u32 {
  const byte = byteOf(literalAt(list, from), depth, fromEnd)
  let end = from + 1
  while (end < to && byteOf(literalAt(list, end), depth, fromEnd) === byte) end++
  return end
}

function orderAt(list: usize, place: u32, depth: u32, fromEnd: bool): i32 {
  const literal = literalAt(list, place)
  return depth < literal.length ? <i32>byteOf(literal, depth, fromEnd) : NO_BYTE
}

function swap(list: usize, a: u32, b: u32): void {
  const one = list + ((<usize>a) << 2)
  const other = list + ((<usize>b) << 2)
  const held = load<usize>(one)
  store<usize>(one, load<usize>(other))
  store<usize>(other, held)
}

/** Sorts by one byte after the other: those below, at and above the byte in the middle. */
function sort(list: usize, start: u32, end: u32, startDepth: u32, fromEnd: bool): void {
  let from = start
  let to = end
  let depth = startDepth
  while (to - from > 1 && to > from) {
    const middle = orderAt(list, from + ((to - from) >> 1), depth, fromEnd)
    let below = from
    let above = to
    let at = from
    while (at < above) {
      const order = orderAt(list, at, depth, fromEnd)
      if (order < middle) swap(list, below++, at++)
      else if (order > middle) swap(list, at, --above)
      else at++
    }
    sort(list, from, below, depth, fromEnd)
    sort(list, above, to, depth, fromEnd)
    if (middle === NO_BYTE) return
    from = below
    to = above
    depth++
  }
}
