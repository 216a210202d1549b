// The XML of Windows events over several lines: each event is put together, what stands around events goes.

import { isEventTag } from '../windows/xml.ts'
import type { Frame } from './frame.ts'
import { FRAME_UNITS_MAX } from './limits.ts'

/** Takes the lines of events as XML. */
export interface XmlLines {
  /** True while no event is open. */
  readonly isIdle: boolean
  /** False when the line is none of such XML. */
  line(text: string, index: number, out: Frame[]): boolean
  /** The event that is still open. */
  end(out: Frame[]): void
}

/** Reads events out of lines. */
export function createXmlLines(): XmlLines {
  let xml: Frame | undefined

  /** Collects lines from `<Event>` to `</Event>`; false when the line is no such XML. */
  function collect(line: string, index: number, out: Frame[]): boolean {
    let rest = line
    if (xml === undefined) {
      const start = xmlStart(line)
      if (start < 0) return isXmlFrame(line)
      rest = line.slice(start)
    }
    for (;;) {
      const end = rest.indexOf(EVENT_END)
      const part = end < 0 ? rest : rest.slice(0, end + EVENT_END.length)
      if (xml === undefined) xml = { index, text: part }
      else xml = { ...xml, text: `${xml.text}\n${part}` }
      if (end < 0) {
        if (xml.text.length > FRAME_UNITS_MAX) endXml(out)
        return true
      }
      endXml(out)
      rest = rest.slice(end + EVENT_END.length)
      const next = xmlStart(rest)
      if (next < 0) {
        if (!isXmlFrame(rest) && rest.trim() !== '') out.push({ text: rest, index })
        return true
      }
      rest = rest.slice(next)
    }
  }

  function endXml(out: Frame[]): void {
    if (xml !== undefined) out.push(xml)
    xml = undefined
  }

  return {
    get isIdle() {
      return xml === undefined
    },
    line: (text, index, out) => (xml !== undefined || mayBeXml(text)) && collect(text, index, out),
    end: endXml,
  }
}

const EVENT_END = '</Event>'

function mayBeXml(line: string): boolean {
  return line.charCodeAt(skipSpace(line, 0)) === 0x3c
}

/** Where `<Event>` begins behind nothing but other markup, or -1. */
function xmlStart(line: string): number {
  for (let at = line.indexOf('<'); at >= 0; at = line.indexOf('<', at + 1)) {
    if (isEventTag(line, at)) return isXmlFrame(line.slice(0, at)) || at === 0 ? at : -1
    if (at > XML_HEAD_UNITS) return -1
  }
  return -1
}

/** Declarations and the outer element before the first event of a line, UTF-16 units. */
const XML_HEAD_UNITS = 1024

const AROUND_EVENTS =
  /<\?xml[^>]{0,200}\?>|<!--[^>]{0,400}-->|<Events(?:\s[^>]{0,400})?>|<\/Events\s{0,8}>/y

/** Whether a text is only what stands around events: a declaration, a comment, `<Events>`, `</Events>`. */
function isXmlFrame(text: string): boolean {
  let at = skipSpace(text, 0)
  while (at < text.length) {
    AROUND_EVENTS.lastIndex = at
    const found = AROUND_EVENTS.exec(text)
    if (found === null) return false
    at = skipSpace(text, at + found[0].length)
  }
  return true
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xfeff)) at++
  return at
}
