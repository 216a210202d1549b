// The text of a stored event: one JSON object on one line, short keys in this order.
//   {"i":number within the day,"t":time,"n":ingested,"s":source,"p":parser,
//    "l":[product or null,[categories],[services],closed],("w":{names},)"v":{pivots},("m":message,)
//    ("e":{code,message},) and then either "j":<raw> or "f":{fields},"r":raw}
// `"j"` holds the received JSON byte for byte where the parser said that it is the event's fields: nothing
// is stringified again and fields and raw are kept once. It is always the last key and `,"j":` appears
// nowhere before it, because a quote inside any earlier text is escaped. A line has no newline in it.
// `"w"` stands only before `"j"`: pivots (and `message`) that are the string of that top-level field and are
// written nowhere else; each string of such a line's JSON is written as `JSON.stringify` would.
import type { Event } from '../../../parsers/event.ts'
import { JsonError, parseJsonText } from '../../../parsers/json-text.ts'
import type { EventLogSource, Fields, Pivots } from '../../../sigma/event.ts'
import { dayOf, formatId } from './id.ts'
import {
  MESSAGE_REF,
  type RefNames,
  referred,
  refsOf,
  restorePivots,
  writtenPivots,
} from './line-refs.ts'

const JSON_KEY = ',"j":'
const FIELDS_KEY = ',"f":'

/** Log sources come from parsers' tables, so few differ; above this many the memo starts anew. */
const MEMO_MAX = 1024
const logsources = new Map<string, string>()

/** What stands before `"j"`, or the whole line where there is none. */
interface Head {
  readonly i: number
  readonly t: number
  readonly n: number
  readonly s: string
  readonly p: string
  readonly l: readonly [string | null, readonly string[], readonly string[], boolean]
  readonly w?: RefNames
  readonly v: Pivots
  readonly m?: string
  readonly e?: { readonly code: string; readonly message: string }
  readonly f?: Fields
  readonly r?: string
}

/** What the line of the event with this number begins with; no other line does. */
export function lineStart(number: number): string {
  return `{"i":${number},`
}

/** What stands in the line of an event that was not decoded before its JSON; a brace ends the line. */
export function encodeHead(event: Event, number: number): string {
  return `${headOf(event, number)}${encodeParts(event)}${JSON_KEY}`
}

function headOf(event: Event, number: number): string {
  return (
    `${lineStart(number)}"t":${event.time},"n":${event.ingested},"s":${quoted(event.source)}` +
    `,"p":${quoted(event.parser)},"l":${encodeLogSource(event.logsource)}`
  )
}

/** The line of `event` under the number it gets in its day. */
export function encodeLine(event: Event, number: number): string {
  const head = headOf(event, number)
  const error = event.error === undefined ? '' : `,"e":${JSON.stringify(event.error)}`
  if (event.fieldsAreRaw === true && !event.raw.includes('\n')) {
    return `${head}${encodeParts(event)}${error}${JSON_KEY}${event.raw}}`
  }
  const parts = `,"v":${JSON.stringify(event.pivots)},"m":${JSON.stringify(event.message)}`
  const fields = JSON.stringify(event.fields)
  return `${head}${parts}${error}${FIELDS_KEY}${fields},"r":${JSON.stringify(event.raw)}}`
}

/** Names, pivots and message of an event whose raw text is its fields. */
function encodeParts(event: Event): string {
  const refs = refsOf(event)
  const names = refs === undefined ? '' : `,"w":${refs.json}`
  // Of an event that was not decoded the other pivots are among the names.
  const pivots = refs === undefined ? event.pivots : (event.line?.others ?? event.pivots)
  const parts = `${names},"v":${writtenPivots(pivots, refs)}`
  return refs?.fieldOf.has(MESSAGE_REF) === true
    ? parts
    : `${parts},"m":${JSON.stringify(event.message)}`
}

/** The event of a line. Throws SyntaxError on text that `encodeLine` did not make. */
export function decodeLine(line: string): Event {
  const at = jsonOffset(line)
  if (at < 0) {
    const whole = JSON.parse(line) as Head
    return { ...eventOf(whole), fields: whole.f ?? {}, raw: whole.r ?? '' }
  }
  const raw = line.slice(at, -1)
  const head = JSON.parse(`${line.slice(0, at - JSON_KEY.length)}}`) as Head
  const fields = parseJsonText(raw)
  if (fields instanceof JsonError) throw new SyntaxError(`event line: ${fields.message}`)
  return {
    ...eventOf(restored(head, fields as Fields)),
    fields: fields as Fields,
    raw,
    fieldsAreRaw: true,
  }
}

/** The head with what it only names. */
function restored(head: Head, fields: Fields): Head {
  const { w: names, v } = head
  if (names === undefined) return head
  const message = names[MESSAGE_REF]
  return {
    ...head,
    v: restorePivots(v, names, fields),
    ...(message === undefined ? {} : { m: referred(fields, message) }),
  }
}

/** Where the verbatim JSON of a line starts (it ends before the last `}`), or -1 where it has none. */
export function jsonOffset(line: string): number {
  const json = line.indexOf(JSON_KEY)
  if (json < 0) return -1
  const fields = line.lastIndexOf(FIELDS_KEY, json)
  return fields >= 0 ? -1 : json + JSON_KEY.length
}

function eventOf(head: Head): Omit<Event, 'fields' | 'raw'> {
  const [product, category, service, closed] = head.l
  return {
    id: formatId(dayOf(head.t), head.i),
    time: head.t,
    ingested: head.n,
    source: head.s,
    parser: head.p,
    logsource: { ...(product === null ? {} : { product }), category, service, closed },
    pivots: head.v,
    message: head.m ?? '',
    ...(head.e === undefined ? {} : { error: head.e }),
  }
}

const quotedTexts = new Map<string, string>()

/** `JSON.stringify` of labels and parser names, which repeat. */
function quoted(text: string): string {
  let json = quotedTexts.get(text)
  if (json === undefined) {
    json = JSON.stringify(text)
    if (quotedTexts.size >= MEMO_MAX) quotedTexts.clear()
    quotedTexts.set(text, json)
  }

  return json
}

/** Parsers give the same object to events of one kind. */
let lastSource: EventLogSource | undefined
let lastText = ''

function encodeLogSource(source: EventLogSource): string {
  if (source !== lastSource) {
    lastText = logSourceText(source)
    lastSource = source
  }
  return lastText
}

function logSourceText(source: EventLogSource): string {
  const { product, category, service, closed } = source
  const key = `${product ?? '\u0002'}\u0000${category.join('\u0001')}\u0000${service.join('\u0001')}\u0000${closed}`
  let text = logsources.get(key)
  if (text === undefined) {
    text = JSON.stringify([product ?? null, category, service, closed])
    if (logsources.size >= MEMO_MAX) logsources.clear()
    logsources.set(key, text)
  }
  return text
}
