// The Windows firewall's own log (`pfirewall.log`): one line for each packet or connection, blanks between
// values, local time. Its columns have not changed since version 1.5 but for the process at the end.
import { deviceEvent, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { timeAt } from './time.ts'

const SOURCE = closedLogSource('windows', ['firewall'], ['firewall'])
const LINE =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (ALLOW|DROP|OPEN|OPEN-INBOUND|CLOSE|INFO-EVENTS-LOST) (\S{1,16}) (\S{1,45}) (\S{1,45}) (\S{1,8}) (\S{1,8}) (?=\S)/
const NAMES = [
  ...['date', 'time', 'action', 'protocol', 'src_ip', 'dst_ip', 'src_port', 'dst_port', 'size'],
  ...['tcpflags', 'tcpsyn', 'tcpack', 'tcpwin', 'icmptype', 'icmpcode', 'info', 'path', 'pid'],
] as const
const NUMBERS: ReadonlySet<string> = new Set(['src_port', 'dst_port', 'size', 'pid'])
const VERDICTS: Readonly<Record<string, readonly [action: string, outcome: string]>> = {
  ALLOW: ['allowed', 'success'],
  OPEN: ['allowed', 'success'],
  'OPEN-INBOUND': ['allowed', 'success'],
  CLOSE: ['allowed', 'success'],
  DROP: ['denied', 'failure'],
}

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const stamp = json === undefined ? LINE.exec(text)?.[1] : undefined
  if (stamp === undefined) {
    return { code: 'windows-firewall-no-line', message: 'no line of the Windows firewall’s log' }
  }
  const fields: WritableFields = {}
  const values = text.trimEnd().split(' ', NAMES.length)
  for (const [index, value] of values.entries()) {
    const name = NAMES[index]!
    if (value === '-' || value === '' || index < 2) continue
    fields[name] = NUMBERS.has(name) && /^\d{1,9}$/.test(value) ? Number(value) : value
  }
  const pivots: WritablePivots = {}
  const verdict = VERDICTS[String(fields.action)]
  if (verdict !== undefined) [pivots.action, pivots.outcome] = verdict
  const time = timeAt(stamp, 0, context)?.time
  return deviceEvent(undefined, { time, logsource: SOURCE, message: text, fields, pivots })
}

export const windowsFirewall: Parser = {
  name: 'windows_firewall',
  title: 'Windows firewall log (pfirewall.log)',
  aliases: ['pfirewall'],
  keys: [],
  recognise: ({ text, json }) => json === undefined && LINE.test(text),
  parse,
}
