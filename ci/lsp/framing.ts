// Messages of the language server protocol over a byte stream: `Content-Length` headers and JSON.

/** Largest message read, bytes: above any rule file with room to spare. */
export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024
const HEADER_BYTES_MAX = 4096

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** One message as bytes. */
export function frame(message: unknown): Uint8Array {
  const body = encoder.encode(JSON.stringify(message))
  const head = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`)
  const out = new Uint8Array(head.length + body.length)
  out.set(head)
  out.set(body, head.length)
  return out
}

/** Thrown for a stream that is no protocol stream: nothing after it can be understood. */
export class FramingError extends Error {}

/** Cuts a stream into JSON texts. Throws `FramingError` when its headers make no sense. */
export function messageSplitter(): (chunk: Uint8Array) => string[] {
  let held = new Uint8Array(0)
  return (chunk) => {
    const bytes = new Uint8Array(held.length + chunk.length)
    bytes.set(held)
    bytes.set(chunk, held.length)
    const out: string[] = []
    let at = 0
    for (;;) {
      const end = headerEnd(bytes, at)
      if (end < 0) {
        if (bytes.length - at > HEADER_BYTES_MAX) throw new FramingError('a header without an end')
        break
      }
      const length = contentLength(decoder.decode(bytes.subarray(at, end)))
      if (bytes.length < end + 4 + length) break
      out.push(decoder.decode(bytes.subarray(end + 4, end + 4 + length)))
      at = end + 4 + length
    }
    held = bytes.slice(at)
    return out
  }
}

/** Where `\r\n\r\n` begins at or after `from`, or -1. */
function headerEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; i + 3 < bytes.length && i - from <= HEADER_BYTES_MAX; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10)
      return i
  }
  return -1
}

function contentLength(header: string): number {
  const match = /^content-length:\s*(\d{1,10})\s*$/im.exec(header)
  const length = Number(match?.[1] ?? Number.NaN)
  if (!(length <= MESSAGE_BYTES_MAX))
    throw new FramingError(`a message without a length up to ${MESSAGE_BYTES_MAX}`)
  return length
}
