// Flat JSON of Windows events, system and data side by side: NXLog, Azure Monitor's `SecurityEvent` and `Event`
// tables, PowerShell's `Get-WinEvent`, the event viewer's CSV, and whoever else writes one object an event.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields, JsonError, parseJsonText } from '../json-text.ts'
import { usTime } from '../time/us.ts'
import { channelOfProvider } from './channels.ts'
import type { WindowsEvent } from './event.ts'
import { allData } from './event-data.ts'
import { fullChannel, hayabusaData } from './hayabusa.ts'
import { content, text, toId } from './json-values.ts'
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
  const isTool = isOfTool(json)
  const name = fullChannel(channel)
  return {
    channel: name,
    eventId,
    provider: providerName(providerOf(json) ?? ''),
    computer:
      text(json.Computer) ??
      text(json.Hostname) ??
      text(json.ComputerName) ??
      text(json.MachineName) ??
      text(json.host),
    times: [
      json['@timestamp'],
      timeOf(json.EventTime),
      timeOf(json.TimeCreated),
      timeOf(json.TimeGenerated),
      json.SystemTime,
      json.UtcTime,
      json['Date and Time'],
      json.Timestamp,
      json.timestamp,
      json.time,
      json._time,
      utcTime(json['TimeGenerated [UTC]']),
      json.EventReceivedTime,
    ],
    level: json.Level ?? json.LevelDisplayName ?? json.EventLevelName ?? json.Severity,
    keywords: json.Keywords ?? json.KeywordsDisplayNames,
    message:
      text(json.Message) ??
      text(json.message) ??
      text(json.RenderedDescription) ??
      // The event viewer's CSV has no name for it.
      (json['Date and Time'] === undefined ? undefined : text(json.column_6)) ??
      text(json.Description),
    user: undefined,
    outcome: outcomeOf(json.EventType ?? json.EntryType),
    system: isTool
      ? { Execution_ProcessID: json.ProcessId, Execution_ThreadID: json.ThreadId }
      : json.ThreadID === undefined
        ? {}
        : { Execution_ProcessID: json.ProcessID, Execution_ThreadID: json.ThreadID },
    data:
      json.RuleTitle === undefined
        ? dataOf(isTool ? withoutExecution(json) : json)
        : hayabusaData(json, name, eventId),
    flat: true,
  }
}

/** `Get-WinEvent` and EvtxECmd call the writer's process `ProcessId`, as data may be called. */
function isOfTool({ Properties, Payload, RecordId, ThreadId, EventId }: Fields): boolean {
  const isTool = Properties !== undefined || Payload !== undefined || RecordId !== undefined
  return ThreadId !== undefined && (isTool || EventId !== undefined)
}

function withoutExecution({ ProcessId: _process, ThreadId: _thread, ...rest }: Fields): Fields {
  return rest
}

/** The audit's result in the words and numbers of event types. */
const OUTCOMES: Readonly<Record<string, string>> = {
  AUDIT_SUCCESS: 'success',
  AUDIT_FAILURE: 'failure',
  SuccessAudit: 'success',
  FailureAudit: 'failure',
  8: 'success',
  16: 'failure',
}

function outcomeOf(type: FieldValue | undefined): string | undefined {
  return typeof type === 'string' || typeof type === 'number' ? OUTCOMES[type] : undefined
}

/** `Id`, `EventId` and `EventCode` count only beside the names that stand with them. */
function idOf(json: Fields): number {
  if (json.EventID !== undefined) return toId(json.EventID)
  if (json['Event ID'] !== undefined) return toId(json['Event ID'])
  if (json.EventId !== undefined && (json.Channel ?? json.LogName) !== undefined) {
    return (json.Provider ?? json.ProviderName) === undefined ? -1 : toId(json.EventId)
  }
  if (json.LogName === undefined) {
    // A choice of what `Get-WinEvent` gives.
    const provider = json.Id === undefined ? undefined : text(json.ProviderName)
    return provider !== undefined && channelOfProvider(provider) !== undefined ? toId(json.Id) : -1
  }
  if (json.EventCode !== undefined) return toId(json.EventCode)
  return json.ProviderName === undefined ? -1 : toId(json.Id)
}

function providerOf(json: Fields): string | undefined {
  return (
    text(json.Provider_Name) ??
    text(json.SourceName) ??
    text(json.ProviderName) ??
    text(json.EventSourceName) ??
    text(isFields(json.Provider) ? json.Provider.Name : json.Provider) ??
    text(json.Source)
  )
}

/** What the event viewer shows for the provider of the Security log. */
function providerName(name: string): string {
  return name === 'Microsoft Windows security auditing.'
    ? 'Microsoft-Windows-Security-Auditing'
    : name
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
  if (isFields(value)) return timeOf(value.value ?? value.DateTime)
  const ticks = typeof value === 'string' ? /^\/Date\((\d{1,15})\)\/$/.exec(value)?.[1] : undefined
  return ticks === undefined ? value : Number(ticks)
}

/** What Azure's portal exports: `11/20/2026, 10:11:12.345 AM`, in UTC. */
function utcTime(value: FieldValue | undefined): number | undefined {
  return typeof value === 'string' ? usTime(value, { now: 0, timeZone: 'UTC' }) : undefined
}

/** Members that hold the data, as XML, as JSON or as an object; their members come beside the others. */
const DATA_NAMES = ['EventData', 'UserData', 'Payload', 'ParameterXml'] as const

/** The object itself, with what holds its data taken apart beside it. */
function dataOf(json: Fields): Fields {
  let out = json
  for (const name of DATA_NAMES) {
    const value = json[name]
    if (value === undefined) continue
    const inner = typeof value === 'string' ? textData(value) : value
    if (!isFields(inner)) continue
    const { [name]: _data, ...rest } = out
    out = { ...rest, ...(name === 'UserData' ? allData(undefined, inner) : eventData(inner)) }
  }
  return out
}

/** Data as XML or as JSON in a text. */
export function textData(value: string): FieldValue | undefined {
  if (!value.startsWith('{')) return xmlData(value)
  const decoded = parseJsonText(value)
  return decoded instanceof JsonError ? undefined : decoded
}

function eventData(inner: Fields): Fields {
  // Module logging has data of the name `UserData`, which is text.
  if (isFields(inner.UserData)) return allData(undefined, inner.UserData)
  const named = allData(isFields(inner.EventData) ? inner.EventData : inner, undefined)
  const { Param: params, ...rest } = named
  return params === undefined
    ? rest
    : { ...rest, StringInserts: Array.isArray(params) ? params : [params] }
}

/** The elements of `<EventData>`, of what System Center puts around it, or of `<Param>`s. */
function xmlData(xml: string): Fields | undefined {
  const start = ['<EventData', '<UserData', '<Param']
    .map((mark) => xml.indexOf(mark))
    .find((at) => at >= 0)
  if (start === undefined) return undefined
  const event = parseEventXml(
    `<Event>${xml.slice(start).replace(/<\/DataItem>\s*$/, '')}</Event>`,
  )?.Event
  if (event === undefined || !isFields(event)) return undefined
  const data = content(event.EventData ?? event.UserData ?? event)
  return data !== undefined && isFields(data) ? data : undefined
}
