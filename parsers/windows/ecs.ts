// Documents that Winlogbeat's modules or Elastic's pipelines have rewritten: what they moved out of the event data,
// under the names that Windows gives it. Only what the data itself lacks is taken.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'

type Writable = { [name: string]: FieldValue }
/** Name of the data and the path of its value. */
type Names = readonly (readonly [name: string, path: readonly string[]])[]

/** `process.pid` and its kin, cut at the dots. */
function names(table: Readonly<Record<string, string>>): Names {
  return Object.entries(table).map(([name, path]) => [name, path.split('.')] as const)
}

const PROCESS = {
  Image: 'process.executable',
  ProcessId: 'process.pid',
  ProcessGuid: 'process.entity_id',
}
const SYSMON_ANY = names(PROCESS)
const SOURCE_PROCESS = names({
  SourceImage: 'process.executable',
  SourceProcessId: 'process.pid',
  SourceProcessGuid: 'process.entity_id',
  SourceThreadId: 'process.thread.id',
})
const FILE = names({
  ...PROCESS,
  TargetFilename: 'file.path',
  CreationUtcTime: 'file.created',
  Archived: 'sysmon.file.archived',
  IsExecutable: 'sysmon.file.is_executable',
})
const REGISTRY = names({
  ...PROCESS,
  TargetObject: 'registry.path',
  Details: 'registry.data.strings',
})
const PIPE = names({ ...PROCESS, PipeName: 'file.name' })
const LOADED = names({
  ...PROCESS,
  ImageLoaded: 'file.path',
  OriginalFileName: 'file.pe.original_file_name',
  FileVersion: 'file.pe.file_version',
  Description: 'file.pe.description',
  Product: 'file.pe.product',
  Company: 'file.pe.company',
  Signed: 'file.code_signature.signed',
  Signature: 'file.code_signature.subject_name',
  SignatureStatus: 'file.code_signature.status',
})

/** Sysmon's event ids. */
const SYSMON: Readonly<Record<number, Names>> = {
  1: names({
    ...PROCESS,
    CommandLine: 'process.command_line',
    CurrentDirectory: 'process.working_directory',
    OriginalFileName: 'process.pe.original_file_name',
    FileVersion: 'process.pe.file_version',
    Description: 'process.pe.description',
    Product: 'process.pe.product',
    Company: 'process.pe.company',
    ParentImage: 'process.parent.executable',
    ParentCommandLine: 'process.parent.command_line',
    ParentProcessId: 'process.parent.pid',
    ParentProcessGuid: 'process.parent.entity_id',
  }),
  2: FILE,
  3: names({
    ...PROCESS,
    SourceIp: 'source.ip',
    SourcePort: 'source.port',
    SourceHostname: 'source.domain',
    DestinationIp: 'destination.ip',
    DestinationPort: 'destination.port',
    DestinationHostname: 'destination.domain',
    Protocol: 'network.transport',
  }),
  6: LOADED,
  7: LOADED,
  8: SOURCE_PROCESS,
  10: SOURCE_PROCESS,
  11: FILE,
  12: REGISTRY,
  13: REGISTRY,
  14: REGISTRY,
  15: FILE,
  17: PIPE,
  18: PIPE,
  22: names({ ...PROCESS, QueryName: 'dns.question.name', QueryStatus: 'sysmon.dns.status' }),
  23: FILE,
  26: FILE,
  27: FILE,
  28: FILE,
  29: FILE,
}
const NEW_PROCESS = names({
  NewProcessName: 'process.executable',
  NewProcessId: 'process.pid',
  CommandLine: 'process.command_line',
  ParentProcessName: 'process.parent.executable',
  ProcessId: 'process.parent.pid',
})
const SECURITY_ANY = names({
  ProcessName: 'process.executable',
  ProcessId: 'process.pid',
  IpAddress: 'source.ip',
  IpPort: 'source.port',
  WorkstationName: 'source.domain',
  ServiceName: 'service.name',
})
const POWERSHELL = names({
  ScriptBlockText: 'powershell.file.script_block_text',
  ScriptBlockId: 'powershell.file.script_block_id',
  MessageNumber: 'powershell.sequence',
  MessageTotal: 'powershell.total',
  Path: 'file.path',
  HostApplication: 'process.command_line',
  CommandName: 'powershell.command.name',
  EngineVersion: 'powershell.engine.version',
})

/** Objects of ECS that hold what was moved. */
const MOVED = ['process', 'file', 'registry', 'dns', 'source', 'powershell']

/** Adds what a rewritten document holds beside the event data. */
export function addEcsNames(
  fields: Writable,
  document: Fields,
  service: string | undefined,
  eventId: number,
): void {
  const isFlat = document['winlog.channel'] !== undefined
  if (!isFlat && !MOVED.some((name) => isFields(document[name]))) return
  for (const [name, path] of namesFor(service, eventId)) {
    const value = valueAt(document, path)
    if (value !== undefined) fields[name] ??= value
  }
  if (service === 'sysmon') addSysmon(fields, document, eventId)
  else if (service === 'powershell-classic') addClassicData(fields)
  else if (service === 'security') addHexadecimal(fields)
}

/** Rules look into the data of classic PowerShell, whose lines are gone. */
function addClassicData(fields: Writable): void {
  const { HostApplication: application, EngineVersion: version } = fields
  if (fields.Data !== undefined || fields.param1 !== undefined || application === undefined) return
  // The message still has them all.
  const { Message: message } = fields
  if (typeof message === 'string' && message.includes('HostApplication=')) {
    fields.Data = message
    return
  }
  const lines = [`HostApplication=${String(application)}`]
  if (version !== undefined) lines.push(`EngineVersion=${String(version)}`)
  fields.Data = lines.join('\n')
}

/** The Security log writes processes' numbers as hexadecimal. */
function addHexadecimal(fields: Writable): void {
  for (const name of ['ProcessId', 'NewProcessId']) {
    const value = fields[name]
    if (typeof value === 'number') fields[name] = `0x${value.toString(16)}`
  }
}

function namesFor(service: string | undefined, eventId: number): Names {
  if (service === 'sysmon') return SYSMON[eventId] ?? SYSMON_ANY
  if (service === 'security') return eventId === 4688 ? NEW_PROCESS : SECURITY_ANY
  return service === 'powershell' || service === 'powershell-classic' ? POWERSHELL : []
}

/** The value at a path, or under a key with dots. */
function valueAt(document: Fields, path: readonly string[]): FieldValue | undefined {
  let value: FieldValue | undefined = document
  for (const name of path) value = isFields(value) ? value[name] : undefined
  if (value === undefined && document['winlog.channel'] !== undefined)
    value = document[path.join('.')]
  if (Array.isArray(value)) return value[0]
  return value === null || isFields(value) ? undefined : value
}

/** What Sysmon writes as one text and ECS takes apart: the user, hashes, directions, answers. */
function addSysmon(fields: Writable, document: Fields, eventId: number): void {
  const user = valueAt(document, ['user', 'name'])
  const domain = valueAt(document, ['user', 'domain'])
  if (user !== undefined) fields.User ??= domain === undefined ? user : `${domain}\\${user}`
  const ofFile = eventId === 1 ? '' : hashesOf(document, 'file')
  const hashes =
    ofFile === '' && HASHED_AS_PROCESS.has(eventId) ? hashesOf(document, 'process') : ofFile
  if (hashes !== '') fields.Hashes ??= hashes
  if (eventId === 3) {
    const direction = valueAt(document, ['network', 'direction'])
    const isOut = direction === 'outbound' || direction === 'egress'
    if (direction !== undefined) fields.Initiated ??= String(isOut)
  } else if (eventId === 22) addAnswers(fields, document)
}

/** Events whose hashes stand with the process. */
const HASHED_AS_PROCESS: ReadonlySet<number> = new Set([1, 23, 24, 26])

/** `type:  5 a.example;192.0.2.7;`, and the number of the status. */
function addAnswers(fields: Writable, { dns }: Fields): void {
  if (fields.QueryStatus === 'SUCCESS') fields.QueryStatus = '0'
  const answers = isFields(dns) ? dns.answers : undefined
  if (!Array.isArray(answers) || fields.QueryResults !== undefined) return
  const texts = (answers as readonly FieldValue[]).map((answer) =>
    isFields(answer) ? String(answer.data ?? '') : String(answer),
  )
  fields.QueryResults = texts.map((text) => `${text};`).join('')
}

const HASHES = [
  ['SHA1', 'sha1'],
  ['MD5', 'md5'],
  ['SHA256', 'sha256'],
] as const

/** `SHA1=..,MD5=..,SHA256=..,IMPHASH=..`. */
function hashesOf(document: Fields, owner: string): string {
  const found = HASHES.map(
    ([name, key]) => [name, valueAt(document, [owner, 'hash', key])] as const,
  )
  const imphash = valueAt(document, [owner, 'pe', 'imphash'])
  return [...found, ['IMPHASH', imphash] as const]
    .filter(([, value]) => typeof value === 'string')
    .map(([name, value]) => `${name}=${String(value).toUpperCase()}`)
    .join(',')
}
