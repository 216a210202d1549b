// One event's text as a reader finds it in a file.

/** Longest event text, UTF-16 units. What is longer is cut and says so. */
export const EVENT_UNITS_MAX = 1024 * 1024

export interface InputEvent {
  readonly text: string
  /** Physical line from 0 (blank ones counted), or number of the document or record from 0. */
  readonly index: number
  /** Set when the event is longer than `EVENT_UNITS_MAX` (`text` is its start), or was damaged in its file. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** The event of `text`, which is cut when it is too long. */
export function inputEvent(text: string, index: number): InputEvent {
  if (text.length <= EVENT_UNITS_MAX) return { text, index }
  const message = `longer than ${EVENT_UNITS_MAX} characters: only the start was kept`
  return { text: text.slice(0, EVENT_UNITS_MAX), index, error: { code: 'event-too-long', message } }
}
