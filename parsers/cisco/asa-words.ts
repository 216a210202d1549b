// Reading the words of ASA messages where they stand.

/** The next word, without `=`, quotes, brackets and what closes it. */
export function valueBehind(message: string, end: number): string | undefined {
  let at = end
  while (at - end < 8 && isBlankOrEquals(message.charCodeAt(at))) at++
  // `user = : user IP`: nothing stands there.
  if (message.charCodeAt(at) === 0x3a) {
    if (message.lastIndexOf('=', at) >= end) return undefined
    while (
      at - end < 8 &&
      (isBlankOrEquals(message.charCodeAt(at)) || message.charCodeAt(at) === 0x3a)
    )
      at++
  }
  const closing = CLOSING_MARKS.get(message.charCodeAt(at))
  if (closing !== undefined) {
    const close = message.indexOf(closing, at + 1)
    return close < 0 || close - at > 512 ? undefined : message.slice(at + 1, close)
  }
  const space = message.indexOf(' ', at)
  const word = message.slice(at, space < 0 ? message.length : space)
  if (word.length > 512) return undefined
  // A name may have brackets: `anna(guest account)`.
  const open = word.indexOf('(', 1)
  if (open > 0 && !word.includes(')')) {
    const close = message.indexOf(')', space)
    if (close > 0 && close - at < 128) return message.slice(at, close + 1)
  }
  return bare(word)
}

/** What closes a value that begins with a quote or a bracket. */
const CLOSING_MARKS: ReadonlyMap<number, string> = new Map([
  [0x27, "'"],
  [0x22, '"'],
  [0x3c, '>'],
])

function isBlankOrEquals(code: number): boolean {
  return code === 0x20 || code === 0x3d
}

/** Where the first `:` or `=` stands behind a short label, or -1. */
export function labelEnd(text: string, start: number, end: number): number {
  for (let index = start; index < end && index < start + 10; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x3a || code === 0x3d) return index
  }
  return -1
}

/** By ASCII code: 1 for `(<["'`, 2 for `)>],;:."'`, both where it is either. */
const MARKS = new Uint8Array(128)
for (const mark of '(<["\'') MARKS[mark.charCodeAt(0)]! |= 1
for (const mark of ')>],;:."\'') MARKS[mark.charCodeAt(0)]! |= 2

function isMark(code: number, bit: 1 | 2): boolean {
  return code < 128 && (MARKS[code]! & bit) !== 0
}

/** A word without the brackets and marks around it. */
export function trimmed(word: string): string {
  let start = 0
  let end = word.length
  while (start < end && isMark(word.charCodeAt(start), 1)) start++
  const isOpened = word.includes('(', start)
  while (end > start && isMark(word.charCodeAt(end - 1), 2)) {
    const last = word.charCodeAt(end - 1)
    if (last === 0x29 && isOpened) break
    if (last === 0x3a && word.charCodeAt(end - 2) === 0x3a) break
    end--
  }
  return word.slice(start, end)
}

const CLOSERS_MAX = 4

/** A value without an opening bracket, and without up to four marks or one full stop at its end. */
function bare(word: string): string {
  const first = word.charCodeAt(0)
  const start = first === 0x28 || first === 0x5b ? 1 : 0
  let end = word.length
  while (end > start && word.length - end < CLOSERS_MAX && isCloser(word.charCodeAt(end - 1))) end--
  if (end === word.length && end > start && word.charCodeAt(end - 1) === 0x2e) end--
  return start === 0 && end === word.length ? word : word.slice(start, end)
}

/** `,`, `;`, `:`, `)` or `]`. */
function isCloser(code: number): boolean {
  return code === 0x2c || code === 0x3b || code === 0x3a || code === 0x29 || code === 0x5d
}
