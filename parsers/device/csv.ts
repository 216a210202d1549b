// One line of comma-separated values.

const COLUMNS_MAX = 256

/** The columns from `start` on without the blanks around them; quotes around a value are dropped, doubled
 * quotes in it are one. */
export function splitCsv(text: string, start: number): readonly string[] {
  const columns: string[] = []
  const { length } = text
  let at = start
  while (at <= length && columns.length < COLUMNS_MAX) {
    if (at < length && text.charCodeAt(at) === 0x22) {
      const end = closingQuote(text, at + 1)
      if (end >= 0) {
        const value = trimmedAt(text, at + 1, end)
        columns.push(value.includes('""') ? value.replaceAll('""', '"') : value)
        const comma = text.indexOf(',', end)
        if (comma < 0) return columns
        at = comma + 1
        continue
      }
    }
    let end = at
    while (end < length && text.charCodeAt(end) !== 0x2c) end++
    columns.push(trimmedAt(text, at, end))
    if (end >= length) return columns
    at = end + 1
  }
  return columns
}

/** A part without white space around it. It is looked at where it stands: a part that is cut off first has to be
 * copied to look at it. */
export function trimmedAt(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && text.charCodeAt(start) === 0x20) start++
  while (end > start && text.charCodeAt(end - 1) === 0x20) end--
  if (start === end) return ''
  const value = text.slice(start, end)
  return isMark(text.charCodeAt(start)) && isMark(text.charCodeAt(end - 1)) ? value : value.trim()
}

/** A character of ASCII that is no white space. */
function isMark(code: number): boolean {
  return code > 0x20 && code < 0x7f
}

/** A quote that a comma or the end follows; PAN-OS and others leave inner quotes as they are. */
function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end >= 0) {
    if (end + 1 >= text.length) return end
    const next = text.charCodeAt(end + 1)
    if (next === 0x22) end = text.indexOf('"', end + 2)
    else if (next === 0x2c) return end
    else end = text.indexOf('"', end + 1)
  }
  return -1
}
