// What the parsers of web servers share: an access line or an error line, perhaps behind a syslog header.
import type { EventLogSource } from '../../sigma/event.ts'
import type { EventError, ParseContext, Parsed, ParserInput } from '../event.ts'
import { splitSyslog } from '../syslog-header.ts'
import { type AccessLine, readAccessLine } from './access.ts'
import type { ErrorLine } from './error.ts'
import { accessEvent } from './event.ts'

/** One server: which programs log for it, its log sources and how its error lines read. */
export interface WebServer {
  readonly programs: ReadonlySet<string>
  readonly access: EventLogSource
  readonly error: EventLogSource
  /** Whether an access line can only be this server's. */
  readonly ownAccess: (line: AccessLine) => boolean
  /** Access lines in formats of its own. */
  readonly readOther?: (
    text: string,
    context: ParseContext,
  ) => { readonly access: AccessLine; readonly message: string } | undefined
  /** `headed`: a header of one of its programs, or who names the source, says whose line it is. */
  readonly readError: (
    text: string,
    context: ParseContext,
    headed: boolean,
  ) => ErrorLine | undefined
}

/** A line without its syslog header, and what the header said. */
interface Line {
  readonly text: string
  readonly host?: string | undefined
  readonly program?: string
  readonly time?: number | undefined
}

let lastText: string | undefined
let lastContext: ParseContext | undefined
let lastLine: Line = { text: '' }

/** All servers are asked about the same line one after the other, so the last answer is kept. */
function lineOf({ text }: ParserInput, context: ParseContext): Line {
  if (text !== lastText || context !== lastContext) {
    lastLine = readLine(text, context)
    lastText = text
    lastContext = context
  }
  return lastLine
}

function readLine(text: string, context: ParseContext): Line {
  const first = text.charCodeAt(0)
  const header = isSyslogStart(first) ? splitSyslog(text, context) : undefined
  if (header === undefined) return { text: first === 0x20 ? text.trimStart() : text }
  const { host, message, program, time } = header
  if (program === undefined) {
    const bare = message.trimStart()
    const tag = LOOSE_TAG.exec(bare.slice(0, 64))
    if (tag === null) return { text: bare, host, time }
    return { text: bare.slice(tag[0].length), program: bareName(tag[1]!), host, time }
  }
  return { text: message, program: bareName(program), host, time }
}

/** Apache's instances are `httpd/name`, tags of files `apache_error`, `nginx-access`. */
function bareName(program: string): string {
  const slash = program.indexOf('/')
  const name = slash > 0 ? program.slice(0, slash) : program
  return FILE_TAG.exec(name)?.[1] ?? name
}

const FILE_TAG = /^(apache2?|httpd|nginx)[_-](?:ssl[_-])?(?:access|error)(?:[_-]log)?$/
/** The same without a colon behind it. */
const LOOSE_TAG = /^((?:apache2?|httpd|nginx)(?:[_-]\w{1,16}){0,2}) (?=\[|[\d.:a-f]{3,45} )/

/** `<` of a priority, a letter of a month or program, a digit of an ISO date. */
function isSyslogStart(code: number): boolean {
  return code === 0x3c || (code >= 0x41 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
}

/** Whether a line is surely this server's. */
export function recogniseWeb(
  server: WebServer,
  input: ParserInput,
  context: ParseContext,
): boolean {
  if (input.json !== undefined) return false
  const line = lineOf(input, context)
  const own = line.program !== undefined && server.programs.has(line.program)
  if (server.readError(line.text, context, own) !== undefined) return true
  if (server.readOther?.(line.text, context) !== undefined) return true
  const access = readAccessLine(line.text, context)
  if (access === undefined) return false
  return own || server.ownAccess(access)
}

/** The event of an access or error line of this server. */
export function parseWeb(
  server: WebServer,
  input: ParserInput,
  context: ParseContext,
): Parsed | EventError {
  const line = lineOf(input, context)
  const access = readAccessLine(line.text, context)
  if (access !== undefined) {
    const event = accessEvent(access, line.text, server.access, line.host)
    return line.program === undefined ? event : withProcess(event, line.program)
  }
  const other = server.readOther?.(line.text, context)
  if (other !== undefined) {
    const { access: read, message } = other
    return accessEvent(read, message, server.access, line.host)
  }
  const error = server.readError(line.text, context, true)
  if (error === undefined) {
    if (line.program !== undefined && server.programs.has(line.program))
      return plainEvent(server, line)
    return { code: 'web-no-log-line', message: 'neither an access nor an error log line' }
  }
  const { fields, message, pivots } = error
  const time = error.time ?? line.time
  if (line.host !== undefined) pivots.host = line.host
  if (line.program !== undefined) pivots.process = line.program
  const { error: logsource } = server
  return { ...(time === undefined ? {} : { time }), logsource, pivots, message, fields }
}

/** What a server's program logs beside requests and errors. */
function plainEvent(server: WebServer, line: Line): Parsed {
  const { host, program, text, time } = line
  return {
    ...(time === undefined ? {} : { time }),
    logsource: server.error,
    pivots: {
      ...(host === undefined ? {} : { host }),
      ...(program === undefined ? {} : { process: program }),
    },
    message: text,
    fields: program === undefined ? {} : { program },
  }
}

function withProcess(event: Parsed, program: string): Parsed {
  return { ...event, pivots: { ...event.pivots, process: program } }
}
