// Protocol Buffers' wire format, as far as messages that logs come in need it: fields one after another.

/** One field: `bytes` for length-delimited ones, `value` for numbers (64 bits as bigint). */
export interface WireField {
  readonly number: number
  readonly value: bigint
  readonly bytes: Uint8Array | undefined
}

/** Fields of one message, at most: what is longer is no log message. */
export const FIELDS_MAX = 1_000_000
const VARINT_BYTES_MAX = 10
const EMPTY = new Uint8Array()

/** Why bytes are no message. */
export class WireError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WireError'
  }
}

/** The fields of a message in order. Throws `WireError` where the bytes end or make no sense. */
export function wireFields(bytes: Uint8Array): readonly WireField[] {
  const found: WireField[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let n = 0; n < VARINT_BYTES_MAX; n++) {
      const byte = bytes[at++]
      if (byte === undefined) throw new WireError('a number ends early')
      value |= BigInt(byte & 0x7f) << BigInt(7 * n)
      if (byte < 0x80) return value
    }
    throw new WireError('a number is too long')
  }
  const fixed = (size: 4 | 8): bigint => {
    if (at + size > bytes.length) throw new WireError('a number ends early')
    const value = size === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true))
    at += size
    return value
  }
  while (at < bytes.length) {
    if (found.length >= FIELDS_MAX) throw new WireError(`more than ${FIELDS_MAX} fields`)
    const key = Number(varint())
    const number = key >>> 3
    switch (key & 7) {
      case 0:
        found.push({ number, value: varint(), bytes: undefined })
        break
      case 1:
        found.push({ number, value: fixed(8), bytes: undefined })
        break
      case 2: {
        const length = Number(varint())
        if (at + length > bytes.length) throw new WireError('a field ends early')
        found.push({ number, value: 0n, bytes: bytes.subarray(at, at + length) })
        at += length
        break
      }
      case 5:
        found.push({ number, value: fixed(4), bytes: undefined })
        break
      default:
        throw new WireError(`wire type ${key & 7} is unknown`)
    }
  }
  return found
}

const decoder = new TextDecoder()

/** The text of a field. */
export function textOf(field: WireField): string {
  return decoder.decode(field.bytes ?? EMPTY)
}

/** The message in a field. */
export function messageOf(field: WireField): readonly WireField[] {
  return wireFields(field.bytes ?? EMPTY)
}

/** A 64-bit float. */
export function doubleOf(field: WireField): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, field.value, true)
  return view.getFloat64(0, true)
}
