// Unbound: queries, replies, local zones and response policy.
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import { epochTime } from './epoch-time.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { severityOf } from './severity.ts'

const DNS = closedLogSource('unbound', ['dns'], ['unbound', 'syslog'])
const OTHER = closedLogSource('unbound', [], ['unbound', 'syslog'])

const FILE = /^\[?(\d{9,11})\]? ([\w./-]{0,64}unbound)\[(\d{1,10}):(\w{1,8})\] /
/** The process' name and thread where a header should have its process id. */
const TAGGED = /^(?:\[?\d{9,11}\]? )?[\w./-]{0,64}unbound\[(\d{1,10}):(\w{1,8})\] /
const THREAD = /^\[(\d{1,10}):(\w{1,8})\] /
const LEVEL = /^(info|notice|warning|error|debug|fatal|query|reply): /
const QUERY =
  /^(?:query: |reply: )?([0-9A-Fa-f:.%\w]{2,64}?)(?:@(\d{1,5}))? (\S{1,1024}) ([A-Z][A-Z0-9]{0,15}) (IN|CH|HS|ANY|CLASS\d{1,5})(?: ([A-Z]{4,16}) (\d{1,6}\.\d{1,9}) ([01]) (\d{1,9}))?/
const LOCAL =
  /^(\S{1,1024}) ([a-z_]{3,32}) ([0-9A-Fa-f:.]{2,45})@(\d{1,5}) (\S{1,1024}) ([A-Z][A-Z0-9]{0,15}) (IN|CH|HS|ANY)/
const POLICY =
  /^(?:rpz: )?applied (?:\[([^\]]{1,128})\] )?(?:\S{1,1024} )?(rpz-[a-z-]{2,32}|[a-z_-]{2,32}) (?=[0-9A-Fa-f:.]{2,45}@)/

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'unbound-no-line', message: 'JSON, no log line' }
  const file = FILE.exec(input.text.slice(0, 128))
  const line =
    file === null ? daemonLine(input, context) : { text: input.text.slice(file[0].length) }
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  if (file !== null) put(fields, 'pid', file[3])
  const head = line.text.slice(0, 128)
  const tagged = file === null ? TAGGED.exec(head) : null
  const thread = tagged ?? THREAD.exec(head)
  const behind = thread === null ? line.text : line.text.slice(thread[0].length)
  const level = LEVEL.exec(behind.slice(0, 32))
  const own = tagged !== null || ('program' in line && line.program === 'unbound')
  if (level === null && file === null && !own) {
    return { code: 'unbound-no-line', message: 'no line of unbound' }
  }
  put(fields, 'level', level?.[1])
  const severity = severityOf(level?.[1] ?? '')
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  const message = level === null ? behind : behind.slice(level[0].length)
  const dns = readQuery(message, fields, pivots)
  return deviceEvent('header' in line ? line.header : undefined, {
    time: file === null ? undefined : epochTime(Number(file[1])),
    logsource: dns ? DNS : OTHER,
    message,
    fields,
    pivots,
  })
}

/** `SERVFAIL <example.com. A IN>: all servers for this domain failed`. */
const REFUSED = /^(SERVFAIL|REFUSED) <(\S{1,1024}) (\w{1,16}) (\w{1,16})>: (.{1,512})/

/** `validation failure <example.com. A IN>: reason from 192.0.2.1`. */
const INVALID =
  /^validation failure <?(\S{1,1024}) (\w{1,16}) (\w{1,16})>?: (.{1,512}?)(?: (?:from|for key .{1,255} while building chain of trust from) ([0-9A-Fa-f:.]{2,45}))?$/

function readQuery(message: string, fields: WritableFields, pivots: WritablePivots): boolean {
  const text = message.slice(0, 4096)
  const refused = REFUSED.exec(text)
  if (refused !== null) {
    addQuery(fields, pivots, refused[2], refused[3], refused[4])
    put(fields, 'response_code', refused[1])
    put(fields, 'reason', refused[5])
    pivots.action = 'reply'
    pivots.outcome = 'failure'
    return true
  }
  const query = QUERY.exec(text)
  if (query !== null) {
    addQuery(fields, pivots, query[3], query[4], query[5])
    put(fields, 'src_ip', query[1])
    put(fields, 'src_port', query[2])
    put(fields, 'response_code', query[6])
    if (query[7] !== undefined) fields.duration_s = Number(query[7])
    if (query[8] !== undefined) fields.cached = query[8] === '1'
    if (query[9] !== undefined) fields.reply_bytes = Number(query[9])
    pivots.action = query[6] === undefined ? 'query' : 'reply'
    if (query[6] !== undefined) pivots.outcome = query[6] === 'NOERROR' ? 'success' : 'failure'
    return true
  }
  const failed = INVALID.exec(text)
  if (failed !== null) {
    addQuery(fields, pivots, failed[1], failed[2], failed[3])
    put(fields, 'reason', failed[4])
    put(fields, 'dst_ip', failed[5])
    pivots.action = 'validation failure'
    pivots.outcome = 'failure'
    return true
  }
  const policy = POLICY.exec(text)
  const rest = policy === null ? text : text.slice(policy[0].length)
  const local = policy === null ? LOCAL.exec(text) : LOCAL.exec(`${policy[2]} policy ${rest}`)
  if (local === null) return false
  put(fields, 'src_ip', local[3])
  put(fields, 'src_port', local[4])
  put(fields, 'local_zone', policy === null ? local[1] : policy[1])
  put(fields, 'local_action', policy === null ? local[2] : policy[2])
  addQuery(fields, pivots, local[5], local[6], local[7])
  pivots.action = String(fields.local_action)
  return true
}

/** Names without the root's dot, as other sources write them. */
function addQuery(
  fields: WritableFields,
  pivots: WritablePivots,
  name: string | undefined,
  type: string | undefined,
  recordClass: string | undefined,
): void {
  const query = name === '.' ? name : name?.replace(/\.$/, '')
  put(fields, 'query', query)
  put(fields, 'record_type', type)
  put(fields, 'record_class', recordClass)
  if (query !== undefined) pivots.domain = query
}

export const unbound: Parser = {
  name: 'unbound',
  title: 'Unbound (queries, replies, local zones)',
  keys: [],
  recognise(input, context) {
    if (input.json !== undefined) return false
    if (FILE.test(input.text.slice(0, 128))) return true
    if (!input.text.includes('unbound') && input.text.charCodeAt(0) !== 0x5b) return false
    const line = daemonLine(input, context)
    if (line.program === 'unbound' || TAGGED.test(line.text.slice(0, 128))) return true
    const thread = line.program === undefined ? THREAD.exec(line.text.slice(0, 64)) : null
    return (
      thread !== null &&
      /^(?:info|query|reply): /.test(line.text.slice(thread[0].length, 100)) &&
      readQuery(line.text.slice(line.text.indexOf(': ') + 2), {}, {})
    )
  },
  parse,
}
