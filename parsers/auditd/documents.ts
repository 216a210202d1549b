// Audit events as one JSON document each, by Laurel and by go-audit: their records put together again.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { ALL_TRAITS, type AuditRecord, parseRecord } from './record.ts'
import { encodeSocketAddress } from './sockaddr.ts'

/** The records of a document, and the host that it names. */
export interface DocumentEvent {
  readonly records: readonly AuditRecord[]
  readonly host: string | undefined
}

/** Keys at whose sight JSON is looked at more closely. */
export const DOCUMENT_KEYS = ['ID', 'sequence'] as const
const STAMP = /^(\d{1,12}(?:\.\d{1,9})?):(\d{1,20})$/
const TYPE = /^[A-Z][A-Z0-9_]{2,40}$/
const MESSAGES_MAX = 256

/** The event of a document; undefined for other JSON. */
export function readDocumentEvent(json: Fields): DocumentEvent | undefined {
  const records = laurelRecords(json) ?? goAuditRecords(json)
  if (records === undefined || records.length === 0) return undefined
  const host = json.NODE ?? json.host ?? json.hostname
  return { records, host: typeof host === 'string' ? host : undefined }
}

/** Laurel: `{"ID":"1795169472.123:7","SYSCALL":{..},"PATH":[{..}]}`. */
function laurelRecords(json: Fields): readonly AuditRecord[] | undefined {
  const [, seconds, serial] = typeof json.ID === 'string' ? (STAMP.exec(json.ID) ?? []) : []
  if (seconds === undefined || serial === undefined) return undefined
  const out: AuditRecord[] = []
  for (const type in json) {
    if (!TYPE.test(type)) continue
    const given = json[type]
    const members = Array.isArray(given) ? (given as readonly FieldValue[]) : [given ?? null]
    for (const member of members) {
      if (!isFields(member)) continue
      const values = valuesOf(member, type)
      out.push({
        type,
        time: Math.round(Number(seconds) * 1000),
        serial,
        node: typeof json.NODE === 'string' ? json.NODE : undefined,
        values,
        isUnique: false,
        traits: ALL_TRAITS,
        body: bodyOf(values),
      })
    }
  }
  return out
}

function bodyOf(values: readonly string[]): string {
  const words: string[] = []
  for (let at = 0; at + 1 < values.length; at += 2) words.push(`${values[at]}=${values[at + 1]}`)
  return words.join(' ')
}

function valuesOf(member: Fields, type: string): string[] {
  const out: string[] = []
  for (const key in member) {
    const value = member[key]!
    if (key === 'msg' && isFields(value)) out.push(...valuesOf(value, type))
    else if (key === 'ARGV') out.push(...argumentsOf(value, type))
    else if (key === 'SADDR' && isFields(value)) {
      const address = encodeSocketAddress(
        String(value.family),
        String(value.addr),
        Number(value.port),
      )
      if (address !== undefined && member.saddr === undefined) out.push('saddr', address)
    } else if (key === 'arch') out.push(key, String(value).replace(/^0x/, ''))
    else if (Array.isArray(value)) for (const item of value) out.push(key, String(item))
    else if (value !== null && typeof value !== 'object') out.push(key, String(value))
  }
  return out
}

function argumentsOf(value: FieldValue, type: string): readonly string[] {
  const words = Array.isArray(value) ? value.map(String) : String(value).split(' ')
  return type === 'PROCTITLE'
    ? ['proctitle', words.join(' ')]
    : words.flatMap((word, index) => [`a${index}`, word])
}

/** go-audit: `{"sequence":7,"timestamp":"1795169472.123","messages":[{"type":1300,"data":".."}],"uid_map":{}}`. */
function goAuditRecords(json: Fields): readonly AuditRecord[] | undefined {
  const { sequence, timestamp, messages, uid_map: names } = json
  if (!Array.isArray(messages) || typeof sequence !== 'number') return undefined
  if (typeof timestamp !== 'string' || !/^\d{1,12}\.\d{1,9}$/.test(timestamp)) return undefined
  return (messages as readonly FieldValue[]).slice(0, MESSAGES_MAX).flatMap((message) => {
    if (!isFields(message) || typeof message.data !== 'string') return []
    const type = String(message.type)
    const line = `type=${type} msg=audit(${timestamp}:${sequence}): ${message.data}`
    const record = parseRecord(line)
    return record === undefined ? [] : [isFields(names) ? withNames(record, names) : record]
  })
}

/** The accounts' names as auditd would have added them. */
function withNames(record: AuditRecord, names: Fields): AuditRecord {
  const values = [...record.values]
  for (let at = 0; at + 1 < record.values.length; at += 2) {
    const key = record.values[at]!
    const id = record.values[at + 1]!
    const name = key.endsWith('uid') && Object.hasOwn(names, id) ? names[id] : undefined
    if (typeof name === 'string') values.push(key.toUpperCase(), name)
  }
  return { ...record, values, isUnique: false, traits: ALL_TRAITS }
}
