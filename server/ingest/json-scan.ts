// Where a JSON value ends, by its brackets and strings alone; whether it is JSON is for a parser to say.

const NEWLINE = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** The offset behind the value that starts at `start`; -1 when it is not closed. A number or a word ends
 * before a comma, a closing bracket or a newline. */
export function documentEnd(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = stringEnd(text, at)
      if (at < 0) return -1
      if (depth === 0) return at
      continue
    }
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth === 0) return at > start ? at : -1
      depth--
      if (depth === 0) return at + 1
    } else if (depth === 0 && (code === COMMA || code === NEWLINE)) return at > start ? at : -1
    at++
  }
  return depth === 0 && at > start ? at : -1
}

/** The offset behind the string that starts at `start`; -1 when its line or the text ends before. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at + 1
    else if (code === NEWLINE) return -1
  }
  return -1
}
