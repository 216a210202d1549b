// Windows events as XML and as JSON: evtx_dump, winlogbeat, NXLog and flat. Sysmon, Security, PowerShell and the other
// channels that Sigma names declare their log source fully.
import type { Fields, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { type EventSeverity, severityOf } from './severity.ts'
import { parseTime } from './time.ts'
import { pivotValue } from './values.ts'
import { serviceOfChannel, windowsLogSource } from './windows/channels.ts'
import { windowsFields } from './windows/fields.ts'
import { looksLikeWindows, readWindows, type WindowsEvent } from './windows/shapes.ts'
import { TELLING_FIELDS, TITLES } from './windows/titles.ts'
import { looksLikeEventXml, parseEventXml } from './windows/xml.ts'

/** Fields of each column, first usable value wins. */
const PIVOT_FIELDS = {
  src_ip: ['SourceIp', 'IpAddress', 'SourceAddress', 'ClientAddress', 'Address'],
  src_port: ['SourcePort', 'IpPort', 'ClientPort'],
  dst_ip: ['DestinationIp', 'DestAddress', 'DestinationAddress'],
  dst_port: ['DestinationPort', 'DestPort'],
  process: ['Image', 'NewProcessName', 'SourceImage', 'ProcessName', 'Application'],
  hash: ['Hashes', 'Hash'],
  domain: ['QueryName', 'DestinationHostname'],
} as const satisfies Partial<Record<keyof Pivots, readonly string[]>>

/** Security events that are about the target account rather than the acting one. */
const ABOUT_TARGET: ReadonlySet<number> = new Set([
  ...[4624, 4625, 4634, 4647, 4648, 4720, 4722, 4723, 4724, 4725, 4726, 4738, 4740, 4767, 4768],
  ...[4769, 4770, 4771, 4776, 4778, 4779],
])
const ACTING_USER = ['User', 'SubjectUserName', 'TargetUserName', 'UserName', 'AccountName']
const TARGET_USER = ['TargetUserName', 'SubjectUserName', 'User', 'UserName', 'AccountName']

const MESSAGE_UNITS_MAX = 512

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const json = input.json ?? parseEventXml(input.text)
  return json === undefined
    ? { code: 'windows-xml-invalid', message: 'no whole XML of a Windows event' }
    : parseWindowsJson(json, context)
}

/** The event of JSON in any shape that `readWindows` knows, or why it is none. */
export function parseWindowsJson(json: Fields, context: ParseContext): Parsed | EventError {
  const event = readWindows(json)
  if (event === undefined) {
    return { code: 'windows-no-event', message: 'no Windows event: EventID or channel missing' }
  }
  const service = serviceOfChannel(event.channel)
  const fields = windowsFields(event, service)
  const time = firstTime(event, context)
  const operation = fields.EventType ?? fields.OperationType
  return {
    ...(time === undefined ? {} : { time }),
    logsource: windowsLogSource(
      event.channel,
      event.eventId,
      typeof operation === 'string' ? operation : '',
    ),
    pivots: pivotsOf(event, fields, service),
    message: event.message ?? summary(event, fields, service),
    fields,
  }
}

function firstTime(event: WindowsEvent, context: ParseContext): number | undefined {
  for (const value of event.times) {
    const time = parseTime(value, context)
    if (time !== undefined) return time
  }
  return undefined
}

function pivotsOf(event: WindowsEvent, fields: Fields, service: string | undefined): Pivots {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  if (event.computer !== undefined) pivots.host = event.computer
  const target = service === 'security' && ABOUT_TARGET.has(event.eventId)
  const user = firstPivot('user', target ? TARGET_USER : ACTING_USER, fields)
  if (user !== undefined) pivots.user = user
  for (const name of Object.keys(PIVOT_FIELDS) as (keyof typeof PIVOT_FIELDS)[]) {
    const value = firstPivot(name, PIVOT_FIELDS[name], fields)
    if (value !== undefined) pivots[name] = value
  }
  const title = service === undefined ? undefined : TITLES[service]?.[event.eventId]
  if (title !== undefined) pivots.action = title.toLowerCase()
  const outcome = outcomeOf(event)
  if (outcome !== undefined) pivots.outcome = outcome
  const severity = levelSeverity(event)
  if (severity !== undefined) pivots.severity = severity
  return pivots
}

function firstPivot(
  name: keyof Pivots,
  candidates: readonly string[],
  fields: Fields,
): string | number | undefined {
  for (const candidate of candidates) {
    const value = fields[candidate]
    if (value === undefined) continue
    const usable = pivotValue(name, value)
    if (usable !== undefined) return usable
  }
  return undefined
}

/** Audit success and failure, from the keywords' bits or words. */
function outcomeOf(event: WindowsEvent): string | undefined {
  const { keywords } = event
  const text = (Array.isArray(keywords) ? keywords.join(' ') : String(keywords ?? '')).toLowerCase()
  if (text.includes('audit success') || text.startsWith('0x802')) return 'success'
  if (text.includes('audit failure') || text.startsWith('0x801')) return 'failure'
  if (text === '-9214364837600034816' || text === '9232379236109516800') return 'success'
  return text === '-9218868437227405312' || text === '9227875636482146304' ? 'failure' : undefined
}

/** Warnings and worse; what Windows calls information is left to the patterns. */
function levelSeverity({ level }: WindowsEvent): EventSeverity | undefined {
  if (level === 1 || level === '1') return 'high'
  if (level === 2 || level === '2') return 'medium'
  if (level === 3 || level === '3') return 'low'
  const severity = typeof level === 'string' ? severityOf(level) : undefined
  return severity === 'informational' ? undefined : severity
}

/** A line for people where the sender did not render the message. */
function summary(event: WindowsEvent, fields: Fields, service: string | undefined): string {
  const title =
    (service === undefined ? undefined : TITLES[service]?.[event.eventId]) ??
    `${event.channel} ${event.eventId}`
  for (const name of TELLING_FIELDS) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '' && value !== '-') {
      return `${title}: ${value}`.slice(0, MESSAGE_UNITS_MAX)
    }
  }
  return title
}

export const windows: Parser = {
  name: 'windows',
  title: 'Windows events (EVTX, XML, winlogbeat, NXLog and evtx_dump JSON)',
  aliases: [
    ...['windows_security', 'powershell', 'sysmon', 'winlogbeat', 'nxlog', 'windows_json'],
    ...['windows_xml', 'evtx'],
  ],
  recognise: ({ json, text }) =>
    json === undefined ? looksLikeEventXml(text) : looksLikeWindows(json),
  parse,
}
