// The words of a header in front of a device's own text: sequence, program, host; times are read elsewhere.
import type { SyslogLine } from '../syslog-header.ts'
import { ZONE_UNITS_MAX, zoneOffsetMinutes } from './zones.ts'

/** A header, and the sequence number that Cisco devices put into it. Fresh: its caller may change it. */
export type DeviceHeader = { -readonly [name in keyof SyslogLine]: SyslogLine[name] } & {
  sequence?: string
}

/** What was read of a header so far. */
export interface HeaderState {
  readonly header: DeviceHeader
  /** A time was read since the host: what follows is another header's. */
  again: boolean
}

/** Facility and severity as Kiwi and others write them: `Local4.Warning`. */
const FACILITY_LEVEL =
  /^(?:kern|user|mail|daemon|auth|authpriv|syslog|lpr|news|uucp|cron|ftp|local[0-7])\.(?:emerg|alert|crit|critical|err|error|warn|warning|notice|info|debug)$/i

/** `585917:` a sequence, `asa[7]:` a program, `fw-1:` the host (once), `10.1.1.1` the host. */
export function addWord(text: string, start: number, stop: number, state: HeaderState): void {
  const { header } = state
  const end = text.charCodeAt(stop - 1) === 0x3a ? stop - 1 : stop
  const first = text.charCodeAt(start)
  if (end === start || (end - start === 1 && first === 0x2d)) return
  let digits = 0
  let points = 0
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x3d) return
    if (isDigit(code)) digits++
    else if (code === 0x2e) points++
  }
  const bare = text.slice(start, end)
  if (digits === end - start && digits <= SEQUENCE_DIGITS_MAX) {
    header.sequence ??= bare
    return
  }
  const isNumbered = isDigit(first)
  if (isNumbered && points === 0 && UPTIME.test(bare)) return
  const closed = text.charCodeAt(end - 1) === 0x5d
  const open = closed ? bare.indexOf('[') : -1
  if (open > 0) {
    header.program = bare.slice(0, open)
    header.pid = bare.slice(open + 1, -1)
  } else if (end - start <= ZONE_UNITS_MAX && zoneOffsetMinutes(bare) !== undefined) return
  else if (header.host === undefined && points > 0 && !isNumbered && FACILITY_LEVEL.test(bare))
    return
  else if (header.host === undefined || state.again === true) {
    header.host = bare
    state.again = false
  } else header.program ??= bare
}

/** How long a device without a clock has run: `00:00:46`, `2y10w`, `1d02h`. */
const UPTIME = /^(?:\d{1,3}:\d\d:\d\d|\d{1,3}[ywd]\d{1,3}[wdh])$/

const SEQUENCE_DIGITS_MAX = 12

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
