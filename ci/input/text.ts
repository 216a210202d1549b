// Bytes to text: UTF-8 with or without a mark, UTF-16 where a mark or every second byte says so. What is no valid
// text becomes U+FFFD.

/** Decodes chunks; a character split between two is put together. */
export async function* readText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: (head: Uint8Array) => string = encodingOf,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let head = new Uint8Array(0)
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      head = head.length === 0 ? new Uint8Array(chunk) : Buffer.concat([head, chunk])
      if (head.length < 2) continue
      decoder = new TextDecoder(encoding(head))
      yield decoder.decode(head, { stream: true })
    } else {
      yield decoder.decode(chunk, { stream: true })
    }
  }
  const rest = decoder === undefined ? new TextDecoder().decode(head) : decoder.decode()
  if (rest !== '') yield rest
}

/** Bytes that an encoding without a mark is told by. */
const UNMARKED_BYTES = 64
const UNMARKED_BYTES_MIN = 8

/** The encoding that a mark at the start says; without one UTF-16 is known by the NULs of its Latin letters. */
export function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  // Text in UTF-8 has no NUL here.
  if (head[0] !== 0 && head[1] !== 0) return 'utf-8'
  const start = head.subarray(0, UNMARKED_BYTES)
  const nuls = [0, 0]
  for (let at = 0; at < start.length; at++) if (start[at] === 0) nuls[at % 2]!++
  const [even, odd] = nuls as [number, number]
  const isHalf = (count: number) => count * 2 > start.length * 0.8
  if (start.length < UNMARKED_BYTES_MIN) return 'utf-8'
  if (even === 0 && isHalf(odd)) return 'utf-16le'
  return odd === 0 && isHalf(even) ? 'utf-16be' : 'utf-8'
}

/** The same for tables that spreadsheets write: without a mark and no UTF-8 at all, it is Windows' code page. */
export function tableEncodingOf(head: Uint8Array): string {
  const encoding = encodingOf(head)
  if (encoding !== 'utf-8') return encoding
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(head, { stream: true })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  const beyond = text.replace(/[\u0000-\u007f]/g, '')
  return beyond !== '' && /^\ufffd+$/.test(beyond) ? 'windows-1252' : 'utf-8'
}
