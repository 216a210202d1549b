// Windows events inside what senders put around them, and objects that name things in a way of their own: each
// brought to a shape that is read already (the event's element, or flat JSON).
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields, JsonError, parseJsonText } from '../json-text.ts'
import { wazuhEvent } from '../wazuh/win.ts'
import { readEventLine } from './event-lines.ts'
import { GRAYLOG_KEYS, graylogEvent } from './graylog.ts'
import { text, toId } from './json-values.ts'
import { looksLikeEventXml, parseEventXml } from './xml.ts'

/** A key that tells, and how what has it is read: undefined where it is none of these. */
type Shapes = Readonly<Record<string, (json: Fields) => Fields | undefined>>

const SHAPES: Shapes = {
  // Wazuh's agent, before its manager wraps it.
  win: ({ win }) => (isFields(win) ? wazuhEvent(win) : undefined),
  // Chainsaw's detections.
  document: ({ document }) =>
    isFields(document) && isFields(document.data) && isFields(document.data.Event)
      ? document.data
      : undefined,
  // An indexer's hit.
  _source: ({ _source: source }) => (isFields(source) ? source : undefined),
  // Splunk's export, and whoever forwards its raw text.
  result: ({ result }) => (isFields(result) ? result : undefined),
  _raw: ({ _raw: raw }) => lineEvent(text(raw)),
  // QRadar's forwarder.
  payload: ({ payload }) => lineEvent(text(payload)),
  // Velociraptor's Sigma artifacts.
  _Event: ({ _Event: event }) => (isFields(event) ? event : undefined),
  // Fluent Bit with the event rendered as XML.
  System: renderedXml,
  // osquery's result line, and a row of its table.
  columns: ({ columns, hostIdentifier: host }) =>
    isFields(columns)
      ? { ...(host === undefined ? {} : { computer_name: host }), ...columns }
      : undefined,
  eventid: osqueryRow,
  // Azure's diagnostics of virtual machines.
  properties: ({ properties }) => (isFields(properties) ? azureProperties(properties) : undefined),
  // Vector, the OpenTelemetry collector, Alloy and Promtail.
  event_id: snakeCase,
  // A log record of OpenTelemetry.
  body: ({ body }) => (isFields(body) ? body : lineEvent(text(body))),
  // LimaCharlie.
  routing: ({ event }) =>
    isFields(event) && isFields(event.EVENT) ? { Event: event.EVENT } : undefined,
  // NXLog through GELF.
  _EventID: gelf,
  ...Object.fromEntries(
    GRAYLOG_KEYS.map((key) => [key, (json: Fields) => graylogEvent(json, key)] as const),
  ),
  // The element as `xml2js` writes it: everything in lists.
  Event: ({ Event: event }) =>
    isFields(event) && Array.isArray(event.System) ? { Event: unlisted(event) } : undefined,
}

const KEYS = Object.keys(SHAPES)

/** Keys at whose sight JSON is looked at more closely. */
export const SENDER_KEYS: readonly string[] = KEYS

/** What is inside; undefined where the JSON is none of these shapes. */
export function unwrapped(json: Fields): Fields | undefined {
  for (const key of KEYS) {
    if (json[key] === undefined) continue
    const inner = SHAPES[key]!(json)
    if (inner !== undefined) return inner
  }
  return undefined
}

function lineEvent(line: string | undefined): Fields | undefined {
  if (line === undefined) return undefined
  return looksLikeEventXml(line) ? parseEventXml(line) : readEventLine(line)
}

/** The event as XML, its data and message beside it. */
function renderedXml({
  System: system,
  StringInserts: inserts,
  Message: message,
}: Fields): Fields | undefined {
  const event = lineEvent(text(system))?.Event
  if (event === undefined || !isFields(event)) return undefined
  return {
    Event: {
      ...(inserts === undefined ? {} : { EventData: inserts }),
      ...event,
      ...(message === undefined ? {} : { RenderingInfo: { Message: message } }),
    },
  }
}

/** A row of `windows_eventlog`, or of `windows_events`, whose channel is called its source. */
function osqueryRow(row: Fields): Fields | undefined {
  const channel =
    text(row.channel) ?? (row.provider_name === undefined ? undefined : text(row.source))
  if (channel === undefined || toId(row.eventid) < 0) return undefined
  const data = decoded(row.data)
  return {
    Event: {
      System: {
        Provider: { Name: row.provider_name ?? '', Guid: row.provider_guid ?? null },
        EventID: row.eventid ?? null,
        Level: row.level ?? null,
        Task: row.task ?? null,
        Keywords: row.keywords ?? null,
        TimeCreated: { SystemTime: row.datetime ?? row.time ?? null },
        Execution: { ProcessID: row.pid ?? null, ThreadID: row.tid ?? null },
        Channel: channel,
        Computer: row.computer_name ?? null,
      },
      ...(isFields(data) ? data : {}),
    },
  }
}

function decoded(value: FieldValue | undefined): FieldValue | undefined {
  if (typeof value !== 'string') return value
  const json = parseJsonText(value)
  return json instanceof JsonError ? undefined : json
}

function azureProperties(properties: Fields): Fields | undefined {
  const event = lineEvent(text(properties.RawXml))
  if (event !== undefined) return event
  return properties.EventId === undefined || properties.Channel === undefined
    ? undefined
    : properties
}

/** `channel`, `event_id`, `computer`: names of the system part in small letters. */
function snakeCase(json: Fields): Fields | undefined {
  const channel = text(json.channel)
  const { event_id: id, provider, execution, security } = json
  const eventId = isFields(id) ? id.id : id
  const named = isFields(provider) ? provider.name : (json.provider_name ?? json.source)
  const isKnown = named !== undefined || json.computer !== undefined
  if (channel === undefined || toId(eventId) < 0 || !isKnown) return undefined
  const process = isFields(execution) ? execution : {}
  const data = json.event_data
  return {
    Event: {
      System: {
        Provider: { Name: named ?? '' },
        EventID: eventId ?? null,
        Version: json.version ?? null,
        Level: json.level_value ?? json.level ?? null,
        Task: json.task ?? null,
        Opcode: json.opcode ?? null,
        Keywords: json.keywords ?? null,
        TimeCreated: {
          SystemTime:
            json.system_time ?? json.timeCreated ?? json.time_created ?? json.timestamp ?? null,
        },
        EventRecordID: json.record_id ?? json.eventRecordID ?? null,
        Execution: {
          ProcessID: process.process_id ?? process.processId ?? json.process_id ?? null,
          ThreadID: process.thread_id ?? process.threadId ?? json.thread_id ?? null,
        },
        Security: { UserID: isFields(security) ? userId(security) : (json.user_id ?? null) },
        Channel: channel,
        Computer: json.computer ?? null,
      },
      EventData: elementsOf('EventData', data) ?? json.string_inserts ?? null,
      UserData: elementsOf('UserData', json.user_data) ?? null,
      RenderingInfo: { Message: json.message ?? json.rendered_message ?? null },
    },
  }
}

function userId(security: Fields): FieldValue {
  return security.user_id ?? security.userId ?? null
}

/** Data as an object, as XML, or as the list of single names that OpenTelemetry writes. */
function elementsOf(name: string, value: FieldValue | undefined): FieldValue | undefined {
  if (typeof value === 'string') {
    if (!value.startsWith('<')) return undefined
    const xml = value.startsWith(`<${name}`) ? value : `<${name}>${value}</${name}>`
    const event = parseEventXml(`<Event>${xml}</Event>`)?.Event
    return event !== undefined && isFields(event) ? event[name] : undefined
  }
  if (value === undefined || !isFields(value) || !Array.isArray(value.data)) return value
  const { data, ...rest } = value
  const named: [string, FieldValue][] = []
  const unnamed: FieldValue[] = []
  for (const item of data as readonly FieldValue[]) {
    if (!isFields(item)) unnamed.push(item)
    else
      for (const key in item)
        (key === '' ? unnamed : named).push(key === '' ? item[key]! : [key, item[key]!])
  }
  return { ...rest, ...Object.fromEntries(named), ...(unnamed.length > 0 ? { Data: unnamed } : {}) }
}

/** Additional fields of GELF have an underscore in front. */
function gelf(json: Fields): Fields | undefined {
  const out: [string, FieldValue][] = []
  for (const name in json) {
    if (name.startsWith('_')) out.push([name.slice(1), json[name]!])
  }
  const flat = Object.fromEntries(out)
  return {
    ...flat,
    Hostname: flat.Hostname ?? json.host ?? null,
    Message: flat.Message ?? json.full_message ?? json.short_message ?? null,
    EventTime: json.timestamp ?? flat.EventTime ?? null,
  }
}

/** Lists of one element are that element; attributes under `$` stay. */
function unlisted(value: FieldValue): FieldValue {
  if (Array.isArray(value)) {
    const items = (value as readonly FieldValue[]).map(unlisted)
    return items.length === 1 ? items[0]! : items
  }
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unlisted(inner)]))
}
