// An access line as an event with the field names of Sigma's `webserver` category. SigmaHQ's rules look for
// paths and queries alike in `cs-uri-query`, so it holds the whole request target.
import type { EventLogSource, FieldValue, Pivots } from '../../sigma/event.ts'
import type { Parsed } from '../event.ts'
import { ipOf, portOf } from '../values.ts'
import type { AccessLine } from './access.ts'

export type WritablePivots = { -readonly [name in keyof Pivots]: Pivots[name] }

/** The event of an access line; `message` is the line without a syslog header. */
export function accessEvent(
  line: AccessLine,
  message: string,
  logsource: EventLogSource,
  host: string | undefined,
): Parsed {
  const { target, method } = line
  const fields: { [name: string]: FieldValue } = { 'c-ip': line.client }
  if (line.status !== undefined) fields['sc-status'] = line.status
  if (line.user !== undefined) fields['cs-username'] = line.user
  if (method !== undefined && target !== undefined) {
    fields['cs-method'] = method
    fields['cs-uri-query'] = target
    fields['cs-uri-stem'] = stemOf(target)
  } else fields.request = line.request
  if (line.version !== undefined) fields['cs-version'] = line.version
  if (line.bytes !== undefined) fields['sc-bytes'] = line.bytes
  if (line.referer !== undefined) fields['cs-referer'] = line.referer
  if (line.userAgent !== undefined) fields['cs-user-agent'] = line.userAgent
  if (line.virtualHost !== undefined) fields['cs-host'] = line.virtualHost
  if (line.further.length > 0) fields.further = line.further
  const forwarded = forwardedFor(line.further)
  if (forwarded !== undefined) fields['x-forwarded-for'] = forwarded
  const pivots: WritablePivots = {}
  if (line.status !== undefined) pivots.outcome = line.status < 400 ? 'success' : 'failure'
  addServer(line.virtualHost, fields, pivots)
  const name = host ?? hostOf(line.virtualHost)
  if (name !== undefined) pivots.host = name
  const address = addressOf(line.client) ?? ipOf(forwarded?.split(/[, ]/, 1)[0] ?? '')
  if (address !== undefined) pivots.src_ip = address
  if (line.user !== undefined) pivots.user = line.user
  if (target !== undefined) pivots.url = target
  else if (line.request !== '-' && line.request !== '') pivots.url = line.request
  if (method !== undefined) pivots.action = method
  return { time: line.time, logsource, pivots, message, fields }
}

/** A virtual host without its port. */
function hostOf(virtualHost: string | undefined): string | undefined {
  if (virtualHost === undefined || ipOf(virtualHost) !== undefined) return virtualHost
  return virtualHost.replace(/:\d{1,5}$/, '')
}

/** The client's address, of `192.0.2.1:80` too. */
function addressOf(client: string): string | undefined {
  const port = /^(.{7,45}):\d{1,5}$/.exec(client)?.[1]
  return ipOf(client) ?? (port === undefined ? undefined : ipOf(port))
}

/** The value of a column `X-Forwarded-For="192.0.2.1, 10.0.0.1"`. */
function forwardedFor(columns: readonly string[]): string | undefined {
  for (const column of columns) {
    const value = /^X-Forwarded-For="([^"]{1,1024})"$/i.exec(column)?.[1]
    if (value !== undefined && value !== '-') return value
  }
  return undefined
}

/** `example.com:443`: the port, and the address where it is one. */
function addServer(
  virtualHost: string | undefined,
  fields: { [name: string]: FieldValue },
  pivots: WritablePivots,
): void {
  if (virtualHost === undefined) return
  const [, host = virtualHost, digits] = /^(.{1,255}?):(\d{1,5})$/.exec(virtualHost) ?? []
  const ip = ipOf(host)
  if (ip !== undefined) {
    fields.dst_ip = ip
    pivots.dst_ip = ip
  }
  const port = portOf(digits)
  if (port === undefined || ipOf(virtualHost) !== undefined) return
  fields.dst_port = port
  pivots.dst_port = port
}

/** A request target without its query; of an absolute one the path. */
function stemOf(target: string): string {
  const query = target.indexOf('?')
  const whole = query < 0 ? target : target.slice(0, query)
  const scheme = whole.indexOf('://')
  if (scheme < 0 || whole.startsWith('/')) return whole
  const path = whole.indexOf('/', scheme + 3)
  return path < 0 ? '/' : whole.slice(path)
}
