// The mark that Cisco devices put in front of a message: `%ASA-6-302013:`, `%SEC-6-IPACCESSLOGP:`.

import { HEADER_UNITS_MAX } from '../device/header.ts'
import { internedAt, standsAt } from '../names.ts'

/** A mark's parts and where the message behind it starts. */
export interface Mark {
  /** `ASA`, `SEC`, `SEC_LOGIN`. */
  readonly facility: string
  /** Between facility and severity: `session` of `%ASA-session-3-106102`, `SW1` of a switch. */
  readonly sub?: string
  /** 0 to 7. */
  readonly severity: number
  /** `302013` or `IPACCESSLOGP`. */
  readonly id: string
  readonly start: number
  readonly end: number
}

const MARK =
  /^%([A-Z][A-Z0-9_]{1,40})(?:<[A-Za-z]{1,16}>)?-(?:([A-Za-z0-9_-]{0,60}?)-)?([0-9])-([A-Z0-9_]{2,60})(?::| |$)/
/** Small switches write the severity as a letter: `%SNMP-W-SNMPAUTHFAIL:`. */
const LETTERED = /^%([A-Za-z]\w{1,40})-([ACEWNID])-([A-Za-z]\w{2,60}):/
/** Alert, critical, error, warning, notice, informational, debug. */
const SEVERITY_LETTERS = ' ACEWNID'

/** The first mark within the length of a header, or undefined. */
export function markIn(text: string): Mark | undefined {
  let at = text.indexOf('%')
  const plain = at >= 0 && at <= HEADER_UNITS_MAX ? numberedMark(text, at) : undefined
  if (plain !== undefined) return plain
  for (let tries = 0; at >= 0 && at <= HEADER_UNITS_MAX && tries < 8; tries++) {
    const match = MARK.exec(text.slice(at, at + 200))
    if (match !== null) {
      const [whole, facility = '', sub, severity, id = ''] = match
      const colon = text.startsWith(': ', at + whole.length - 1) ? 1 : 0
      const mark = { facility, severity: Number(severity), id, start: at }
      const end = at + whole.length + colon
      return sub === undefined || sub === '' ? { ...mark, end } : { ...mark, sub, end }
    }
    const lettered = LETTERED.exec(text.slice(at, at + 128))
    if (lettered !== null) {
      const [whole, facility = '', letter = '', id = ''] = lettered
      const colon = text.startsWith(': ', at + whole.length - 1) ? 1 : 0
      const severity = SEVERITY_LETTERS.indexOf(letter)
      return { facility, severity, id, start: at, end: at + whole.length + colon }
    }
    at = text.indexOf('%', at + 1)
  }
  return bareMark(text)
}

/** `%ASA-6-302013: ` and `%FTD-6-302013: `, by far the most. */
function numberedMark(text: string, start: number): Mark | undefined {
  const facility = standsAt(text, start, '%ASA-')
    ? 'ASA'
    : standsAt(text, start, '%FTD-')
      ? 'FTD'
      : undefined
  if (facility === undefined || text.charCodeAt(start + 6) !== 0x2d) return undefined
  const severity = text.charCodeAt(start + 5) - 0x30
  const colon = start + 7 + ID_DIGITS
  if (!(severity >= 0 && severity <= 9) || !standsAt(text, colon, ': ')) return undefined
  for (let index = start + 7; index < colon; index++) {
    const code = text.charCodeAt(index)
    if (!(code >= 0x30 && code <= 0x39)) return undefined
  }
  const id = internedAt(text, start + 7, colon)
  return { facility, severity, id, start, end: colon + 2 }
}

const ID_DIGITS = 6

const BARE = /^(ASA|FTD|PIX|FWSM)-(?:([a-z]{1,20})-)?([0-7])-(\d{6})(?::| )/

/** A mark whose `%` a collector took away, at the start of the text. */
function bareMark(text: string): Mark | undefined {
  const first = text.charCodeAt(0)
  if (first !== 0x41 && first !== 0x46 && first !== 0x50) return undefined
  const match = BARE.exec(text.slice(0, 48))
  if (match === null) return undefined
  const [whole, facility = '', , severity, id = ''] = match
  const colon = text.startsWith(': ', whole.length - 1) ? 1 : 0
  return { facility, severity: Number(severity), id, start: 0, end: whole.length + colon }
}
