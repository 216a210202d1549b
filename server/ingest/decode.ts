// A request body to the texts of its events: a Windows event log, one JSON object (pretty-printed or not),
// several one after another, an array, NDJSON, or plain lines. Recognised by how it begins; a bad part comes
// out as a text of its own, for the parsers to refuse, and never takes its neighbours along.
import { looksLikeEvtx } from '../../parsers/evtx/reader.ts'
import { logTexts } from '../../parsers/evtx/text.ts'
import { createFramer, type Frame } from '../../parsers/frames.ts'
import { recordsOf } from '../../parsers/records.ts'
import { documentEnd } from './json-scan.ts'

const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const QUOTE = 0x22
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c

const decoder = new TextDecoder()
/** In a body of JSON: it may carry audit records one by one. */
export const CARRIED_AUDIT = 'msg=audit('

/** The events' texts in order, none blank; a document that only holds a list of events is its events. Invalid UTF-8 becomes U+FFFD, a byte order mark goes. */
export function decodeBody(body: Uint8Array): string[] {
  if (looksLikeEvtx(body)) return logTexts(body)
  const whole = decoder.decode(body)
  const texts = splitText(whole).flatMap((text) => recordsOf(text) ?? text)
  return whole.includes(CARRIED_AUDIT) ? framed(texts) : texts
}

/** As `decodeBody`, of text. */
export function splitText(text: string): string[] {
  const start = skipSpace(text, 0)
  const code = text.charCodeAt(start)
  if (code === OPEN_OBJECT) return splitObjects(text, start)
  if (code === OPEN_ARRAY && looksLikeArray(text, start)) return splitArray(text, start)
  return splitLines(text)
}

/** Lines end at LF or CRLF; blank ones are left out, those that are parts of one event put together. */
function splitLines(text: string): string[] {
  return framed(text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)))
}

/** Parts of one event put together. */
function framed(lines: readonly string[]): string[] {
  const frames: Frame[] = []
  const framer = createFramer()
  for (const line of lines) framer.line(line, 0, frames)
  framer.end(frames)
  return frames.map((frame) => frame.text)
}

/** NDJSON, until a line is no whole object: documents over several lines go on from there. */
function splitObjects(text: string, start: number): string[] {
  const found: string[] = []
  let at = start
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const line = text.slice(at, newline < 0 ? text.length : newline).trimEnd()
    const isFirst = found.length === 0
    if (!line.endsWith('}') || (isFirst && !isJson(line))) break
    found.push(line)
    at = skipSpace(text, at + line.length)
  }
  for (const document of splitDocuments(text, at)) found.push(document)
  return found
}

/** Documents one after another; from where one is broken on, lines. */
function splitDocuments(text: string, start: number): string[] {
  const found: string[] = []
  let at = start
  while (at < text.length) {
    const end = text.charCodeAt(at) === OPEN_OBJECT ? documentEnd(text, at) : -1
    if (end < 0 || !isJson(text.slice(at, end))) return [...found, ...splitLines(text.slice(at))]
    found.push(text.slice(at, end))
    at = skipSpace(text, end)
  }
  return found
}

/** `[` also begins lines of plain logs: an array goes on with an object, its end, or is JSON as a whole. */
function looksLikeArray(text: string, start: number): boolean {
  const next = text.charCodeAt(skipSpace(text, start + 1))
  return next === OPEN_OBJECT || next === CLOSE_ARRAY || (next === QUOTE && isJson(text))
}

/** Elements of an array. Texts among them are lines; from where it is broken on, the rest is. */
function splitArray(text: string, start: number): string[] {
  const found: string[] = []
  let at = skipSpace(text, start + 1)
  while (at < text.length && text.charCodeAt(at) !== CLOSE_ARRAY) {
    const end = documentEnd(text, at)
    if (end < 0) return [...found, ...splitLines(text.slice(at))]
    found.push(elementText(text.slice(at, end)))
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1)
  }
  return [...found.filter((element) => element.trim() !== ''), ...splitLines(text.slice(at + 1))]
}

function elementText(source: string): string {
  if (source.charCodeAt(0) !== QUOTE) return source.trimEnd()
  return isJson(source) ? (JSON.parse(source) as string) : source
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++
  return at
}
