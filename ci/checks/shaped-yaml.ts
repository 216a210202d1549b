// A YAML file held to a shape: its value, or findings with the line and column of the value they are about.
import { type Document, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import type { Diagnostic } from '../../sigma/diagnostic.ts'

/** Longest file of tests, in characters. */
export const TEST_FILE_LENGTH_MAX = 4 * 1024 * 1024

/** Where something stands, from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Shaped<T> {
  /** Absent where there are findings. */
  readonly value?: T
  readonly diagnostics: readonly Diagnostic[]
  /** Where the value at a path of keys and numbers stands; the file's start where there is none. */
  placeOf(path: readonly (string | number)[]): Place
}

/** Reads a file of tests. */
export function readShaped<T>(text: string, path: string, shape: z.ZodType<T>): Shaped<T> {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const refuse = (code: string, message: string, offsets?: readonly number[]): Diagnostic => {
    const place = offsets === undefined ? {} : placeAt(offsets[0] ?? 0)
    return { code, severity: 'error', message, path, ...place }
  }
  const nowhere = { placeOf: () => ({ line: 1, column: 1 }) }
  if (text.length > TEST_FILE_LENGTH_MAX) {
    const message = `the test file has ${text.length} characters, at most ${TEST_FILE_LENGTH_MAX} are read`
    return { diagnostics: [refuse('test-file-too-long', message)], ...nowhere }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    const diagnostics = document.errors.map((e) => refuse('test-file-yaml', e.message, e.pos))
    return { diagnostics, ...nowhere }
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { diagnostics: [refuse('test-file-yaml', message)], ...nowhere }
  }
  const placeOf = (at: readonly (string | number)[]) => placeAt(rangeAt(document, at)?.[0] ?? 0)
  const parsed = shape.safeParse(value)
  if (parsed.success) return { value: parsed.data, diagnostics: [], placeOf }
  const diagnostics = parsed.error.issues.map((issue) => {
    const at = issue.path as (string | number)[]
    const range = rangeAt(document, at) ?? rangeAt(document, at.slice(0, -1))
    return refuse('test-file-shape', `${at.join('.')}: ${issue.message}`, range)
  })
  return { diagnostics, placeOf }
}

function rangeAt(
  document: Document,
  path: readonly (string | number)[],
): readonly number[] | undefined {
  const node = document.getIn(path, true)
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  return Array.isArray(node.range) ? node.range : undefined
}
