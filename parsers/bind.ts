// ISC BIND (named): queries, responses, refusals, transfers, response policy, from files and syslog.
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { severityOf } from './severity.ts'
import type { SyslogLine } from './syslog-header.ts'
import { timeAt } from './time.ts'

const DNS = closedLogSource('bind', ['dns'], ['bind', 'named', 'syslog'])
const OTHER = closedLogSource('bind', [], ['bind', 'named', 'syslog'])

const LABELS =
  /^(?:([a-z-]{2,24}): )?(?:(debug \d{1,2}|info|notice|warning|error|critical|dynamic): )?/
const LEVELS: ReadonlySet<string> = new Set(['info', 'notice', 'warning', 'error', 'critical'])
const CLIENT =
  /^client (?:\w{0,2}@0x[0-9a-f]{1,16} )?([0-9A-Fa-f:.%\w]{2,64})#(\d{1,5})(?:\/key [^\s:]{1,255})?(?: \(([^)]{0,255})\))?(?: (?:UDP|TCP))?: (?:view ([^:]{1,64}): )?/
const QUERY = /^query: (\S{1,1024}) (\S{1,16}) (\S{1,24})(?: (\S{1,32}))?(?: \(([^)\s]{1,64})\))?/
const NAMED =
  /^(query|query \(cache\)|bad zone transfer request:|zone transfer|update|update forwarding|updating zone|notify|query failed|transfer of|rpz [A-Z-]+ \S+ rewrite)\s?'?([^'\s/]{1,1024})\/(\w{1,24})(?:\/(\w{1,24}))?'?/

/** What named says of itself, told by its form where a source is named. */
const OWN =
  /^(?:transfer of '|[\w ]{1,48} resolving '|zone \S{1,255}: |(?:received|sending) notif|resolver priming )/
/** Of the category responses: `answer: example.org IN A +E (192.0.2.1) -> NOERROR`. */
const ANSWER =
  /^(?:answer|response): (\S{1,1024}) (\S{1,16}) (\S{1,24}) (?:(\S{1,32}) )?\(([^)\s]{1,64})\) -> (\w{1,16})/

/** As Infoblox writes answers: `query: example.org IN A response: NOERROR +AED example.org. 60 IN A 192.0.2.1; ...`. */
const RESPONSE =
  /^query: (\S{1,1024}) (\S{1,16}) (\S{1,24}) response: (\w{1,16})(?: (\S{1,32}))?(?: (.{0,2048}))?/
/** A record's data, behind its name, time to live, class and type. */
const RECORD = /^\S{1,1024} \d{1,10} \w{1,16} \w{1,24} (.{1,1024})$/

/** The text behind the log's own time, with that time. */
interface Body {
  readonly header?: SyslogLine
  readonly program?: string
  readonly time?: number
  readonly text: string
}

function bodyOf(input: ParserInput, context: ParseContext): Body {
  const stamp = fileTime(input.text, context)
  if (stamp !== undefined) return stamp
  const given = daemonLine(input, context)
  // RFC 5424 as named writes it has two blanks in front.
  const line = given.text.startsWith(' ') ? { ...given, text: given.text.trimStart() } : given
  const inner = fileTime(line.text, context)
  return inner === undefined ? line : { ...line, ...inner }
}

/** `19-Oct-2022 05:34:02.425 ` of a channel with `print-time`. */
function fileTime(text: string, context: ParseContext): Body | undefined {
  const first = text.charCodeAt(0)
  if (!(first >= 0x30 && first <= 0x39)) return undefined
  const stamp = timeAt(text, 0, context)
  if (stamp === undefined || text.charCodeAt(stamp.end) !== 0x20) return undefined
  const rest = text.slice(stamp.end + 1)
  return rest.startsWith('client ') || LABELS.exec(rest.slice(0, 64))?.[0] !== ''
    ? { time: stamp.time, text: rest }
    : undefined
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined) return { code: 'bind-no-line', message: 'JSON, no log line' }
  const { header, program, text, time } = bodyOf(input, context)
  const labels = LABELS.exec(text.slice(0, 64))
  const start = labels?.[0].length ?? 0
  const client = CLIENT.exec(text.slice(start, start + 1024))
  if (client === null && program !== 'named' && start === 0 && !OWN.test(text.slice(0, 1200))) {
    return { code: 'bind-no-line', message: 'no line of named' }
  }
  const fields: WritableFields = {}
  const pivots: WritablePivots = {}
  const [, first, second] = labels ?? []
  // One label alone may be either.
  const isLevel = second === undefined && LEVELS.has(first ?? '')
  const level = isLevel ? first : second
  put(fields, 'category', isLevel ? undefined : first)
  put(fields, 'level', level)
  const severity = severityOf(level ?? '')
  if (severity !== undefined && severity !== 'informational') pivots.severity = severity
  const message = text.slice(start)
  if (client !== null) readClient(client, message, fields, pivots)
  else readOther(message, fields, pivots)
  const query = fields.query
  if (typeof query === 'string') pivots.domain = query
  return deviceEvent(header, {
    time,
    logsource: query === undefined ? OTHER : DNS,
    message,
    fields,
    pivots,
  })
}

function readClient(
  client: RegExpExecArray,
  message: string,
  fields: WritableFields,
  pivots: WritablePivots,
): void {
  const [whole, address, port, name, view] = client
  put(fields, 'src_ip', address)
  put(fields, 'src_port', port)
  put(fields, 'query', name?.split(' ', 1)[0])
  put(fields, 'view', view)
  const text = message.slice(whole.length)
  if (readResponse(text.slice(0, 4096), fields, pivots)) return
  const query = QUERY.exec(text.slice(0, 2048))
  if (query !== null) {
    putQuestion(fields, query)
    pivots.action = 'query'
    return
  }
  const answer = ANSWER.exec(text.slice(0, 2048))
  if (answer !== null) {
    putQuestion(fields, answer)
    put(fields, 'response_code', answer[6])
    pivots.action = 'answer'
    pivots.outcome = answer[6] === 'NOERROR' ? 'success' : 'failure'
    return
  }
  readNamed(text, fields, pivots)
}

function readResponse(text: string, fields: WritableFields, pivots: WritablePivots): boolean {
  const match = text.includes(' response: ') ? RESPONSE.exec(text) : null
  if (match === null) return false
  const [, query, recordClass, recordType, code, flags, records = ''] = match
  put(fields, 'query', query)
  put(fields, 'record_class', recordClass)
  put(fields, 'record_type', recordType)
  put(fields, 'response_code', code)
  put(fields, 'query_flags', flags)
  const answers = records.split('; ').flatMap((record) => RECORD.exec(record.trim())?.[1] ?? [])
  if (answers.length > 0) fields.answer = answers.join(', ')
  pivots.action = 'answer'
  pivots.outcome = code === 'NOERROR' ? 'success' : 'failure'
  return true
}

/** What queries and answers begin with: name, class, type, flags and our own address. */
function putQuestion(fields: WritableFields, match: RegExpExecArray): void {
  put(fields, 'query', match[1])
  put(fields, 'record_class', match[2])
  put(fields, 'record_type', match[3])
  put(fields, 'query_flags', match[4])
  put(fields, 'dst_ip', match[5])
}

/** `query (cache) 'example.com/A/IN' denied`, `query failed (SERVFAIL) for example.com/IN/A at query.c:1`. */
function readNamed(text: string, fields: WritableFields, pivots: WritablePivots): void {
  const failed = /^query failed \(([^)]{1,64})\) for (\S{1,1024})\/(\w{1,16})\/(\w{1,16}) at /.exec(
    text.slice(0, 1200),
  )
  if (failed !== null) {
    put(fields, 'response_code', failed[1])
    put(fields, 'query', failed[2])
    put(fields, 'record_class', failed[3])
    put(fields, 'record_type', failed[4])
    pivots.action = 'query failed'
    pivots.outcome = 'failure'
    return
  }
  const named = NAMED.exec(text.slice(0, 1200))
  if (named !== null) {
    const [, said = '', query, second, third] = named
    const what = said.replace(/:$/, '')
    fields.operation = what
    pivots.action = what
    put(fields, 'query', query)
    if (third === undefined) put(fields, 'record_class', second)
    else {
      put(fields, 'record_type', second)
      put(fields, 'record_class', third)
    }
  }
  const tail = text.slice(0, 4096)
  if (/\b(?:denied|refused|failed)\b|^bad |rate limit drop/.test(tail)) {
    fields.action = 'denied'
    pivots.outcome = 'failure'
  } else if (/\b(?:approved|ended|completed|started)\b/.test(tail)) pivots.outcome = 'success'
}

const RATE_LIMIT =
  /^(?:limit|rate limit) (drop|slip|log) .{0,64}? (?:responses? to|to) ([0-9A-Fa-f:.]{2,45})(?:\/\d{1,3})?(?: for (\S{1,255}) (\w+) (\w+))?/
const UNREACHABLE =
  /^(?:\(?([\w ]{1,48})\)? resolving|lame-servers: .{0,64}) '([^'/\s]{1,1024})\/(\w+)(?:\/(\w+))?'(?:: ([0-9A-Fa-f:.]{2,45})#(\d{1,5}))?/
/** `transfer of 'example.org/IN' from 192.0.2.1#53: Transfer completed: ...`. */
const TRANSFER =
  /^transfer of '([^'/\s]{1,1024})\/(\w+)(?:\/[^']{1,64})?' from ([0-9A-Fa-f:.]{2,45})#(\d{1,5}): (.{0,256})/

function readOther(message: string, fields: WritableFields, pivots: WritablePivots): void {
  const text = message.slice(0, 2048)
  const limit = RATE_LIMIT.exec(text)
  if (limit !== null) {
    put(fields, 'dst_ip', limit[2])
    put(fields, 'query', limit[3])
    pivots.action = `rate limit ${limit[1]}`
    return
  }
  const transfer = TRANSFER.exec(text)
  if (transfer !== null) {
    const [, zone, recordClass, address, port, said = ''] = transfer
    put(fields, 'zone', zone)
    put(fields, 'record_class', recordClass)
    put(fields, 'src_ip', address)
    put(fields, 'src_port', port)
    pivots.action = 'transfer'
    if (/^Transfer (?:completed|status: success)/.test(said)) pivots.outcome = 'success'
    else if (/^failed|^Transfer status: /.test(said)) pivots.outcome = 'failure'
    return
  }
  const resolving = UNREACHABLE.exec(text)
  if (resolving === null) return
  const [, result, query, recordType, recordClass, address, port] = resolving
  put(fields, 'query', query)
  put(fields, 'record_type', recordType)
  put(fields, 'record_class', recordClass)
  put(fields, 'dst_ip', address)
  put(fields, 'dst_port', port)
  pivots.action = 'resolve'
  pivots.outcome = result === 'success' ? 'success' : 'failure'
}

export const bind: Parser = {
  name: 'bind',
  title: 'ISC BIND (queries, refusals, transfers)',
  aliases: ['named', 'bind9'],
  keys: [],
  recognise(input, context) {
    if (input.json !== undefined) return false
    if (!input.text.includes('client ')) return daemonLine(input, context).program === 'named'
    const { program, text } = bodyOf(input, context)
    if (program === 'named') return true
    const start = LABELS.exec(text.slice(0, 64))?.[0].length ?? 0
    return CLIENT.test(text.slice(start, start + 1024))
  },
  parse,
}
