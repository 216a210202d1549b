// Several byte strings in one, with a checksum: what was cut off or changed is seen.

const CHECKSUM_BYTES = 8
const LENGTH_BYTES = 4

/** The parts in one. Layout, little endian: checksum of all that follows, number of parts, their lengths, themselves. */
export function packParts(parts: readonly Uint8Array[]): Uint8Array {
  const head = CHECKSUM_BYTES + LENGTH_BYTES * (parts.length + 1)
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, head))
  const view = new DataView(packed.buffer)
  view.setUint32(CHECKSUM_BYTES, parts.length, true)
  let at = head
  for (const [i, part] of parts.entries()) {
    view.setUint32(CHECKSUM_BYTES + LENGTH_BYTES * (i + 1), part.length, true)
    packed.set(part, at)
    at += part.length
  }
  view.setBigUint64(0, checksumOf(packed), true)
  return packed
}

/** Views of the parts that were packed. Throws when the bytes are others. */
export function unpackParts(packed: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  const isWhole = packed.length >= CHECKSUM_BYTES + LENGTH_BYTES
  if (!isWhole || view.getBigUint64(0, true) !== checksumOf(packed)) {
    throw new Error('its checksum is another')
  }
  const count = view.getUint32(CHECKSUM_BYTES, true)
  let at = CHECKSUM_BYTES + LENGTH_BYTES * (count + 1)
  return Array.from({ length: count }, (_, i) => {
    const from = at
    at += view.getUint32(CHECKSUM_BYTES + LENGTH_BYTES * (i + 1), true)
    return packed.subarray(from, at)
  })
}

function checksumOf(packed: Uint8Array): bigint {
  return Bun.hash.xxHash3(packed.subarray(CHECKSUM_BYTES))
}
