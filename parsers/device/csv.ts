// One line of comma-separated values.
import { put, type WritableFields } from './event.ts'

const COLUMNS_MAX = 256
const COMMA = 0x2c
const QUOTE = 0x22

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
        columns.push(undoubled(value))
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

/** Sets the columns from `start` on under their names, without values that say nothing (empty, `-`, `N/A`,
 * `(null)`); a column of the name `_` is passed over. */
export function csvFields(
  text: string,
  start: number,
  names: readonly string[],
  fields: WritableFields,
): void {
  const { length } = text
  let at = start
  for (let column = 0; at <= length && column < names.length; column++) {
    const code = at < length ? text.charCodeAt(at) : COMMA
    if (code === COMMA) {
      at++
      continue
    }
    const name = names[column]!
    const quoted = code === QUOTE ? closingQuote(text, at + 1) : -1
    let end = quoted < 0 ? at : quoted
    while (end < length && text.charCodeAt(end) !== COMMA) end++
    if (quoted >= 0) {
      const value = undoubled(trimmedAt(text, at + 1, quoted))
      if (name !== '_') put(fields, name, value)
    } else if (name !== '_' && !saysNothing(text, at, end)) {
      const value = trimmedAt(text, at, end)
      if (value.length === end - at) fields[name] = value
      else put(fields, name, value)
    }
    at = end + 1
  }
}

/** `-`, `N/A`, `(null)`, as they stand. */
function saysNothing(text: string, start: number, end: number): boolean {
  const length = end - start
  if (length !== 1 && length !== 3 && length !== 6) return false
  const code = text.charCodeAt(start)
  if (code !== 0x2d && code !== 0x4e && code !== 0x28) return false
  if (length === 1) return code === 0x2d
  return length === 3 ? text.startsWith('N/A', start) : text.startsWith('(null)', start)
}

function undoubled(value: string): string {
  return value.includes('""') ? value.replaceAll('""', '"') : value
}
