// The shapes in which JSON carries a Windows event, brought to one: what the system says and the data.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { channelOfProvider } from './channels.ts'
import { define } from './element.ts'
import { looksFlat, readFlat } from './flat.ts'
import { content, text, toId } from './json-values.ts'

/** A Windows event before its fields are mapped. */
export interface WindowsEvent {
  readonly channel: string
  readonly eventId: number
  readonly provider: string
  readonly computer: string | undefined
  /** Timestamps in order of trust. */
  readonly times: readonly (FieldValue | undefined)[]
  /** 1 critical, 2 error, 3 warning, 4 information, 0 always. */
  readonly level: FieldValue | undefined
  readonly keywords: FieldValue | undefined
  readonly message: string | undefined
  /** Who acted, where the sender says so beside the data. */
  readonly user: string | undefined
  /** What the sender says came of it. */
  readonly outcome: string | undefined
  /** Further fields under the names that Sigma rules use for the system part. */
  readonly system: { readonly [name: string]: FieldValue | undefined }
  /** Event data by name. */
  readonly data: Fields
  /** Flat JSON: the object itself, which holds system and data together. */
  readonly flat: boolean
}

/** Whether JSON surely is a Windows event. Cheap: a few look-ups. */
export function looksLikeWindows(json: Fields): boolean {
  const { Event: event, winlog } = json
  if (event !== undefined && isFields(event)) return isFields(event.System)
  if (winlog !== undefined && isFields(winlog)) {
    return text(winlog.channel) !== undefined || text(winlog.provider_name) !== undefined
  }
  if (looksFlat(json) || isBare(json)) return true
  return (
    (json['winlog.channel'] !== undefined && json['winlog.event_id'] !== undefined) ||
    (text(json.log_name) !== undefined && isFields(json.event_data))
  )
}

/** Reads any of the shapes; undefined when the JSON is no Windows event. */
export function readWindows(json: Fields): WindowsEvent | undefined {
  const { Event: event, winlog } = json
  if (event !== undefined && isFields(event)) return readEvtx(event)
  if (winlog !== undefined && isFields(winlog)) return readWinlog(json, winlog)
  if (json['winlog.channel'] !== undefined) return readWinlog(json, unflattened(json))
  if (isFields(json.event_data) && text(json.log_name) !== undefined) return readWinlog(json, json)
  return isBare(json) ? readEvtx(json) : readFlat(json)
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
    times: [json['@timestamp'], winlog.time_created, event.created],
    level: log.level ?? json['log.level'] ?? winlog.level,
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
    data: allData(winlog.event_data, winlog.user_data),
    flat: false,
  }
}

/** A channel's name: event tracing gives a number there. */
function channelName(value: FieldValue | undefined): string | undefined {
  const name = text(value)
  return name === undefined || /^\d+$/.test(name) ? undefined : name
}

function hostName(json: Fields): string | undefined {
  const { host } = json
  return isFields(host ?? null) ? text((host as Fields).name) : text(host)
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

type Writable = { [name: string]: FieldValue }

/** Named data, `{"#text": ..}` and `{"#attributes": {Name}, ..}` unwrapped; unnamed data under `Data`. */
function addData(out: Writable, value: FieldValue | undefined): void {
  if (value === undefined || !isFields(value)) return
  for (const name in value) {
    if (name.charCodeAt(0) === 0x23 ? name === '#attributes' : name.endsWith('_attributes'))
      continue
    const inner = content(value[name]) ?? null
    if (name === 'Data' && typeof inner === 'object' && inner !== null) addListed(out, inner)
    else define(out, name, inner)
  }
}

/** `Data` as other converters write it: a list of elements that name themselves. */
function addListed(out: Writable, value: FieldValue): void {
  const items = Array.isArray(value) ? (value as readonly FieldValue[]) : [value]
  const unnamed: FieldValue[] = []
  for (const item of items) {
    const name = isFields(item) ? nameOf(item) : undefined
    if (name === undefined) unnamed.push(content(item) ?? null)
    else define(out, name, textOf(item as Fields))
  }
  if (unnamed.length > 0) out.Data = unnamed
}

function nameOf(item: Fields): string | undefined {
  const inner = item['#attributes'] ?? item.$
  if (inner !== undefined && isFields(inner)) return text(inner.Name)
  return text(item['@Name']) ?? text(item._Name) ?? text(item.Name) ?? text(item.name)
}

function textOf(item: Fields): FieldValue {
  return item['#text'] ?? item._ ?? item.__text ?? item.content ?? item.text ?? item.value ?? ''
}

/** User data has one element around its values. */
function addUserData(out: Writable, value: FieldValue | undefined): void {
  if (value === undefined || !isFields(value)) return
  for (const name in value) {
    if (name === '#attributes' || name === 'xml_name') continue
    const inner = value[name]!
    if (isFields(inner)) addData(out, inner)
    else define(out, name, inner)
  }
}

function allData(data: FieldValue | undefined, userData: FieldValue | undefined): Fields {
  const out: Writable = {}
  addData(out, data)
  addUserData(out, userData)
  return out
}

function renderedMessage(event: Fields): string | undefined {
  return isFields(event.RenderingInfo) ? text(event.RenderingInfo.Message) : undefined
}

function attribute(system: Fields, element: string, name: string): FieldValue | undefined {
  const value = system[element]
  const separate = system[`${element}_attributes`]
  if (isFields(separate)) return separate[name]
  if (value === undefined || !isFields(value)) return undefined
  const attributes = value['#attributes']
  return isFields(attributes) ? attributes[name] : (value[name] ?? value[`@${name}`])
}
