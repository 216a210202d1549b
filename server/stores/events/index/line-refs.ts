// What a stored line only names (`"w"` of line.ts): pivots that are the string of a top-level field, and the
// message. The names are the same from line to line, so they are looked up once.
import { PIVOTS } from '../../../../sigma/event.ts'
import { COLUMNS_ROOT, childOf, JSON_ROOT, MESSAGE, type PathTree } from './paths.ts'

/** Pivots and the message. */
const REFS_MAX = PIVOTS.length + 1
const QUOTE = 0x22
const CLOSE = 0x7d
const BACKSLASH = 0x5c
const MESSAGE_NAME = 'message'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The names of the current line, and where the values of their fields stand in it. */
export interface LineRefs {
  /** What the names were looked up in, and their bytes as they stood in that line. */
  paths: PathTree | undefined
  names: Uint8Array
  known: number
  /** References of the current line: all that are known, or none. */
  count: number
  /** By reference: its column's node, `MESSAGE` for the message, and its field's node (-1: none left). */
  readonly columns: Int32Array
  readonly fields: Int32Array
  /** By reference: the text of the value, between its quotes. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** By node: 1 where some reference names the field. */
  named: Uint8Array
}

export function createLineRefs(): LineRefs {
  return {
    paths: undefined,
    names: new Uint8Array(0),
    known: 0,
    count: 0,
    columns: new Int32Array(REFS_MAX),
    fields: new Int32Array(REFS_MAX),
    starts: new Int32Array(REFS_MAX),
    ends: new Int32Array(REFS_MAX),
    named: new Uint8Array(1024),
  }
}

/** Forgets the references of the line before. */
export function noRefs(refs: LineRefs): void {
  refs.count = 0
}

/** Reads the object of names that begins at `at`, written without blanks; returns the position after it. */
export function readRefs(refs: LineRefs, paths: PathTree, bytes: Uint8Array, at: number): number {
  const end = endOfNames(bytes, at)
  if (refs.paths !== paths || !sameBytes(refs.names, bytes, at, end)) {
    lookUp(refs, paths, bytes.slice(at, end))
  }
  refs.count = refs.known
  refs.starts.fill(0)
  return end
}

function endOfNames(bytes: Uint8Array, at: number): number {
  let i = at
  while (bytes[i] !== CLOSE) {
    if (bytes[i] === QUOTE) {
      i++
      while (bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1
    }
    i++
  }
  return i + 1
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}

function lookUp(refs: LineRefs, paths: PathTree, names: Uint8Array): void {
  refs.named.fill(0)
  refs.paths = paths
  refs.names = names
  const entries = Object.entries(JSON.parse(decoder.decode(names)) as Record<string, string>)
  refs.known = entries.length
  entries.forEach(([name, field], n) => {
    const column = encoder.encode(name)
    const key = encoder.encode(JSON.stringify(field))
    refs.columns[n] =
      name === MESSAGE_NAME ? MESSAGE : childOf(paths, COLUMNS_ROOT, column, 0, column.length)
    const node = childOf(paths, JSON_ROOT, key, 1, key.length - 1)
    refs.fields[n] = node
    if (node < 0) return
    if (node >= refs.named.length) refs.named = larger(refs.named, node + 1)
    refs.named[node] = 1
  })
}

function larger(from: Uint8Array, length: number): Uint8Array {
  const to = new Uint8Array(Math.max(from.length * 2, length))
  to.set(from)
  return to
}

/** Notes that the string of the top-level key `node` is `bytes[start, end)`; of repeated keys the last counts. */
export function noteString(refs: LineRefs, node: number, start: number, end: number): void {
  if (refs.named[node] !== 1) return
  for (let n = 0; n < refs.count; n++) {
    if (refs.fields[n] !== node) continue
    refs.starts[n] = start
    refs.ends[n] = end
  }
}

/** Takes what the line names. */
export interface RefSink {
  /** A column's value as JSON text. */
  value(node: number, bytes: Uint8Array, start: number, end: number): void
  /** The column's value, as JSON text, is the string of the field. */
  sameValue(column: number, field: number, bytes: Uint8Array, start: number, end: number): void
  /** The value of this key is the event's message. */
  sameMessage(node: number): void
}

/**
 * Yields the named values after the JSON object `bytes[json, end)` was walked. Returns the message where it
 * is named and its key was one too many for the path tree.
 *
 * @throws RangeError when a field is missing.
 */
export function tellRefs(
  sink: RefSink,
  refs: LineRefs,
  bytes: Uint8Array,
  json: number,
  end: number,
): string | undefined {
  let message: string | undefined
  for (let n = 0; n < refs.count; n++) {
    const column = refs.columns[n]!
    const start = refs.starts[n]!
    if (start > 0) {
      if (column === MESSAGE) sink.sameMessage(refs.fields[n]!)
      else sink.sameValue(column, refs.fields[n]!, bytes, start - 1, refs.ends[n]! + 1)
      continue
    }
    const text = decodedField(refs, column, bytes.subarray(json, end))
    if (column === MESSAGE) message = text
    else {
      const value = encoder.encode(JSON.stringify(text))
      sink.value(column, value, 0, value.length)
    }
  }
  return message
}

/** The slow way, for keys that have no node. */
function decodedField(refs: LineRefs, column: number, json: Uint8Array): string {
  const names = JSON.parse(decoder.decode(refs.names)) as Record<string, string>
  const name = Object.keys(names)[refs.columns.indexOf(column)]!
  const value = (JSON.parse(decoder.decode(json)) as Record<string, unknown>)[names[name]!]
  if (typeof value === 'string') return value
  throw new RangeError(`stored line: it names a field ${names[name]} that it does not have`)
}
