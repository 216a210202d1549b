// Linux authentication: sshd, sudo, su, cron, the account tools, logind, login and whatever goes through
// PAM. Any other line of such a file is read too, without a meaning.
import type { EventLogSource, FieldValue, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { bareLine, isSureBare } from './linux/bare.ts'
import { beatLine, isSyslogDocument } from './linux/beat.ts'
import type { KnownMessage, Meaning } from './linux/known.ts'
import { PAM, PROGRAMS } from './linux/messages.ts'
import { isPamMessage, pamMessage } from './linux/pam.ts'
import { closedLogSource } from './logsource.ts'
import { addLogin } from './syslog/content.ts'
import { syslogFields, syslogPivots } from './syslog/fields.ts'
import { type SyslogLine, splitSyslog } from './syslog-header.ts'
import { keyValues } from './template.ts'
import { ipOf, portOf } from './values.ts'

const OTHER = closedLogSource('linux', [], ['auth', 'syslog'])
const LOGSOURCES: ReadonlyMap<string, EventLogSource> = new Map(
  [...PROGRAMS].map(([name, { services }]) => [name, closedLogSource('linux', [], services)]),
)

interface Reading {
  readonly meaning?: Meaning
  readonly values: Readonly<Record<string, string>>
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { json, text } = input
  if (json !== undefined && isSyslogDocument(json)) {
    const event = linuxEvent(beatLine(json, context))
    return { ...event, fields: { ...json, ...event.fields } }
  }
  const line = json === undefined ? (lineOf(text, context) ?? bareLine(text)) : undefined
  if (line === undefined) {
    const message = 'no syslog header, and no message that is known without one'
    return { code: 'linux-auth-no-header', message }
  }
  return linuxEvent(line)
}

/** vsftpd's own file: `Fri Nov 20 10:11:12 2026 [pid 7] [eve] FAIL LOGIN: Client "192.0.2.9"`. */
const VSFTPD =
  /^\[pid (\d{1,10})\] (?=(?:\[[^\]]{0,64}\] )?(?:OK|FAIL) |CONNECT: Client |FTP (?:command|response): )/

function lineOf(text: string, context: ParseContext): SyslogLine | undefined {
  const line = splitSyslog(text, context)
  if (line === undefined || line.program !== undefined) return line
  const own = line.message.startsWith('[pid ') ? VSFTPD.exec(line.message) : null
  if (own === null) return programless(line)
  return { ...line, program: 'vsftpd', pid: own[1]!, message: line.message.slice(own[0].length) }
}

/** A header without a program, whose message may tell it. */
function programless(line: SyslogLine): SyslogLine {
  const bare = bareLine(line.message)
  if (bare?.program === undefined) return line
  const { program, message } = bare
  return { ...line, program, message, ...(bare.pid === undefined ? {} : { pid: bare.pid }) }
}

/** The event of a line whose header is known: also what journald's JSON says. */
export function linuxEvent(given: SyslogLine): Parsed {
  const program = programOf(given)
  const line = withoutModule(given, program)
  const { meaning, values } = read(program, line.message)
  const fields = syslogFields(line)
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = syslogPivots(line)
  addValues(fields, values)
  addPivots(pivots, fields, meaning)
  if (meaning === undefined && pivots.user === undefined) addLogin(line.message, fields, pivots)
  return {
    ...(line.time === undefined ? {} : { time: line.time }),
    logsource: LOGSOURCES.get(program) ?? OTHER,
    pivots,
    message: given.message,
    fields,
  }
}

/** The program's bare name: without path, the bracket that `gdm-password]` leaves, `(pam_unix)`, `(authority=local)`. */
export function programOf(line: SyslogLine): string {
  const name = line.program ?? ''
  const short = name.slice(name.lastIndexOf('/') + 1)
  const open = short.indexOf('(')
  if (open > 0) return short.slice(0, open)
  return short.endsWith(']') ? short.slice(0, -1) : short
}

const MODULE = '(pam_'

/** `su(pam_unix)[7]: text` as `su[7]: (pam_unix) text`. */
function withoutModule(line: SyslogLine, program: string): SyslogLine {
  const at = line.program?.indexOf(MODULE) ?? -1
  if (at < 0) return line
  return { ...line, program, message: `${line.program!.slice(at)} ${line.message}` }
}

/** What stands in front of the text: Solaris' message id, the time that Dropbear writes into the journal. */
const PREFIX =
  /^\[(?:ID \d{1,10} \w{1,16}\.\w{1,16}|\d{1,10}\] [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{1,10})\]? /

function read(program: string, given: string): Reading {
  const message = given.charCodeAt(0) === 0x5b ? given.replace(PREFIX, '') : given
  const repeated = unrepeated(message)
  const pam = pamMessage(repeated)
  if (pam !== undefined) {
    const reading = readTable(PAM, pam.message)
    return {
      ...reading,
      values: { ...reading.values, ...pam.values, ...pamNames(pam.message, reading) },
    }
  }
  if (program === 'sudo') return readSudo(repeated)
  // Old versions of Dropbear begin their messages in lower case.
  const text =
    program === 'dropbear' ? repeated.slice(0, 1).toUpperCase() + repeated.slice(1) : repeated
  const messages = PROGRAMS.get(program)?.messages ?? []
  const reading = readTable(messages, text)
  if (reading.meaning !== undefined) return reading
  const plain = GRAVE.test(text) ? readTable(messages, text.slice('fatal: '.length)) : reading
  return plain.meaning === undefined ? readTable(PAM, repeated) : plain
}

/** How grave it is, which versions of OpenSSH write in front of some messages and others do not. */
const GRAVE = /^(?:fatal|error): /

function readTable(table: readonly KnownMessage[], message: string): Reading {
  const first = message.charCodeAt(0)
  for (let index = 0; index < table.length; index++) {
    const known = table[index]!
    if (known.first !== first && !Number.isNaN(known.first)) continue
    const values = known.fit(message)
    if (values === undefined) continue
    if (values.pairs === undefined) return { meaning: known, values }
    const { pairs, ...others } = values
    return { meaning: known, values: { ...others, ...pairsOf(pairs, known.action) } }
  }
  return { values: {} }
}

/** `name=x, UID=1` of the account tools, `logname= rhost=1.2.3.4 user=root` of PAM. */
function pairsOf(text: string, action: string): Readonly<Record<string, string>> {
  const all = keyValues(text, text.includes(', ') ? ', ' : ' ')
  if (all.name === undefined && all.account === undefined) return all
  const { name, account, ...values } = all
  if (account !== undefined) return { ...values, target_user: account }
  if (name === undefined) return values
  return { ...values, [action === 'group_added' ? 'group' : 'target_user']: name }
}

/** The names that Sigma's rules use for what PAM says of a refused login. */
function pamNames(message: string, reading: Reading): Readonly<Record<string, string>> {
  if (reading.meaning?.action !== 'authentication') return {}
  const { user, rhost } = reading.values
  return {
    pam_message: message.split(';', 1)[0]!.trim(),
    ...(user === undefined ? {} : { pam_user: user }),
    ...(rhost === undefined ? {} : { pam_rhost: rhost }),
  }
}

const REPEATED = 'message repeated '

/** `message repeated 2 times: [ text]` without its wrapping. */
function unrepeated(message: string): string {
  if (!message.startsWith(REPEATED) || !message.endsWith(']')) return message
  const open = message.indexOf('[')
  return open < 0 ? message : message.slice(open + 1, -1).trim()
}

/** `anna : TTY=pts/0 ; PWD=/home/anna ; USER=root ; COMMAND=/bin/ls`, perhaps with a reason in front. */
function readSudo(message: string): Reading {
  const colon = message.indexOf(' : ')
  if (colon < 0) return { values: {} }
  const user = message.slice(0, colon).trim()
  const rest = message.slice(colon + 3)
  const command = rest.indexOf('COMMAND=')
  const before = command < 0 ? rest : rest.slice(0, command)
  const values: Record<string, string> = { user, ...keyValues(before, ' ; ') }
  if (command >= 0) values.COMMAND = rest.slice(command + 'COMMAND='.length)
  const [reason = ''] = before.split(' ; ', 1)
  const refused = reason !== '' && !reason.includes('=')
  if (refused) values.reason = reason.trim()
  return { meaning: { action: 'sudo', outcome: refused ? 'failure' : 'success' }, values }
}

const PORTS: ReadonlySet<string> = new Set(['src_port', 'dst_port'])

function addValues(
  fields: { [name: string]: FieldValue },
  values: Readonly<Record<string, string>>,
): void {
  for (const name in values) {
    const value = values[name]!
    if (value === '' || name === '__proto__') continue
    if (PORTS.has(name)) fields[name] = portOf(value) ?? value
    else if (name === 'src_ip' && ipOf(value) === undefined) fields.src_host = value
    else fields[name] = value
  }
}

function addPivots(
  pivots: { -readonly [name in keyof Pivots]: Pivots[name] },
  fields: { [name: string]: FieldValue },
  meaning: Meaning | undefined,
): void {
  const user = fields.user ?? fields.target_user
  if (typeof user === 'string') pivots.user = user
  const address = fields.src_ip ?? fields.rhost
  const ip = typeof address === 'string' ? ipOf(address) : undefined
  if (ip !== undefined) pivots.src_ip = ip
  if (typeof fields.src_port === 'number') pivots.src_port = fields.src_port
  const server = typeof fields.dst_ip === 'string' ? ipOf(fields.dst_ip) : undefined
  if (server !== undefined) pivots.dst_ip = server
  if (typeof fields.dst_port === 'number') pivots.dst_port = fields.dst_port
  if (meaning === undefined) return
  pivots.action = meaning.action
  fields.action = meaning.action
  if (meaning.outcome === undefined) return
  pivots.outcome = meaning.outcome
  fields.outcome = meaning.outcome
}

export const linuxAuth: Parser = {
  name: 'linux_auth',
  title: 'Linux authentication (sshd, sudo, su, cron, account tools)',
  aliases: ['auth', 'sshd', 'sudo', 'secure', 'auth.log', 'cron'],
  keys: ['log'],
  recognise({ json, text }, context) {
    if (json !== undefined && !isSyslogDocument(json)) return false
    const line = json === undefined ? lineOf(text, context) : beatLine(json, context)
    if (line === undefined) return isSureBare(text)
    if (line.program === undefined) return false
    if (line.program.includes(MODULE) || PROGRAMS.has(programOf(line))) return true
    return isPamMessage(line.message)
  },
  parse,
}
