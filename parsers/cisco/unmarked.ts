// Firepower without a mark: pairs of a sensor (`SFIMS`, `ftd`) and the management center's audit log.
import { deviceEvent, put, type WritableFields, type WritablePivots } from '../device/event.ts'
import { readHeader } from '../device/header.ts'
import type { ParseContext, Parsed } from '../event.ts'
import { closedLogSource } from '../logsource.ts'
import { ipOf } from '../values.ts'
import { readFtdPairs } from './ftd-pairs.ts'

const SENSOR = closedLogSource('cisco', ['firewall', 'ids'], ['ftd', 'syslog'])
const AUDIT = closedLogSource('cisco', [], ['firepower', 'aaa', 'syslog'])

const PAIRS = / (?:ftd|SFIMS)(?:\[\d{1,10}\])? ?: (?=[A-Z][\w ]{1,48}: )/
/** `program: center: user@address, page, action`. */
const AUDITED =
  /(?:^| )([\w.-]{1,64})(?:\[\d{1,10}\])?: ([\w.-]{1,255}): ([^\s@,]{1,128})@([\d.:A-Fa-f]{2,45}|localhost|Default User IP), (.{1,64})/

/** The event of such a line; undefined for any other. */
export function readUnmarked(text: string, context: ParseContext): Parsed | undefined {
  const head = text.slice(0, 640)
  if (!head.includes(', ')) return undefined
  const pairs = PAIRS.exec(head)
  if (pairs !== null) {
    const start = pairs.index + pairs[0].length
    const fields: WritableFields = {}
    const pivots: WritablePivots = {}
    if (readFtdPairs(text, start, fields, pivots) < 2) return undefined
    const header = readHeader(text.slice(0, start), context)
    return deviceEvent(header, { logsource: SENSOR, message: text.slice(start), fields, pivots })
  }
  const audited = head.includes('@') ? AUDITED.exec(head) : null
  return audited === null ? undefined : auditEvent(text, audited, context)
}

function auditEvent(text: string, audited: RegExpExecArray, context: ParseContext): Parsed {
  const [, program = '', host = '', user = '', address = ''] = audited
  const from = text.indexOf(`${user}@${address}`, audited.index)
  const message = text.slice(from)
  const fields: WritableFields = { program, user }
  put(fields, 'src_ip', ipOf(address))
  const parts = message.replace(/ x0a x00$/, '').split(', ')
  put(fields, 'page', parts[1])
  put(fields, 'action', parts.slice(2).join(', '))
  const pivots: WritablePivots = { user, host, process: program }
  if (typeof fields.action === 'string') pivots.action = fields.action
  if (/\b(?:Success|SUCCESS)\b/.test(message.slice(0, 512))) pivots.outcome = 'success'
  else if (/\b(?:Fail|FAIL)/.test(message.slice(0, 512))) pivots.outcome = 'failure'
  const header = readHeader(text.slice(0, audited.index), context)
  const { host: _host, program: _program, ...rest } = header
  return deviceEvent(rest, { logsource: AUDIT, message, fields, pivots })
}
