// Bytes to text: UTF-8 with or without a mark, UTF-16 where a mark says so. What is no valid text becomes
// U+FFFD.

/** Decodes chunks; a character split between two is put together. */
export async function* readText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let head = new Uint8Array(0)
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      head = head.length === 0 ? new Uint8Array(chunk) : Buffer.concat([head, chunk])
      if (head.length < 2) continue
      decoder = new TextDecoder(encodingOf(head))
      yield decoder.decode(head, { stream: true })
    } else {
      yield decoder.decode(chunk, { stream: true })
    }
  }
  const rest = decoder === undefined ? new TextDecoder().decode(head) : decoder.decode()
  if (rest !== '') yield rest
}

/** The encoding that a mark at the start says. */
export function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8'
}
