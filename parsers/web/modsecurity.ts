// What ModSecurity adds to a line of an error log: `ModSecurity: Warning. ... [id "1"] [uri "/"]`.
import type { FieldValue } from '../../sigma/event.ts'
import type { WritablePivots } from './event.ts'

const MARK = 'ModSecurity: '
const UNITS_MAX = 16_384
const PAIR = /\[(id|msg|severity|hostname|uri|unique_id|data) "((?:[^"\\]|\\.){0,2048})"\]/g
const NAMES: ReadonlyMap<string, string> = new Map([
  ['id', 'rule_id'],
  ['msg', 'rule_message'],
  ['severity', 'rule_severity'],
  ['hostname', 'cs-host'],
  ['uri', 'cs-uri-stem'],
  ['unique_id', 'unique_id'],
  ['data', 'matched_data'],
])

/** Adds the rule, the request and the verdict; the first of several values counts. */
export function addModSecurity(
  message: string,
  fields: { [name: string]: FieldValue },
  pivots: WritablePivots,
): void {
  const start = message.indexOf(MARK)
  if (start < 0) return
  const text = message.slice(start, start + UNITS_MAX)
  for (const [, name = '', value = ''] of text.matchAll(PAIR)) {
    if (value !== '') fields[NAMES.get(name)!] ??= value
  }
  const { 'cs-uri-stem': uri, 'cs-host': host } = fields
  if (typeof uri === 'string') pivots.url ??= uri
  if (typeof host === 'string') pivots.domain ??= host
  if (!text.startsWith('Access denied', MARK.length)) return
  fields.action = 'denied'
  pivots.action = 'denied'
  pivots.outcome = 'failure'
}
