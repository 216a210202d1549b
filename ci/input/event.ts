// One event's text as a reader finds it in a file.
import type { Columns } from '../../parsers/columns.ts'
import type { Fields } from '../../sigma/event.ts'

/** Longest event text, UTF-16 units. What is longer is cut and says so. */
export const EVENT_UNITS_MAX = 1024 * 1024

/** Header lines of a file: what they say, and the lines themselves for whoever reads on elsewhere. */
export interface Header {
  readonly columns: Columns | undefined
  readonly lines: readonly string[]
}

export interface InputEvent {
  readonly text: string
  /** Physical line from 0 (blank ones counted), or number of the document or record from 0. */
  readonly index: number
  /** `parseJsonText(text)`, where the reader made the text of it. */
  readonly json?: Fields | undefined
  /** What the header lines above it say, where the format has such. */
  readonly header?: Header | undefined
  /** Set when the event is longer than `EVENT_UNITS_MAX` (`text` is its start), or was damaged in its file. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** The event of `text`, which is cut when it is too long. */
export function inputEvent(text: string, index: number, header?: Header): InputEvent {
  if (text.length <= EVENT_UNITS_MAX)
    return header === undefined ? { text, index } : { text, index, header }
  const message = `longer than ${EVENT_UNITS_MAX} characters: only the start was kept`
  const error = { code: 'event-too-long', message }
  return { text: text.slice(0, EVENT_UNITS_MAX), index, header, error }
}
