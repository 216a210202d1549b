// Bytes that grow as they are written to.

/** Its content is `bytes[0, length)`. */
export interface Output {
  bytes: Uint8Array
  length: number
}

export function createOutput(bytes = 1 << 16): Output {
  return { bytes: new Uint8Array(bytes), length: 0 }
}

/** Below this a loop copies faster than `set` of a view, bytes. */
const SHORT_COPY_BYTES = 64

/** Appends `from[start, start + length)`; room must have been made. */
export function append(output: Output, from: Uint8Array, start: number, length: number): void {
  const { bytes } = output
  const at = output.length
  if (length > SHORT_COPY_BYTES) bytes.set(from.subarray(start, start + length), at)
  else for (let i = 0; i < length; i++) bytes[at + i] = from[start + i]!
  output.length = at + length
}

/** Makes room for `more` bytes. */
export function reserve(output: Output, more: number): void {
  if (output.length + more <= output.bytes.length) return
  const grown = new Uint8Array(Math.max(output.bytes.length * 2, output.length + more))
  grown.set(output.bytes.subarray(0, output.length))
  output.bytes = grown
}
