// A reader of the plain YAML that nearly all rules are written in: one document of block maps and lists,
// scalars on one line, literal blocks. Ten times as fast as the full reader; whatever it is not certain
// about (flow collections, anchors, tags, tabs, folded text, any error) it leaves to that one by giving up.
import type { Position, Yaml, YamlEntry } from '../rule.ts'
import { typedScalar } from './scalars.ts'

const DEPTH_MAX = 32
const LINES_MAX = 20_000

/** Thrown inside this file only. */
class GiveUp extends Error {}

interface Reader {
  readonly lines: readonly string[]
  /** Whether the last line ends with a newline. */
  readonly closed: boolean
  /** Column (from 0) where a line's content begins, past the dashes already read. */
  readonly starts: Int32Array
  at: number
  depth: number
}

/** Control characters, tabs and carriage returns, and the marks that begin other documents. */
const BEYOND_PLAIN = /[^\n -\u{10ffff}]|[\x7f\ufeff]|^(?:---|\.\.\.|%)/mu

/** The value of a text, or undefined when the full reader has to look at it. */
export function readPlainYaml(text: string): Yaml | undefined {
  if (BEYOND_PLAIN.test(text)) return undefined
  const lines = text.split('\n')
  const closed = lines.at(-1) === ''
  if (lines.length > LINES_MAX) return undefined
  const reader: Reader = { lines, closed, starts: new Int32Array(lines.length), at: 0, depth: 0 }
  for (let i = 0; i < lines.length; i++) reader.starts[i] = indentOf(lines[i]!)
  try {
    if (!skip(reader) || reader.starts[reader.at] !== 0) return undefined
    const value = readBlock(reader)
    return skip(reader) ? undefined : value
  } catch (error) {
    if (error instanceof GiveUp) return undefined
    throw error
  }
}

function indentOf(line: string): number {
  let indent = 0
  while (line.charCodeAt(indent) === 0x20) indent++
  return indent
}

/** Moves on to the next line that is neither blank nor a comment; false at the end. */
function skip(reader: Reader): boolean {
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at]!
    const start = reader.starts[reader.at]!
    if (start < line.length && line.charCodeAt(start) !== 0x23) return true
  }
  return false
}

function isDash(reader: Reader): boolean {
  const line = reader.lines[reader.at]!
  const start = reader.starts[reader.at]!
  return line.charCodeAt(start) === 0x2d && line.charCodeAt(start + 1) === 0x20
}

function place(reader: Reader, column: number): Position {
  return { line: reader.at + 1, column: column + 1 }
}

/** The map or list that begins at the reader's line. */
function readBlock(reader: Reader): Yaml {
  if (++reader.depth > DEPTH_MAX) throw new GiveUp()
  const value = isDash(reader) ? readList(reader) : readMap(reader)
  reader.depth--
  return value
}

/** True when the next line with content goes on at `indent`; gives up when it is deeper. */
function goesOn(reader: Reader, indent: number): boolean {
  if (!skip(reader)) return false
  const start = reader.starts[reader.at]!
  if (start > indent) throw new GiveUp()
  return start === indent
}

function readList(reader: Reader): Yaml {
  const indent = reader.starts[reader.at]!
  const at = place(reader, indent)
  const items: Yaml[] = []
  do {
    if (!isDash(reader)) break
    const line = reader.lines[reader.at]!
    let start = indent + 1
    while (line.charCodeAt(start) === 0x20) start++
    if (start >= line.length) throw new GiveUp()
    items.push(readItem(reader, start))
  } while (goesOn(reader, indent))
  return { ...at, kind: 'list', items }
}

function readItem(reader: Reader, start: number): Yaml {
  const token = readToken(reader, start)
  if (!token.isKey) {
    reader.at++
    return typedScalar(token.text, token.plain, place({ ...reader, at: reader.at - 1 }, start))
  }
  reader.starts[reader.at] = start
  return readBlock(reader)
}

function readMap(reader: Reader): Yaml {
  const indent = reader.starts[reader.at]!
  const at = place(reader, indent)
  const entries = new Map<string, YamlEntry>()
  do {
    if (isDash(reader)) break
    const key = readToken(reader, indent)
    if (!key.isKey || key.text === '<<' || entries.has(key.text)) throw new GiveUp()
    const keyAt = place(reader, indent)
    entries.set(key.text, { key: keyAt, value: readValue(reader, indent, key.end, keyAt) })
  } while (goesOn(reader, indent))
  return { ...at, kind: 'map', entries }
}

/** The value after a key's colon, on the same line or below. */
function readValue(reader: Reader, indent: number, colon: number, key: Position): Yaml {
  const line = reader.lines[reader.at]!
  let start = colon + 1
  while (line.charCodeAt(start) === 0x20) start++
  if (start >= line.length || line.charCodeAt(start) === 0x23) {
    reader.at++
    return readBelow(reader, indent, key)
  }
  if (line.charCodeAt(start) === 0x7c) return readLiteral(reader, indent, start)
  const token = readToken(reader, start)
  if (token.isKey) throw new GiveUp()
  const at = place(reader, start)
  reader.at++
  return typedScalar(token.text, token.plain, at)
}

/** A block below its key: deeper, or a list at the key's own indent; nothing is null. */
function readBelow(reader: Reader, indent: number, key: Position): Yaml {
  if (skip(reader)) {
    const start = reader.starts[reader.at]!
    if (start > indent || (start === indent && isDash(reader))) return readBlock(reader)
  }
  return { ...key, kind: 'null', text: '' }
}

/** A `|` or `|-` block. */
function readLiteral(reader: Reader, indent: number, start: number): Yaml {
  const header = reader.lines[reader.at]!.slice(start).trimEnd()
  if (header !== '|' && header !== '|-') throw new GiveUp()
  const at = place(reader, start)
  const first = ++reader.at
  const inner = reader.starts[first] ?? 0
  if (inner <= indent || inner >= (reader.lines[first]?.length ?? 0)) throw new GiveUp()
  const content: string[] = []
  let kept = 0
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at]!
    const blank = reader.starts[reader.at]! >= line.length
    if (!blank && reader.starts[reader.at]! < inner) break
    content.push(line.slice(inner))
    if (!blank) kept = content.length
    else if (line.length > inner) throw new GiveUp()
  }
  if (reader.at >= reader.lines.length && !reader.closed) throw new GiveUp()
  const text = content.slice(0, kept).join('\n') + (header === '|' ? '\n' : '')
  return { ...at, kind: 'string', text }
}

interface Token {
  readonly text: string
  readonly plain: boolean
  /** Whether a colon follows that makes it a key, at `end`. */
  readonly isKey: boolean
  readonly end: number
}

const PLAIN_START = /[A-Za-z0-9_./\\($^+=;<~\u00a1-\ud7ff]/

/** The scalar that begins at a column of the reader's line. */
function readToken(reader: Reader, start: number): Token {
  const line = reader.lines[reader.at]!
  const first = line.charAt(start)
  if (first === "'") return readQuoted(line, start)
  if (first === '"') return readDoubleQuoted(line, start)
  const next = line.charCodeAt(start + 1)
  const isDashed = first === '-' && next > 0x20 && next !== 0x2d
  if (!isDashed && !PLAIN_START.test(first)) throw new GiveUp()
  const comment = line.indexOf(' #', start)
  const end = comment < 0 ? line.length : comment
  let colon = line.indexOf(': ', start)
  if (colon < 0 && line.endsWith(':')) colon = line.length - 1
  const isKey = colon >= 0 && colon < end
  const text = line.slice(start, isKey ? colon : end).trimEnd()
  if (isKey && text.length !== colon - start) throw new GiveUp()
  return { text, plain: true, isKey, end: isKey ? colon : end }
}

function readQuoted(line: string, start: number): Token {
  let end = line.indexOf("'", start + 1)
  let doubled = false
  while (end >= 0 && line.charAt(end + 1) === "'") {
    doubled = true
    end = line.indexOf("'", end + 2)
  }
  const text = line.slice(start + 1, end)
  return closed(line, end, doubled ? text.replaceAll("''", "'") : text)
}

function readDoubleQuoted(line: string, start: number): Token {
  const end = line.indexOf('"', start + 1)
  const text = line.slice(start + 1, end)
  if (text.includes('\\')) throw new GiveUp()
  return closed(line, end, text)
}

/** What follows a closing quote: a key's colon, a comment or nothing. */
function closed(line: string, quote: number, text: string): Token {
  if (quote < 0) throw new GiveUp()
  const end = quote + 1
  const rest = line.slice(end)
  if (rest === ':' || rest.startsWith(': ')) return { text, plain: false, isKey: true, end }
  if (!/^ *(?: #.*)?$/.test(rest)) throw new GiveUp()
  return { text, plain: false, isKey: false, end }
}
