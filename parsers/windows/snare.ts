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

/** With blanks where a relay lost the tabs: the values in front of the account tell themselves apart, and so do those
 * behind it. */
const BLANKS =
  /MSWinEventLog (\d) (\S(?:.{0,120}?\S)?) (\d{1,12}) ([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) (\d{1,5}) (\S{1,128}) (.{0,128}?) ?(Success Audit|Failure Audit|Information|Warning|Error|Critical) (\S{1,255}) (?=\S)/
const BLANKS_UNITS = 1536

function readBlanks(text: string): Fields | undefined {
  const found = BLANKS.exec(text.slice(0, BLANKS_UNITS))
  if (found === null) return undefined
  const [head, Criticality = '', Channel = '', , EventTime = '', EventID = '', SourceName = ''] =
    found
  const [, , , , , , , , keywords = '', Computer = ''] = found
  const Message = text.slice(found.index + head.length)
  return withKeywords({
    Criticality,
    Channel,
    EventTime,
    EventID,
    SourceName,
    Computer,
    Message,
    Keywords: keywords,
  })
}

/** Whether a line is such an event. */
export function looksLikeSnare(text: string): boolean {
  return markAt(text) >= 0 || (text.includes(`${MARK} `) && readBlanks(text) !== undefined)
}

/** The event as flat JSON; undefined when the line is none. */
export function readSnare(text: string): Fields | undefined {
  const at = markAt(text)
  if (at < 0) return readBlanks(text)
  const rest = text.slice(at + MARK.length)
  const values = rest.split(rest.startsWith('#011') ? '#011' : '\t').slice(1)
  if (values.length < NAMES.indexOf('Computer') + 1) return undefined
  const fields: { [name: string]: string | number } = {}
  NAMES.forEach((name, index) => {
    const value = values[index]?.trim()
    if (value !== undefined && value !== '' && value !== 'N/A') fields[name] = value
  })
  return withKeywords(fields)
}

/** The type of event as what it is: a level, or the audit's result. */
function withKeywords(fields: { [name: string]: string | number }): Fields {
  const level = LEVELS[String(fields.Keywords)]
  if (level !== undefined) {
    fields.Level = level
    delete fields.Keywords
  } else if (fields.Keywords === 'Success Audit') fields.Keywords = 'Audit Success'
  else if (fields.Keywords === 'Failure Audit') fields.Keywords = 'Audit Failure'
  return fields
}
