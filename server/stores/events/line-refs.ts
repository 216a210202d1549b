// Pivots and messages that are a string of the event's own JSON are kept once: a stored line names the
// field instead. Events of one source have the same ones, so the text of these names is made once.
import type { Event, EventLine } from '../../../parsers/event.ts'
import type { Fields, Pivots } from '../../../sigma/event.ts'

/** The name under which the message's field stands among those of the pivots. */
export const MESSAGE_REF = 'message'

/** Sources remembered; above this many the memo starts anew. */
const SOURCES_MAX = 1024
/** Longer field names are not referred to, UTF-16 units. */
const NAME_UNITS_MAX = 256
const BACKSLASH = 0x5c
const DIGIT_9 = 0x39
const JSON_NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** Field names by pivot, and `MESSAGE_REF` for the message. */
export type RefNames = Readonly<Record<string, string>>

/** Which parts of an event are named instead of written. */
export interface Refs {
  readonly fieldOf: ReadonlyMap<string, string>
  /** `fieldOf` without the message. */
  readonly pivots: number
  /** As a JSON object. */
  readonly json: string
}

const bySource = new Map<string, Refs>()

const ofLines = new WeakMap<ReadonlyMap<string, string>, Refs>()
let lastNames: ReadonlyMap<string, string> | undefined
let lastRefs: Refs | undefined

/** As `refsOf`, of an event that was not decoded. */
function refsOfLine({ verbatim, isPlain }: EventLine): Refs | undefined {
  if (!isPlain || verbatim.size === 0) return undefined
  if (verbatim === lastNames) return lastRefs
  let refs = ofLines.get(verbatim)
  if (refs === undefined) {
    const pivots = verbatim.size - (verbatim.has(MESSAGE_REF) ? 1 : 0)
    refs = { fieldOf: verbatim, pivots, json: JSON.stringify(Object.fromEntries(verbatim)) }
    ofLines.set(verbatim, refs)
  }
  lastNames = verbatim
  lastRefs = refs
  return refs
}

/** What the line of an event whose raw text is its fields may leave out; undefined for nothing. */
export function refsOf(event: Event): Refs | undefined {
  if (event.line !== undefined) return refsOfLine(event.line)
  if (!isCanonical(event.raw)) return undefined
  const known = bySource.get(event.source)
  if (known !== undefined && hold(known, event)) return known.fieldOf.size === 0 ? undefined : known
  const found = findRefs(event, known)
  if (bySource.size >= SOURCES_MAX) bySource.clear()
  bySource.set(event.source, found)
  return found.fieldOf.size === 0 ? undefined : found
}

/** A reader of bytes must find the very text that `JSON.stringify` would write of a string. */
function isCanonical(raw: string): boolean {
  return !(hasEscape(raw, '\\u') || hasEscape(raw, '\\/'))
}

/** Whether JSON text has this escape; `\\u` is an escaped backslash and a letter. */
function hasEscape(raw: string, sequence: string): boolean {
  for (let at = raw.indexOf(sequence); at >= 0; at = raw.indexOf(sequence, at + 1)) {
    let first = at
    while (first > 0 && raw.charCodeAt(first - 1) === BACKSLASH) first--
    if ((at - first) % 2 === 0) return true
  }
  return false
}

/** Whether a field is this text, and not a number whose digits are kept as text. */
function isText(fields: Fields, field: string, text: string): boolean {
  return fields[field] === text && !(text.charCodeAt(0) <= DIGIT_9 && JSON_NUMBER.test(text))
}

/** Whether the event's parts are exactly those fields, no more and no fewer. */
function hold({ fieldOf, pivots: expected }: Refs, { pivots, fields, message }: Event): boolean {
  const field = fieldOf.get(MESSAGE_REF)
  if (field !== undefined) {
    if (!isText(fields, field, message)) return false
  } else if (message !== '' && isText(fields, MESSAGE_REF, message)) return false
  let count = 0
  for (const name in pivots) {
    const value = pivots[name as keyof Pivots]
    const from = fieldOf.get(name)
    if (from !== undefined) {
      if (typeof value !== 'string' || !isText(fields, from, value)) return false
      count++
    } else if (typeof value === 'string' && isText(fields, name, value)) return false
  }
  return count === expected
}

function findRefs({ pivots, fields, message }: Event, known: Refs | undefined): Refs {
  const fieldOf = new Map<string, string>()
  const find = (name: string, value: string): void => {
    const guess = known?.fieldOf.get(name) ?? name
    const field = isText(fields, guess, value) ? guess : nameOf(value)
    if (field !== undefined) fieldOf.set(name, field)
  }
  const nameOf = (value: string): string | undefined =>
    Object.keys(fields).find((name) => name.length <= NAME_UNITS_MAX && isText(fields, name, value))
  for (const name in pivots) {
    const value = pivots[name as keyof Pivots]
    if (typeof value === 'string') find(name, value)
  }
  const count = fieldOf.size
  if (message !== '') find(MESSAGE_REF, message)
  return { fieldOf, pivots: count, json: JSON.stringify(Object.fromEntries(fieldOf)) }
}

/** The pivots that a line has to write, as a JSON object. */
export function writtenPivots(pivots: Pivots, refs: Refs | undefined): string {
  if (refs === undefined) return JSON.stringify(pivots)
  let text = ''
  for (const name in pivots) {
    if (refs.fieldOf.has(name)) continue
    const value = pivots[name as keyof Pivots]
    if (value === undefined) continue
    text += `${text === '' ? '' : ','}"${name}":${jsonOf(value)}`
  }
  return `{${text}}`
}

function jsonOf(value: string | number): string {
  return Number.isInteger(value) ? `${value}` : JSON.stringify(value)
}

/** The pivots with those that are fields put back. Throws SyntaxError where a field is missing. */
export function restorePivots(written: Pivots, names: RefNames, fields: Fields): Pivots {
  const pivots: Record<string, string | number | undefined> = { ...written }
  for (const name in names) {
    if (name !== MESSAGE_REF) pivots[name] = referred(fields, names[name]!)
  }
  return pivots
}

/** The text of a field that a line refers to. Throws SyntaxError where it is missing. */
export function referred(fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (typeof value === 'string') return value
  throw new SyntaxError(`event line: it refers to a field ${name} that it does not have`)
}
