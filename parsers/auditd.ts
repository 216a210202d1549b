// The Linux audit log: one record, or the records of one event (joined by their serial before, a line each).
// Raw and enriched, with a node, behind a syslog header, from the kernel or from the journal.
import type { Fields, FieldValue, Pivots } from '../sigma/event.ts'
import { ACTIONS, SYSCALL_ACTIONS } from './auditd/actions.ts'
import { type Assembled, assemble } from './auditd/assemble.ts'
import { isBeatEvent, readBeatEvent } from './auditd/beat.ts'
import { DOCUMENT_KEYS, readDocumentEvent } from './auditd/documents.ts'
import {
  type AuditRecord,
  parseJournalRecord,
  parseRecord,
  stampOf,
  TRAITS,
} from './auditd/record.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'
import { timeAt } from './time.ts'
import { ipOf, PIVOT_UNITS_MAX, portOf } from './values.ts'

const MESSAGE_UNITS_MAX = 4096
const SERVICE = ['auditd']
const NO_CATEGORY = closedLogSource('linux', [], SERVICE)
const logSources = new Map<string, ReturnType<typeof closedLogSource>>()

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return parseDocument(input.json, context)
  const header = syslogHeader(input.text, context)
  const records = recordsOf(input.text, header)
  const first = records[0]
  if (first === undefined) {
    return { code: 'auditd-no-record', message: 'no record of the Linux audit log' }
  }
  return eventOf(records, first, header)
}

function eventOf(
  records: readonly AuditRecord[],
  first: AuditRecord,
  header: SyslogLine | undefined,
): Parsed {
  const assembled = assemble(records)
  const main = records.length === 1 ? first : (records.find(isSystemCall) ?? first)
  const time = first.time ?? header?.time
  const { fields, categories } = assembled
  const logsource = logSourceOf(categories)
  const pivots = pivotsOf(main, assembled, header)
  const message = messageOf(main, assembled)
  return time === undefined
    ? { logsource, pivots, message, fields }
    : { time, logsource, pivots, message, fields }
}

function isSystemCall(record: AuditRecord): boolean {
  return record.type === 'SYSCALL'
}

/** Laurel and go-audit say no more of the account than the records do. */
function documentEvent(json: Fields): ReturnType<typeof readBeatEvent> {
  const event = readDocumentEvent(json)
  return event === undefined ? undefined : { ...event, user: undefined }
}

/** Auditbeat knows the accounts' names, so its user counts. */
function parseDocument(json: Fields, context: ParseContext): Parsed | EventError {
  const stamp = typeof json['@timestamp'] === 'string' ? json['@timestamp'] : undefined
  const time = stamp === undefined ? undefined : timeAt(stamp, 0, context)?.time
  const beat = readBeatEvent(json, time) ?? documentEvent(json)
  const first = beat?.records[0]
  if (beat === undefined || first === undefined) {
    return { code: 'auditd-no-record', message: 'no record of the Linux audit log' }
  }
  const event = eventOf(beat.records, first, undefined)
  const pivots = { ...event.pivots }
  set(pivots, 'user', beat.user)
  if (pivots.host === undefined) set(pivots, 'host', beat.host)
  const known = event.time ?? time
  return {
    ...event,
    ...(known === undefined ? {} : { time: known }),
    pivots,
    fields: { ...json, ...event.fields },
  }
}

function recordsOf(text: string, header: SyslogLine | undefined): readonly AuditRecord[] {
  const records: AuditRecord[] = []
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const whole = start === 0 && end === text.length
    addRecords(records, whole ? text : text.slice(start, end))
    start = end + 1
  }
  if (records.length > 0 || header === undefined) return records
  const journal = parseJournalRecord(header.message)
  return journal === undefined ? [] : [journal]
}

const NEXT_RECORD = ' type='

/** The records of a line: Wazuh's agent writes those of one event behind one another. */
function addRecords(records: AuditRecord[], line: string): void {
  let start = 0
  let at = line.indexOf(NEXT_RECORD, 1)
  while (at >= 0) {
    const stamp = stampOf(line.slice(start, Math.min(at, start + RECORD_HEAD_UNITS_MAX)))
    const next = line.slice(at + 1, at + RECORD_HEAD_UNITS_MAX)
    // Only with the very same stamp: values may hold such text.
    if (stamp !== undefined && ONE_OF_MORE.exec(next)?.[1] === stamp) {
      const record = parseRecord(line.slice(start, at))
      if (record !== undefined) records.push(record)
      start = at + 1
    }
    at = line.indexOf(NEXT_RECORD, at + 1)
  }
  const record = parseRecord(start === 0 ? line : line.slice(start))
  if (record !== undefined) records.push(record)
}

const RECORD_HEAD_UNITS_MAX = 512
const ONE_OF_MORE = /^type=[A-Z_]{2,40} msg=audit\(([\d.:]{1,40})\):/

function syslogHeader(text: string, context: ParseContext): SyslogLine | undefined {
  if (text.startsWith('type=') || text.startsWith('node=')) return undefined
  const end = text.indexOf('\n')
  return splitSyslog(end < 0 ? text : text.slice(0, end), context)
}

/** One shared object for each set of categories. */
function logSourceOf(categories: readonly string[]): Parsed['logsource'] {
  if (categories.length === 0) return NO_CATEGORY
  const key = categories.length === 1 ? categories[0]! : categories.join(' ')
  const known = logSources.get(key) ?? closedLogSource('linux', categories, SERVICE)
  logSources.set(key, known)
  return known
}

/** `main` is the record of the system call, else the first one. */
function pivotsOf(
  main: AuditRecord,
  { fields, traits, syscall, address }: Assembled,
  header: SyslogLine | undefined,
): Pivots {
  const pivots: WritablePivots = {}
  set(pivots, 'host', main.node ?? header?.host)
  const account = (traits & TRAITS.account) === 0 ? undefined : firstOf(fields.acct)
  // The account a record is about comes first.
  set(pivots, 'user', account ?? userOf(fields, main.type === 'SYSCALL'))
  set(pivots, 'process', firstOf(fields.exe) ?? firstOf(fields.comm) ?? programOf(fields))
  if ((traits & TRAITS.end) !== 0) addEnds(pivots, fields, syscall, address)
  set(pivots, 'action', actionOf(main, syscall))
  if ((traits & TRAITS.outcome) !== 0) set(pivots, 'outcome', outcomeOf(fields))
  return pivots
}

function addEnds(
  pivots: WritablePivots,
  fields: Fields,
  syscall: string | undefined,
  address: Assembled['address'],
): void {
  const incoming = syscall === 'accept' || syscall === 'accept4' || syscall?.startsWith('recv')
  const [ip, port] = incoming === true ? SOURCE : DESTINATION
  if (address?.ip !== undefined) {
    set(pivots, ip, ipOf(address.ip))
    pivots[port] = address.port ?? 0
  }
  const peer = firstOf(fields.addr) ?? firstOf(fields.src)
  if (peer !== undefined) set(pivots, 'src_ip', ipOf(peer))
  const target = firstOf(fields.dst) ?? firstOf(fields.laddr)
  if (target !== undefined) set(pivots, 'dst_ip', ipOf(target))
  const remote = pivots.src_port === undefined ? portOf(fields.rport) : undefined
  if (remote !== undefined) pivots.src_port = remote
  const local = pivots.dst_port === undefined ? portOf(fields.lport) : undefined
  if (local !== undefined) pivots.dst_port = local
}

const SOURCE = ['src_ip', 'src_port'] as const
const DESTINATION = ['dst_ip', 'dst_port'] as const
type WritablePivots = { -readonly [name in keyof Pivots]: Pivots[name] }
type TextPivot = Exclude<keyof Pivots, 'src_port' | 'dst_port'>

function set(pivots: WritablePivots, name: TextPivot, value: string | undefined): void {
  if (value !== undefined && value !== '' && value.length <= PIVOT_UNITS_MAX) pivots[name] = value
}

/** The first argument is the program, where only the arguments are known. */
function programOf(fields: Fields): string | undefined {
  return fields.type === 'EXECVE' ? firstOf(fields.a0) : undefined
}

/** Of a system call whose it is, as in the field `User`; else who logged on, by name where the log is enriched. */
function userOf(fields: Fields, isSyscall: boolean): string | undefined {
  for (const name of isSyscall ? SYSCALL_USERS : USERS) {
    const value = firstOf(fields[name])
    if (value !== undefined && value !== UNSET && value !== 'unset') {
      return value === '0' ? 'root' : value
    }
  }
  return undefined
}

const UNSET = '4294967295'
const USERS = ['user', 'AUID', 'UID', 'auid', 'uid']
const SYSCALL_USERS = ['UID', 'uid', 'AUID', 'auid']

function actionOf({ type }: AuditRecord, syscall: string | undefined): string {
  if (type === 'SYSCALL' && syscall !== undefined) {
    return SYSCALL_ACTIONS.get(syscall) ?? syscall
  }
  return ACTIONS.get(type) ?? type.toLowerCase()
}

function outcomeOf(fields: Fields): string | undefined {
  const value =
    firstOf(fields.success) ??
    firstOf(fields.res) ??
    firstOf(fields.seresult) ??
    firstOf(fields.apparmor)?.toLowerCase() ??
    ''
  if (value === 'yes' || value === 'success' || value === '1' || value === 'granted') {
    return 'success'
  }
  const failed = value === 'no' || value === 'failed' || value === '0' || value === 'denied'
  return failed ? 'failure' : undefined
}

/** The command, what a system call did, or what stands in the record. */
function messageOf(main: AuditRecord, { commandLine, fields, syscall }: Assembled): string {
  const types = Array.isArray(fields.type) ? fields.type.join(',') : String(fields.type)
  const text = commandLine ?? (main.type === 'SYSCALL' ? callOf(fields, syscall) : main.body)
  return `${types} ${text}`.slice(0, MESSAGE_UNITS_MAX)
}

/** `openat failed: /usr/bin/cat /etc/shadow (shadow_read)`. */
function callOf(fields: Fields, syscall: string | undefined): string {
  const failed = fields.success === 'no' ? ' failed' : ''
  const key = firstOf(fields.key)
  const about = `${wordsOf(fields.exe ?? fields.comm)}${wordsOf(fields.name)}${wordsOf(fields.saddr_ip)}`
  return `${syscall ?? fields.syscall}${failed}:${about === '' ? ' ' : about}${key === undefined ? '' : ` (${key})`}`
}

/** A text behind a blank, each of several. */
function wordsOf(value: FieldValue | undefined): string {
  if (typeof value === 'string') return ` ${value}`
  return Array.isArray(value) ? value.map(wordsOf).join('') : ''
}

/** A value, or the first of several. */
function firstOf(value: FieldValue | undefined): string | undefined {
  const one = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' ? one : undefined
}

export const auditd: Parser = {
  name: 'auditd',
  title: 'Linux audit log (auditd)',
  aliases: ['audit', 'linux_audit', 'audispd'],
  keys: ['auditd', ...DOCUMENT_KEYS],
  recognise: ({ json, text }, context) => {
    if (json !== undefined) return isBeatEvent(json) || readDocumentEvent(json) !== undefined
    if (text.includes('audit(')) return stampOf(text) !== undefined && /\btype=/.test(text)
    const header = text.includes(' audit[') ? splitSyslog(text, context) : undefined
    return header?.program === 'audit' && parseJournalRecord(header.message) !== undefined
  },
  parse,
}
