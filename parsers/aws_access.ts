// Access logs of AWS: load balancers (application, network, classic), S3, and the queries of Route 53's public
// zones. Words, some in quotes or brackets, in the order that AWS documents; further ones may come behind.
import type { EventLogSource, FieldValue } from '../sigma/event.ts'
import { ELB, NLB, ROUTE53, S3 } from './aws/access-columns.ts'
import { cellsOf } from './aws/cells.ts'
import { deviceEvent, put, type WritableFields } from './device/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { clfAt, parseTime } from './time.ts'
import { requestParts } from './web/access.ts'
import { accessEvent } from './web/event.ts'

const LOADBALANCER: EventLogSource = closedLogSource('aws', ['webserver'], ['elb'])
const CONNECTIONS: EventLogSource = closedLogSource('aws', [], ['elb'])
const BUCKET: EventLogSource = closedLogSource('aws', ['webserver'], ['s3'])
const QUERIES: EventLogSource = closedLogSource('aws', ['dns'], ['route53'])

type Kind = 'alb' | 'clb' | 'nlb' | 's3' | 'route53'

const COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  alb: ['type', ...ELB],
  clb: ELB,
  nlb: NLB,
  s3: S3,
  route53: ROUTE53,
}

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?`
const ENDS = String.raw`\S{2,64} (?:\S{2,64}|-) `
const TIMES = String.raw`(?:-?\d{1,9}(?:\.\d{1,9})? |- ){3}`
/** How a line of each kind begins. */
const KINDS: Readonly<Record<Kind, RegExp>> = {
  alb: new RegExp(`^(?:https?|h2|grpcs|wss?) ${STAMP} app/\\S{1,128} ${ENDS}${TIMES}`),
  nlb: new RegExp(`^tls \\d\\.\\d ${STAMP} net/\\S{1,128} \\S{1,64} ${ENDS}`),
  clb: new RegExp(`^${STAMP} [\\w-]{1,64} ${ENDS}${TIMES}(?:\\d{3}|-) (?:\\d{3}|-) \\d+ \\d+ "`),
  s3: /^[0-9a-f]{64} \S{1,63} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:[^\]]{8,20}\] \S{1,64} \S{1,512} \S{1,64} [A-Z][\w-]{0,15}\.[A-Z]/,
  route53: new RegExp(
    `^1\\.\\d ${STAMP} Z[A-Z0-9]{5,32} \\S{1,255} [A-Z]{1,10} [A-Z]{4,12} (?:UDP|TCP) `,
  ),
}
/** The beginning of a line says what it is within this, UTF-16 units. */
const HEAD_UNITS = 1600

/** Asked of every line of text: a few characters tell most. */
function kindOf(text: string): Kind | undefined {
  const kind = likelyKind(text)
  return kind !== undefined && KINDS[kind].test(text.slice(0, HEAD_UNITS)) ? kind : undefined
}

const BLANK = 0x20
const BRACKET = 0x5b
const OWNER_UNITS = 64

function likelyKind(text: string): Kind | undefined {
  if (text.charCodeAt(OWNER_UNITS) === BLANK && isHex(text.charCodeAt(0))) {
    const time = text.indexOf(' ', OWNER_UNITS + 1) + 1
    if (text.charCodeAt(time) === BRACKET) return 's3'
  }
  switch (text.charCodeAt(0)) {
    case 0x67: // g
    case 0x68: // h
    case 0x77: // w
      return text.indexOf(' app/') > 0 ? 'alb' : undefined
    case 0x74: // t
      return text.startsWith('tls ') ? 'nlb' : undefined
    case 0x31: // 1
      return text.charCodeAt(1) === 0x2e ? 'route53' : undefined
    case 0x32: // 2
      return text.charCodeAt(10) === 0x54 ? 'clb' : undefined
    default:
      return undefined
  }
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66)
}

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const kind = json === undefined ? kindOf(text) : undefined
  if (kind === undefined) {
    return { code: 'aws-access-no-line', message: 'no access line of a load balancer or of S3' }
  }
  const names = COLUMNS[kind]
  const fields: WritableFields = {}
  for (const [index, cell] of cellsOf(text, names.length).entries())
    put(fields, names[index]!, cell)
  addEnd(fields, 'client', 'src')
  addEnd(fields, 'target', 'dst')
  if (kind === 'route53') return queryEvent(fields, text, context)
  if (kind === 'nlb') return connectionEvent(fields, text, context)
  return requestEvent(fields, kind === 's3', text, context)
}

/** `192.0.2.1:2817` as address and port. */
function addEnd(fields: WritableFields, name: 'client' | 'target', end: 'src' | 'dst'): void {
  const value = fields[name]
  if (typeof value !== 'string') return
  const [, address = value, port] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(value) ?? []
  fields[`${end}_ip`] = address
  if (port !== undefined) fields[`${end}_port`] = Number(port)
}

function requestEvent(
  fields: WritableFields,
  isBucket: boolean,
  text: string,
  context: ParseContext,
): Parsed {
  const time = isBucket ? clfAt(word(fields.time), 0, context)?.time : utc(fields.time, context)
  const request = word(fields.request)
  const parts = requestParts(request)
  const absolute = /^\w{2,5}:\/\/([^/?#]{1,255})(.*)$/s.exec(parts.target ?? '')
  const status = Number(fields.status)
  const user = isBucket ? accountOf(word(fields.requester)) : undefined
  const own = {
    ...(user === undefined ? {} : { user }),
    client: word(fields.src_ip ?? fields.client),
    time: time ?? 0,
    request,
    ...parts,
    ...(absolute === null ? {} : { target: absolute[2] === '' ? '/' : absolute[2]! }),
    ...(status >= 100 ? { status } : {}),
    ...optional('referer', fields.referer),
    ...optional('userAgent', fields.user_agent),
    ...optional('virtualHost', absolute?.[1]?.replace(/:\d{1,5}$/, '') ?? fields.host_header),
    further: [],
    combined: true,
  }
  const { pivots, fields: web } = accessEvent(own, text, BUCKET, undefined)
  const all = {
    ...fields,
    ...web,
    ...(parts.target === undefined ? {} : { 'c-uri': parts.target }),
  }
  // What the virtual host says of the other end is no address of it.
  const { host, ...columns } = pivots
  const domain = host === undefined ? {} : { domain: host }
  const action = isBucket ? { action: word(fields.operation) } : {}
  const url = absolute === null ? {} : { url: parts.target! }
  return deviceEvent(undefined, {
    time,
    logsource: isBucket ? BUCKET : LOADBALANCER,
    message: text,
    fields: all,
    pivots: { ...columns, ...domain, ...action, ...url },
  })
}

function connectionEvent(fields: WritableFields, text: string, context: ParseContext): Parsed {
  const domain = fields.domain_name
  return deviceEvent(undefined, {
    time: utc(fields.time, context),
    logsource: CONNECTIONS,
    message: text,
    fields,
    pivots: {
      action: 'connection',
      outcome: fields.incoming_tls_alert === undefined ? 'success' : 'failure',
      ...(typeof domain === 'string' ? { domain } : {}),
    },
  })
}

function queryEvent(fields: WritableFields, text: string, context: ParseContext): Parsed {
  const query = word(fields.query).replace(/\.$/, '')
  return deviceEvent(undefined, {
    time: utc(fields.time, context),
    logsource: QUERIES,
    message: text,
    fields: { ...fields, query },
    pivots: {
      domain: query,
      action: 'query',
      outcome: fields.response_code === 'NOERROR' ? 'success' : 'failure',
    },
  })
}

/** The name at the end of an ARN, or a canonical id as it is. */
function accountOf(requester: string): string | undefined {
  return requester === '' ? undefined : requester.slice(requester.lastIndexOf('/') + 1)
}

function word(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Times of AWS are UTC, with or without a zone. */
function utc(value: FieldValue | undefined, { now }: ParseContext): number | undefined {
  return parseTime(value, { now, timeZone: 'UTC' })
}

function optional<N extends string>(
  name: N,
  value: FieldValue | undefined,
): { readonly [K in N]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { [K in N]: string }) : {}
}

export const awsAccess: Parser = {
  name: 'aws_access',
  title: 'AWS access logs (load balancers, S3, Route 53)',
  aliases: ['aws_elb', 'aws_alb', 'aws_nlb', 's3_access', 'aws_s3access', 'route53'],
  keys: [],
  recognise: ({ text, json }) => json === undefined && kindOf(text) !== undefined,
  parse,
}
