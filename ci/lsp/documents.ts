// Open documents and their positions.
import { fileURLToPath } from 'node:url'
import type { LintFile } from '../../sigma/lint/check.ts'
import type { Position, Range } from './protocol.ts'

/** An open document. */
export interface OpenDocument {
  readonly uri: string
  readonly version: number
  readonly text: string
}

/** What `didChange` carries: a range to replace, or the whole text. */
export interface Change {
  readonly range?: Range | null | undefined
  readonly text: string
}

/** The path of a file on this machine; any other document is called by its URI. */
export function pathOf({ uri }: Pick<OpenDocument, 'uri'>): string {
  if (!uri.startsWith('file:')) return uri
  try {
    return fileURLToPath(uri)
  } catch (error) {
    if (error instanceof TypeError) return uri
    throw error
  }
}

const files = new WeakMap<OpenDocument, LintFile>()

/** A document as a file; the same object as long as the document is. */
export function fileOf(document: OpenDocument): LintFile {
  const known = files.get(document)
  if (known !== undefined) return known
  const file = { path: pathOf(document), text: document.text }
  files.set(document, file)
  return file
}

/** Offset of a position, kept inside its line: before `\n`, and before the `\r` that belongs to it. */
export function offsetAt(text: string, { line, character }: Position): number {
  let start = 0
  for (let n = 0; n < line; n++) {
    const next = text.indexOf('\n', start)
    if (next < 0) return text.length
    start = next + 1
  }
  const next = text.indexOf('\n', start)
  const newline = next < 0 ? text.length : next
  const end = next > start && text.charAt(next - 1) === '\r' ? next - 1 : newline
  return Math.min(start + character, end)
}

/** Position of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length - 1, character: before.length - start }
}

/** The range between two offsets of a text. */
export function rangeOf(text: string, start: number, end: number): Range {
  return { start: positionAt(text, start), end: positionAt(text, end) }
}

/** The text after changes, each applied to the outcome of the one before. */
export function applyChanges(text: string, changes: readonly Change[]): string {
  return changes.reduce((now, { range, text: to }) => {
    if (range === undefined || range === null) return to
    return now.slice(0, offsetAt(now, range.start)) + to + now.slice(offsetAt(now, range.end))
  }, text)
}
