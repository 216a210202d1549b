// CSV with a header to events: each row as a JSON object under the header's names, empty values left out.
// Quotes, doubled quotes and line ends in quotes as in RFC 4180; commas, semicolons, tabs or bars.
import { EVENT_UNITS_MAX, type InputEvent, inputEvent } from './event.ts'
import type { Splitter } from './lines.ts'

const QUOTE = 0x22
const NEWLINE = 0x0a
const RETURN = 0x0d
const COLUMNS_MIN = 2
const COLUMNS_MAX = 2048
const NAME_UNITS_MAX = 128

/** The character that parts the columns of a header line; undefined when the line is no header. */
export function csvDelimiter(line: string): string | undefined {
  const counts = [',', ';', '\t', '|'].map((mark) => [mark, line.split(mark).length] as const)
  const [mark, count] = counts.sort((a, b) => b[1] - a[1])[0]!
  if (count < COLUMNS_MIN || count > COLUMNS_MAX) return undefined
  const names = cellsOf(line, mark.charCodeAt(0))
  const isHeader =
    new Set(names).size === names.length &&
    names.every((name) => name.length <= NAME_UNITS_MAX && /^[\p{L}_@#$][^\n=]*$/u.test(name))
  return isHeader ? mark : undefined
}

/** Whether a line is what Windows PowerShell's `Export-Csv` writes above the header. */
export function isTypeLine(line: string): boolean {
  return /^\ufeff?#TYPE \S/.test(line)
}

/** The delimiter that the line `sep=;` above a header names, as spreadsheets write and read it. */
export function namedDelimiter(line: string): string | undefined {
  return /^\ufeff?"?sep=([,;\t|])"?\r?$/i.exec(line)?.[1]
}

/** Cuts a text whose first line is a header. */
export function csvSplitter(delimiter: string): Splitter {
  const mark = delimiter.charCodeAt(0)
  let names: readonly string[] | undefined
  let open = ''
  let inQuotes = false
  let line = 0
  let first = 0

  function row(text: string, out: InputEvent[]): void {
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text
    if (names === undefined) {
      if (!isTypeLine(whole) && namedDelimiter(whole) === undefined)
        names = cellsOf(whole.replace(/^\ufeff/, ''), mark)
    } else if (whole.trim() !== '')
      out.push(inputEvent(rowJson(names, cellsOf(whole, mark)), first))
  }

  return {
    push(chunk) {
      const out: InputEvent[] = []
      let start = 0
      for (let at = 0; at < chunk.length; at++) {
        const code = chunk.charCodeAt(at)
        if (code === QUOTE) inQuotes = !inQuotes
        else if (code === NEWLINE) {
          line++
          const tooLong = open.length + at - start > EVENT_UNITS_MAX
          if (inQuotes && !tooLong) continue
          row(open + chunk.slice(start, at), out)
          open = ''
          start = at + 1
          first = line
          inQuotes = false
        }
      }
      if (open.length <= EVENT_UNITS_MAX) open += chunk.slice(start)
      return out
    },
    end() {
      const out: InputEvent[] = []
      if (open !== '') row(open, out)
      open = ''
      return out
    },
  }
}

/** Cells beyond the header's names are kept as `column_N`. */
function rowJson(names: readonly string[], cells: readonly string[]): string {
  const entries = cells.map((cell, index) => [names[index] ?? `column_${index + 1}`, cell] as const)
  return JSON.stringify(Object.fromEntries(entries.filter(([, cell]) => cell !== '')))
}

function cellsOf(line: string, mark: number): readonly string[] {
  const cells: string[] = []
  let at = 0
  for (;;) {
    let cell = ''
    if (line.charCodeAt(at) === QUOTE) {
      const end = quoteEnd(line, at + 1)
      cell = line.slice(at + 1, end).replaceAll('""', '"')
      at = end + 1
    }
    const start = at
    while (at < line.length && line.charCodeAt(at) !== mark) at++
    cell += line.slice(start, at)
    cells.push(cell.charCodeAt(cell.length - 1) === RETURN ? cell.slice(0, -1) : cell)
    if (at >= line.length) return cells
    at++
  }
}

function quoteEnd(line: string, from: number): number {
  let at = line.indexOf('"', from)
  while (at >= 0 && line.charCodeAt(at + 1) === QUOTE) at = line.indexOf('"', at + 2)
  return at < 0 ? line.length : at
}
