// Audit records that a shipper wrapped one by one: the envelopes of one event become one, whose line holds all
// of its records.
import type { Fields } from '../../sigma/event.ts'
import { stampOf } from '../auditd/record.ts'
import { carriedLine } from '../carrier.ts'
import { isFields, JsonError, parseJsonObject } from '../json-text.ts'

/** A wrapped record: where it came from, the envelope, the record. */
export interface CarriedRecord {
  /** The same for all records of one event. */
  readonly key: string
  readonly json: Fields
  readonly line: string
}

const OPEN_BRACE = 0x7b

/** The record that a line of JSON carries; undefined for any other line. */
export function carriedRecord(text: string): CarriedRecord | undefined {
  if (text.charCodeAt(0) !== OPEN_BRACE || !text.includes('audit(')) return undefined
  const json = parseJsonObject(text)
  if (json === undefined || json instanceof JsonError) return undefined
  const line = carriedLine(json)
  if (line === undefined || !line.includes('type=')) return undefined
  const stamp = stampOf(line)
  if (stamp === undefined || nameOf(json, line) === undefined) return undefined
  return { key: `${stamp} ${hostOf(json)}`, json, line }
}

/** The envelope of the first record around all of them. */
export function joinedRecords(records: readonly CarriedRecord[]): string {
  const { json, line } = records[0]!
  const lines = records.map((record) => record.line).join('\n')
  return JSON.stringify({ ...json, [nameOf(json, line)!]: lines })
}

/** The member that holds the line itself. */
function nameOf(json: Fields, line: string): 'message' | 'log' | undefined {
  if (json.message === line) return 'message'
  const { log } = json
  return typeof log === 'string' && log.trimEnd() === line ? 'log' : undefined
}

/** Whose record it is: serials of two hosts may be alike. */
function hostOf({ host, hostname, agent }: Fields): string {
  const named = isFields(host) ? host.name : host
  const own = named ?? hostname ?? (isFields(agent) ? agent.hostname : undefined)
  return typeof own === 'string' ? own : ''
}
