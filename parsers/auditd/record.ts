// One record of the Linux audit log: `type=SYSCALL msg=audit(TIME:SERIAL): key=value ...`, with `node=` before
// it, behind a syslog header, or as the kernel and the journal write it.
import { internedAt } from '../names.ts'

/** A record with its values as text; repeated keys are in order. */
export interface AuditRecord {
  readonly type: string
  /** Milliseconds since 1970 UTC; absent where the journal took the stamp away. */
  readonly time: number | undefined
  readonly serial: string | undefined
  readonly node: string | undefined
  readonly values: readonly (readonly [key: string, value: string])[]
  /** What stands behind the stamp. */
  readonly body: string
}

/** Types of records that kernel and journal give by number, those that carry something to detect on. */
const TYPES_BY_NUMBER: Readonly<Record<string, string>> = {
  1006: 'LOGIN',
  1100: 'USER_AUTH',
  1101: 'USER_ACCT',
  1102: 'USER_MGMT',
  1103: 'CRED_ACQ',
  1104: 'CRED_DISP',
  1105: 'USER_START',
  1106: 'USER_END',
  1107: 'USER_AVC',
  1108: 'USER_CHAUTHTOK',
  1109: 'USER_ERR',
  1110: 'CRED_REFR',
  1111: 'USYS_CONFIG',
  1112: 'USER_LOGIN',
  1113: 'USER_LOGOUT',
  1114: 'ADD_USER',
  1115: 'DEL_USER',
  1116: 'ADD_GROUP',
  1117: 'DEL_GROUP',
  1123: 'USER_CMD',
  1124: 'USER_TTY',
  1127: 'SYSTEM_BOOT',
  1128: 'SYSTEM_SHUTDOWN',
  1130: 'SERVICE_START',
  1131: 'SERVICE_STOP',
  1138: 'SOFTWARE_UPDATE',
  1300: 'SYSCALL',
  1302: 'PATH',
  1305: 'CONFIG_CHANGE',
  1306: 'SOCKADDR',
  1307: 'CWD',
  1309: 'EXECVE',
  1318: 'OBJ_PID',
  1319: 'TTY',
  1320: 'EOE',
  1321: 'BPRM_FCAPS',
  1322: 'CAPSET',
  1323: 'MMAP',
  1325: 'NETFILTER_CFG',
  1326: 'SECCOMP',
  1327: 'PROCTITLE',
  1330: 'KERN_MODULE',
  1334: 'BPF',
  1400: 'AVC',
  1700: 'ANOM_PROMISCUOUS',
  1701: 'ANOM_ABEND',
}

const STAMP = 'audit('
/** How far into a line the stamp may stand, behind headers, UTF-16 units. */
const STAMP_WITHIN = 400

/** `TIME:SERIAL` of a line's record, the key that joins records; undefined when it is none. */
export function stampOf(line: string): string | undefined {
  const found = stampAt(line)
  return found === undefined ? undefined : line.slice(found.start, found.end)
}

function stampAt(line: string): { readonly start: number; readonly end: number } | undefined {
  let at = line.indexOf(STAMP)
  while (at >= 0 && at <= STAMP_WITHIN) {
    const start = at + STAMP.length
    const end = line.indexOf(')', start)
    if (end < 0 || end - start > 40) return undefined
    if (/^\d{1,12}(?:\.\d{1,9})?:\d{1,20}$/.test(line.slice(start, end))) return { start, end }
    at = line.indexOf(STAMP, start)
  }
  return undefined
}

/** Reads one line; undefined when it is no audit record. */
export function parseRecord(line: string): AuditRecord | undefined {
  const stamp = stampAt(line)
  if (stamp === undefined) return undefined
  const head = line.slice(0, stamp.start)
  const blank = head.indexOf(' ')
  const isPlain = blank > 5 && head.startsWith('type=')
  const type = isPlain ? internedAt(head, 5, blank) : /\btype=([\w[\]]{1,64})/.exec(head)?.[1]
  if (type === undefined) return undefined
  const colon = line.indexOf(':', stamp.start)
  const seconds = line.slice(stamp.start, colon)
  const serial = line.slice(colon + 1, stamp.end)
  let start = stamp.end + 1
  if (line.charCodeAt(start) === 0x3a) start++
  const body = line.slice(start).trim()
  return {
    type: typeName(type),
    time: Math.round(Number(seconds) * 1000),
    serial,
    node: isPlain ? undefined : /\bnode=(\S{1,255})/.exec(head)?.[1],
    values: readValues(body),
    body,
  }
}

/** A record as journald forwards it, type first and without a stamp: `SERVICE_START pid=1 uid=0 ..`. */
export function parseJournalRecord(text: string): AuditRecord | undefined {
  const found = /^([A-Z][A-Z_]{2,40})(?:\[(\d{4})\])? (?=[a-z][\w-]*=)/.exec(text)
  if (found === null) return undefined
  const body = text.slice(found[0].length)
  return {
    type: found[1]!,
    time: undefined,
    serial: undefined,
    node: undefined,
    values: readValues(body),
    body,
  }
}

/** `1300`, `UNKNOWN[1334]` and `SYSCALL` to a name. */
function typeName(type: string): string {
  if (!type.endsWith(']') && type.length !== 4) return isUpper(type) ? type : type.toUpperCase()
  const number = /^(?:UNKNOWN\[)?(\d{4})\]?$/.exec(type)?.[1]
  return number === undefined ? type.toUpperCase() : (TYPES_BY_NUMBER[number] ?? type)
}

/** Capitals, digits and underscores: the name of a type as the log has it. */
function isUpper(type: string): boolean {
  for (let index = 0; index < type.length; index++) {
    const code = type.charCodeAt(index)
    if (code >= 0x61) return false
  }
  return true
}

const QUOTE = 0x22
const APOSTROPHE = 0x27
const PARENTHESIS = 0x28
/** Stands before the values that auditd added to the kernel's. */
const ENRICHED = '\u001d'

/** `key=value` pairs; `msg='...'` holds more of them. Words without `=` are passed over. */
function readValues(source: string): readonly (readonly [string, string])[] {
  const body = source.includes(ENRICHED) ? source.replaceAll(ENRICHED, ' ') : source
  const values: [string, string][] = []
  let at = 0
  for (;;) {
    const equals = body.indexOf('=', at)
    if (equals < 0) return values
    const key = keyBefore(body, at, equals)
    at = equals + 1
    const first = body.charCodeAt(at)
    if (first === APOSTROPHE && key === 'msg') {
      at++
      continue
    }
    const close = first === QUOTE ? body.indexOf('"', at + 1) : -1
    const blank = close < 0 ? body.indexOf(' ', at) : -1
    const end = close >= 0 ? close + 1 : blank < 0 ? body.length : blank
    const value = body.slice(at, end)
    if (key !== '') values.push([key, first === QUOTE ? value : trimmed(value)])
    at = end
  }
}

/** The word before `=`; old records begin a list of values with a parenthesis. */
function keyBefore(body: string, from: number, equals: number): string {
  let start = equals
  while (start > from && !isSeparator(body.charCodeAt(start - 1))) start--
  return internedAt(body, body.charCodeAt(start) === PARENTHESIS ? start + 1 : start, equals)
}

/** A value without the apostrophe that closes `msg='`, and without the marks of old records' lists:
 * `(hostname=?, addr=?, res=success)`. */
function trimmed(value: string): string {
  let end = value.length
  if (value.charCodeAt(end - 1) === APOSTROPHE) end--
  const last = value.charCodeAt(end - 1)
  if (last === 0x2c || (last === 0x29 && !value.includes('('))) end--
  return end === value.length ? value : value.slice(0, end)
}

/** White space, and the apostrophe of `msg='..'`. */
function isSeparator(code: number): boolean {
  return code <= 0x20 || code === APOSTROPHE
}
