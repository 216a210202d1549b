// Whether an event has what a vendor's collector made of the same input.
import type { NormalisedEvent } from '../../../parsers/event.ts'
import { parseTime } from '../../../parsers/time.ts'
import { fieldValues } from '../../../sigma/eval/values.ts'
import type { FieldValue } from '../../../sigma/event.ts'
import type { Case, Scored } from './case.ts'

/** Fields in which a status code may stand. */
const STATUS_FIELDS = ['sc-status', 'status', 'status_code', 'http.status', 'sc_status'] as const

const OUTCOMES: Readonly<Record<string, string>> = {
  allow: 'success',
  allowed: 'success',
  accept: 'success',
  accepted: 'success',
  pass: 'success',
  permitted: 'success',
  deny: 'failure',
  denied: 'failure',
  drop: 'failure',
  dropped: 'failure',
  reject: 'failure',
  rejected: 'failure',
  block: 'failure',
  blocked: 'failure',
  failed: 'failure',
  succeeded: 'success',
}

/** What the event has under a compared name, as text. */
export function gotValue(event: NormalisedEvent, name: Scored): string | undefined {
  if (name === 'timestamp') return new Date(event.time).toISOString()
  const value = name === 'status' ? statusOf(event) : event.pivots[name]
  return value === undefined || value === null ? undefined : String(value)
}

function statusOf({ fields }: NormalisedEvent): FieldValue | undefined {
  return STATUS_FIELDS.flatMap((name) => fieldValues(fields, name))[0]
}

/** Whether that is one of the expected values. */
export function isRight(item: Case, name: Scored, got: string | undefined): boolean {
  const wanted = item.expected[name]
  if (wanted === undefined) return true
  if (got === undefined) return false
  return wanted.some((value) => isSame(item, name, value, got))
}

function isSame(item: Case, name: Scored, wanted: string, got: string): boolean {
  if (wanted === got) return true
  switch (name) {
    case 'timestamp':
      return isSameTime(item, wanted, got)
    case 'outcome':
      return outcomeOf(got) === outcomeOf(wanted)
    case 'src_ip':
    case 'dst_ip':
      return plainAddress(wanted) === plainAddress(got)
    case 'url':
      return got.endsWith(wanted) || wanted.endsWith(got) || got.split('?')[0] === wanted
    case 'process':
      return wanted.toLowerCase() === got.toLowerCase() || baseName(got) === baseName(wanted)
    default:
      return wanted.toLowerCase() === got.toLowerCase()
  }
}

/** Equal to the millisecond; without regard to the year where the text has none. */
function isSameTime(item: Case, wanted: string, got: string): boolean {
  const zone = { now: Date.parse(got), timeZone: item.timeZone }
  const time = parseTime(wanted, zone)
  if (time === undefined) return false
  const iso = new Date(time).toISOString()
  if (iso === got) return true
  return iso.slice(4) === got.slice(4) && !item.text.includes(iso.slice(0, 4))
}

function outcomeOf(word: string): string {
  return OUTCOMES[word.toLowerCase()] ?? word.toLowerCase()
}

function plainAddress(address: string): string {
  const text = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address
  if (!text.includes(':') || !URL.canParse(`http://[${text}]`)) return text
  return new URL(`http://[${text}]`).hostname
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase()
}
