// Squid's requests as OPNsense logs them: JSON under Elastic's names.
import type { EventLogSource, Fields, FieldValue } from '../../sigma/event.ts'
import { put, type Reading, type WritableFields, type WritablePivots } from '../device/event.ts'
import type { ParseContext } from '../event.ts'
import { isFields } from '../json-text.ts'
import { parseTime } from '../time.ts'
import { ipOf } from '../values.ts'
import { addUrl } from './url.ts'

/** Whether JSON is a request that Squid served. */
export function isSquidJson({ event, service, url, http }: Fields): boolean {
  if (!isFields(url) || !isFields(http)) return false
  if (isFields(event) && event.dataset === 'squid.access') return true
  return isFields(service) && service.type === 'squid'
}

/** The reading of a request. */
export function readSquidJson(
  json: Fields,
  context: ParseContext,
  logsource: EventLogSource,
): Reading {
  const fields: WritableFields = { ...json }
  const pivots: WritablePivots = {}
  const textAt = (...path: readonly string[]) => {
    const value = at(json, path)
    return typeof value === 'string' ? value : undefined
  }
  const status = at(json, ['http', 'response', 'body', 'status_code'])
  const code = status ?? at(json, ['http', 'response', 'status_code'])
  const result = textAt('labels', 'request_status') ?? ''
  if (typeof code === 'number') {
    fields['sc-status'] = code
    const isServed = code > 0 && code < 400 && !result.includes('DENIED')
    pivots.outcome = isServed ? 'success' : 'failure'
  }
  const method = textAt('http', 'request', 'method')
  const client = ipOf(textAt('source', 'ip') ?? '')
  const user = textAt('user', 'name')
  put(fields, 'cs-method', method)
  put(fields, 'c-ip', client)
  put(fields, 'src_ip', client)
  put(fields, 'cs-username', user)
  put(fields, 'c-useragent', textAt('user_agent', 'original'))
  put(fields, 'cs-referrer', textAt('http', 'request', 'referrer'))
  put(fields, 'cache_result', result)
  put(fields, 'hierarchy', textAt('labels', 'hierarchy_status'))
  if (method !== undefined) pivots.action = method
  if (user !== undefined && user !== '-') pivots.user = user
  const url = textAt('url', 'original')
  if (url !== undefined) addUrl(fields, pivots, url)
  const time = parseTime(json['@timestamp'], context)
  return { time, logsource, message: textAt('message') ?? '', fields, pivots }
}

function at(json: Fields, path: readonly string[]): FieldValue | undefined {
  let value: FieldValue | undefined = json
  for (const name of path) value = isFields(value) ? value[name] : undefined
  return value
}
