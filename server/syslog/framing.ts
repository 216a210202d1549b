// Messages out of a byte stream (RFC 6587): `LENGTH SPACE MESSAGE`, or one message a line; senders of both
// kinds are told apart message by message. Memory stays bounded whatever is sent.

/** A longer message is cut here, bytes: one more than an event may have, so that ingest sees it is too long. */
export const MESSAGE_MAX_BYTES = 1024 * 1024 + 1
/** A length above this is no length, bytes. */
const LENGTH_MAX_BYTES = 256 * 1024 * 1024
const LENGTH_MAX_DIGITS = 9

const LF = 0x0a
const SPACE = 0x20
const ZERO = 0x30
const NINE = 0x39

export interface Framing {
  /** Messages that this chunk completes. */
  push(chunk: Uint8Array): string[]
  /** What is left at the end of the stream: an unfinished message counts as one. */
  end(): string[]
  /** True while a message has begun and not ended. */
  readonly pending: boolean
}

/** Splits one connection's bytes into messages. Invalid UTF-8 becomes U+FFFD, empty lines are skipped. */
export function createFraming(): Framing {
  const decoder = new TextDecoder()
  let parts: Uint8Array[] = []
  let kept = 0
  /** Bytes of the counted message still to come; -1 in a line; undefined between messages. */
  let left: number | undefined
  let digits = ''

  const keep = (bytes: Uint8Array) => {
    const room = MESSAGE_MAX_BYTES - kept
    if (room <= 0 || bytes.length === 0) return
    const part = bytes.length > room ? bytes.slice(0, room) : bytes.slice()
    parts.push(part)
    kept += part.length
  }
  const finish = (): string => {
    const bytes = parts.length === 1 && parts[0] ? parts[0] : concat(parts, kept)
    parts = []
    kept = 0
    left = undefined
    return decoder.decode(bytes).replace(/[\r\n\0]+$/, '')
  }
  /** Reads digits and the space; returns where the message begins. */
  const readHead = (chunk: Uint8Array, start: number): number => {
    let at = start
    while (at < chunk.length && left === undefined) {
      const byte = chunk[at] ?? 0
      if (byte >= ZERO && byte <= NINE && digits.length < LENGTH_MAX_DIGITS) {
        digits += String.fromCharCode(byte)
        at++
        continue
      }
      const length = Number(digits)
      if (byte === SPACE && digits !== '' && length > 0 && length <= LENGTH_MAX_BYTES) {
        left = length
        at++
      } else {
        left = -1
        keep(new TextEncoder().encode(digits))
      }
      digits = ''
    }
    return at
  }

  return {
    get pending() {
      return left !== undefined || digits !== ''
    },
    push: (chunk) => {
      const messages: string[] = []
      let at = 0
      while (at < chunk.length) {
        if (left === undefined) {
          at = readHead(chunk, at)
          continue
        }
        const newline = left === -1 ? chunk.indexOf(LF, at) : -1
        const end = left === -1 ? (newline === -1 ? chunk.length : newline) : at + left
        keep(chunk.subarray(at, Math.min(end, chunk.length)))
        if (left !== -1) left -= Math.min(end, chunk.length) - at
        at = Math.min(end, chunk.length)
        const complete = left === -1 ? newline !== -1 : left === 0
        if (!complete) continue
        if (left === -1) at++
        const message = finish()
        if (message !== '') messages.push(message)
      }
      return messages
    },
    end: () => {
      if (digits !== '') keep(new TextEncoder().encode(digits))
      digits = ''
      const message = finish()
      return message === '' ? [] : [message]
    },
  }
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
