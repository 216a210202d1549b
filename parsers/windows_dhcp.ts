// The audit log of Microsoft's DHCP server (`DhcpSrvLog-*.log`, `DhcpV6SrvLog-*.log`): comma separated, month
// first, local time. Blank columns are left out.
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { timeAt } from './time.ts'

const SOURCE = closedLogSource('windows', ['dhcp'], ['dhcp'])
const LINE =
  /^(\d{2,5}),(\d\d)\/(\d\d)\/(\d\d),(\d\d:\d\d:\d\d),([^,]{1,128}),([0-9A-Fa-f.:]{0,45}),/
const NAMES = [
  ...['id', 'date', 'time', 'description', 'ip', 'hostname', 'mac', 'user', 'transaction_id'],
  ...['quarantine_result', 'probation_time', 'correlation_id', 'dhcid', 'vendor_class_hex'],
  ...['vendor_class', 'user_class_hex', 'user_class', 'relay_agent_info', 'dns_reg_error'],
] as const
const NAMES_V6 = [
  ...['id', 'date', 'time', 'description', 'ip', 'hostname', 'error_code', 'duid_length'],
  ...['duid', 'user', 'dhcid', 'subnet_prefix'],
] as const
/** Ids of the log for IPv6. */
const V6_MIN = 1100

const ACTIONS: Readonly<Record<string, string>> = {
  '00': 'log started',
  '01': 'log stopped',
  '02': 'log paused',
  '10': 'lease assigned',
  '11': 'lease renewed',
  '12': 'lease released',
  '13': 'address in use',
  '14': 'addresses exhausted',
  '15': 'lease denied',
  '16': 'lease deleted',
  '17': 'lease expired',
  '18': 'lease expired',
  '20': 'bootp lease assigned',
  '30': 'dns update requested',
  '31': 'dns update failed',
  '32': 'dns updated',
  '33': 'packet dropped',
  '34': 'dns update failed',
  '35': 'dns update failed',
  '36': 'packet dropped',
  '11000': 'solicit',
  '11001': 'advertise',
  '11002': 'request',
  '11003': 'confirm',
  '11004': 'lease renewed',
  '11005': 'lease rebound',
  '11006': 'address declined',
  '11007': 'lease released',
  '11010': 'log started',
  '11011': 'log stopped',
}
const FAILED: ReadonlySet<string> = new Set(['13', '14', '15', '22', '31', '33', '34', '35', '36'])

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const found = json === undefined ? LINE.exec(text) : null
  if (found === null)
    return { code: 'windows-dhcp-no-line', message: 'no line of a DHCP audit log' }
  const [, id = '', month, day, year, clock, description = ''] = found
  const names: readonly string[] = Number(id) >= V6_MIN ? NAMES_V6 : NAMES
  const values = text.trimEnd().split(',', names.length)
  const fields: WritableFields = {}
  for (const [index, value] of values.entries()) {
    if (index !== 1 && index !== 2 && value !== '') put(fields, names[index]!, value.trim())
  }
  const { ip, user } = fields
  const pivots: WritablePivots = { outcome: FAILED.has(id) ? 'failure' : 'success' }
  const action = ACTIONS[id]
  if (action !== undefined) pivots.action = action
  if (typeof ip === 'string') fields.src_ip = ip
  if (typeof user === 'string') pivots.user = user
  const time = timeAt(`20${year}-${month}-${day} ${clock}`, 0, context)?.time
  return deviceEvent(undefined, { time, logsource: SOURCE, message: description, fields, pivots })
}

export const windowsDhcp: Parser = {
  name: 'windows_dhcp',
  title: 'Microsoft DHCP server audit log',
  aliases: ['microsoft_dhcp'],
  keys: [],
  recognise: ({ text, json }) => json === undefined && LINE.test(text),
  parse,
}
