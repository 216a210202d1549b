// Zeek writes bytes that are not printable ASCII as `\xHH`: UTF-8 where they are.
const decoder = new TextDecoder()
const ESCAPES = /(?:\\x[0-9a-fA-F]{2})+/g

/** The text with runs of `\xHH` read as UTF-8. */
export function unescapeBytes(text: string): string {
  if (!text.includes('\\x')) return text
  return text.replace(ESCAPES, (run) => {
    const bytes = Uint8Array.from(run.slice(2).split('\\x'), (code) => Number.parseInt(code, 16))
    return decoder.decode(bytes)
  })
}
