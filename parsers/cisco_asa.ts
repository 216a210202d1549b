// Cisco ASA, Firepower Threat Defense, PIX and FWSM: `%ASA-6-302013: Built inbound TCP connection ...`.
import type { EventLogSource } from '../sigma/event.ts'
import { type AsaKind, kindOf } from './cisco/asa-kinds.ts'
import { readAsaMessage } from './cisco/asa-message.ts'
import { outcomeOf } from './cisco/asa-outcome.ts'
import { readFtdPairs } from './cisco/ftd-pairs.ts'
import { type Mark, markIn } from './cisco/mark.ts'
import { readUnmarked } from './cisco/unmarked.ts'
import { deviceEvent, type WritableFields, type WritablePivots } from './device/event.ts'
import { readHeader } from './device/header.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
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
  const header = readHeader(text.slice(0, mark.start), context)
  const message = text.slice(mark.end).trimEnd()
  const fields: WritableFields = {}
  fields.message_id = mark.id
  fields.severity_level = mark.severity
  if (mark.facility !== 'ASA') fields.facility = mark.facility
  const pivots: WritablePivots = {}
  const severity = syslogSeverity(mark.severity)
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  const kind = kindOf(mark.id)
  const pairs = kind.hasPairs ? readFtdPairs(message, fields, pivots) : 0
  if (pairs === 0) {
    readAsaMessage(message, fields, pivots)
    correctEnds(mark.id, message, fields, pivots)
    addMeaning(kind, message, fields, pivots)
  }
  return deviceEvent(header, {
    logsource: logsourceOf(kind, fields),
    message: messageOf(text, mark, message),
    fields,
    pivots,
  })
}

/** The mark and the message; where they stand so in the text, its end. */
function messageOf(text: string, mark: Mark, message: string): string {
  const plain = mark.sub === undefined && text.charCodeAt(mark.start) === 0x25
  const length = mark.facility.length + mark.id.length + 6
  if (plain && mark.end - mark.start === length && text.startsWith(': ', mark.end - 2)) {
    return text.slice(mark.start, mark.end + message.length)
  }
  return `%${mark.facility}-${mark.severity}-${mark.id}: ${message}`
}

const RESUMED = /Connection from (?:IP )?<?([\d.:A-Fa-f]{2,45}?)>?\.?$/i

/** Messages whose words stand for other ends than in the rest of them. */
function correctEnds(
  id: string,
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  if (id !== '716059' && id !== '607001') return
  // The columns are those of the ends as corrected.
  for (const name of ['src_ip', 'src_port', 'dst_ip', 'dst_port'] as const) delete pivots[name]
  if (id === '716059') {
    // A session was resumed: its address, and the one that the client comes from now.
    const from = RESUMED.exec(message.slice(-128))?.[1]
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
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  const outcome = outcomeOf(kind, message, fields.action)
  if (outcome !== undefined) {
    fields.outcome = outcome
    pivots.outcome = outcome
  }
  const action = fields.action ?? kind.action
  if (typeof action === 'string') pivots.action = action
  if (!kind.isCommand) return
  const command = COMMAND.exec(message.slice(0, 8192))?.[1]
  if (command !== undefined) fields.command = command.trimEnd()
}

function logsourceOf(kind: AsaKind, fields: WritableFields): EventLogSource {
  if (fields.query !== undefined) return DNS
  if (fields['c-uri'] !== undefined) return PROXY
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
