// Event data under the names that Sigma rules use, beside the names that Windows gives.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { addEcsNames } from './ecs.ts'
import type { WindowsEvent } from './event.ts'
import { addClassicContext, addModuleContext } from './powershell.ts'
import { addRendered } from './rendered.ts'
import { addRenderedLines } from './rendered-lines.ts'
import { addSentence, hasSentences } from './rendered-sentences.ts'
import { nameInserts, nameUnnamed } from './unnamed.ts'

type Writable = { [name: string]: FieldValue }

/** All fields of an event: system part, data, and what the mappings of its kind add. */
export function windowsFields(event: WindowsEvent, service: string | undefined): Fields {
  // The data is fresh, but flat JSON is the input itself.
  const fields: Writable = event.flat ? { ...event.data } : (event.data as Writable)
  for (const name in event.system) {
    const value = event.system[name]
    if (value !== undefined && value !== null) fields[name] ??= value
  }
  if (event.flat) {
    fields.EventID = event.eventId
    fields.Channel = event.channel
  } else {
    setCore(fields, 'EventID', event.eventId, false)
    setCore(fields, 'Channel', event.channel, false)
  }
  if (event.provider !== '') setCore(fields, 'Provider_Name', event.provider, event.flat)
  if (event.computer !== undefined) setCore(fields, 'Computer', event.computer, event.flat)
  if (event.level !== undefined && fields.Level === undefined) fields.Level = event.level
  if (event.keywords !== undefined && fields.Keywords === undefined) {
    fields.Keywords = event.keywords
  }
  if (event.message !== undefined && fields.Message === undefined) fields.Message = event.message
  if (event.flat || !NAMES_WITHOUT_BLANKS.has(service ?? '')) addUnspacedNames(fields)
  nameInserts(fields, service, event.eventId)
  addUnnamedData(fields)
  nameUnnamed(fields, event.provider, event.eventId)
  if (event.document !== undefined) addEcsNames(fields, event.document, service, event.eventId)
  addByKind(fields, event, service)
  return fields
}

/** What the mappings of a service and event id add. */
function addByKind(fields: Writable, event: WindowsEvent, service: string | undefined): void {
  const { eventId } = event
  if (service === 'powershell-classic') addClassicContext(fields, eventId, event.message)
  else if (service === 'security') addSecurity(fields, event)
  else addByMessage(fields, event, service)
  if (service === 'powershell' && eventId === 4103) addModuleContext(fields)
  else if (service === 'windefend') addAntivirus(fields)
}

function addByMessage(fields: Writable, event: WindowsEvent, service: string | undefined): void {
  const { message, eventId } = event
  if (message === undefined) return
  const log = service ?? logOf(event.channel)
  const isSentence = hasSentences(log)
  if (!isSentence && !READ_BY_MESSAGE.has(log)) return
  if (!hasNoData(fields)) return
  if (isSentence) addSentence(fields, message, log, eventId)
  if (READ_BY_MESSAGE.has(log)) addRenderedLines(fields, message, log, eventId)
}

const CONNECTIONS = 'microsoft-windows-terminalservices-remoteconnectionmanager/operational'

/** A log that Sigma names no service for. */
function logOf(channel: string): string {
  return channel.toLowerCase() === CONNECTIONS ? 'terminalservices-remoteconnectionmanager' : ''
}

/** Services whose messages have a line for each value. */
const READ_BY_MESSAGE: ReadonlySet<string> = new Set([
  'sysmon',
  'powershell',
  'system',
  'windefend',
])

function addSecurity(fields: Writable, event: WindowsEvent): void {
  const { eventId, message } = event
  if (message !== undefined && hasNoData(fields)) addRendered(fields, message, eventId)
  if (eventId === 4776) copy(fields, 'AuthenticationPackageName', 'PackageName')
  if (LOGONS.has(eventId)) copy(fields, 'Computer', 'ComputerName')
  if (eventId === 4688) addProcessCreation(fields)
  else if (eventId === 4657) addRegistry(fields)
  else if (eventId === 4656 || eventId === 4663) copy(fields, 'ObjectName', 'FileName')
  else if (eventId >= 5136 && eventId <= 5141) copy(fields, 'SubjectUserName', 'SubjectAccountName')
}

/** Events whose computer some rules ask for under another name. */
const LOGONS: ReadonlySet<number> = new Set([528, 529, 4624, 4625])

/** Whether the carrier brought the message alone. */
function hasNoData(fields: Fields): boolean {
  return DATA_NAMES.every((name) => fields[name] === undefined)
}

/** Events with data have one of these. */
const DATA_NAMES = [
  ...['SubjectUserName', 'TargetUserName', 'AccountName', 'UtcTime', 'ProcessGuid'],
  ...['ScriptBlockText', 'ContextInfo', 'ServiceName', 'Application', 'param1'],
]

/** System values; where the data has another value of that name, rules may mean either. */
function setCore(fields: Writable, name: string, value: FieldValue, flat: boolean): void {
  const present = fields[name]
  if (present === undefined || present === null) fields[name] = value
  else if (!flat && present !== value && !Array.isArray(present)) fields[name] = [value, present]
}

/** Services whose manifests name no data with blanks. */
const NAMES_WITHOUT_BLANKS: ReadonlySet<string> = new Set(['security', 'sysmon', 'powershell'])

/** `Threat Name` is asked for as `ThreatName`, `Feature Name` as `Feature_Name`. */
function addUnspacedNames(fields: Writable): void {
  for (const name in fields) {
    if (!name.includes(' ') || !/^[A-Za-z][\w]* [\w ]*$/.test(name)) continue
    const value = fields[name]!
    fields[name.replaceAll(' ', '')] ??= value
    fields[name.replaceAll(' ', '_')] ??= value
  }
}

/** Classic events have unnamed data, which winlogbeat numbers and rules call `Data`. */
function addUnnamedData(fields: Writable): void {
  const { Data: present } = fields
  if (fields.Data_1 !== undefined) addNumberedData(fields)
  else if (Array.isArray(present) && present.length === 1) fields.Data = present[0]!
  const { param1, param2, param3 } = fields
  if (present !== undefined || (param1 ?? param2 ?? param3) === undefined) return
  const data: FieldValue[] = []
  // Collectors drop empty values, but not the numbers of those behind them.
  for (let number = 1; number <= UNNAMED_MAX; number++) {
    const value = fields[`param${number}`]
    if (value === undefined) continue
    while (data.length < number - 1) data.push('')
    data.push(value)
  }
  if (data.length > 0) fields.Data = data.length === 1 ? data[0]! : data
}

/** NXLog calls the first one `Data`, those behind it `Data_1` and so on. */
function addNumberedData(fields: Writable): void {
  if (Array.isArray(fields.Data)) return
  const data: FieldValue[] = [fields.Data ?? '']
  for (let number = 1; number < UNNAMED_MAX; number++) {
    const value = fields[`Data_${number}`]
    if (value === undefined) break
    data.push(value)
  }
  fields.Data = data
}

/** Unnamed values of one event that are looked for by number. */
const UNNAMED_MAX = 32

const INTEGRITY: Readonly<Record<string, string>> = {
  'S-1-16-0': 'Untrusted',
  'S-1-16-4096': 'Low',
  'S-1-16-8192': 'Medium',
  'S-1-16-8448': 'Medium Plus',
  'S-1-16-12288': 'High',
  'S-1-16-16384': 'System',
}

/** Security 4688 under the names of Sigma's `process_creation`. */
function addProcessCreation(fields: Writable): void {
  copy(fields, 'NewProcessName', 'Image')
  copy(fields, 'ParentProcessName', 'ParentImage')
  copy(fields, 'SubjectLogonId', 'LogonId')
  copy(fields, 'ProcessId', 'ParentProcessId')
  const label = fields.MandatoryLabel
  if (typeof label === 'string' && Object.hasOwn(INTEGRITY, label)) {
    fields.IntegrityLevel ??= INTEGRITY[label]!
  }
  const { SubjectUserName: user, SubjectDomainName: domain } = fields
  if (typeof user === 'string' && fields.User === undefined) {
    fields.User = typeof domain === 'string' && domain !== '-' ? `${domain}\\${user}` : user
  }
}

/** Security 4657 under the names of Sigma's registry categories. */
function addRegistry(fields: Writable): void {
  copy(fields, 'ProcessName', 'Image')
  copy(fields, 'NewValue', 'Details')
  const { ObjectName: key, ObjectValueName: value } = fields
  if (typeof key !== 'string' || fields.TargetObject !== undefined) return
  const path = hiveName(key)
  fields.TargetObject = typeof value === 'string' && value !== '-' ? `${path}\\${value}` : path
}

function hiveName(key: string): string {
  const upper = key.slice(0, 20).toUpperCase()
  if (upper.startsWith('\\REGISTRY\\MACHINE\\')) return `HKLM\\${key.slice(18)}`
  if (upper.startsWith('\\REGISTRY\\USER\\')) return `HKU\\${key.slice(15)}`
  return key
}

/** Defender's detections under the names of Sigma's `antivirus`. */
function addAntivirus(fields: Writable): void {
  copy(fields, 'ThreatName', 'Signature')
  const path = fields.Path
  if (typeof path === 'string') fields.Filename ??= path.replace(/^file:_/, '')
}

function copy(fields: Writable, from: string, to: string): void {
  const value = fields[from]
  if (value !== undefined && value !== null) fields[to] ??= value
}
