// Rows of Microsoft Defender's tables of devices, as queries, the streaming API and Sentinel give them.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields, JsonError, parseJsonText } from '../json-text.ts'
import { accountOf, hashesOf, type Observation, present, productOf, textOf } from './observation.ts'

/** Categories by type of action. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  ProcessCreated: ['process_creation'],
  ImageLoaded: ['image_load'],
  DriverLoad: ['driver_load'],
  FileCreated: ['file_event'],
  FileModified: ['file_change'],
  FileRenamed: ['file_rename'],
  FileDeleted: ['file_delete'],
  ConnectionSuccess: ['network_connection'],
  ConnectionFailed: ['network_connection'],
  ConnectionAttempt: ['network_connection'],
  ConnectionRequest: ['network_connection'],
  ConnectionFound: ['network_connection'],
  InboundConnectionAccepted: ['network_connection'],
  RegistryKeyCreated: ['registry_add', 'registry_event'],
  RegistryValueSet: ['registry_set', 'registry_event'],
  RegistryKeyDeleted: ['registry_delete', 'registry_event'],
  RegistryValueDeleted: ['registry_delete', 'registry_event'],
  RegistryKeyRenamed: ['registry_rename', 'registry_event'],
  CreateRemoteThreadApiCall: ['create_remote_thread'],
  OpenProcessApiCall: ['process_access'],
  NamedPipeEvent: ['pipe_created'],
  DnsQueryResponse: ['dns_query'],
  AntivirusDetection: ['antivirus'],
}
const FAILURES: ReadonlySet<string> = new Set(['ConnectionFailed', 'LogonFailed'])
const SUCCESSES: ReadonlySet<string> = new Set([
  ...['ConnectionSuccess', 'InboundConnectionAccepted', 'LogonSuccess'],
])

/** The observation of a row; undefined for other JSON. */
export function readDefenderRow(json: Fields): Observation | undefined {
  const row = rowOf(json)
  const action = textOf(row?.ActionType)
  if (row === undefined || action === undefined) return undefined
  if (row.DeviceId === undefined && row.DeviceName === undefined) return undefined
  const image = pathOf(row.InitiatingProcessFolderPath, row.InitiatingProcessFileName)
  const file = pathOf(row.FolderPath, row.FileName)
  const isProcess = action === 'ProcessCreated'
  const account = textOf(row.AccountName) ?? textOf(row.InitiatingProcessAccountName)
  return {
    product: productOf(file, image),
    categories: CATEGORIES[action] ?? [],
    times: [row.Timestamp, row.TimeGenerated, json.time],
    host: textOf(row.DeviceName),
    user: account,
    action,
    outcome: FAILURES.has(action) ? 'failure' : SUCCESSES.has(action) ? 'success' : undefined,
    fields: isProcess ? processOf(row, file, image) : otherOf(row, action, file, image),
    document: row,
  }
}

/** The row itself, or in what the streaming API puts around it. */
function rowOf(json: Fields): Fields | undefined {
  if (json.ActionType !== undefined) return json
  const { properties, category } = json
  const isStreamed =
    typeof category === 'string' && /^AdvancedHunting-(?:Device|Identity)/.test(category)
  return isStreamed && isFields(properties) ? properties : undefined
}

/** Some rows have the folder alone, most the whole path. */
function pathOf(folder: FieldValue | undefined, file: FieldValue | undefined): string | undefined {
  const path = textOf(folder)
  const name = textOf(file)
  if (path === undefined || name === undefined) return path ?? name
  if (path.toLowerCase().endsWith(name.toLowerCase())) return path
  const separator = path.startsWith('/') ? '/' : '\\'
  return path.endsWith(separator) ? `${path}${name}` : `${path}${separator}${name}`
}

function processOf(row: Fields, file: string | undefined, image: string | undefined): Fields {
  return present({
    Image: file,
    CommandLine: row.ProcessCommandLine,
    ProcessId: row.ProcessId,
    User: accountOf(row.AccountDomain, row.AccountName),
    IntegrityLevel: row.ProcessIntegrityLevel,
    LogonId: row.LogonId,
    OriginalFileName: row.ProcessVersionInfoOriginalFileName,
    Company: row.ProcessVersionInfoCompanyName,
    Product: row.ProcessVersionInfoProductName,
    Description: row.ProcessVersionInfoFileDescription,
    FileVersion: row.ProcessVersionInfoProductVersion,
    Hashes: hashesOf(row.SHA1, row.MD5, row.SHA256),
    ParentImage: image,
    ParentCommandLine: row.InitiatingProcessCommandLine,
    ParentProcessId: row.InitiatingProcessId,
    ParentUser: accountOf(row.InitiatingProcessAccountDomain, row.InitiatingProcessAccountName),
  })
}

function otherOf(
  row: Fields,
  action: string,
  file: string | undefined,
  image: string | undefined,
): Fields {
  const more = moreOf(row.AdditionalFields)
  const isFile = action.startsWith('File')
  const isConnection = CATEGORIES[action]?.[0] === 'network_connection'
  const isThread = action === 'CreateRemoteThreadApiCall' || action === 'OpenProcessApiCall'
  const isInbound = action === 'InboundConnectionAccepted'
  return present({
    [isThread ? 'SourceImage' : 'Image']: image,
    CommandLine: row.InitiatingProcessCommandLine,
    ProcessId: row.InitiatingProcessId,
    ParentImage: textOf(row.InitiatingProcessParentFileName),
    User:
      accountOf(row.InitiatingProcessAccountDomain, row.InitiatingProcessAccountName) ??
      accountOf(row.AccountDomain, row.AccountName),
    TargetImage: isThread ? file : undefined,
    TargetFilename: isFile ? file : undefined,
    SourceFilename: isFile ? pathOf(row.PreviousFolderPath, row.PreviousFileName) : undefined,
    ImageLoaded: action === 'ImageLoaded' || action === 'DriverLoad' ? file : undefined,
    Hashes: isThread ? undefined : hashesOf(row.SHA1, row.MD5, row.SHA256),
    ...(isConnection
      ? {
          SourceIp: isInbound ? row.RemoteIP : row.LocalIP,
          SourcePort: isInbound ? row.RemotePort : row.LocalPort,
          DestinationIp: isInbound ? row.LocalIP : row.RemoteIP,
          DestinationPort: isInbound ? row.LocalPort : row.RemotePort,
          DestinationHostname: isInbound ? undefined : row.RemoteUrl,
          Protocol: textOf(row.Protocol)?.toLowerCase(),
          Initiated: String(!isInbound),
        }
      : { SourceIp: row.RemoteIP, SourcePort: row.RemotePort }),
    TargetObject: registryPath(row),
    Details: row.RegistryValueData,
    PipeName: more.PipeName,
    QueryName: more.DnsQueryString,
    Signature: more.ThreatName,
    Filename: action === 'AntivirusDetection' ? file : undefined,
  })
}

function moreOf(value: FieldValue | undefined): Fields {
  const decoded = typeof value === 'string' && value.startsWith('{') ? parseJsonText(value) : value
  return decoded instanceof JsonError || !isFields(decoded) ? {} : decoded
}

const HIVES: Readonly<Record<string, string>> = {
  HKEY_LOCAL_MACHINE: 'HKLM',
  HKEY_USERS: 'HKU',
  HKEY_CURRENT_USER: 'HKCU',
  HKEY_CLASSES_ROOT: 'HKCR',
}

function registryPath(row: Fields): string | undefined {
  const key = textOf(row.RegistryKey) ?? textOf(row.PreviousRegistryKey)
  if (key === undefined) return undefined
  const end = key.indexOf('\\')
  const hive = key.slice(0, end < 0 ? undefined : end)
  const path = Object.hasOwn(HIVES, hive) ? HIVES[hive]! + key.slice(hive.length) : key
  const name = textOf(row.RegistryValueName) ?? textOf(row.PreviousRegistryValueName)
  return name === undefined ? path : `${path}\\${name}`
}
