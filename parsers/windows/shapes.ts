// The shapes in which JSON carries a Windows event, brought to one: what the system says and the data.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { channelOfProvider } from './channels.ts'
import type { WindowsEvent } from './event.ts'
import { allData } from './event-data.ts'
import { looksFlat, readFlat, textData } from './flat.ts'
import { content, text, toId } from './json-values.ts'
import { unwrapped } from './sender-shapes.ts'
import { parseEventXml } from './xml.ts'

/** Wrappings inside each other, at most. */
const WRAPPED_MAX = 3

/** Whether JSON surely is a Windows event. Cheap: a few look-ups. */
export function looksLikeWindows(json: Fields, depth = 0): boolean {
  const { Event: event, winlog } = json
  if (event !== undefined && isFields(event) && isFields(event.System)) return true
  if (winlog !== undefined && isFields(winlog)) {
    return text(winlog.channel) !== undefined || text(winlog.provider_name) !== undefined
  }
  if (looksFlat(json) || isBare(json) || isOldWinlog(json) || isFlatWinlog(json)) return true
  const inner = depth < WRAPPED_MAX ? unwrapped(json) : undefined
  return inner !== undefined && looksLikeWindows(inner, depth + 1)
}

/** Reads any of the shapes; undefined when the JSON is no Windows event. */
export function readWindows(json: Fields, depth = 0): WindowsEvent | undefined {
  const { Event: event, winlog } = json
  if (event !== undefined && isFields(event) && isFields(event.System)) return readEvtx(event)
  if (winlog !== undefined && isFields(winlog)) return readWinlog(json, winlog)
  if (isFlatWinlog(json)) return readWinlog(json, unflattened(json))
  if (isOldWinlog(json)) return readWinlog(json, json)
  if (isBare(json)) return readEvtx(json)
  const flat = readFlat(json)
  if (flat !== undefined || depth >= WRAPPED_MAX) return flat
  const inner = unwrapped(json)
  return inner === undefined ? undefined : readWindows(inner, depth + 1)
}

/** Winlogbeat 6 and earlier. */
function isOldWinlog(json: Fields): boolean {
  return text(json.log_name) !== undefined && isFields(json.event_data)
}

function isFlatWinlog(json: Fields): boolean {
  return json['winlog.channel'] !== undefined && json['winlog.event_id'] !== undefined
}

/** System and data without the element around them. */
function isBare({ System: system, EventData: data, UserData: userData }: Fields): boolean {
  return (
    system !== undefined &&
    isFields(system) &&
    system.EventID !== undefined &&
    (data ?? userData) !== undefined
  )
}

/** evtx_dump: `{"Event":{"System":{...},"EventData":{...}}}`. */
function readEvtx(event: Fields): WindowsEvent | undefined {
  const system = event.System
  if (!isFields(system)) return undefined
  const provider = text(attribute(system, 'Provider', 'Name')) ?? ''
  const channel = text(system.Channel) ?? channelOfProvider(provider) ?? ''
  const eventId = toId(content(system.EventID))
  if (eventId < 0) return undefined
  return {
    channel,
    eventId,
    provider,
    computer: text(system.Computer),
    times: [attribute(system, 'TimeCreated', 'SystemTime')],
    level: content(system.Level),
    keywords: content(system.Keywords),
    message: renderedMessage(event),
    user: undefined,
    outcome: undefined,
    system: {
      Version: content(system.Version),
      Task: content(system.Task),
      Opcode: content(system.Opcode),
      EventRecordID: content(system.EventRecordID),
      Security_UserID: attribute(system, 'Security', 'UserID'),
      Execution_ProcessID: attribute(system, 'Execution', 'ProcessID'),
      Execution_ThreadID: attribute(system, 'Execution', 'ThreadID'),
      Provider_Guid: attribute(system, 'Provider', 'Guid'),
      Correlation_ActivityID: attribute(system, 'Correlation', 'ActivityID'),
    },
    data: allData(event.EventData, event.UserData),
    flat: false,
  }
}

/** winlogbeat 7 and later (`winlog`), and 6 and earlier, where `winlog` is the object itself. */
function readWinlog(json: Fields, winlog: Fields): WindowsEvent | undefined {
  if (winlog.event_data === undefined && winlog.user_data === undefined) {
    const original = originalEvent(json)
    if (original !== undefined) return original
  }
  const event = isFields(json.event) ? json.event : {}
  const log = isFields(json.log) ? json.log : {}
  const provider =
    text(winlog.provider_name) ?? text(winlog.source_name) ?? text(event.provider) ?? ''
  const channel =
    channelName(winlog.channel) ?? text(winlog.log_name) ?? channelOfProvider(provider)
  const eventId = toId(winlog.event_id ?? event.code)
  if (channel === undefined || eventId < 0) return undefined
  const process = isFields(winlog.process) ? winlog.process : {}
  const user = isFields(winlog.user) ? winlog.user : {}
  return {
    channel,
    eventId,
    provider,
    computer: text(winlog.computer_name) ?? text(winlog.computerObject) ?? hostName(json),
    times: [winlog.time_created, json['@timestamp'], event.created],
    level: withoutNuls(log.level ?? json['log.level'] ?? winlog.level),
    keywords: winlog.keywords,
    message: text(json.message),
    user: userName(user),
    outcome: text(event.outcome),
    system: {
      Version: winlog.version,
      Task: winlog.task,
      Opcode: winlog.opcode,
      EventRecordID: winlog.record_id ?? winlog.record_number,
      Security_UserID: user.identifier,
      Execution_ProcessID: process.pid ?? winlog.process_id,
      Execution_ThreadID: isFields(process.thread) ? process.thread.id : winlog.thread_id,
      Correlation_ActivityID: winlog.activity_id,
      Provider_Guid: winlog.provider_guid,
    },
    document: json,
    data: allData(decoded(winlog.event_data), winlog.user_data),
    flat: false,
  }
}

/** Data that a pipeline has made a text of is read out of it. */
function decoded(value: FieldValue | undefined): FieldValue | undefined {
  return typeof value === 'string' ? textData(value) : value
}

/** The event in the XML that stands beside, where the agent did not take it apart. */
function originalEvent(json: Fields): WindowsEvent | undefined {
  const xml = text(isFields(json.event) ? json.event.original : undefined) ?? text(json.message)
  const event = xml?.startsWith('<Event') === true ? parseEventXml(xml)?.Event : undefined
  return event !== undefined && isFields(event) ? readEvtx(event) : undefined
}

/** Some rendered words end as strings of C do. */
function withoutNuls(value: FieldValue | undefined): FieldValue | undefined {
  return typeof value === 'string' && value.endsWith('\0') ? value.replace(/\0+$/, '') : value
}

/** A channel's name: event tracing gives a number there. */
function channelName(value: FieldValue | undefined): string | undefined {
  const name = text(value)
  if (name === undefined || (isDigit(name.charCodeAt(0)) && /^\d+$/.test(name))) return undefined
  return name
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function hostName(json: Fields): string | undefined {
  const { host } = json
  return isFields(host ?? null) ? text((host as Fields).name) : text(host ?? json['host.name'])
}

function userName(user: Fields): string | undefined {
  const name = text(user.name)
  const domain = text(user.domain)
  return name === undefined || domain === undefined ? name : `${domain}\\${name}`
}

const WINLOG_PREFIX = 'winlog.'
const DATA_PREFIX = 'winlog.event_data.'

/** `winlog` out of keys with dots. */
function unflattened(json: Fields): Fields {
  const winlog: [string, FieldValue][] = []
  const data: [string, FieldValue][] = []
  for (const [key, value] of Object.entries(json)) {
    if (key.startsWith(DATA_PREFIX)) data.push([key.slice(DATA_PREFIX.length), value])
    else if (key.startsWith(WINLOG_PREFIX)) winlog.push([key.slice(WINLOG_PREFIX.length), value])
  }
  return { ...Object.fromEntries(winlog), event_data: Object.fromEntries(data) }
}

function renderedMessage(event: Fields): string | undefined {
  return isFields(event.RenderingInfo) ? text(event.RenderingInfo.Message) : undefined
}

function attribute(system: Fields, element: string, name: string): FieldValue | undefined {
  const value = system[element]
  const separate = system[`${element}_attributes`]
  if (isFields(separate)) return separate[name]
  if (value === undefined || !isFields(value)) return undefined
  const attributes = value['#attributes'] ?? value.$
  return isFields(attributes) ? attributes[name] : (value[name] ?? value[`@${name}`])
}
