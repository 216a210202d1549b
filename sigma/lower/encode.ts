// Byte encodings of values: UTF-16 forms and base64.
import type { WildcardPart } from '../ir/expr.ts'
import { isAscii } from '../text/fold.ts'
import type { TextEncoding } from './value.ts'

const BYTE_ORDER_MARK = '\ufeff'

/** UTF-16 code units as bytes. */
function utf16Bytes(text: string, bigEndian: boolean): number[] {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (bigEndian) bytes.push(unit >> 8, unit & 0xff)
    else bytes.push(unit & 0xff, unit >> 8)
  }
  return bytes
}

/** The bytes of a text: UTF-8 without an encoding, `utf16` with its byte order mark. */
export function encodeBytes(text: string, encoding: TextEncoding | undefined): number[] {
  if (encoding === undefined) return [...new TextEncoder().encode(text)]
  if (encoding === 'utf16') return [0xff, 0xfe, ...utf16Bytes(text, false)]
  return utf16Bytes(text, encoding === 'utf16be')
}

/**
 * A pattern in a UTF-16 form as text, each byte one character and the mark U+FEFF: what a log that was
 * read as text shows. Undefined for text beyond ASCII, which has no such form.
 */
export function encodeParts(
  parts: readonly WildcardPart[],
  encoding: TextEncoding,
): WildcardPart[] | undefined {
  const out: WildcardPart[] = []
  for (const part of parts) {
    if (typeof part !== 'object') out.push(part)
    else if (!isAscii(part.literal)) return undefined
    else {
      const bytes = utf16Bytes(part.literal, encoding === 'utf16be')
      out.push({ literal: String.fromCharCode(...bytes) })
    }
  }
  if (encoding !== 'utf16') return out
  const [first, ...rest] = out
  if (typeof first === 'object') return [{ literal: BYTE_ORDER_MARK + first.literal }, ...rest]
  return [{ literal: BYTE_ORDER_MARK }, ...out]
}

export function base64(bytes: readonly number[]): string {
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''))
}

const STARTS = [0, 2, 3] as const
const ENDS = [0, 3, 2] as const

/**
 * The base64 text of bytes at the three places they can have in a longer run, without the characters
 * that also depend on their neighbours.
 */
export function base64Offsets(bytes: readonly number[]): string[] {
  return STARTS.map((start, shift) => {
    const whole = base64([...new Array<number>(shift).fill(0x20), ...bytes])
    const end = ENDS[(bytes.length + shift) % 3] ?? 0
    return whole.slice(start, whole.length - end)
  })
}
