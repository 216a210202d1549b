// What the keys of CEF's dictionary mean, short and full names alike.
import {
  accountName,
  put,
  putUrl,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { deviceTimeAt } from '../device/header.ts'
import { verdictOf } from '../device/verdict.ts'
import type { ParseContext } from '../event.ts'
import { type EventSeverity, severityOf } from '../severity.ts'
import { parseTime } from '../time.ts'

/** Our name and the keys that may hold it, best first. */
const NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['src_ip', ['src', 'sourceAddress', 'c6a2']],
  ['dst_ip', ['dst', 'destinationAddress', 'c6a3']],
  ['src_port', ['spt', 'sourcePort']],
  ['dst_port', ['dpt', 'destinationPort']],
  ['protocol', ['proto', 'transportProtocol']],
  ['action', ['act', 'deviceAction']],
  ['c-uri', ['request', 'requestUrl', 'requestURL']],
  ['c-useragent', ['requestClientApplication']],
  ['cs-method', ['requestMethod']],
  ['cs-cookie', ['requestCookies']],
]
const TIMES = ['rt', 'deviceReceiptTime', 'end', 'endTime', 'start', 'startTime', 'art']
const USERS = ['suser', 'sourceUserName', 'duser', 'destinationUserName', 'usrName', 'account']
const HOSTS = ['dvchost', 'deviceHostName', 'dvc', 'deviceAddress', 'origin']
const PROCESSES = [
  'sproc',
  'sourceProcessName',
  'dproc',
  'destinationProcessName',
  'deviceProcessName',
]
const DOMAINS = ['destinationDnsDomain', 'dhost', 'destinationHostName', 'sourceDnsDomain']
const HASHES = ['fileHash', 'sha256', 'oldFileHash']

/** Adds common names and columns; the event's time where a key has one. */
export function addExtensionMeaning(
  fields: WritableFields,
  pivots: WritablePivots,
  severity: string,
  context: ParseContext,
): number | undefined {
  for (const [name, keys] of NAMES) {
    const value = first(fields, keys)
    if (value !== undefined && fields[name] === undefined) put(fields, name, unquoted(value))
  }
  const user = first(fields, USERS)
  if (user !== undefined) pivots.user = accountName(user)
  setPivot(pivots, 'host', first(fields, HOSTS))
  setPivot(pivots, 'process', first(fields, PROCESSES))
  setPivot(pivots, 'hash', first(fields, HASHES))
  putUrl(pivots, first(fields, ['c-uri']))
  setPivot(pivots, 'domain', pivots.domain === undefined ? first(fields, DOMAINS) : undefined)
  const action = first(fields, ['action'])
  if (action !== undefined) pivots.action = verdictOf(action) ?? action
  const outcome = outcomeOf(first(fields, ['outcome', 'eventOutcome', 'categoryOutcome']))
  if (outcome !== undefined) pivots.outcome = outcome
  const level = cefSeverity(severity)
  if (level !== undefined && level !== 'informational') pivots.severity = level
  return timeOf(fields, context)
}

/** PAN-OS writes quotes around an address of the web. */
function unquoted(value: string): string {
  const quoted = value.length > 2 && value.startsWith('"') && value.endsWith('"')
  return quoted ? value.slice(1, -1) : value
}

function first(fields: WritableFields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

function setPivot(
  pivots: WritablePivots,
  name: 'host' | 'process' | 'hash' | 'domain',
  value: string | undefined,
): void {
  if (value !== undefined) pivots[name] = value
}

function outcomeOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined
  if (/^\/?succ|^true$|^ok$/i.test(word)) return 'success'
  return /^\/?fail|^false$|^error|^denied/i.test(word) ? 'failure' : word
}

/** 0 to 10 or a word; 0 says nothing, 9 and 10 are CEF's very high. */
export function cefSeverity(text: string): EventSeverity | undefined {
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) {
    return /^very.?high$/i.test(text) ? 'critical' : severityOf(text)
  }
  if (value <= 0) return 'informational'
  if (value <= 3) return 'low'
  if (value <= 6) return 'medium'
  return value <= 8 ? 'high' : 'critical'
}

function timeOf(fields: WritableFields, context: ParseContext): number | undefined {
  for (const key of TIMES) {
    const value = fields[key]
    if (typeof value !== 'string') continue
    const time = parseTime(value, context) ?? deviceTimeAt(value, 0, context)?.time
    if (time !== undefined) return time
  }
  return undefined
}
