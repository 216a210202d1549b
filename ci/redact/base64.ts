// Base64 that holds a text: PowerShell's encoded commands, Basic credentials, scripts on a command line.

const TOKEN = /(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])/g
const BYTES_MIN = 12
const PRINTABLE = /^[\t\r\n\x20-\x7e\u00a0-\u024f]+$/

export interface EncodedText {
  /** Offsets in the text around it. */
  readonly start: number
  readonly end: number
  /** What it decodes to. */
  readonly text: string
  readonly encoding: 'utf8' | 'utf16le'
}

/** Every base64 token of a text that decodes to a printable text. */
export function encodedTextsIn(text: string): readonly EncodedText[] {
  return [...text.matchAll(TOKEN)].flatMap(({ 0: token, index }) => {
    const bytes = Buffer.from(token, 'base64')
    for (const encoding of ['utf16le', 'utf8'] as const) {
      const decoded = bytes.toString(encoding)
      if (bytes.length < BYTES_MIN || !PRINTABLE.test(decoded)) continue
      return [{ start: index, end: index + token.length, text: decoded, encoding }]
    }
    return []
  })
}
