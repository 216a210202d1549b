// The Linux audit log: one record, or the records of one event (joined by their serial before, a line each).
// Raw and enriched, with a node, behind a syslog header, from the kernel or from the journal.
import type { Fields, FieldValue, Pivots } from '../sigma/event.ts'
import { ACTIONS, SYSCALL_ACTIONS } from './auditd/actions.ts'
import { type Assembled, assemble } from './auditd/assemble.ts'
import { type AuditRecord, parseJournalRecord, parseRecord, stampOf } from './auditd/record.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'
import { ipOf, PIVOT_UNITS_MAX, portOf } from './values.ts'

const MESSAGE_UNITS_MAX = 4096
const SERVICE = ['auditd']
const NO_CATEGORY = closedLogSource('linux', [], SERVICE)
const logSources = new Map<string, ReturnType<typeof closedLogSource>>()

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const header = syslogHeader(input.text, context)
  const records = recordsOf(input.text, header)
  const first = records[0]
  if (first === undefined) {
    return { code: 'auditd-no-record', message: 'no record of the Linux audit log' }
  }
  const assembled = assemble(records)
  const main = records.find((record) => record.type === 'SYSCALL') ?? first
  const time = first.time ?? header?.time
  const { fields, categories } = assembled
  const logsource = logSourceOf(categories)
  const pivots = pivotsOf(main, assembled, header)
  const message = messageOf(main, assembled)
  return time === undefined
    ? { logsource, pivots, message, fields }
    : { time, logsource, pivots, message, fields }
}

function recordsOf(text: string, header: SyslogLine | undefined): readonly AuditRecord[] {
  const records: AuditRecord[] = []
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const whole = start === 0 && end === text.length
    const record = parseRecord(whole ? text : text.slice(start, end))
    if (record !== undefined) records.push(record)
    start = end + 1
  }
  if (records.length > 0 || header === undefined) return records
  const journal = parseJournalRecord(header.message)
  return journal === undefined ? [] : [journal]
}

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
  { fields, syscall, address }: Assembled,
  header: SyslogLine | undefined,
): Pivots {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  set(pivots, 'host', main.node ?? header?.host)
  set(pivots, 'user', userOf(fields))
  set(pivots, 'process', firstOf(fields.exe) ?? firstOf(fields.comm) ?? programOf(fields))
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
  set(pivots, 'action', actionOf(main, syscall))
  set(pivots, 'outcome', outcomeOf(fields))
  return pivots
}

const SOURCE = ['src_ip', 'src_port'] as const
const DESTINATION = ['dst_ip', 'dst_port'] as const
type TextPivot = Exclude<keyof Pivots, 'src_port' | 'dst_port'>

function set(
  pivots: { -readonly [name in keyof Pivots]: Pivots[name] },
  name: TextPivot,
  value: string | undefined,
): void {
  if (value !== undefined && value !== '' && value.length <= PIVOT_UNITS_MAX) pivots[name] = value
}

/** The first argument is the program, where only the arguments are known. */
function programOf(fields: Fields): string | undefined {
  return fields.type === 'EXECVE' ? firstOf(fields.a0) : undefined
}

/** The account a record is about, else who logged on and acts, by name where the log is enriched: the audit
 * user id stays the same when somebody becomes root. */
function userOf(fields: Fields): string | undefined {
  const account = firstOf(fields.acct)
  if (account !== undefined) return account
  for (const name of USERS) {
    const value = firstOf(fields[name])
    if (value !== undefined && value !== UNSET && value !== 'unset') {
      return value === '0' ? 'root' : value
    }
  }
  return undefined
}

const UNSET = '4294967295'
const USERS = ['AUID', 'UID', 'auid', 'user', 'uid']

function actionOf({ type }: AuditRecord, syscall: string | undefined): string {
  if (type === 'SYSCALL' && syscall !== undefined) {
    return Object.hasOwn(SYSCALL_ACTIONS, syscall) ? SYSCALL_ACTIONS[syscall]! : syscall
  }
  return Object.hasOwn(ACTIONS, type) ? ACTIONS[type]! : type.toLowerCase()
}

function outcomeOf(fields: Fields): string | undefined {
  const value = firstOf(fields.success) ?? firstOf(fields.res) ?? firstOf(fields.seresult) ?? ''
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
  const parts = [fields.exe ?? fields.comm, fields.name, fields.saddr_ip].flat()
  const key = firstOf(fields.key)
  const about = parts.filter((part) => typeof part === 'string').join(' ')
  return `${syscall ?? fields.syscall}${failed}: ${about}${key === undefined ? '' : ` (${key})`}`
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
  keys: [],
  recognise: ({ json, text }, context) => {
    if (json !== undefined) return false
    if (text.includes('audit(')) return stampOf(text) !== undefined && /\btype=/.test(text)
    const header = text.includes(' audit[') ? splitSyslog(text, context) : undefined
    return header?.program === 'audit' && parseJournalRecord(header.message) !== undefined
  },
  parse,
}
