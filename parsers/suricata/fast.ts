// Suricata's fast.log, and the same line as its syslog output (and Snort's) sends it: an alert under EVE's names.
import type { Fields } from '../../sigma/event.ts'
import type { ParseContext } from '../event.ts'
import { splitSyslog } from '../syslog-header.ts'
import { parseTime } from '../time.ts'
import { isIpv4, isIpv6, portOf } from '../values.ts'

const SIGNATURE = /\[(\d{1,10}):(\d{1,10}):(\d{1,10})\] /
const CLOCK = /^(\d\d)\/(\d\d)\/(\d{4})-(\d\d:\d\d:\d\d\.\d{1,6}) /
const CLASS_OPEN = ' [Classification: '
const PRIORITY = /\[Priority: (\d{1,3})\]/

/** An alert as EVE has it, and its time; undefined for any other line. */
export function fastAlert(
  text: string,
  context: ParseContext,
): { readonly json: Fields; readonly time: number | undefined } | undefined {
  const mark = SIGNATURE.exec(text)
  const brace = mark === null ? -1 : text.lastIndexOf('} ')
  const open = brace < 0 ? -1 : text.lastIndexOf('{', brace)
  if (mark === null || open < mark.index) return undefined
  const arrow = text.indexOf(' -> ', brace)
  if (arrow < 0) return undefined
  const from = endOf(text.slice(brace + 2, arrow))
  const to = endOf(text.slice(arrow + 4).trimEnd())
  if (from === undefined || to === undefined) return undefined
  const middle = text.slice(mark.index + mark[0].length, open)
  const priority = PRIORITY.exec(middle)
  const header = CLOCK.exec(text) === null ? splitSyslog(text, context) : undefined
  const json: Fields = {
    event_type: 'alert',
    ...(header?.host === undefined ? {} : { host: header.host }),
    src_ip: from.address,
    ...(from.port === undefined ? {} : { src_port: from.port }),
    dest_ip: to.address,
    ...(to.port === undefined ? {} : { dest_port: to.port }),
    proto: text.slice(open + 1, brace),
    alert: {
      action: text.slice(0, mark.index).includes('[Drop]') ? 'blocked' : 'allowed',
      gid: Number(mark[1]),
      signature_id: Number(mark[2]),
      rev: Number(mark[3]),
      signature: signatureOf(middle),
      ...categoryOf(middle),
      ...(priority === null ? {} : { severity: Number(priority[1]) }),
    },
  }
  return { json, time: clockOf(text, context) ?? header?.time }
}

function clockOf(text: string, context: ParseContext): number | undefined {
  const match = CLOCK.exec(text)
  if (match === null) return undefined
  const [, month, day, year, clock] = match
  return parseTime(`${year}-${month}-${day}T${clock}`, context)
}

function signatureOf(middle: string): string {
  const ends = [' [**]', CLASS_OPEN, ' [Priority: '].map((end) => middle.indexOf(end))
  const known = ends.filter((end) => end >= 0)
  return middle.slice(0, known.length === 0 ? middle.length : Math.min(...known)).trim()
}

function categoryOf(middle: string): Fields {
  const start = middle.indexOf(CLASS_OPEN)
  const end = start < 0 ? -1 : middle.indexOf(']', start)
  return end < 0 ? {} : { category: middle.slice(start + CLASS_OPEN.length, end) }
}

/** `192.0.2.1:443`, an address of version 6 with a port behind its last colon, or an address alone. */
function endOf(text: string): { readonly address: string; readonly port?: number } | undefined {
  const colon = text.lastIndexOf(':')
  const address = text.slice(0, Math.max(colon, 0))
  const port = portOf(text.slice(colon + 1))
  if (port !== undefined && (isIpv4(address) || (isIpv6(address) && groups(text) > 8))) {
    return { address, port }
  }
  return isIpv4(text) || isIpv6(text) ? { address: text } : undefined
}

function groups(text: string): number {
  return text.split(':', 16).length
}
