// Code points as runs of UTF-8 bytes, for automata over bytes.

/** One byte each: inclusive bounds. */
export type ByteRun = readonly (readonly [lo: number, hi: number])[]

/** First and last code point of each length in bytes. */
const LENGTHS = [
  [0x00, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xffff],
  [0x10000, 0x10ffff],
] as const
const SURROGATES = [0xd800, 0xdfff] as const
const CONTINUATION_BITS = 6

/** The runs that stand for the code points from `lo` to `hi`; half letters have none. */
export function utf8Runs(lo: number, hi: number): ByteRun[] {
  const out: ByteRun[] = []
  for (const [first, last] of LENGTHS) {
    const [from, to] = [Math.max(lo, first), Math.min(hi, last)]
    for (const [a, b] of withoutSurrogates(from, to)) split(a, b, out)
  }
  return out
}

function withoutSurrogates(lo: number, hi: number): (readonly [number, number])[] {
  const [first, last] = SURROGATES
  const parts = [
    [lo, Math.min(hi, first - 1)],
    [Math.max(lo, last + 1), hi],
  ] as const
  if (hi < first || lo > last) return lo <= hi ? [[lo, hi]] : []
  return parts.filter(([from, to]) => from <= to)
}

/** Cuts a range of one length until each byte goes from its bound to its bound whatever the others are. */
function split(lo: number, hi: number, out: ByteRun[]): void {
  const [low, high] = [bytesOf(lo), bytesOf(hi)]
  for (let n = 1; n < low.length; n++) {
    const mask = (1 << (CONTINUATION_BITS * n)) - 1
    if ((lo & ~mask) === (hi & ~mask)) continue
    if ((lo & mask) !== 0) {
      split(lo, lo | mask, out)
      split((lo | mask) + 1, hi, out)
      return
    }
    if ((hi & mask) !== mask) {
      split(lo, (hi & ~mask) - 1, out)
      split(hi & ~mask, hi, out)
      return
    }
  }
  out.push(low.map((byte, n) => [byte, high[n]!] as const))
}

function bytesOf(code: number): readonly number[] {
  return [...new TextEncoder().encode(String.fromCodePoint(code))]
}
