// Names for data that Windows logs without: by provider and event id, in the order of the values. Newer
// Windows names the same values so itself; rules use these names.
import type { FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { namedInserts } from './inserts.ts'

const APPLICATION_ERROR = [
  ...['AppName', 'AppVersion', 'AppTimeStamp', 'ModuleName', 'ModuleVersion', 'ModuleTimeStamp'],
  ...['ExceptionCode', 'FaultingOffset', 'ProcessId', 'ProcessCreationTime', 'AppPath'],
  ...['ModulePath', 'IntegratorReportId', 'PackageFullName', 'PackageRelativeAppId'],
]
const ERROR_REPORT = [
  ...['FaultBucket', 'FaultType', 'EventName', 'Response', 'CabId', 'P1', 'P2', 'P3', 'P4', 'P5'],
  ...['P6', 'P7', 'P8', 'P9', 'P10', 'AttachedFiles', 'StorePath', 'AnalysisSymbol'],
  ...['Rechecking', 'ReportId', 'ReportStatus', 'HashedBucket', 'CabGuid'],
]

/** By provider (lower case) and event id. */
const NAMES: Readonly<Record<string, Readonly<Record<number, readonly string[]>>>> = {
  'application error': { 1000: APPLICATION_ERROR },
  'windows error reporting': { 1001: ERROR_REPORT },
  msiinstaller: {
    1033: ['ProductName', 'ProductVersion', 'ProductLanguage', 'Status', 'Manufacturer'],
    1034: ['ProductName', 'ProductVersion', 'ProductLanguage', 'Status', 'Manufacturer'],
    11707: ['Description'],
    11708: ['Description'],
    11724: ['Description'],
  },
  user32: {
    1074: [
      'ProcessName',
      'ComputerName',
      'ReasonText',
      'ReasonCode',
      'ShutdownType',
      'Comment',
      'User',
    ],
  },
}

type Writable = { [name: string]: FieldValue }

/** Lists of values that collectors write, in the order of the event's own. */
const LISTS = ['StringInserts', 'ReplacementStrings', 'Properties', 'EventData'] as const

/** Values in a list under the names that the event has for them, where these are known and free; else as `Data`. */
export function nameInserts(fields: Writable, service: string | undefined, eventId: number): void {
  const list = listOf(fields)
  const source = fields[list ?? 'Data']
  if (!Array.isArray(source) || source.length === 0) return
  const values = (source as readonly FieldValue[]).map(wrappedValue)
  if (!values.every(isPlain)) return
  const named = namedInserts(service, eventId, values)
  if (named !== undefined) for (const name in named) fields[name] ??= named[name]!
  else if (list !== undefined) fields.Data ??= values
}

function listOf(fields: Writable): string | undefined {
  for (const name of LISTS) if (Array.isArray(fields[name])) return name
  return undefined
}

/** `Get-WinEvent` wraps each value. */
function wrappedValue(item: FieldValue): FieldValue {
  return isFields(item) && 'Value' in item ? item.Value! : item
}

function isPlain(value: FieldValue): boolean {
  return typeof value !== 'object' || value === null
}

/** Adds the names where they are known and free. */
export function nameUnnamed(
  fields: { [name: string]: FieldValue },
  provider: string,
  eventId: number,
): void {
  const { Data: data } = fields
  if (!Array.isArray(data)) return
  const names = NAMES[provider.toLowerCase()]?.[eventId]
  if (names === undefined) return
  names.forEach((name, index) => {
    const value = data[index]
    if (value !== undefined && value !== '') fields[name] ??= value
  })
}
