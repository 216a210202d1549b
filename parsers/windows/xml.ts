// The XML of Windows events (event viewer, `wevtutil`, collectors) to the JSON shape that the EVTX reader
// gives. One pass by hand: no pattern can run away, nesting has a limit, entities are the five of XML.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { addElement, type Content, define, emptyContent } from './element.ts'

/** Elements inside each other, at most. */
export const XML_DEPTH_MAX = 64

const OPEN = 0x3c
const CLOSE = 0x3e
const SLASH = 0x2f
const BANG = 0x21
const QUESTION = 0x3f
const EQUALS = 0x3d
const QUOTE = 0x22
const APOSTROPHE = 0x27

interface OpenElement {
  readonly name: string
  readonly attributes: Fields | undefined
  readonly content: Content
}

/** `{Event: {..}}` of an event's XML; undefined when the text is no such XML or is cut off. */
export function parseEventXml(text: string): Fields | undefined {
  const root = emptyContent()
  const stack: OpenElement[] = [{ name: '', attributes: undefined, content: root }]
  let at = 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const top = stack[stack.length - 1]!
    if (next !== at) addText(top.content, text.slice(at, next < 0 ? undefined : next))
    if (next < 0) break
    const code = text.charCodeAt(next + 1)
    if (code === BANG || code === QUESTION) at = skipMarkup(text, next, top.content)
    else if (code === SLASH) {
      const end = text.indexOf('>', next)
      if (end < 0 || text.slice(next + 2, end).trimEnd() !== top.name || stack.length === 1) {
        return undefined
      }
      stack.pop()
      close(stack[stack.length - 1]!.content, top)
      at = end + 1
    } else {
      const tag = readTag(text, next + 1)
      if (tag === undefined || stack.length > XML_DEPTH_MAX) return undefined
      const element = { name: tag.name, attributes: tag.attributes, content: emptyContent() }
      if (tag.isEmpty) close(top.content, element)
      else stack.push(element)
      at = tag.end
    }
    if (at < 0) return undefined
    if (stack.length === 1 && root.elements?.Event !== undefined) return root.elements
  }
  return undefined
}

/** Whether a text begins as an event's XML, perhaps behind a declaration. Cheap. */
export function looksLikeEventXml(text: string): boolean {
  let start = skipSpace(text, 0)
  if (text.charCodeAt(start) !== OPEN) return false
  if (text.charCodeAt(start + 1) === QUESTION) {
    const end = text.indexOf('?>', start)
    if (end < 0) return false
    start = skipSpace(text, end + 2)
  }
  return isEventTag(text, start)
}

/** Whether `<Event>` (and no longer name) stands at `at`. */
export function isEventTag(text: string, at: number): boolean {
  if (!text.startsWith('<Event', at)) return false
  const next = text.charCodeAt(at + 6)
  return next === CLOSE || isSpace(next)
}

function close(parent: Content, { name, attributes, content }: OpenElement): void {
  const { text } = content
  // White space between elements is layout, and so is a line end alone in an element.
  if (typeof text === 'string' && (content.elements !== undefined || text.includes('\n'))) {
    if (text.trim() === '') content.text = undefined
  }
  // An empty value of the data is an empty text, as the event log's own JSON has it.
  if (name === 'Data' && content.elements === undefined) content.text ??= ''
  addElement(parent, name, attributes, content.text, content.elements)
}

function addText(content: Content, source: string): void {
  const text = source.includes('&') ? decodeEntities(source) : source
  content.text = typeof content.text === 'string' ? content.text + text : text
}

/** Comments, declarations and instructions are skipped, character data is text. -1 where it never ends. */
function skipMarkup(text: string, at: number, content: Content): number {
  if (text.startsWith('<![CDATA[', at)) {
    const end = text.indexOf(']]>', at)
    if (end < 0) return -1
    const data = text.slice(at + 9, end)
    content.text = typeof content.text === 'string' ? content.text + data : data
    return end + 3
  }
  const mark = text.startsWith('<!--', at) ? '-->' : '>'
  const end = text.indexOf(mark, at)
  return end < 0 ? -1 : end + mark.length
}

interface Tag {
  readonly name: string
  readonly attributes: Fields | undefined
  readonly isEmpty: boolean
  readonly end: number
}

function readTag(text: string, start: number): Tag | undefined {
  let at = nameEnd(text, start)
  const name = text.slice(start, at)
  if (name === '') return undefined
  let attributes: { [name: string]: FieldValue } | undefined
  for (;;) {
    at = skipSpace(text, at)
    const code = text.charCodeAt(at)
    if (code === CLOSE) return { name, attributes, isEmpty: false, end: at + 1 }
    if (code === SLASH && text.charCodeAt(at + 1) === CLOSE) {
      return { name, attributes, isEmpty: true, end: at + 2 }
    }
    const keyEnd = nameEnd(text, at)
    const key = text.slice(at, keyEnd)
    at = skipSpace(text, keyEnd)
    if (key === '' || text.charCodeAt(at) !== EQUALS) return undefined
    at = skipSpace(text, at + 1)
    const quote = text.charCodeAt(at)
    if (quote !== QUOTE && quote !== APOSTROPHE) return undefined
    const end = text.indexOf(text[at]!, at + 1)
    if (end < 0) return undefined
    attributes ??= {}
    const value = text.slice(at + 1, end)
    define(attributes, key, value.includes('&') ? decodeEntities(value) : value)
    at = end + 1
  }
}

/** Where a name ends: at white space or a character of markup. */
function nameEnd(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isSpace(code) || code === CLOSE || code === SLASH || code === EQUALS || code === OPEN) break
  }
  return at
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
const ENTITY = /&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|[a-z]{2,4});/g

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, name: string) => {
    if (name.charCodeAt(0) !== 0x23) return ENTITIES[name] ?? whole
    const isHex = name.charCodeAt(1) === 0x78
    const code = isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole
  })
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at)) || text.charCodeAt(at) === 0xfeff) at++
  return at
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}
