// Windows events as its own tools print them: `wevtutil qe /f:text`, what the event viewer copies as text (with the
// XML behind it), and `Get-WinEvent | Format-List`. A label a line, the message last or over many lines.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { writerOf } from './splunk-text.ts'
import { parseEventXml } from './xml.ts'

type Writable = { [name: string]: FieldValue }

/** The kinds of such a text: with labels and a description, or a list of properties. */
export type ConsoleKind = 'description' | 'list'

/** Labels in front of a description, at most. */
const LABELS_MAX = 32
/** Lines of a list of properties, at most. */
const LIST_LINES_MAX = 4096

const HEAD = /^\s{0,16}Event\[\d{1,9}\]:?\s*$/
const LOG_NAME = /^\s{0,16}Log Name:\s{1,32}\S/
const PROPERTY = /^([A-Z][A-Za-z]{1,24}) {1,32}: ?/

/** Whether a line begins an event of one of these. */
export function consoleHead(line: string): ConsoleKind | undefined {
  // Asked of every line: most are told by their first letter.
  const start = line.charCodeAt(0)
  const first = start > 0x20 ? start : line.trimStart().charCodeAt(0)
  if (first === 0x45) return HEAD.test(line) ? 'description' : undefined
  if (first === 0x4c) return LOG_NAME.test(line) ? 'description' : undefined
  const isList = first === 0x54 ? line.startsWith('TimeCreated ') : line.startsWith('Message  ')
  return isList && PROPERTY.test(line) ? 'list' : undefined
}

/** What the line below a head says: it is one, it is none, or the next has to be asked. */
export function confirmsHead(kind: ConsoleKind, line: string): boolean | undefined {
  if (kind === 'description') {
    return /^\s{0,16}(?:Log Name|Source):\s/.test(line) || (line.trim() === '' ? undefined : false)
  }
  if (/^(?:ProviderName|Id) {1,32}: /.test(line)) return true
  return line.trim() === '' || /^\s{8}/.test(line) ? undefined : false
}

/** Whether a line stands outside of an open list of properties. */
export function endsList(line: string): boolean {
  return line.trim() !== '' && !/^\s/.test(line) && !PROPERTY.test(line)
}

/** Whether a text surely is such an event. */
export function isConsoleText(text: string): boolean {
  const first = text.charCodeAt(0)
  if (first === 0x45 || first === 0x4c) {
    if (!text.startsWith('Event[') && !text.startsWith('Log Name:')) return false
    return /(?:^|\n)\s*Log Name:\s/.test(text) && /\n\s*Event ID:\s+\d/.test(text)
  }
  if (first !== 0x54 && first !== 0x4d) return false
  if (!text.startsWith('TimeCreated ') && !text.startsWith('Message  ')) return false
  return /\nProviderName +: /.test(text) && /\nId +: \d/.test(text)
}

/** The event as flat JSON, or its XML where that stands behind it; undefined where it is none. */
export function consoleText(text: string): Fields | undefined {
  return text.startsWith('Event[') || text.startsWith('Log Name:') ? described(text) : listed(text)
}

const NAMES: Readonly<Record<string, string>> = {
  'Log Name': 'Channel',
  Source: 'SourceName',
  Date: 'EventTime',
  'Event ID': 'EventID',
  Task: 'TaskCategory',
  'Task Category': 'TaskCategory',
  Level: 'LevelDisplayName',
  Opcode: 'OpCode',
  OpCode: 'OpCode',
  Keyword: 'Keywords',
  Keywords: 'Keywords',
  Computer: 'Computer',
}
const LABEL = /^\s*([A-Z][A-Za-z ]{1,24}?):[\t ]*(.*)$/
const XML_MARK = /(?:^|\n)\s*Event Xml:\s*(?=<)/

/** `Log Name: Security`, further labels, `Description:` and the message below it. */
function described(text: string): Fields | undefined {
  const out: Writable = {}
  let user = ''
  let at = text.startsWith('Event[') ? lineEnd(text, 0) : 0
  for (let count = 0; count < LABELS_MAX && at < text.length; count++) {
    const end = lineEnd(text, at)
    const [, label = '', value = ''] = LABEL.exec(text.slice(at, end).trimEnd()) ?? []
    if (label === 'Description') {
      const start = text.indexOf(':', at) + 1
      const xml = XML_MARK.exec(text.slice(start))
      out.Message = text.slice(start, xml === null ? undefined : start + xml.index).trim()
      const event = xml === null ? undefined : withXml(text.slice(start + xml.index), out.Message)
      if (event !== undefined) return event
      break
    }
    const name = Object.hasOwn(NAMES, label) ? NAMES[label] : undefined
    if (name !== undefined && value !== '') out[name] ??= value
    // The security id is on the line `User`, the account on `User Name`.
    else if (/^User(?: Name)?$/.test(label) && value !== 'N/A' && value !== '') user = value
    at = end
  }
  if (out.Channel === undefined || out.EventID === undefined) return undefined
  return { ...out, ...writerOf(user === '' ? undefined : user) }
}

/** The event of the XML that the event viewer adds, with the message that it rendered. */
function withXml(text: string, message: FieldValue): Fields | undefined {
  const event = parseEventXml(text.slice(text.indexOf('<')).trim())?.Event
  if (event === undefined || !isFields(event)) return undefined
  return { Event: { RenderingInfo: { Message: message }, ...event } }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

/** `TimeCreated  : ..`, `ProviderName : ..`, `Id : ..`, `Message : ..` and the lines below it, in its column. */
function listed(text: string): Fields | undefined {
  const out: Writable = {}
  let name = ''
  let column = 0
  for (const line of text.split('\n', LIST_LINES_MAX)) {
    const found = PROPERTY.exec(line)
    if (found !== null) {
      name = found[1]!
      column = found[0].length
      out[name] ??= line.slice(column).trimEnd()
    } else if (name !== '') {
      const isOwn = line.slice(0, column).trim() === ''
      out[name] = `${String(out[name])}\n${(isOwn ? line.slice(column) : line).trimEnd()}`
    }
  }
  const { Properties: _names, Message: message, ...rest } = out
  if (rest.Id === undefined) return undefined
  return typeof message === 'string' ? { ...rest, Message: message.trim() } : rest
}
