// Windows events as Snare and its kin forward them by syslog: values parted by tabs behind `MSWinEventLog`, or
// by `#011` where a syslog server escaped the tabs.
import type { Fields } from '../../sigma/event.ts'

const MARK = 'MSWinEventLog'
/** The mark stands behind a syslog header. */
const MARK_WITHIN = 400

/** Values behind the mark, in order. */
const NAMES = [
  ...['Criticality', 'Channel', 'SnareCounter', 'EventTime', 'EventID', 'SourceName', 'UserName'],
  ...['SidType', 'Keywords', 'Computer', 'Category', 'DataString', 'Message'],
] as const

const LEVELS: Readonly<Record<string, number>> = {
  Information: 4,
  Warning: 3,
  Error: 2,
  Critical: 1,
}

/** Where the mark stands, or -1. */
function markAt(text: string): number {
  const at = text.indexOf(MARK)
  const next = text.charCodeAt(at + MARK.length)
  return at >= 0 && at <= MARK_WITHIN && (next === 0x09 || next === 0x23) ? at : -1
}

/** Whether a line is such an event. */
export function looksLikeSnare(text: string): boolean {
  return markAt(text) >= 0
}

/** The event as flat JSON; undefined when the line is none. */
export function readSnare(text: string): Fields | undefined {
  const at = markAt(text)
  if (at < 0) return undefined
  const rest = text.slice(at + MARK.length)
  const values = rest.split(rest.startsWith('#011') ? '#011' : '\t').slice(1)
  if (values.length < NAMES.indexOf('Computer') + 1) return undefined
  const fields: { [name: string]: string | number } = {}
  NAMES.forEach((name, index) => {
    const value = values[index]?.trim()
    if (value !== undefined && value !== '' && value !== 'N/A') fields[name] = value
  })
  const level = LEVELS[String(fields.Keywords)]
  if (level !== undefined) {
    fields.Level = level
    delete fields.Keywords
  } else if (fields.Keywords === 'Success Audit') fields.Keywords = 'Audit Success'
  else if (fields.Keywords === 'Failure Audit') fields.Keywords = 'Audit Failure'
  return fields
}
