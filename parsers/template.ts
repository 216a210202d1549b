// Messages of programs as templates: `Failed {method} for {user>} from {src_ip} port {src_port}`. Literals
// are looked for from left to right, never twice, so time is linear in the message. `{name>}` ends at the
// last place where the next literal stands, for values that an attacker chooses; a template that ends in
// `*` leaves the rest alone; `{}` drops what it covers.
import { trimmedAt } from './device/csv.ts'
import { internedAt } from './names.ts'

/** Values by the names in the braces; undefined when the message does not fit. */
export type Template = (message: string) => Readonly<Record<string, string>> | undefined

interface Piece {
  /** Text in front of the value. */
  readonly literal: string
  readonly name: string
  readonly last: boolean
}

/** Compiles a template. */
export function template(source: string): Template {
  const open = source.endsWith('*')
  const parts = (open ? source.slice(0, -1) : source).split(/\{([a-z_A-Z]*>?)\}/)
  const pieces: Piece[] = []
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const name = parts[index + 1]!
    pieces.push({ literal: parts[index]!, name: name.replace('>', ''), last: name.endsWith('>') })
  }
  const literals = [...pieces.slice(1).map((piece) => piece.literal), parts.at(-1)!]
  const split = pieces.findIndex((piece) => piece.last)
  const compiled: Compiled = {
    pieces,
    literals,
    open,
    backwards: split < 0 ? literals.length : split,
  }
  return (message) => fit(compiled, message)
}

interface Compiled {
  readonly pieces: readonly Piece[]
  /** What stands behind each piece; with no piece the whole text. */
  readonly literals: readonly string[]
  readonly open: boolean
  /** From this literal on they are looked for from the right. */
  readonly backwards: number
}

function fit(compiled: Compiled, message: string): Record<string, string> | undefined {
  const { pieces, literals, open, backwards } = compiled
  const first = pieces[0]
  if (first === undefined) {
    const text = literals[0]!
    return (open ? message.startsWith(text) : message === text) ? {} : undefined
  }
  if (!message.startsWith(first.literal)) return undefined
  const ends = literals.map(() => -1)
  if (!fitBackwards(message, literals, ends, backwards, open)) return undefined
  return fitForwards(message, pieces, literals, ends, backwards, open)
}

/** Finds the literals from the right, down to the one that ends a `{name>}`. */
function fitBackwards(
  message: string,
  literals: readonly string[],
  ends: number[],
  from: number,
  open: boolean,
): boolean {
  let before = message.length
  for (let index = literals.length - 1; index >= from; index--) {
    const literal = literals[index]!
    const final = index === literals.length - 1
    if (final && open && literal === '') continue
    if (final && !open && !message.endsWith(literal)) return false
    const end = final && !open ? message.length - literal.length : found(message, literal, before)
    if (end < 0) return false
    ends[index] = end
    before = end
  }
  return true
}

/** Where `literal` last stands wholly before `before`. */
function found(message: string, literal: string, before: number): number {
  return before < literal.length ? -1 : message.lastIndexOf(literal, before - literal.length)
}

function fitForwards(
  message: string,
  pieces: readonly Piece[],
  literals: readonly string[],
  ends: readonly number[],
  backwards: number,
  open: boolean,
): Record<string, string> | undefined {
  const values: Record<string, string> = {}
  let at = pieces[0]!.literal.length
  for (let index = 0; index < pieces.length; index++) {
    const literal = literals[index]!
    const final = index === pieces.length - 1
    const known = index >= backwards && !(final && open && literal === '')
    const end = known
      ? ends[index]!
      : forwardEnd(message, at, literal, final, open, pieces[index]!.name)
    if (end < at) return undefined
    const { name } = pieces[index]!
    if (name !== '') values[name] = message.slice(at, end)
    at = end + literal.length
  }
  return values
}

function forwardEnd(
  message: string,
  at: number,
  literal: string,
  final: boolean,
  open: boolean,
  name: string,
): number {
  if (final && !open) return message.endsWith(literal) ? message.length - literal.length : -1
  if (literal === '') return final ? wordEnd(message, at, name.endsWith('_ip')) : -1
  return message.indexOf(literal, at)
}

/** A last value in front of `*` is one word; an address has colons too. */
function wordEnd(message: string, at: number, isAddress: boolean): number {
  const ends = isAddress ? ' ,;[]()' : ' ,:;[]()'
  let end = at
  while (end < message.length && !ends.includes(message[end]!)) end++
  return isAddress && end > at && message.charCodeAt(end - 1) === 0x3a ? end - 1 : end
}

/** Pairs that one message can have, at most. */
const PAIRS_MAX = 256

/** `name=value` words of a message, separated by `separator`. */
export function keyValues(message: string, separator: string): Record<string, string> {
  const values: Record<string, string> = {}
  const { length } = message
  for (let start = 0, parts = 0; start <= length && parts < PAIRS_MAX; parts++) {
    const next = message.indexOf(separator, start)
    const end = next < 0 ? length : next
    let at = start
    while (at < end && message.charCodeAt(at) !== EQUALS) at++
    const name = at > start && at < end ? nameOf(message, start, at) : ''
    if (name !== '' && name !== '__proto__') values[name] = trimmedAt(message, at + 1, end)
    start = end + separator.length
  }
  return values
}

const EQUALS = 0x3d

/** The name that stands there without white space around it; empty for what is none. */
function nameOf(text: string, first: number, end: number): string {
  let start = first
  while (start < end && text.charCodeAt(start) === BLANK) start++
  if (isName(text, start, end)) return internedAt(text, start, end)
  const name = text.slice(start, end).trim()
  return isName(name, 0, name.length) ? name : ''
}

const BLANK = 0x20

/** Letters, digits, `_`, `.` and `-`, one at least. */
function isName(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    const letter = code | 0x20
    const known =
      (letter >= 0x61 && letter <= 0x7a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x5f ||
      code === 0x2e ||
      code === 0x2d
    if (!known) return false
  }
  return end > start
}
