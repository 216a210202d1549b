// Squid's access log in its native format, `time elapsed client code/status bytes method URL user peer type`.
import { daemonLine } from './device/daemon.ts'
import { deviceEvent, put, type WritableFields, type WritablePivots } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { isSquidJson, readSquidJson } from './squid/ecs.ts'
import { NO_REQUEST, readSquidHttpd } from './squid/httpd.ts'
import { addUrl } from './squid/url.ts'
import type { SyslogLine } from './syslog-header.ts'
import { parseTime } from './time.ts'
import { ipOf } from './values.ts'

const PROXY = closedLogSource('squid', ['proxy'], ['squid'])
const OWN = closedLogSource('squid', [], ['squid'])
const COLUMNS_MAX = 64

/** Time, elapsed, client, in longer formats its port, `TCP_MISS/200`, bytes, further sizes, method. */
const START =
  /^\[?(\d{9,11}(?:\.\d{1,6})?)\s{1,16}(-?\d{1,12})(?:\](?:\(tel:[^)]{0,64}\))?)?\s{1,4}(\S{1,255}) (?:(\d{1,5}) )?([A-Z_]{3,64})\/(\d{3}) (\d{1,18}|-) (?:(?:\d{1,18}|-) ){0,6}(\S{1,32}) /

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  if (input.json !== undefined && isSquidJson(input.json)) {
    return deviceEvent(undefined, readSquidJson(input.json, context, PROXY))
  }
  const { header, text } = body(input, context)
  const start = input.json === undefined ? START.exec(text.slice(0, 1024)) : null
  if (start !== null) return nativeEvent(header, text, start)
  const own = input.json === undefined ? cacheLog(header, text, context) : undefined
  if (own !== undefined) return own
  const reading = input.json === undefined ? readSquidHttpd(text, context, PROXY) : undefined
  if (reading !== undefined) return deviceEvent(header, reading)
  return { code: 'squid-no-line', message: 'no line of a Squid access log' }
}

/** `2026/11/20 10:11:12 kid1| text`: what Squid says of itself, in cache.log. */
const CACHE_LOG =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (kid\d{1,4}))?\| {0,4}(?=\S)/

function cacheLog(
  header: SyslogLine | undefined,
  text: string,
  context: ParseContext,
): Parsed | undefined {
  const match = CACHE_LOG.exec(text.slice(0, 64))
  if (match === null) return undefined
  const [whole, stamp = '', kid] = match
  const fields: WritableFields = {}
  put(fields, 'kid', kid)
  const message = text.slice(whole.length)
  const time = parseTime(stamp, context)
  return deviceEvent(header, { time, logsource: OWN, message, fields, pivots: {} })
}

/** Epoch seconds in front are the log's own, never a syslog header's. */
function body(
  input: ParserInput,
  context: ParseContext,
): { readonly header?: SyslogLine; readonly text: string } {
  const first = input.text.charCodeAt(0)
  if (first >= 0x30 && first <= 0x39 && START.test(input.text.slice(0, 1024))) {
    return { text: input.text }
  }
  const line = daemonLine(input, context)
  // Cisco's web appliance puts the level in front of its requests.
  return line.text.startsWith(LEVEL) ? { ...line, text: line.text.slice(LEVEL.length) } : line
}

const LEVEL = 'Info: '

function nativeEvent(header: SyslogLine | undefined, text: string, start: RegExpExecArray): Parsed {
  const [whole, time, elapsed, client, port, code, status, bytes, method = ''] = start
  const rest = splitEnd(text, whole.length)
  const fields: WritableFields = { 'sc-status': Number(status) }
  put(fields, 'cs-method', method)
  put(fields, 'c-ip', client)
  put(fields, 'src_ip', client)
  put(fields, 'src_port', port)
  put(fields, 'cache_result', code)
  if (elapsed !== undefined) fields['time-taken'] = Number(elapsed)
  if (bytes !== undefined && bytes !== '-') fields['sc-bytes'] = Number(bytes)
  const pivots: WritablePivots = { outcome: outcomeOf(Number(status), code ?? '') }
  if (method !== '-') pivots.action = method
  if (rest.url.startsWith(NO_REQUEST)) put(fields, 'reason', rest.url.slice(NO_REQUEST.length))
  else addUrl(fields, pivots, rest.url)
  put(fields, 'cs-username', rest.user)
  if (typeof fields['cs-username'] === 'string') pivots.user = fields['cs-username']
  const [hierarchy = '', peer] = rest.peer.split('/', 2)
  put(fields, 'hierarchy', hierarchy)
  put(fields, ipOf(peer ?? '') === undefined ? 'dst_host' : 'dst_ip', peer)
  if (pivots.domain === undefined && peer !== undefined && peer !== '-') fields['r-dns'] = peer
  put(fields, 'content_type', rest.type)
  put(fields, 'dst_port', rest.port)
  addQuoted(fields, text)
  return deviceEvent(header, {
    time: Math.round(Number(time) * 1000),
    logsource: PROXY,
    message: text,
    fields,
    pivots,
  })
}

/** A client that went away has status 0, and so has a query of a neighbour cache. */
function outcomeOf(status: number, code: string): 'success' | 'failure' {
  const answered = status > 0 || code.startsWith('UDP_')
  const served = answered && status < 400 && !code.includes('DENIED')
  return served ? 'success' : 'failure'
}

/** The request's headers that a longer format ends with, each in quotes. */
const QUOTED = ['cs-referer', 'c-useragent', 'cs-host', 'x-forwarded-for'] as const

function addQuoted(fields: WritableFields, text: string): void {
  const first = text.indexOf(' "')
  if (first < 0) return
  const values = text.slice(first, first + QUOTED_UNITS_MAX).matchAll(/ "([^"]{0,4096})"/g)
  let index = 0
  for (const [, value] of values) {
    const name = QUOTED[index++]
    if (name === undefined) return
    if (fields[name] === undefined) put(fields, name, value)
  }
}

const QUOTED_UNITS_MAX = 16_384

interface Rest {
  readonly url: string
  readonly user: string
  readonly peer: string
  readonly port?: string
  readonly type: string
}

/** URL, in longer formats the version, user, `hierarchy/peer`, perhaps its port, and type: a URL with blanks is
 * what stands in front of the others. */
function splitEnd(text: string, start: number): Rest {
  const words = text.slice(start).trimEnd().split(' ', COLUMNS_MAX)
  if (words.length <= 4) {
    const [url = '', user = '', peer = '', type = ''] = words
    return { url, user, peer, type }
  }
  const at = words.findIndex((word, index) => index >= 2 && /^[A-Z_]{3,40}\/\S{1,255}$/.test(word))
  if (at < 0) return { url: words[0]!, user: words[1]!, peer: words[2]!, type: words[3]! }
  const url = words.slice(0, at - 1)
  if (url.length > 1 && /^\d\.\d$/.test(url.at(-1)!)) url.pop()
  // A port, or none, and the type behind it: only in longer formats.
  const ported = words.length > at + 2 && /^(?:\d{1,5}|-)$/.test(words[at + 1]!)
  return {
    url: url.join(' '),
    user: words[at - 1]!,
    peer: words[at]!,
    ...(ported ? { port: words[at + 1]! } : {}),
    type: words[at + (ported ? 2 : 1)] ?? '',
  }
}

/** `TCP_MISS:HIER_DIRECT` at the end, as the format of Apache's lines has it. */
function endsInResult(text: string): boolean {
  const last = text.charCodeAt(text.length - 1)
  const isCapital = last >= 0x41 && last <= 0x5a
  if (!isCapital && last !== 0x5f) return false
  return / (?:TCP|UDP|NONE)[A-Z_]{0,40}:[A-Z_]{3,40}$/.test(text.slice(-96))
}

export const squid: Parser = {
  name: 'squid',
  title: 'Squid access log',
  keys: ['service', 'event'],
  recognise(input, context) {
    if (input.json !== undefined) return isSquidJson(input.json)
    const { header, text } = body(input, context)
    if (START.test(text.slice(0, 1024)) || CACHE_LOG.test(text.slice(0, 64))) return true
    const own = header?.program?.includes('squid') === true || endsInResult(text)
    return own && readSquidHttpd(text, context, PROXY) !== undefined
  },
  parse,
}
