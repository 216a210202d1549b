// Auditbeat's documents: the records of an event as they came where it keeps them, else put together again
// from what it made of them.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { ALL_TRAITS, type AuditRecord, parseRecord } from './record.ts'

/** The records of a document and who it says acts; undefined when it is none of Auditbeat's. */
export interface BeatEvent {
  readonly records: readonly AuditRecord[]
  readonly user: string | undefined
  readonly host: string | undefined
}

const PATHS_MAX = 64
const ARGUMENTS_MAX = 1024

/** Whether JSON is a document of Auditbeat's module for the audit framework. */
export function isBeatEvent(json: Fields): boolean {
  const { auditd } = json
  if (!isFields(auditd)) return false
  return linesOf(json).length > 0 || typeof auditd.message_type === 'string'
}

/** Reads a document; `time`: of its own, milliseconds, for records without one. */
export function readBeatEvent(json: Fields, time: number | undefined): BeatEvent | undefined {
  if (!isBeatEvent(json)) return undefined
  const kept = linesOf(json).flatMap((line) => parseRecord(line) ?? [])
  const records = kept.length > 0 ? kept : rebuilt(json, time)
  const host = textAt(json, 'host', 'hostname') ?? textAt(json, 'host', 'name')
  return {
    records,
    user: textAt(json, 'user', 'name'),
    host: host ?? textAt(json, 'agent', 'name'),
  }
}

/** The raw records, where Auditbeat includes them. */
function linesOf(json: Fields): readonly string[] {
  const { auditd, event } = json
  const messages = isFields(auditd) ? auditd.messages : undefined
  const kept = messages ?? (isFields(event) ? event.original : undefined)
  if (typeof kept === 'string') return kept.split('\n')
  return Array.isArray(kept) ? kept.filter((line) => typeof line === 'string') : []
}

type Value = readonly [key: string, value: string]

function rebuilt(json: Fields, time: number | undefined): readonly AuditRecord[] {
  const auditd = json.auditd as Fields
  const type = String(auditd.message_type).toUpperCase()
  const serial = text(auditd.sequence)
  const record = (name: string, values: readonly Value[]): AuditRecord => ({
    type: name,
    time,
    serial,
    node: undefined,
    values: values.flat(),
    isUnique: false,
    traits: ALL_TRAITS,
    body: values.map(([key, value]) => `${key}=${value}`).join(' '),
  })
  const out = [record(type, mainValues(json, auditd, type))]
  const { process: run } = json
  const programArguments = isFields(run) ? run.args : undefined
  if (Array.isArray(programArguments)) {
    const values = programArguments.slice(0, ARGUMENTS_MAX).map((value, index): Value => {
      return [`a${index}`, String(value)]
    })
    out.push(record('EXECVE', [['argc', String(programArguments.length)], ...values]))
  }
  const cwd = textAt(json, 'process', 'working_directory')
  if (cwd !== undefined && type === 'SYSCALL') out.push(record('CWD', [['cwd', cwd]]))
  if (Array.isArray(auditd.paths)) {
    for (const path of auditd.paths.slice(0, PATHS_MAX)) {
      if (isFields(path)) out.push(record('PATH', valuesOf(path)))
    }
  }
  const title = textAt(json, 'process', 'title')
  if (title !== undefined) out.push(record('PROCTITLE', [['proctitle', title]]))
  return out
}

/** Accounts as the kernel's names have them: by number in lower case, by name in capitals. */
const ACCOUNTS: readonly (readonly [path: string, key: string])[] = [
  ['audit', 'auid'],
  ['effective', 'euid'],
  ['filesystem', 'fsuid'],
  ['saved', 'suid'],
]

function mainValues(json: Fields, auditd: Fields, type: string): readonly Value[] {
  const values: Value[] = isFields(auditd.data) ? [...valuesOf(auditd.data)] : []
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined) values.push([key, value])
  }
  add('ppid', isFields(json.process) ? textAt(json.process, 'parent', 'pid') : undefined)
  add('pid', textAt(json, 'process', 'pid'))
  add('comm', textAt(json, 'process', 'name'))
  add('exe', textAt(json, 'process', 'executable'))
  add('ses', text(auditd.session))
  add('uid', textAt(json, 'user', 'id'))
  add('UID', textAt(json, 'user', 'name'))
  const user = isFields(json.user) ? json.user : {}
  for (const [path, key] of ACCOUNTS) {
    add(key, textAt(user, path, 'id'))
    add(key.toUpperCase(), textAt(user, path, 'name'))
  }
  const failed = auditd.result === 'fail'
  if (type === 'SYSCALL') add('success', failed ? 'no' : 'yes')
  else if (auditd.result !== undefined) add('res', failed ? 'failed' : 'success')
  add('addr', textAt(json, 'source', 'ip'))
  const { tags } = json
  if (type === 'SYSCALL' && Array.isArray(tags)) {
    for (const tag of tags) if (typeof tag === 'string' && !OWN_TAGS.has(tag)) add('key', tag)
  }
  return values
}

/** Tags that collectors add; the others are the keys of the audit rules. */
const OWN_TAGS: ReadonlySet<string> = new Set([
  'preserve_original_event',
  'forwarded',
  'beats_input_codec_plain_applied',
])

function valuesOf(object: Fields): readonly Value[] {
  return Object.entries(object).flatMap(([key, value]): Value[] => {
    const known = text(value)
    return known === undefined ? [] : [[key, known]]
  })
}

function textAt(json: Fields, object: string, name: string): string | undefined {
  const value = json[object]
  return isFields(value) ? text(value[name]) : undefined
}

function text(value: FieldValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
