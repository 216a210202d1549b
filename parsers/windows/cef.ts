// Windows events as ArcSight's connectors and their kin write them in CEF: the data under `ad.NAME`, and what all
// of these events have under the keys of CEF.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import type { ParseContext, Parsed } from '../event.ts'
import { parseWindowsJson } from '../windows.ts'
import { channelOfProvider } from './channels.ts'
import { toId } from './json-values.ts'

/** Keywords of the log `Security`. */
const FAILED = 'Audit Failure'
const SUCCEEDED = 'Audit Success'

/** CEF's keys and the data they hold, where the data is not there itself. */
const KEYS: Readonly<Record<string, string>> = {
  duser: 'TargetUserName',
  dntdom: 'TargetDomainName',
  duid: 'TargetLogonId',
  suser: 'SubjectUserName',
  sntdom: 'SubjectDomainName',
  suid: 'SubjectLogonId',
  src: 'IpAddress',
  spt: 'IpPort',
  shost: 'WorkstationName',
  deviceProcessName: 'LogonProcessName',
  filePath: 'ObjectName',
  destinationServiceName: 'ServiceName',
}

/** A CEF event of Windows as flat JSON; undefined where it is none. `id`: the class id of its header. */
export function windowsOfCef(
  vendor: string,
  product: string,
  id: string,
  fields: Fields,
): Fields | undefined {
  if (!isWindows(vendor, product)) return undefined
  const [, provider = '', ofClass = ''] = /^(.{1,128}):(\d{1,5})$/.exec(id) ?? []
  const eventId = toId(fields.externalId ?? ofClass)
  const channel = channelOfProvider(provider) ?? channelOf(fields)
  if (eventId < 0 || channel === undefined) return undefined
  const out: { [name: string]: FieldValue } = {
    Channel: channel,
    EventID: eventId,
    Provider_Name: provider,
  }
  for (const name in fields) {
    if (name.startsWith('ad.')) out[name.slice(3)] = fields[name]!
    else if (name.includes(' ')) out[nameOfLabel(name)] ??= fields[name]!
  }
  for (const key in KEYS) if (fields[key] !== undefined) out[KEYS[key]!] ??= fields[key]!
  const process = fields.dproc ?? fields.sproc
  if (process !== undefined) out[eventId === 4688 ? 'NewProcessName' : 'ProcessName'] ??= process
  const host = fields.dvchost ?? fields.dhost
  if (host !== undefined) out.Computer = host
  return { ...out, Keywords: keywordsOf(fields) }
}

function isWindows(vendor: string, product: string): boolean {
  return /^microsoft$/i.test(vendor) && /windows/i.test(product)
}

/** `Logon GUID` is `LogonGuid`. */
function nameOfLabel(label: string): string {
  return label.replaceAll(' ', '').replace(/GUID$/, 'Guid').replace(/ID$/, 'Id')
}

/** `cat=Security`, `deviceEventCategory=Security:Logon`. */
function channelOf(fields: Fields): string | undefined {
  const category = fields.cat ?? fields.deviceEventCategory
  const name = typeof category === 'string' ? category.split(':')[0]! : ''
  return /^(?:security|system|application)$/i.test(name) ? name : undefined
}

function keywordsOf({ deviceSeverity, categoryOutcome, outcome }: Fields): string {
  const words = `${String(deviceSeverity ?? '')} ${String(categoryOutcome ?? '')} ${String(outcome ?? '')}`
  if (/failure/i.test(words)) return FAILED
  return /success/i.test(words) ? SUCCEEDED : ''
}

/** Names of LEEF that stand for what all events have. */
const LEEF_KEYS: Readonly<Record<string, string>> = {
  usrName: 'TargetUserName',
  domain: 'TargetDomainName',
  src: 'IpAddress',
  srcPort: 'IpPort',
  resource: 'Computer',
  identHostName: 'Computer',
}

/** A LEEF event of Windows, as NXLog and WinCollect write them, as flat JSON: the data stands under its own names. */
export function windowsOfLeef(
  vendor: string,
  product: string,
  id: string,
  fields: Fields,
): Fields | undefined {
  if (!isWindows(vendor, product)) return undefined
  const eventId = toId(fields.EventID ?? id)
  const provider = fields.SourceName ?? fields.Source
  const own = typeof provider === 'string' ? channelOfProvider(provider) : undefined
  const channel = fields.Channel ?? own ?? (isAudit(fields.cat) ? 'Security' : undefined)
  if (eventId < 0 || channel === undefined) return undefined
  const out: { [name: string]: FieldValue } = { ...fields, Channel: channel, EventID: eventId }
  for (const key in LEEF_KEYS) if (fields[key] !== undefined) out[LEEF_KEYS[key]!] ??= fields[key]!
  if (isAudit(fields.cat)) out.Keywords ??= /fail/i.test(String(fields.cat)) ? FAILED : SUCCEEDED
  return out
}

/** `cat=Success Audit`. */
function isAudit(category: FieldValue | undefined): boolean {
  return typeof category === 'string' && /^(?:success|failure) audit$|^audit /i.test(category)
}

/** A Windows event, laid over what its carrier says of it. */
export function overWindows(event: Parsed, json: Fields, context: ParseContext): Parsed {
  const inner = parseWindowsJson(json, context)
  if ('code' in inner) return event
  return {
    ...event,
    logsource: inner.logsource,
    pivots: { ...event.pivots, ...inner.pivots },
    fields: { ...event.fields, ...inner.fields },
  }
}
