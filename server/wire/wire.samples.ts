// Writes Protocol Buffers and Snappy for tests, as far as they need it.
const encoder = new TextEncoder()

function varint(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return [...bytes, Number(rest)]
}

const key = (number: number, type: number) => varint(BigInt((number << 3) | type))

/** A length-delimited field of these bytes. */
export function bytesField(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = parts.flatMap((part) => [...part])
  return Uint8Array.from([...key(number, 2), ...varint(BigInt(body.length)), ...body])
}

/** A text. */
export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, encoder.encode(text))
}

/** A number as varint. */
export function numberField(number: number, value: bigint): Uint8Array {
  return Uint8Array.from([...key(number, 0), ...varint(value)])
}

/** A 64-bit number. */
export function fixedField(number: number, value: bigint): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, value, true)
  return Uint8Array.from([...key(number, 1), ...new Uint8Array(bytes.buffer)])
}

/** A 64-bit float. */
export function doubleField(number: number, value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setFloat64(0, value, true)
  return Uint8Array.from([...key(number, 1), ...new Uint8Array(bytes.buffer)])
}

/** A Snappy block of one literal. */
export function packed(bytes: Uint8Array): Uint8Array {
  const size = bytes.length - 1
  const literal = size < 60 ? [size << 2] : [0xf4, size & 0xff, size >> 8]
  return Uint8Array.from([...varint(BigInt(bytes.length)), ...literal, ...bytes])
}
