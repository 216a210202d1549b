// The parts of HAProxy's log lines behind client, time and frontend.
import { put, type WritableFields } from '../device/event.ts'

/** `10.0.0.1:38862 [30/Jul/2018:09:03:52.726] incoming~`, the client perhaps in brackets or `unix`. */
export const START =
  /^(\[?[\w.:<>-]{1,64}\]?):(\d{1,5}) \[(\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})?)\] ([^\s:]{1,256})(?=[\s:])/

const SERVER = /^ ([^\s/]{1,256})\/(\S{0,256}) /
const HTTP =
  /(-?\d{1,12}\/-?\d{1,12}\/-?\d{1,12}\/-?\d{1,12}\/\+?-?\d{1,12}) (-?\d{1,3}) \+?(\d{1,18}) (\S{1,4096}) (\S{1,4096}) ([A-Za-z-]{4}) (\d{1,12}\/\d{1,12}\/\d{1,12}\/\d{1,12}\/\+?\d{1,12}) (\d{1,12}\/\d{1,12})/
const TCP =
  /^(-?\d{1,12}\/-?\d{1,12}\/\+?-?\d{1,12}) \+?(\d{1,18}) ([A-Za-z-]{2}) (\d{1,12}\/\d{1,12}\/\d{1,12}\/\d{1,12}\/\+?\d{1,12}) (\d{1,12}\/\d{1,12})/
/** Timers stand this far behind the server at most: captured host names may stand between them. */
const TIMERS_UNITS_MAX = 12_288
const HTTP_TIMERS = ['time_request', 'time_queue', 'time_connect', 'time_response', 'time_active']
const TCP_TIMERS = ['time_queue', 'time_connect', 'time_active']

/** Reads an HTTP line from its backend on; false when it is none. */
export function readHttp(text: string, fields: WritableFields): boolean {
  const server = SERVER.exec(text.slice(0, 520))
  if (server === null) return false
  const rest = text.slice(server[0].length)
  const match = HTTP.exec(rest.slice(0, TIMERS_UNITS_MAX))
  if (match === null || match.index > 512) return false
  put(fields, 'backend', server[1])
  put(fields, 'server', server[2])
  const captured = rest.slice(0, match.index).trim()
  put(fields, 'cs-host', captured)
  const [whole, timers = '', status, bytes, , , state, connections] = match
  addTimers(fields, HTTP_TIMERS, timers)
  if (status !== undefined && status !== '-1') fields['sc-status'] = Number(status)
  fields['sc-bytes'] = Number(bytes)
  put(fields, 'termination_state', state)
  put(fields, 'connections', connections)
  addRequest(fields, rest.slice(match.index + whole.length))
  return true
}

function addTimers(fields: WritableFields, names: readonly string[], text: string): void {
  const values = text.split('/')
  names.forEach((name, index) => {
    fields[name] = Number(values[index])
  })
  fields['time-taken'] = Number(values.at(-1))
}

/** ` {captured request headers} {response headers} "GET / HTTP/1.1"`. */
function addRequest(fields: WritableFields, text: string): void {
  const quote = text.indexOf('"')
  const before = quote < 0 ? text : text.slice(0, quote)
  const open = before.indexOf('{')
  const close = before.indexOf('}', open)
  if (open >= 0 && close >= 0) {
    put(fields, 'captured_request_headers', before.slice(open + 1, close))
    const second = before.indexOf('{', close)
    const end = before.indexOf('}', second)
    if (second >= 0 && end >= 0)
      put(fields, 'captured_response_headers', before.slice(second + 1, end))
  }
  if (quote < 0) return
  // Quotes of a request are written as `#22`; further columns of one's own may stand behind it.
  const last = text.indexOf('"', quote + 1)
  const request = text.slice(quote + 1, last > quote ? last : undefined)
  const space = request.indexOf(' ')
  if (space <= 0 || request.charCodeAt(0) === 0x3c) {
    put(fields, 'request', request)
    return
  }
  const end = request.lastIndexOf(' ')
  const versioned = end > space && request.startsWith('HTTP/', end + 1)
  const target = request.slice(space + 1, versioned ? end : undefined)
  fields['cs-method'] = request.slice(0, space)
  fields['cs-uri-query'] = target
  const query = target.indexOf('?')
  fields['cs-uri-stem'] = query < 0 ? target : target.slice(0, query)
  if (versioned) fields['cs-version'] = request.slice(end + 1)
}

/** Reads a TCP line from its backend on; false when it is none. */
export function readTcp(text: string, fields: WritableFields): boolean {
  const server = SERVER.exec(text.slice(0, 520))
  if (server === null) return false
  const match = TCP.exec(text.slice(server[0].length, server[0].length + 256))
  if (match === null) return false
  put(fields, 'backend', server[1])
  put(fields, 'server', server[2])
  addTimers(fields, TCP_TIMERS, match[1] ?? '')
  fields.bytes = Number(match[2])
  put(fields, 'termination_state', match[3])
  put(fields, 'connections', match[4])
  return true
}
