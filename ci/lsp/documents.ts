// Open documents and their positions.
import type { Position, Range } from './protocol.ts'

/** An open document. */
export interface OpenDocument {
  readonly uri: string
  readonly version: number
  readonly text: string
}

/** What `didChange` carries: a range to replace, or the whole text. */
export interface Change {
  readonly range?: Range
  readonly text: string
}

/** Offset of a position, kept inside its line. */
export function offsetAt(text: string, { line, character }: Position): number {
  let start = 0
  for (let n = 0; n < line; n++) {
    const next = text.indexOf('\n', start)
    if (next < 0) return text.length
    start = next + 1
  }
  const end = text.indexOf('\n', start)
  return Math.min(start + character, end < 0 ? text.length : end)
}

/** Position of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length - 1, character: before.length - start }
}

export function rangeOf(text: string, start: number, end: number): Range {
  return { start: positionAt(text, start), end: positionAt(text, end) }
}

/** The text after changes, each applied to the outcome of the one before. */
export function applyChanges(text: string, changes: readonly Change[]): string {
  return changes.reduce((now, { range, text: to }) => {
    if (range === undefined) return to
    return now.slice(0, offsetAt(now, range.start)) + to + now.slice(offsetAt(now, range.end))
  }, text)
}
