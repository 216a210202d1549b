// Lines to the texts of events where an event is more than a line: the records of an audit event, joined by
// their serial, and the XML of Windows events. Everything else passes through as it is.
import { stampOf } from './auditd/record.ts'
import { isEventTag } from './windows/xml.ts'

/** An event's text and the number of its first line. */
export interface Frame {
  readonly text: string
  readonly index: number
}

/** Takes lines in order and gives events as they become whole. */
export interface Framer {
  /** One line, blank ones too. */
  line(text: string, index: number, out: Frame[]): void
  /** What was still open. */
  end(out: Frame[]): void
}

/** An audit event is whole when so many lines came since its last record, or at its EOE record. */
const AUDIT_HOLD_LINES = 32
/** Longest text that is put together, UTF-16 units; what is longer comes out in parts. */
export const FRAME_UNITS_MAX = 1024 * 1024

interface Group {
  readonly index: number
  text: string
  last: number
}

/** A framer for one file, one request or one connection. */
export function createFramer(): Framer {
  const groups = new Map<string, Group>()
  let xml: Group | undefined
  let count = 0

  function audit(line: string, index: number, out: Frame[]): boolean {
    const stamp = isAuditLine(line) ? stampOf(line) : undefined
    if (stamp === undefined) return false
    const node = line.startsWith('node=') ? line.slice(0, line.indexOf(' ')) : ''
    const key = `${stamp} ${node}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { index, text: line, last: count })
    else if (group.text.length + line.length < FRAME_UNITS_MAX) {
      group.text += `\n${line}`
      group.last = count
      groups.delete(key)
      groups.set(key, group)
    } else {
      out.push(frame(group))
      groups.set(key, { index, text: line, last: count })
    }
    if (line.includes('type=EOE ')) give(out, key)
    return true
  }

  function give(out: Frame[], key: string): void {
    const group = groups.get(key)
    if (group !== undefined) out.push(frame(group))
    groups.delete(key)
  }

  /** Gives the groups that nothing more can come to; the one that grew last stands last. */
  function flush(out: Frame[]): void {
    for (const [key, group] of groups) {
      if (count - group.last < AUDIT_HOLD_LINES) break
      give(out, key)
    }
  }

  /** Collects lines from `<Event>` to `</Event>`; false when the line is no such XML. */
  function windowsXml(line: string, index: number, out: Frame[]): boolean {
    let rest = line
    if (xml === undefined) {
      const start = xmlStart(line)
      if (start < 0) return isXmlFrame(line)
      rest = line.slice(start)
    }
    for (;;) {
      const end = rest.indexOf(EVENT_END)
      const part = end < 0 ? rest : rest.slice(0, end + EVENT_END.length)
      if (xml === undefined) xml = { index, text: part, last: 0 }
      else xml.text += `\n${part}`
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
    if (xml !== undefined) out.push(frame(xml))
    xml = undefined
  }

  return {
    line(text, index, out) {
      count++
      if (groups.size > 0) flush(out)
      if (xml !== undefined || mayBeXml(text)) {
        if (windowsXml(text, index, out)) return
      }
      if (text.trim() === '' || audit(text, index, out)) return
      out.push({ text, index })
    },
    end(out) {
      endXml(out)
      for (const group of groups.values()) out.push(frame(group))
      groups.clear()
    },
  }
}

const OPEN_BRACE = 0x7b

/** Whether a line may be a record itself, and not a document that carries one. */
function isAuditLine(line: string): boolean {
  if (line.charCodeAt(0) === OPEN_BRACE) return false
  const at = line.indexOf('audit(')
  if (at < 0 || !/[\w<]/.test(line[0]!)) return false
  const type = line.indexOf('type=')
  return type >= 0 && type < at
}

function frame({ text, index }: Group): Frame {
  return { text, index }
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
