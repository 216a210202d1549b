// Events as files: NDJSON with everything, CSV with the columns on the page.
import type { Event } from '../../../parsers/event.ts'
import { fieldText } from '../../../views/search/fields.ts'

/** One event as a line of JSON. */
export function eventLine(event: Event): string {
  const { id, time, ingested, source, parser, logsource, pivots, message, fields, raw } = event
  const times = { time: new Date(time).toISOString(), ingested: new Date(ingested).toISOString() }
  const all = { id, ...times, source, parser, logsource, ...pivots, message, fields, raw }
  return `${JSON.stringify(all)}\n`
}

const FIXED = ['time', 'id', 'severity'] as const

/** The first line of a CSV file. */
export function csvHeader(columns: readonly string[]): string {
  return `${[...FIXED, ...columns, 'message'].map(csvCell).join(',')}\r\n`
}

/** One event as a line of CSV. */
export function csvRow(event: Event, columns: readonly string[]): string {
  const cells = [
    new Date(event.time).toISOString(),
    event.id,
    String(event.pivots.severity ?? ''),
    ...columns.map((name) => fieldText(event, name) ?? ''),
    event.message,
  ]
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A cell by RFC 4180. Text that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
