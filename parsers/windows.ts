// Windows events as XML and as JSON: evtx_dump, winlogbeat, NXLog and flat. Sysmon, Security, PowerShell and the other
// channels that Sigma names declare their log source fully.
import type { Fields, FieldValue } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { parseTime } from './time.ts'
import { channelOfProvider, serviceOfChannel, windowsLogSource } from './windows/channels.ts'
import type { WindowsEvent } from './windows/event.ts'
import { looksLikeEventLine, readEventLine } from './windows/event-lines.ts'
import { windowsFields } from './windows/fields.ts'
import { consoleTime } from './windows/local-time.ts'
import { pivotsOf } from './windows/pivots.ts'
import { SENDER_KEYS } from './windows/sender-shapes.ts'
import { looksLikeWindows, readWindows } from './windows/shapes.ts'
import { TELLING_FIELDS, titleOf } from './windows/titles.ts'
import { looksLikeEventXml, parseEventXml } from './windows/xml.ts'

const MESSAGE_UNITS_MAX = 512

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const json = input.json ?? readEventLine(input.text) ?? parseEventXml(input.text)
  return json === undefined
    ? { code: 'windows-xml-invalid', message: 'no whole XML of a Windows event' }
    : parseWindowsJson(json, context)
}

/** The event of JSON in any shape that `readWindows` knows, or why it is none. */
export function parseWindowsJson(json: Fields, context: ParseContext): Parsed | EventError {
  const read = readWindows(json)
  const event = read === undefined ? undefined : unforwarded(read)
  if (event === undefined) {
    return { code: 'windows-no-event', message: 'no Windows event: EventID or channel missing' }
  }
  const service = serviceOfChannel(event.channel)
  const fields = windowsFields(event, service)
  const time = firstTime(event, fields, service, context)
  const operation = fields.EventType ?? fields.OperationType
  const logsource = windowsLogSource(
    event.channel,
    event.eventId,
    typeof operation === 'string' ? operation : '',
  )
  const pivots = pivotsOf(event, fields, service)
  const message = event.message ?? summary(event, fields, service)
  return time === undefined
    ? { logsource, pivots, message, fields }
    : { time, logsource, pivots, message, fields }
}

const FORWARDED = /^forwarded ?events$/i
const SMALL_F = 0x66

/** A collector's channel says nothing of the event: its provider says what it wrote to. */
function unforwarded(event: WindowsEvent): WindowsEvent {
  // Almost every channel is told apart by its first letter.
  if ((event.channel.charCodeAt(0) | 0x20) !== SMALL_F || !FORWARDED.test(event.channel))
    return event
  return { ...event, channel: channelOfProvider(event.provider) ?? event.channel }
}

/** When it happened: Sysmon says it itself, as what it saw may be written down later. */
function firstTime(
  event: WindowsEvent,
  { UtcTime: utc }: Fields,
  service: string | undefined,
  context: ParseContext,
): number | undefined {
  const own = service === 'sysmon' ? utcTime(utc, context) : undefined
  if (own !== undefined) return own
  for (const value of event.times) {
    const time =
      parseTime(value, context) ??
      (typeof value === 'string' ? consoleTime(value, context) : undefined)
    if (time !== undefined) return time
  }
  return undefined
}

function utcTime(value: FieldValue | undefined, { now }: ParseContext): number | undefined {
  return typeof value === 'string' ? parseTime(value, { now, timeZone: 'UTC' }) : undefined
}

/** A line for people where the sender did not render the message. */
function summary(event: WindowsEvent, fields: Fields, service: string | undefined): string {
  const title = titleOf(service, event.eventId) ?? `${event.channel} ${event.eventId}`
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
  keys: [
    ...['Event', 'winlog', 'winlog.channel', 'System', 'log_name'],
    ...['EventID', 'Event ID', 'EventId', 'LogName', 'ProviderName'],
    ...SENDER_KEYS,
  ],
  recognise: ({ json, text }) =>
    json === undefined
      ? looksLikeEventXml(text) || looksLikeEventLine(text)
      : looksLikeWindows(json),
  parse,
}
