// Squid's access log in the formats of web servers, which end in `TCP_MISS:HIER_DIRECT`.
import type { EventLogSource } from '../../sigma/event.ts'
import {
  put,
  putUrl,
  type Reading,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import type { ParseContext } from '../event.ts'
import { parseTime } from '../time.ts'
import { readAccessLine } from '../web/access.ts'

/** The reading of a line; undefined when it is none of these formats. */
export function readSquidHttpd(
  text: string,
  context: ParseContext,
  logsource: EventLogSource,
): Reading | undefined {
  const line = readAccessLine(text, context)
  if (line?.status === undefined)
    return noRequest(text, context, logsource) ?? requestOnly(text, logsource)
  const fields: WritableFields = {
    'c-ip': line.client,
    src_ip: line.client,
    'sc-status': line.status,
  }
  if (line.method !== undefined) fields['cs-method'] = line.method
  if (line.target !== undefined) fields['c-uri'] = line.target
  if (line.bytes !== undefined) fields['sc-bytes'] = line.bytes
  if (line.user !== undefined) fields['cs-username'] = line.user
  if (line.referer !== undefined) fields['cs-referrer'] = line.referer
  if (line.userAgent !== undefined) fields['c-useragent'] = line.userAgent
  const result = line.combined ? line.further[0] : (line.referer ?? line.further[0])
  if (result?.includes(':') === true) fields.cache_result = result
  const pivots: WritablePivots = { outcome: line.status < 400 ? 'success' : 'failure' }
  if (line.user !== undefined) pivots.user = line.user
  if (line.method !== undefined) pivots.action = line.method
  putUrl(pivots, line.target)
  return { time: line.time, logsource, message: text, fields, pivots }
}

/** What stands for the URL where a connection brought no request. */
export const NO_REQUEST = 'error:'

/** `192.0.2.9 - - [time] "- error:transaction-end-before-headers NONE/0.0" 0 0 "-" "-" NONE_NONE:HIER_NONE`. */
const GAVE_UP =
  /^([0-9A-Fa-f.:]{2,45}) \S{1,64} (\S{1,255}) \[([^\]]{1,64})\] "\S{1,32} error:([\w-]{1,128})(?: \S{1,32})?" (\d{1,3}) (\d{1,18})(?: "[^"]{0,1024}"){0,2} ([A-Z_]{3,40}:[A-Z_]{3,40})$/

function noRequest(
  text: string,
  context: ParseContext,
  logsource: EventLogSource,
): Reading | undefined {
  const match = text.includes('error:') ? GAVE_UP.exec(text.slice(0, 4096)) : null
  if (match === null) return undefined
  const [, client = '', user, stamp = '', reason = '', status, bytes, result = ''] = match
  const fields: WritableFields = {
    'c-ip': client,
    src_ip: client,
    'sc-status': Number(status),
    'sc-bytes': Number(bytes),
    reason,
    cache_result: result,
  }
  put(fields, 'cs-username', user)
  const time = parseTime(stamp, context)
  return { time, logsource, message: text, fields, pivots: { outcome: 'failure' } }
}

/** Own formats that begin `client port [time] "METHOD URL`: `%>a %>p [%tl] "%rm %ru`. */
const REQUEST = /^([0-9A-Fa-f.:]{2,45}) (\d{1,5}) \[[^\]]{0,64}\] "([A-Z]{3,32}) (\S{1,8192})/

function requestOnly(text: string, logsource: EventLogSource): Reading | undefined {
  const match = REQUEST.exec(text.slice(0, 9000))
  if (match === null) return undefined
  const [, client = '', port, method = '', url = ''] = match
  const fields: WritableFields = {
    'c-ip': client,
    src_ip: client,
    'cs-method': method,
    'c-uri': url,
  }
  if (port !== undefined) fields.src_port = port
  const pivots: WritablePivots = { action: method }
  putUrl(pivots, url)
  return { logsource, message: text, fields, pivots }
}
