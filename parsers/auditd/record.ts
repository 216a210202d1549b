// One record of the Linux audit log: `type=SYSCALL msg=audit(TIME:SERIAL): key=value ...`, with `node=` before
// it, behind a syslog header, or as the kernel and the journal write it.
import {
  hashAt,
  internedAt,
  NAME_SEED,
  nameHash,
  nameIn,
  placesBySlot,
  replacedNames,
  SLOTS,
  slotAt,
} from '../names.ts'
import { decodeAt, ENCODED } from './decode.ts'

/** A record with its values as text; repeated keys are in order. One list holds them all: there are thirty in
 * each record, and a pair for each would be most of what a record costs. */
export interface AuditRecord {
  readonly type: string
  /** Milliseconds since 1970 UTC; absent where the journal took the stamp away. */
  readonly time: number | undefined
  readonly serial: string | undefined
  readonly node: string | undefined
  /** Keys and values by turns, values as the text that they stand for. */
  readonly values: readonly string[]
  /** True where it is known that each key stands there once, and none that events have anyway. */
  readonly isUnique: boolean
  /** Which of the keys that are asked for may stand there, bits of `TRAITS`. */
  readonly traits: number
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

/** Where a stamp begins and ends, and its colon between time and serial. */
interface Stamp {
  readonly start: number
  readonly colon: number
  readonly end: number
}

function stampAt(line: string): Stamp | undefined {
  let at = line.indexOf(STAMP)
  while (at >= 0 && at <= STAMP_WITHIN) {
    const start = at + STAMP.length
    const end = line.indexOf(')', start)
    if (end < 0 || end - start > 40) return undefined
    const colon = colonOf(line, start, end)
    if (colon !== undefined) return { start, colon, end }
    at = line.indexOf(STAMP, start)
  }
  return undefined
}

const SECONDS_DIGITS_MAX = 12
const FRACTION_DIGITS_MAX = 9
const SERIAL_DIGITS_MAX = 20

/** The colon of `1234567890.123:456`; undefined for any other text. */
function colonOf(line: string, start: number, end: number): number | undefined {
  let at = digitsEnd(line, start)
  if (at === start || at - start > SECONDS_DIGITS_MAX) return undefined
  if (line.charCodeAt(at) === 0x2e) {
    const fraction = at + 1
    at = digitsEnd(line, fraction)
    if (at === fraction || at - fraction > FRACTION_DIGITS_MAX) return undefined
  }
  const serial = at + 1
  if (line.charCodeAt(at) !== 0x3a || digitsEnd(line, serial) !== end) return undefined
  return end > serial && end - serial <= SERIAL_DIGITS_MAX ? at : undefined
}

function digitsEnd(line: string, start: number): number {
  let at = start
  for (let code = line.charCodeAt(at); code >= 0x30 && code <= 0x39; code = line.charCodeAt(at))
    at++
  return at
}

/** Reads one line; undefined when it is no audit record. */
export function parseRecord(line: string): AuditRecord | undefined {
  const stamp = stampAt(line)
  if (stamp === undefined) return undefined
  const blank = line.indexOf(' ')
  const isPlain = blank > 5 && blank < stamp.start && line.startsWith('type=')
  const head = isPlain ? '' : line.slice(0, stamp.start)
  const type = isPlain ? internedAt(line, 5, blank) : /\btype=([\w[\]]{1,64})/.exec(head)?.[1]
  if (type === undefined) return undefined
  const seconds = line.slice(stamp.start, stamp.colon)
  const serial = line.slice(stamp.colon + 1, stamp.end)
  let start = stamp.end + 1
  if (line.charCodeAt(start) === 0x3a) start++
  const body = line.slice(start).trim()
  const read = readValues(body, type === 'EXECVE')
  return {
    type: typeName(type),
    time: Math.round(Number(seconds) * 1000),
    serial,
    node: isPlain ? undefined : /\bnode=(\S{1,255})/.exec(head)?.[1],
    values: read.values,
    isUnique: read.isUnique,
    traits: read.traits,
    body,
  }
}

/** A record as journald forwards it, type first and without a stamp: `SERVICE_START pid=1 uid=0 ..`. */
export function parseJournalRecord(text: string): AuditRecord | undefined {
  const found = /^([A-Z][A-Z_]{2,40})(?:\[(\d{4})\])? (?=[a-z][\w-]*=)/.exec(text)
  if (found === null) return undefined
  const body = text.slice(found[0].length)
  const read = readValues(body, found[1] === 'EXECVE')
  return {
    type: found[1]!,
    time: undefined,
    serial: undefined,
    node: undefined,
    values: read.values,
    isUnique: read.isUnique,
    traits: read.traits,
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
const EQUALS = 0x3d
const APOSTROPHE = 0x27
const PARENTHESIS = 0x28
/** Stands before the values that auditd added to the kernel's. */
const ENRICHED = '\u001d'

/** Names that auditd added, where a collector lost what parts them from the kernel's values. */
const GLUED = /([\d'])(?=[A-Z]{0,5}ID=")/g

function parted(source: string): string {
  if (source.includes(ENRICHED)) return source.replaceAll(ENRICHED, ' ')
  return source.includes('ID="') ? source.replace(GLUED, '$1 ') : source
}

/** Where the words of an operation end (`op=adding user id=7`): at the blank before the next key. */
function operationEnd(body: string, start: number, end: number): number {
  const equals = body.indexOf('=', end)
  const stop = equals < 0 ? -1 : body.lastIndexOf(' ', equals)
  return stop > start ? stop : end
}

/** What is known of a key, as bits. */
export const TRAITS = {
  /** A field of every event, whatever stands in its records. */
  reserved: 1,
  encoded: 2,
  message: 4,
  operation: 8,
  /** The ends of a connection. */
  end: 16,
  account: 32,
  command: 64,
  outcome: 128,
  systemCall: 256,
} as const
/** Those of records that were not read from text: any key may stand there. */
export const ALL_TRAITS = 511

const TRAITS_BY_KEY: ReadonlyMap<string, number> = traitsByKey([
  ['type serial node __proto__', TRAITS.reserved],
  [ENCODED.join(' '), TRAITS.encoded],
  ['msg', TRAITS.message],
  ['op', TRAITS.operation],
  ['addr src dst laddr rport lport saddr', TRAITS.end],
  ['acct user', TRAITS.account],
  ['cmd proctitle', TRAITS.command],
  ['success res seresult apparmor', TRAITS.outcome],
  ['arch syscall', TRAITS.systemCall],
])
/** By a key's slot its place in the list of traits, where 0 is any other key's. */
const PLACES = placesBySlot([...TRAITS_BY_KEY.keys()])
const TRAITS_BY_PLACE = Uint16Array.of(0, ...TRAITS_BY_KEY.values())

function traitsByKey(table: readonly (readonly [keys: string, trait: number])[]) {
  const traits = new Map<string, number>()
  for (const [keys, trait] of table) {
    for (const key of keys.split(' ')) traits.set(key, (traits.get(key) ?? 0) | trait)
  }
  return traits
}

/** By a key's slot, the number of the record that had it last. */
const seenIn = new Uint32Array(SLOTS)
let records = 0

/** `key=value` pairs; `msg='...'` holds more of them. Words without `=` are passed over, and so are values that
 * say that there is none, but for a program's arguments. */
function readValues(
  source: string,
  isExecve: boolean,
): Pick<AuditRecord, 'values' | 'isUnique' | 'traits'> {
  const body = parted(source)
  const values: string[] = []
  let traits = 0
  const replaced = replacedNames()
  records = (records + 1) >>> 0
  if (records === 0) seenIn.fill(0)
  let isUnique = true
  const { length } = body
  let at = 0
  for (;;) {
    // The word before `=`; old records begin a list of values with a parenthesis.
    let start = at
    let hash = NAME_SEED
    for (; at < length; at++) {
      const code = body.charCodeAt(at)
      if (code === EQUALS) break
      if (isSeparator(code)) {
        start = at + 1
        hash = NAME_SEED
      } else hash = nameHash(hash, code)
    }
    if (at === length) break
    if (body.charCodeAt(start) === PARENTHESIS) hash = hashAt(body, ++start, at)
    const slot = slotAt(body, start, at, hash)
    const key = slot < 0 ? body.slice(start, at) : nameIn(slot)
    const own = slot < 0 ? 0 : TRAITS_BY_PLACE[PLACES[slot]!]!
    at++
    const first = body.charCodeAt(at)
    if (first === APOSTROPHE && (own & TRAITS.message) !== 0) {
      at++
      continue
    }
    const isArgument = isExecve && isArgumentName(key)
    const close = first === QUOTE ? body.indexOf('"', at + 1) : -1
    let value: string | undefined
    if (close >= 0) {
      if (isArgument || !isAbsent(body, at + 1, close)) value = body.slice(at + 1, close)
      at = close + 1
    } else {
      const blank = body.indexOf(' ', at)
      const word = blank < 0 ? length : blank
      const end = (own & TRAITS.operation) !== 0 ? operationEnd(body, at, word) : word
      const stop = first === QUOTE ? end : trimmedEnd(body, at, end)
      if (first === QUOTE) value = body.slice(at + 1, end)
      else if (isArgument || !isAbsent(body, at, stop)) {
        value = decodeAt(body, at, stop, isArgument || (own & TRAITS.encoded) !== 0)
      }
      at = end
    }
    if (key === '' || value === undefined) continue
    values.push(key, value)
    traits |= own
    if (slot < 0 || seenIn[slot] === records) isUnique = false
    else seenIn[slot] = records
  }
  isUnique &&= (traits & TRAITS.reserved) === 0 && replacedNames() === replaced
  return { values, isUnique, traits }
}

/** Whether a value says that there is none: nothing, `?`, `(null)`. */
function isAbsent(body: string, start: number, end: number): boolean {
  switch (end - start) {
    case 0:
      return true
    case 1:
      return body.charCodeAt(start) === 0x3f
    case 6:
      return body.charCodeAt(start) === PARENTHESIS && body.startsWith('(null)', start)
    default:
      return false
  }
}

/** `a0`, `a1[0]`, `a1_len`. */
export function isArgumentName(key: string): boolean {
  if (key.charCodeAt(0) !== 0x61) return false
  const digit = key.charCodeAt(1)
  return digit >= 0x30 && digit <= 0x39 && (key.length === 2 || ARGUMENT.test(key))
}

const ARGUMENT = /^a\d+(?:$|\[|_len$)/

/** The end of a value without the apostrophe that closes `msg='`, and without the marks of old records' lists:
 * `(hostname=?, addr=?, res=success)`. */
function trimmedEnd(body: string, start: number, end: number): number {
  let stop = end
  if (stop > start && body.charCodeAt(stop - 1) === APOSTROPHE) stop--
  if (stop === start) return stop
  const last = body.charCodeAt(stop - 1)
  if (last === 0x2c || (last === 0x29 && !body.slice(start, end).includes('('))) stop--
  return stop
}

/** White space, and the apostrophe of `msg='..'`. */
function isSeparator(code: number): boolean {
  return code <= 0x20 || code === APOSTROPHE
}
