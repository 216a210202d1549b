// Flat JSON of Windows events, system and data side by side: NXLog, Azure Monitor's `SecurityEvent` and `Event`
// tables, PowerShell's `Get-WinEvent`, the event viewer's CSV, and whoever else writes one object an event.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { channelOfProvider } from './channels.ts'
import { content, text, toId } from './json-values.ts'
import type { WindowsEvent } from './shapes.ts'
import { parseEventXml } from './xml.ts'

/** Whether flat JSON surely is a Windows event: an id, and a channel or a provider of Windows. */
export function looksFlat(json: Fields): boolean {
  return idOf(json) >= 0 && channelOf(json) !== undefined
}

/** Reads flat JSON; undefined when it is no Windows event. */
export function readFlat(json: Fields): WindowsEvent | undefined {
  const channel = channelOf(json)
  const eventId = idOf(json)
  if (channel === undefined || eventId < 0) return undefined
  return {
    channel,
    eventId,
    provider: providerOf(json) ?? '',
    computer:
      text(json.Computer) ??
      text(json.Hostname) ??
      text(json.ComputerName) ??
      text(json.MachineName) ??
      text(json.host),
    times: [
      json['@timestamp'],
      json.EventTime,
      timeOf(json.TimeCreated),
      json.TimeGenerated,
      json.SystemTime,
      json.UtcTime,
      json['Date and Time'],
      json.EventReceivedTime,
    ],
    level: json.Level ?? json.LevelDisplayName ?? json.EventLevelName ?? json.Severity,
    keywords: json.Keywords,
    message: text(json.Message) ?? text(json.message) ?? text(json.RenderedDescription),
    user: undefined,
    outcome: outcomeOf(json.EventType),
    system: {},
    data: dataOf(json),
    flat: true,
  }
}

/** NXLog's word for the audit keywords. */
function outcomeOf(type: FieldValue | undefined): string | undefined {
  if (type === 'AUDIT_SUCCESS') return 'success'
  return type === 'AUDIT_FAILURE' ? 'failure' : undefined
}

/** `Id` and `Event ID` count only beside the names that stand with them. */
function idOf(json: Fields): number {
  if (json.EventID !== undefined) return toId(json.EventID)
  if (json['Event ID'] !== undefined) return toId(json['Event ID'])
  return json.LogName !== undefined && json.ProviderName !== undefined ? toId(json.Id) : -1
}

function providerOf(json: Fields): string | undefined {
  return (
    text(json.Provider_Name) ??
    text(json.SourceName) ??
    text(json.ProviderName) ??
    text(json.EventSourceName) ??
    text(json.Source)
  )
}

/** A provider alone must be one that is surely a Windows provider. */
function channelOf(json: Fields): string | undefined {
  const channel = text(json.Channel) ?? text(json.LogName) ?? text(json.EventLog)
  if (channel !== undefined) return channel
  const provider = providerOf(json)
  return provider === undefined ? undefined : channelOfProvider(provider)
}

/** `/Date(1763633472123)/`, or the value as it is. */
function timeOf(value: FieldValue | undefined): FieldValue | undefined {
  const ticks = typeof value === 'string' ? /^\/Date\((\d{1,15})\)\/$/.exec(value)?.[1] : undefined
  return ticks === undefined ? value : Number(ticks)
}

/** The object itself, with what its `EventData` holds as XML or as an object beside it. */
function dataOf(json: Fields): Fields {
  const { EventData: data } = json
  if (data === undefined) return json
  const inner = typeof data === 'string' ? xmlData(data) : data
  if (inner === undefined || !isFields(inner)) return json
  const { EventData: _data, ...rest } = json
  return { ...rest, ...inner }
}

function xmlData(xml: string): Fields | undefined {
  const event = xml.startsWith('<') ? parseEventXml(`<Event>${xml}</Event>`)?.Event : undefined
  const data =
    event !== undefined && isFields(event) ? (event.EventData ?? event.UserData) : undefined
  const inner = content(data)
  return inner !== undefined && isFields(inner) ? inner : undefined
}
