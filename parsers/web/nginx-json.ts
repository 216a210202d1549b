// nginx' access log in a JSON format of one's own (`log_format ... escape=json`): its variables under their
// names, or the other names that are common for them.
import type { EventLogSource, Fields, FieldValue } from '../../sigma/event.ts'
import type { ParseContext, Parsed } from '../event.ts'
import { parseTime } from '../time.ts'
import { portOf } from '../values.ts'
import { type AccessLine, requestParts } from './access.ts'
import { accessEvent } from './event.ts'

const CLIENTS = ['remote_addr', 'client_address', 'client_ip', 'clientip', 'realip_remote_addr']
const TIMES = ['time_iso8601', 'time_local', '@timestamp', 'timestamp', 'time', 'msec']
const STATUSES = ['status', 'response_status', 'status_code', 'response_code']
const BYTES = ['body_bytes_sent', 'bytes_sent', 'bytes']
const TARGETS = ['request_uri', 'uri']
const METHODS = ['request_method', 'method']
const REFERERS = ['http_referer', 'http_referrer', 'referer', 'referrer']
const AGENTS = ['http_user_agent', 'user_agent', 'agent']
const USERS = ['remote_user', 'user']
const HOSTS = ['host', 'http_host', 'server_name', 'vhost']
const SENDER_PORTS = ['remote_port', 'client_port']

/** Keys of which every line of this kind that needs no name has one. */
export const NGINX_JSON_KEYS = ['body_bytes_sent', 'bytes_sent']

function textIn(json: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value: FieldValue | undefined = json[name]
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value !== '' && value !== '-') return value
  }
  return undefined
}

/** Whether JSON is surely such a line: names that nginx alone has. */
export function isNginxJson(json: Fields): boolean {
  if (typeof json.remote_addr !== 'string') return false
  return NGINX_JSON_KEYS.some((name) => name in json) && isAccessJson(json)
}

/** Whether JSON can be such a line, where its source is named. */
export function isAccessJson(json: Fields): boolean {
  const status = Number(textIn(json, STATUSES))
  if (!(status >= 0 && status <= 999)) return false
  return textIn(json, ['request', ...TARGETS]) !== undefined
}

/** The event of such JSON: its own fields and those of an access line. */
export function nginxJsonEvent(
  json: Fields,
  text: string,
  context: ParseContext,
  logsource: EventLogSource,
): Parsed {
  const time = parseTime(textIn(json, TIMES), context)
  const status = Number(textIn(json, STATUSES))
  const bytes = Number(textIn(json, BYTES))
  const given = textIn(json, ['request']) ?? ''
  const asked = requestParts(given)
  const method = asked.method ?? textIn(json, METHODS)
  const target = asked.target ?? textIn(json, TARGETS)
  const port = portOf(textIn(json, SENDER_PORTS))
  const optional = {
    user: textIn(json, USERS),
    virtualHost: textIn(json, HOSTS),
    method,
    target,
    version: asked.version ?? textIn(json, ['server_protocol', 'http_version']),
    referer: textIn(json, REFERERS),
    userAgent: textIn(json, AGENTS),
  }
  const access: AccessLine = {
    client: textIn(json, CLIENTS) ?? '-',
    time: time ?? 0,
    request: given,
    further: [],
    combined: true,
    ...(status > 0 ? { status } : {}),
    ...(Number.isFinite(bytes) ? { bytes } : {}),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
  const event = accessEvent(access, text, logsource, textIn(json, ['hostname', 'host_name']))
  const fields: { [name: string]: FieldValue } = { ...json, ...event.fields }
  const pivots = { ...event.pivots }
  if (port !== undefined) {
    fields.src_port = port
    pivots.src_port = port
  }
  const { time: _, ...untimed } = event
  return { ...untimed, fields, pivots, ...(time === undefined ? {} : { time }) }
}
