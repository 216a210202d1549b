// HAProxy's log format written as JSON: every operator names its members, so that the usual names are known.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import type { WritableFields } from '../device/event.ts'
import type { ParseContext } from '../event.ts'
import { parseTime } from '../time.ts'
import { requestParts } from '../web/access.ts'

/** Members by what they mean, the usual names and HAProxy's own short ones. */
const NAMES = {
  src_ip: ['client_ip', 'client.ip', 'client', 'clientip', 'ci', 'src_ip', 'src'],
  src_port: ['client_port', 'client.port', 'cp', 'src_port'],
  dst_ip: ['frontend_ip', 'fi', 'dst_ip'],
  dst_port: ['frontend_port', 'fp', 'dst_port'],
  frontend: ['frontend_name', 'frontend', 'frontend_name_transport', 'ft', 'fe'],
  backend: ['backend_name', 'backend', 'be', 'b'],
  server: ['server_name', 'server', 'srv', 's'],
  status: ['status_code', 'http_status', 'http_status_code', 'status', 'response_code', 'ST'],
  bytes: ['bytes_read', 'bytes', 'B'],
  method: ['http_method', 'method', 'request_method', 'HM'],
  target: ['http_uri', 'request_uri', 'uri', 'http_path', 'path', 'url', 'HU', 'HP'],
  request: ['http_request', 'http_request_line', 'request', 'r'],
  version: ['http_version', 'version', 'HV'],
  state: ['termination_state', 'term_state', 'tsc'],
  agent: ['user_agent', 'http_user_agent', 'useragent'],
  host: ['http_host', 'host_header', 'req_host'],
  time: [
    'accept_date',
    'request_date',
    'time_local',
    'date_time',
    'timestamp',
    'time',
    '@timestamp',
  ],
} as const

type Meaning = keyof typeof NAMES

function memberOf(json: Fields, meaning: Meaning): FieldValue | undefined {
  for (const name of NAMES[meaning]) {
    const value = json[name]
    if (typeof value === 'number') return value
    if (typeof value === 'string' && value !== '' && value !== '-') return value
  }
  return undefined
}

function textOf(json: Fields, meaning: Meaning): string | undefined {
  const value = memberOf(json, meaning)
  return value === undefined ? undefined : String(value)
}

/** Whether JSON is a request or connection of a balancer, where its source is named. */
export function isHaproxyJson(json: Fields): boolean {
  const hasEnds =
    memberOf(json, 'frontend') !== undefined || memberOf(json, 'backend') !== undefined
  return hasEnds && (memberOf(json, 'src_ip') ?? memberOf(json, 'status')) !== undefined
}

/** Whether it is surely HAProxy's: names for frontend, backend and how it ended. */
export function isSurelyHaproxyJson(json: Fields): boolean {
  if (!isHaproxyJson(json) || memberOf(json, 'frontend') === undefined) return false
  return memberOf(json, 'backend') !== undefined && memberOf(json, 'state') !== undefined
}

/** The JSON's own members, and the names that lines of the usual formats have. */
export function haproxyJsonFields(json: Fields): WritableFields {
  const fields: WritableFields = { ...json }
  for (const meaning of [
    'src_ip',
    'src_port',
    'dst_ip',
    'dst_port',
    'backend',
    'server',
  ] as const) {
    const value = textOf(json, meaning)
    if (value !== undefined) fields[meaning] = value
  }
  const frontend = textOf(json, 'frontend')
  if (frontend !== undefined) fields.frontend = frontend.replace(/~$/, '')
  if (fields.src_ip !== undefined) fields['c-ip'] = fields.src_ip
  const status = Number(memberOf(json, 'status'))
  if (status >= 100 && status <= 999) fields['sc-status'] = status
  const bytes = Number(memberOf(json, 'bytes') ?? Number.NaN)
  if (bytes >= 0) fields['sc-bytes'] = bytes
  addRequest(json, fields)
  const named = { termination_state: 'state', 'cs-user-agent': 'agent', 'cs-host': 'host' } as const
  for (const [name, meaning] of Object.entries(named)) {
    const value = textOf(json, meaning)
    if (value !== undefined) fields[name] = value
  }
  return fields
}

function addRequest(json: Fields, fields: WritableFields): void {
  const line = requestParts(textOf(json, 'request') ?? '')
  const target = textOf(json, 'target') ?? line.target
  const method = textOf(json, 'method') ?? line.method
  const version = textOf(json, 'version') ?? line.version
  if (method !== undefined) fields['cs-method'] = method
  if (version !== undefined) fields['cs-version'] = version
  if (target === undefined) return
  fields['cs-uri-query'] = target
  const query = target.indexOf('?')
  fields['cs-uri-stem'] = query < 0 ? target : target.slice(0, query)
}

/** When a request came. */
export function haproxyJsonTime(json: Fields, context: ParseContext): number | undefined {
  for (const name of NAMES.time) {
    const time = parseTime(json[name], context)
    if (time !== undefined) return time
  }
  return undefined
}
