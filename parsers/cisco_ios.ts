// Cisco IOS, IOS XE, IOS XR and NX-OS: `%FACILITY-SEVERITY-MNEMONIC: text`.
import type { EventLogSource } from '../sigma/event.ts'
import { readIosMessage } from './cisco/ios-messages.ts'
import { type Mark, markIn } from './cisco/mark.ts'
import { deviceEvent, type WritableFields, type WritablePivots } from './device/event.ts'
import { headerBeforeMark, readHeader } from './device/header.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { syslogSeverity } from './severity.ts'

const FIREWALLS: ReadonlySet<string> = new Set(['ASA', 'FTD', 'PIX', 'FWSM', 'NGIPS'])

const BASE = closedLogSource('cisco', [], ['ios', 'syslog'])
const FIREWALL = closedLogSource('cisco', ['firewall'], ['ios', 'syslog', 'acl'])
const AAA = closedLogSource('cisco', [], ['ios', 'aaa', 'syslog'])
/** Sigma's services of Cisco devices by the first word of a facility. */
const SERVICES: ReadonlyMap<string, EventLogSource> = new Map([
  ['BGP', closedLogSource('cisco', [], ['ios', 'bgp', 'syslog'])],
  ['LDP', closedLogSource('cisco', [], ['ios', 'ldp', 'syslog'])],
  ['TDP', closedLogSource('cisco', [], ['ios', 'ldp', 'syslog'])],
  ['TCP', closedLogSource('cisco', [], ['ios', 'bgp', 'ldp', 'syslog'])],
  ...[
    'AAA',
    'AAAA',
    'PARSER',
    'SYS',
    'HA_EM',
    'SEC_LOGIN',
    'VSHD',
    'AUTHPRIV',
    'SSH',
    'LOGIN',
    'TACACS',
  ]
    .concat(['AUTHMGR', 'DOT1X', 'RADIUS', 'AUTHPF', 'SSHD', 'WEBSERVER', 'DMI', 'MGBL'])
    .map((name) => [name, AAA] as const),
])

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { text } = input
  const mark = input.json === undefined ? markIn(text) : undefined
  if (mark === undefined && input.json === undefined && UNMARKED.test(text)) {
    return unmarkedEvent(text, context)
  }
  if (mark === undefined || FIREWALLS.has(mark.facility)) {
    return { code: 'cisco-ios-no-mark', message: 'no %FACILITY-SEVERITY-MNEMONIC: mark' }
  }
  const header = headerBeforeMark(text, mark.start, context)
  const message = text.slice(mark.end).replace(/^ ?: /, '').trimEnd()
  const fields: WritableFields = {
    facility: mark.facility,
    mnemonic: mark.id,
    severity_level: mark.severity,
  }
  if (mark.sub !== undefined) fields.sub_facility = mark.sub
  if (header.sequence !== undefined) fields.sequence = header.sequence
  const pivots: WritablePivots = {}
  const severity = syslogSeverity(mark.severity)
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  const access = readIosMessage(mark, message, fields, pivots)
  // A switch's node or a relay's name, and the priority that the mark says better. A process has its id.
  if (header.pid === undefined) delete header.program
  if (header.host !== undefined && CARD.test(text.slice(0, mark.start))) delete header.host
  delete header.priority
  return deviceEvent(header, {
    logsource: access ? FIREWALL : logsourceOf(mark),
    message: `%${mark.facility}-${mark.severity}-${mark.id}: ${message}`,
    fields,
    pivots,
  })
}

/** A line card in the host's place: `CLC 6/0: `. */
const CARD = /(?:^|: |\d>)[A-Z]{2,4} \d{1,2}\/\d{1,2}: /

/** What a device writes without a mark: `<191>2637085: rt1: Aug 18 07:15:04.461 CEST: NTP Core (NOTICE): ...`. */
const UNMARKED =
  /^<\d{1,3}>(?:\d{1,12})?: (?:[\w.-]{1,255}: )?[*.]?([A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [A-Z]{2,5})?): /

function unmarkedEvent(text: string, context: ParseContext): Parsed {
  const end = UNMARKED.exec(text)![0].length
  const header = readHeader(text.slice(0, end), context)
  const fields: WritableFields = {}
  if (header.sequence !== undefined) fields.sequence = header.sequence
  const message = text.slice(end).trimEnd()
  return deviceEvent(header, { logsource: BASE, message, fields, pivots: {} })
}

function logsourceOf(mark: Mark): EventLogSource {
  const { facility } = mark
  const cut = facility.search(/[_-]/)
  return SERVICES.get(facility) ?? SERVICES.get(cut < 0 ? facility : facility.slice(0, cut)) ?? BASE
}

export const ciscoIos: Parser = {
  name: 'cisco_ios',
  title: 'Cisco IOS, IOS XE, IOS XR, NX-OS',
  aliases: ['ios', 'cisco', 'nxos', 'iosxr'],
  keys: [],
  recognise(input) {
    const { text } = input
    if (input.json !== undefined) return false
    const mark = text.includes('%') ? markIn(text) : undefined
    if (mark !== undefined) return !FIREWALLS.has(mark.facility)
    return text.charCodeAt(0) === 0x3c && UNMARKED.test(text)
  },
  parse,
}
