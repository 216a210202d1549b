// The strings of a cut line.
import { FLAT_ESCAPED, FLAT_WIDE, type FlatLine, matchedKind } from './flat.ts'
import { asciiText, unescaped, unescapeJson, utf8Text } from './unescape.ts'

/** The text of a value that is a string, a number or a boolean; undefined where its escapes are not plain. */
export function flatText(line: FlatLine, value: number): string | undefined {
  const { bytes, view, starts, ends } = line
  const start = starts[value]!
  const end = ends[value]!
  const kind = matchedKind(line, value)
  const textOf = (kind & FLAT_WIDE) === 0 ? asciiText : utf8Text
  if ((kind & ~FLAT_WIDE) !== FLAT_ESCAPED) return textOf(bytes, start, end)
  const length = unescapeJson(bytes, view, start, end)
  return length < 0 ? undefined : textOf(unescaped(), 0, length)
}
