// One line of comma-separated values.

const COLUMNS_MAX = 256

/** The columns from `start` on; quotes around a value are dropped, doubled quotes in it are one. */
export function splitCsv(text: string, start: number): readonly string[] {
  const columns: string[] = []
  let at = start
  while (at <= text.length && columns.length < COLUMNS_MAX) {
    if (text.charCodeAt(at) === 0x22) {
      const end = closingQuote(text, at + 1)
      if (end >= 0) {
        const value = text.slice(at + 1, end)
        columns.push(value.includes('""') ? value.replaceAll('""', '"') : value)
        const comma = text.indexOf(',', end)
        if (comma < 0) return columns
        at = comma + 1
        continue
      }
    }
    const comma = text.indexOf(',', at)
    columns.push(text.slice(at, comma < 0 ? text.length : comma))
    if (comma < 0) return columns
    at = comma + 1
  }
  return columns
}

/** A quote that a comma or the end follows; PAN-OS and others leave inner quotes as they are. */
function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end >= 0) {
    const next = text.charCodeAt(end + 1)
    if (next === 0x22) end = text.indexOf('"', end + 2)
    else if (Number.isNaN(next) || next === 0x2c) return end
    else end = text.indexOf('"', end + 1)
  }
  return -1
}
