// Where values stand in a file's text, for fixes that leave every other byte alone.

import { newReport } from '../parse/report.ts'
import { readYaml } from '../parse/yaml.ts'
import type { Position, Scalar } from '../rule.ts'
import type { Edit, Fix } from './check.ts'

/** A stretch of text, UTF-16 units. */
export interface Range {
  readonly start: number
  readonly end: number
}

const lineStarts = new Map<string, readonly number[]>()

/** Offset of a place in a text. */
export function offsetOf(text: string, { line, column }: Position): number {
  let starts = lineStarts.get(text)
  if (starts === undefined) {
    starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)]
    lineStarts.clear()
    lineStarts.set(text, starts)
  }
  return (starts[line - 1] ?? text.length) + column - 1
}

/**
 * The scalar's source with its quotes, when it stands on one line and reads back as the same text;
 * undefined else: then nothing is fixed.
 */
export function scalarRange(text: string, scalar: Scalar): Range | undefined {
  const start = offsetOf(text, scalar)
  const lineEnd = endOfLine(text, start)
  const line = text.slice(start, lineEnd)
  const length = quotedLength(line) ?? plainLength(line, scalar.text)
  if (length === undefined) return undefined
  return readsAs(line.slice(0, length), scalar.text) ? { start, end: start + length } : undefined
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  const at = end < 0 ? text.length : end
  return text.charAt(at - 1) === '\r' ? at - 1 : at
}

function quotedLength(line: string): number | undefined {
  const match = /^'(?:[^']|'')*'/.exec(line) ?? /^"(?:[^"\\]|\\.)*"/.exec(line)
  return match?.[0].length
}

function plainLength(line: string, scalar: string): number | undefined {
  return scalar !== '' && line.startsWith(scalar) ? scalar.length : undefined
}

/** Whether a source is a scalar of this text. */
function readsAs(source: string, scalar: string): boolean {
  const [document] = readYaml(`k: ${source}\n`, () => newReport(''))
  const value = document?.value
  const read = value?.kind === 'map' ? value.entries.get('k')?.value : undefined
  return read !== undefined && 'text' in read && read.text === scalar
}

/** The source of a key at a place: plain, up to its colon. Undefined for quoted keys. */
export function keyRange(text: string, at: Position, key: string): Range | undefined {
  const start = offsetOf(text, at)
  return text.startsWith(`${key}:`, start) ? { start, end: start + key.length } : undefined
}

/** A scalar's text in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The new source of a scalar in the style of the old one. */
export function inStyleOf(source: string, text: string): string {
  if (source.startsWith('"') && /^[^"\\\p{Cc}]*$/u.test(text)) return `"${text}"`
  if (!/^['"]/.test(source) && readsAs(text, text) && typedSame(source, text)) return text
  return quoted(text)
}

function typedSame(before: string, after: string): boolean {
  const kind = (source: string) => {
    const [document] = readYaml(`k: ${source}\n`, () => newReport(''))
    return document?.value?.kind === 'map' ? document.value.entries.get('k')?.value.kind : undefined
  }
  return kind(before) === kind(after)
}

/** A fix that writes another text in a scalar's place; none when its source is not plain to see. */
export function replaceScalar(
  text: string,
  scalar: Scalar,
  to: string,
  title: string,
  safe = true,
): Fix | undefined {
  const range = scalarRange(text, scalar)
  if (range === undefined) return undefined
  const source = inStyleOf(text.slice(range.start, range.end), to)
  return { title, safe, edits: [{ ...range, text: source }] }
}

/** A fix that writes another key. */
export function replaceKey(
  text: string,
  at: Position,
  key: string,
  to: string,
  title: string,
  safe = true,
): Fix | undefined {
  const range = keyRange(text, at, key)
  return range === undefined ? undefined : { title, safe, edits: [{ ...range, text: to }] }
}

/** An edit that takes out the whole line of an entry of a block list; undefined when it shares its line. */
export function removeListLine(text: string, scalar: Scalar): Edit | undefined {
  const range = scalarRange(text, scalar)
  if (range === undefined) return undefined
  const start = text.lastIndexOf('\n', range.start - 1) + 1
  const newline = text.indexOf('\n', range.end)
  const end = newline < 0 ? text.length : newline + 1
  const isAlone = /^\s*- +$/.test(text.slice(start, range.start))
  const rest = text.slice(range.end, end)
  return isAlone && /^\s*$/.test(rest) ? { start, end, text: '' } : undefined
}
