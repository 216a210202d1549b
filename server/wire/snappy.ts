// Snappy's block format, in which Loki's senders pack their pushes.
import { WireError } from './protobuf.ts'

/** The bytes of a block. Throws `WireError` on one that is broken or inflates to more than `max` bytes. */
export function unsnappy(block: Uint8Array, max: number): Uint8Array {
  const header = lengthOf(block)
  if (header.length > max)
    throw new WireError(`inflates to ${header.length} bytes, ${max} are allowed`)
  const out = new Uint8Array(header.length)
  let from = header.end
  let to = 0
  while (from < block.length) {
    const tag = block[from++]!
    const kind = tag & 3
    if (kind === 0) {
      const literal = literalOf(block, tag, from)
      if (literal.start + literal.length > block.length || to + literal.length > out.length) {
        throw new WireError('a literal ends early')
      }
      out.set(block.subarray(literal.start, literal.start + literal.length), to)
      from = literal.start + literal.length
      to += literal.length
      continue
    }
    const size = kind === 1 ? 1 : kind === 2 ? 2 : 4
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    let back = littleEndian(block, from, size)
    if (kind === 1) back += (tag >> 5) << 8
    from += size
    if (back === 0 || back > to || to + length > out.length) throw new WireError('a copy is wrong')
    // Copies may overlap what they write: byte by byte.
    for (let n = 0; n < length; n++, to++) out[to] = out[to - back]!
  }
  if (to !== out.length) throw new WireError('the block ends early')
  return out
}

function lengthOf(block: Uint8Array): { readonly length: number; readonly end: number } {
  let length = 0
  for (let n = 0; n < 5; n++) {
    const byte = block[n]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (7 * n)
    if (byte < 0x80) return { length, end: n + 1 }
  }
  throw new WireError('no length')
}

function literalOf(block: Uint8Array, tag: number, from: number) {
  const short = tag >> 2
  if (short < 60) return { length: short + 1, start: from }
  const size = short - 59
  return { length: littleEndian(block, from, size) + 1, start: from + size }
}

function littleEndian(block: Uint8Array, from: number, size: number): number {
  let value = 0
  for (let n = 0; n < size; n++) {
    const byte = block[from + n]
    if (byte === undefined) throw new WireError('a number ends early')
    value += byte * 2 ** (8 * n)
  }
  return value
}
