// The debug log of Microsoft's DNS server: one line for each packet. Dates are those of the server's region:
// month first where the clock has twelve hours, else the day.
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { timeAt } from './time.ts'

const SOURCE = closedLogSource('windows', ['dns'], ['dns-server-debug'])
const LINE =
  /^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}) (\d{1,2}:\d\d:\d\d)( [AP]M)? ([0-9A-F]{3,8}) PACKET\s{1,4}([0-9A-F]{8,16}) (UDP|TCP) (Rcv|Snd) (\S{2,45})\s{1,16}([0-9a-f]{4})\s(R|\s)\s([QNU?])\s\[([0-9a-f]{4})\s([^\]]{0,16}?)\s{1,8}([A-Z0-9]{1,16})\]\s(\S{1,16})\s{1,16}(\S{1,1024})\s*$/
/** Enough of a line to see that it is none. */
const MARK = / PACKET\s/
const MARK_WITHIN = 40

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const found = json === undefined ? LINE.exec(text) : null
  if (found === null) return { code: 'windows-dns-no-line', message: 'no packet of a DNS server' }
  const [, date = '', clock = '', half = '', thread, , protocol, direction, remote, id] = found
  const [reply, opcode, flags, letters, code = '', type, name = ''] = found.slice(10)
  const isReply = reply === 'R'
  const fields: WritableFields = {}
  put(fields, 'query', nameOf(name))
  put(fields, 'record_type', type)
  put(fields, 'response_code', code)
  put(fields, 'message_type', isReply ? 'response' : 'query')
  put(fields, 'direction', direction === 'Rcv' ? 'received' : 'sent')
  put(fields, 'protocol', protocol?.toLowerCase())
  put(fields, 'opcode', opcode)
  put(fields, 'flags', flags)
  put(fields, 'flag_letters', letters?.trim())
  put(fields, 'transaction_id', id)
  put(fields, 'thread_id', thread)
  put(fields, direction === 'Rcv' ? 'src_ip' : 'dst_ip', remote)
  const pivots: WritablePivots = { domain: nameOf(name) }
  if (isReply) pivots.outcome = code === 'NOERROR' ? 'success' : 'failure'
  const time = timeAt(`${isoDate(date, half)} ${clock24(clock, half)}`, 0, context)?.time
  return deviceEvent(undefined, { time, logsource: SOURCE, message: text, fields, pivots })
}

/** `(3)www(7)example(3)com(0)` is `www.example.com`. */
function nameOf(text: string): string {
  const name = text.replace(/\(\d{1,3}\)/g, '.').replace(/^\.|\.$/g, '')
  return name === '' ? '.' : name
}

function isoDate(date: string, half: string): string {
  const [first = '', second = '', third = ''] = date.split(/[-/.]/)
  if (first.length === 4) return `${first}-${two(second)}-${two(third)}`
  const [month, day] = half === '' || Number(first) > 12 ? [second, first] : [first, second]
  return `${third}-${two(month)}-${two(day)}`
}

function clock24(clock: string, half: string): string {
  const [hour = '', ...rest] = clock.split(':')
  const value = half === '' ? Number(hour) : (Number(hour) % 12) + (half === ' PM' ? 12 : 0)
  return [two(String(value)), ...rest].join(':')
}

function two(text: string): string {
  return text.padStart(2, '0')
}

export const windowsDns: Parser = {
  name: 'windows_dns',
  title: 'Microsoft DNS server debug log',
  aliases: ['microsoft_dns', 'dns_debug'],
  keys: [],
  recognise: ({ text, json }) =>
    json === undefined && MARK.test(text.slice(0, MARK_WITHIN)) && LINE.test(text),
  parse,
}
