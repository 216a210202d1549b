// Cisco ASA, Firepower Threat Defense, PIX and FWSM: `%ASA-6-302013: Built inbound TCP connection ...`.
import type { EventLogSource } from '../sigma/event.ts'
import { type AsaKind, kindOf } from './cisco/asa-kinds.ts'
import { readAsaMessage } from './cisco/asa-message.ts'
import { outcomeOf } from './cisco/asa-outcome.ts'
import { readFtdPairs } from './cisco/ftd-pairs.ts'
import { type Mark, markIn } from './cisco/mark.ts'
import { readUnmarked } from './cisco/unmarked.ts'
import { deviceEvent, type WritableFields, type WritablePivots } from './device/event.ts'
import { headerBeforeMark } from './device/header.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { standsAt } from './names.ts'
import { syslogSeverity } from './severity.ts'

const FACILITIES: ReadonlySet<string> = new Set(['ASA', 'FTD', 'PIX', 'FWSM', 'NGIPS'])

const FIREWALL = closedLogSource('cisco', ['firewall'], ['asa', 'syslog'])
const AAA = closedLogSource('cisco', ['firewall'], ['asa', 'aaa', 'syslog'])
const DNS = closedLogSource('cisco', ['firewall', 'dns'], ['asa', 'ftd', 'syslog'])
const PROXY = closedLogSource('cisco', ['firewall', 'proxy'], ['asa', 'ftd', 'syslog'])
const INTRUSION = closedLogSource('cisco', ['firewall', 'ids'], ['asa', 'ftd', 'syslog'])
function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const mark = input.json === undefined ? markIn(text) : undefined
  if (mark === undefined || !FACILITIES.has(mark.facility)) {
    const unmarked = input.json === undefined ? readUnmarked(text, context) : undefined
    if (unmarked !== undefined) return unmarked
    return { code: 'cisco-asa-no-mark', message: 'no %ASA- or %FTD- mark' }
  }
  const header = headerBeforeMark(text, mark.start, context)
  const message = messageOf(text, mark)
  const fields: WritableFields = {}
  fields.message_id = mark.id
  fields.severity_level = mark.severity
  if (mark.facility !== 'ASA') fields.facility = mark.facility
  const pivots: WritablePivots = {}
  const severity = syslogSeverity(mark.severity)
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  const kind = kindOf(mark.id)
  const words = mark.facility.length + mark.id.length + MARK_UNITS
  const pairs = kind.hasPairs ? readFtdPairs(message, words, fields, pivots) : 0
  if (pairs === 0) {
    readAsaMessage(message, words, fields, pivots)
    correctEnds(mark.id, message, words, fields, pivots)
    addMeaning(kind, message, words, fields, pivots)
  }
  const logsource = pairs === 0 ? plainSource(kind) : pairsSource(kind, fields)
  return deviceEvent(header, { logsource, message, fields, pivots })
}

/** Of `%ASA-6-302013: ` what is neither the facility nor the number. */
const MARK_UNITS = 6

/** The mark in its usual form and the words behind it; where they stand so in the text, its end. */
function messageOf(text: string, mark: Mark): string {
  const plain = mark.sub === undefined && text.charCodeAt(mark.start) === 0x25
  const length = mark.facility.length + mark.id.length + MARK_UNITS
  if (plain && mark.end - mark.start === length && standsAt(text, mark.end - 2, ': ')) {
    const end = text.charCodeAt(text.length - 1)
    // Blanks that belong to the mark stay.
    if (end > 0x20 && end < 0x80) return text.slice(mark.start)
    return text.slice(mark.start, mark.end) + text.slice(mark.end).trimEnd()
  }
  return `%${mark.facility}-${mark.severity}-${mark.id}: ${text.slice(mark.end).trimEnd()}`
}

const RESUMED = /Connection from (?:IP )?<?([\d.:A-Fa-f]{2,45}?)>?\.?$/i

/** Messages whose words stand for other ends than in the rest of them. */
function correctEnds(
  id: string,
  message: string,
  words: number,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  if (id !== '716059' && id !== '607001') return
  // The columns are those of the ends as corrected.
  for (const name of ['src_ip', 'src_port', 'dst_ip', 'dst_port'] as const) delete pivots[name]
  if (id === '716059') {
    // A session was resumed: its address, and the one that the client comes from now.
    const from = RESUMED.exec(message.slice(Math.max(words, message.length - 128)))?.[1]
    if (from === undefined) return
    if (fields.src_ip !== undefined) fields.dst_ip ??= fields.src_ip
    fields.src_ip = from
    return
  }
  // A channel is opened `for` the callee's known port `to` the caller.
  const { dst_ip: source, src_ip: target, src_port: port } = fields
  if (source === undefined || target === undefined) return
  fields.src_ip = source
  fields.dst_ip = target
  delete fields.src_port
  if (port !== undefined) fields.dst_port = port
}

const COMMAND = /(?:executed(?: the| cmd:)?|cmd:) '?([^']{1,4096})/

function addMeaning(
  kind: AsaKind,
  message: string,
  words: number,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  const outcome = outcomeOf(kind, message, words, fields.action)
  if (outcome !== undefined) {
    fields.outcome = outcome
    pivots.outcome = outcome
  }
  const action = fields.action ?? kind.action
  if (typeof action === 'string') pivots.action = action
  if (!kind.isCommand) return
  const command = COMMAND.exec(message.slice(words, words + 8192))?.[1]
  if (command !== undefined) fields.command = command.trimEnd()
}

function pairsSource(kind: AsaKind, fields: WritableFields): EventLogSource {
  if (fields.query !== undefined) return DNS
  return fields['c-uri'] === undefined ? plainSource(kind) : PROXY
}

function plainSource(kind: AsaKind): EventLogSource {
  if (kind.isIntrusion) return INTRUSION
  return kind.isAaa ? AAA : FIREWALL
}

export const ciscoAsa: Parser = {
  name: 'cisco_asa',
  title: 'Cisco ASA and Firepower Threat Defense',
  aliases: ['asa', 'ftd', 'cisco_ftd', 'firepower', 'pix'],
  keys: [],
  recognise(input, context) {
    if (input.json !== undefined) return false
    const mark = markIn(input.text)
    if (mark !== undefined) return FACILITIES.has(mark.facility)
    return readUnmarked(input.text, context) !== undefined
  },
  parse,
}
