// The records of one audit event to its fields: values under the kernel's own names, which Sigma's rules
// use, and beside them the names of process creation, network connection and file creation.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { spaced } from './decode.ts'
import { type AuditRecord, isArgumentName, TRAITS } from './record.ts'
import { decodeSocketAddress, type SocketAddress } from './sockaddr.ts'
import { architectureName, syscallName } from './syscalls.ts'

type Writable = { [name: string]: FieldValue }

/** What was read out of an event's records. */
export interface Assembled {
  readonly fields: Fields
  /** Which of the keys that are asked for may be fields, bits of `TRAITS`. */
  readonly traits: number
  readonly categories: readonly string[]
  /** Name of the system call, where there was one. */
  readonly syscall: string | undefined
  readonly commandLine: string | undefined
  readonly address: SocketAddress | undefined
}

/** Brings the records of one event together; repeated values become arrays. */
export function assemble(records: readonly AuditRecord[]): Assembled {
  const fields: Writable = {}
  for (const { type } of records) addOnce(fields, 'type', type)
  const { serial, node } = records[0]!
  if (serial !== undefined) fields.serial = serial
  if (node !== undefined) fields.node = node
  const programArguments = argumentsOf(records)
  const hasArguments = programArguments !== undefined
  let traits = 0
  for (let at = 0; at < records.length; at++) {
    const record = records[at]!
    traits |= record.traits
    if (record.type === 'AVC' && addDecision(fields, record.body)) traits |= TRAITS.outcome
    addValues(fields, record, hasArguments, at === 0 && record.type !== 'AVC')
  }
  if (programArguments !== undefined) addArguments(fields, programArguments)
  const syscall = (traits & TRAITS.systemCall) === 0 ? undefined : addSyscall(fields)
  const address = (traits & TRAITS.end) === 0 ? undefined : addAddress(fields)
  const commandLine = commandLineOf(fields, programArguments, traits)
  const categories = addCategories(fields, records, syscall, address, commandLine, hasArguments)
  return { fields, traits, categories, syscall, commandLine, address }
}

/** Adds a record's values; of the first one's, where they are unique, none can be there yet. */
function addValues(
  fields: Writable,
  record: AuditRecord,
  hasArguments: boolean,
  isNew: boolean,
): void {
  const isExecve = record.type === 'EXECVE'
  const isSure = isNew && record.isUnique
  const { values } = record
  for (let at = 0; at + 1 < values.length; at += 2) {
    const key = values[at]!
    const text = values[at + 1]!
    if (hasArguments && isArgumentName(key)) {
      // The system call's own arguments are pointers there; the program's are what `a0` means.
      if (!isExecve) addOnce(fields, POINTERS.get(key) ?? `syscall_${key}`, text)
    } else if (key === 'key' && text.includes(KEY_MARK)) {
      for (const part of text.split(KEY_MARK)) addOnce(fields, 'key', part)
    } else {
      const value = key === 'proctitle' || key === 'cmd' ? spaced(text) : text
      // A look-up costs as much as adding.
      if (isSure) fields[key] = value
      else addOnce(fields, key, value)
    }
  }
}

/** Between the keys of several audit rules that wanted an event. */
const KEY_MARK = '\u0001'

/** Names of a system call's arguments where a program's own have theirs. */
const POINTERS: ReadonlyMap<string, string> = new Map(
  ['a0', 'a1', 'a2', 'a3'].map((name) => [name, `syscall_${name}`]),
)

function addArguments(fields: Writable, programArguments: readonly string[]): void {
  for (let index = 0; index < programArguments.length; index++) {
    fields[ARGUMENT_NAMES[index] ?? `a${index}`] = programArguments[index]!
  }
}

/** Names of the first arguments, put together once. */
const ARGUMENT_NAMES = Array.from({ length: 64 }, (_, index) => `a${index}`)

/** `avc:  denied  { read write } for  pid=..`; whether it says so. */
function addDecision(fields: Writable, body: string): boolean {
  const found = /^avc:\s+(\w+)\s+\{([^}]{0,200})\}/.exec(body)
  if (found === null) return false
  fields.seresult = found[1]!
  fields.seperms = found[2]!.trim().split(/\s+/)
  return true
}

/** Adds a value; a second different one makes an array. */
function addOnce(fields: Writable, name: string, value: string): void {
  if (name === '__proto__') return
  const present: FieldValue | (() => void) | undefined = fields[name]
  // A name like `toString` is no member yet, though the object answers to it.
  if (present === undefined || typeof present === 'function') fields[name] = value
  else if (Array.isArray(present)) {
    if (!present.includes(value)) present.push(value)
  } else if (present !== value) fields[name] = [present, value]
}

/** The arguments of EXECVE in order, long ones put together from their pieces. */
function argumentsOf(records: readonly AuditRecord[]): readonly string[] | undefined {
  let found: (string | undefined)[] | undefined
  for (const { type, values } of records) {
    if (type !== 'EXECVE') continue
    found ??= []
    for (let pair = 0; pair + 1 < values.length; pair += 2) {
      const index = argumentNumber(values[pair]!)
      if (index < 0 || index >= ARGUMENTS_MAX) continue
      const text = values[pair + 1]!
      // Those that a record begins behind are left empty.
      while (found.length < index) found.push(undefined)
      found[index] = found[index] === undefined ? text : found[index] + text
    }
  }
  return found?.map((argument) => argument ?? '')
}

/** The number of `a7` and `a7[0]`; -1 for other names. */
function argumentNumber(key: string): number {
  if (!isArgumentName(key)) return -1
  let number = 0
  let at = 1
  for (; at < key.length; at++) {
    const digit = key.charCodeAt(at) - 0x30
    if (!(digit >= 0 && digit <= 9)) break
    number = number * 10 + digit
  }
  if (at > 1 + ARGUMENT_DIGITS_MAX) return -1
  return at === key.length || PIECE.test(key.slice(at)) ? number : -1
}

const ARGUMENT_DIGITS_MAX = 5
/** Which piece of a long argument it is. */
const PIECE = /^\[\d{1,5}\]$/

/** Arguments kept by number; a shell's glob can give many more. */
const ARGUMENTS_MAX = 1024

function addSyscall(fields: Writable): string | undefined {
  const { arch, syscall } = fields
  if (typeof syscall !== 'string') return undefined
  if (typeof arch === 'string') {
    const name = syscallName(arch, syscall)
    const machine = architectureName(arch)
    if (name !== undefined) fields.SYSCALL ??= name
    if (machine !== undefined) fields.ARCH ??= machine
  }
  if (!/^\d+$/.test(syscall)) fields.SYSCALL ??= syscall
  return text(fields.SYSCALL)
}

function addAddress(fields: Writable): SocketAddress | undefined {
  const saddr = text(fields.saddr)
  const address = saddr === undefined ? undefined : decodeSocketAddress(saddr)
  if (address === undefined) return undefined
  fields.saddr_fam = address.family
  if (address.ip !== undefined) fields.saddr_ip = address.ip
  if (address.port !== undefined) fields.saddr_port = address.port
  if (address.path !== undefined && address.path !== '') fields.saddr_path = address.path
  return address
}

function commandLineOf(
  fields: Fields,
  programArguments: readonly string[] | undefined,
  traits: number,
): string | undefined {
  if (programArguments !== undefined && programArguments.length > 0) {
    return programArguments.join(' ')
  }
  if ((traits & TRAITS.command) === 0) return undefined
  return text(fields.cmd) ?? text(fields.proctitle)
}

function addCategories(
  fields: Writable,
  records: readonly AuditRecord[],
  syscall: string | undefined,
  address: SocketAddress | undefined,
  commandLine: string | undefined,
  hasArguments: boolean,
): readonly string[] {
  const categories: string[] = []
  if (fields.success === 'no' && fields.exit !== EINPROGRESS) return categories
  if (syscall === 'execve' || syscall === 'execveat' || (hasArguments && syscall === undefined)) {
    categories.push('process_creation')
    if (commandLine !== undefined) fields.CommandLine ??= commandLine
    copy(fields, 'cwd', 'CurrentDirectory')
    copy(fields, 'ppid', 'ParentProcessId')
    copy(fields, 'ses', 'LogonId')
  }
  if (address?.ip !== undefined && OUTGOING.has(syscall ?? '')) {
    categories.push('network_connection')
    fields.DestinationIp ??= address.ip
    fields.DestinationPort ??= address.port ?? 0
    fields.Initiated ??= 'true'
  }
  const created = createdPaths(records, fields)
  if (created.length > 0) {
    categories.push('file_event')
    fields.TargetFilename ??= created.length === 1 ? created[0]! : created
  }
  if (categories.length > 0) {
    copy(fields, 'exe', 'Image')
    copy(fields, 'pid', 'ProcessId')
    copy(fields, fields.UID === undefined ? 'uid' : 'UID', 'User')
  }
  return categories
}

/** A connection that goes on in the background is no failure. */
const EINPROGRESS = '-115'
const OUTGOING: ReadonlySet<string> = new Set(['connect', 'sendto', 'sendmsg'])

/** Paths that were created, made whole by the working directory. */
function createdPaths(records: readonly AuditRecord[], fields: Fields): readonly string[] {
  const found: string[] = []
  for (const { type, values } of records) {
    if (type !== 'PATH') continue
    if ((lastOf(values, 'nametype') ?? lastOf(values, 'objtype')) !== 'CREATE') continue
    const path = lastOf(values, 'name')
    if (path === undefined) continue
    const cwd = path.startsWith('/') ? undefined : text(fields.cwd)
    found.push(cwd === undefined ? path : `${cwd.replace(/\/$/, '')}/${path.replace(/^\.\//, '')}`)
  }
  return found
}

function lastOf(values: AuditRecord['values'], key: string): string | undefined {
  for (let index = values.length - 2; index >= 0; index -= 2) {
    if (values[index] === key) return values[index + 1]
  }
  return undefined
}

function copy(fields: Writable, from: string, to: string): void {
  const value = fields[from]
  if (value !== undefined) fields[to] ??= value
}

function text(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
